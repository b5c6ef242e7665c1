# SPDX-License-Identifier: MIT
# Of task-c.tsv for task-c.gp: bits, mean, least, greatest of one approach (-: float, at all bits).
NR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}
$column["recipe"] == "whit" && $column["hidden"] == 24 && $column["teacher"] == "-" &&
		$column["approach"] == approach {
	for (bits = 2; bits <= 5; bits++)
		if (approach == "-" || $column["bits"] == bits)
			line[bits] = sprintf("%d\t%.6f\t%.6f\t%.6f", bits, 100 * $column["mean_10"],
				100 * $column["min_10"], 100 * $column["max_10"])
}
END {
	for (bits = 2; bits <= 5; bits++)
		if (bits in line)
			print line[bits]
}
