# SPDX-License-Identifier: MIT
# Tables of `report --format tsv`, one a seed with the same rows -> a line a row: mean, standard
# deviation (n - 1), least, greatest and every accuracy, in the order of the tables.
BEGIN { FS = OFS = "\t"; split("corpus recipe cell layers hidden features precision", what, " ") }
FNR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}
{
	row = $column[what[1]]
	for (i = 2; i in what; i++)
		row = row OFS $column[what[i]]
	a = $column["accuracy"]
	if (!(row in n)) {
		order[++rows] = row
		min[row] = max[row] = a
	}
	n[row]++
	sum[row] += a
	all[row] = all[row] (n[row] > 1 ? " " : "") a
	if (a < min[row]) min[row] = a
	if (a > max[row]) max[row] = a
}
END {
	for (i = 1; i in what; i++)
		printf "%s%s", what[i], OFS
	print "seeds", "mean", "sd", "min", "max", "accuracies"
	for (r = 1; r <= rows; r++) {
		row = order[r]
		mean = sum[row] / n[row]
		squares = 0
		split(all[row], each, " ")
		for (i = 1; i <= n[row]; i++)
			squares += (each[i] - mean) ^ 2
		sd = (n[row] > 1) ? sqrt(squares / (n[row] - 1)) : 0
		printf "%s\t%d\t%.6f\t%.6f\t%s\t%s\t%s\n",
			row, n[row], mean, sd, min[row], max[row], all[row]
	}
}
