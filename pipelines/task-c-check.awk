# SPDX-License-Identifier: MIT
# Fails where a row of task-c.tsv claims powers of two (it has codes) and is not made of them.
BEGIN { FS = "\t" }
NR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}
$column["bits"] != "-" && $column["approach"] != "mixed" {
	claims++
	if ($column["weights_pot"] != 1 || $column["biases_pot"] != 1) {
		printf "task-c: %s %sx%s, %s: not every weight is a power of two\n",
			$column["recipe"], $column["layers"], $column["hidden"],
			$column["approach"] > "/dev/stderr"
		bad = 1
	}
}
END {
	if (!bad)
		printf "%d models in %d rows claim powers of two and hold nothing else\n", models,
			claims
	exit bad || !claims
}
