# SPDX-License-Identifier: MIT
# A table of `report --format tsv`, then the files of classify --times that its rows were timed by,
# in their order -> the table with one column more, the mean time in microseconds.
BEGIN { FS = OFS = "\t" }
FILENAME != file {
	file = FILENAME
	files++
}
files == 1 { line[NR] = $0; lines = NR; next }
{
	sum[files - 1] += $2
	n[files - 1]++
}
END {
	for (i = 1; i <= lines; i++)
		print line[i], (i == 1 ? "mean_us" : \
			n[i - 1] ? sprintf("%.3f", sum[i - 1] / n[i - 1] / 1000) : "-")
}
