# SPDX-License-Identifier: MIT
# Of task-c.tsv what its figure shows: whit 2x24 without a teacher; float's line at all bits.
BEGIN { FS = OFS = "\t" }
NR == 1 {
	for (i = 1; i <= NF; i++)
		c[$i] = i
	print
	next
}
$c["recipe"] == "whit" && $c["hidden"] == 24 && $c["teacher"] == "-" && $c["plain"] == "-" {
	first = $c["approach"] == "-" ? 2 : $c["bits"]
	last = $c["approach"] == "-" ? 5 : $c["bits"]
	$c["approach"] = $c["approach"] == "-" ? "float" : $c["approach"]
	for (bits = first; bits <= last; bits++) {
		$c["bits"] = bits
		print
	}
}
