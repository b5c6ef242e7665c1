# SPDX-License-Identifier: MIT
# Tables of `report --format tsv`, one a seed with the same rows -> a line a row: mean, standard
# deviation (n - 1), least, greatest and every accuracy, in the order of the tables.
#
#	awk [-v keys="COLUMN ..."] [-v means="COLUMN ..."] [-v published=FILE -v name=TABLE] -f ...
#
# keys tell rows apart and come first; the means of the columns `means` come last, but for what
# the file `published` has of the table (its first lines say how). A column may be stored_bytes:
# the smaller of bytes and sparse_bytes.
BEGIN {
	FS = OFS = "\t"
	if (keys == "") keys = "corpus recipe cell layers hidden features precision"
	n_keys = split(keys, key, " ")
	n_means = split(means, mean_of, " ")
	while (published != "" && (getline line < published) > 0) {
		if (line ~ /^#/ || split(line, f) != 7 || f[1] != name)
			continue
		pattern[++n_published] = f[2] FS f[3] FS f[4] FS f[5]
		figures[n_published] = f[6]
	}
}
FNR == 1 {
	delete column
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}
function value(name) {
	if (name != "stored_bytes")
		return (name in column) ? $column[name] : "-"
	if (!("sparse_bytes" in column) || $column["sparse_bytes"] == "-")
		return $column["bytes"]
	name = $column["sparse_bytes"] < $column["bytes"] ? "sparse_bytes" : "bytes"
	return $column[name]
}
# What was published of a row, by its task, cell, hidden units and features; * is any.
function what_was_published(row,    i, k, want, same) {
	for (i = 1; i <= n_published; i++) {
		split(pattern[i], want)
		same = 1
		for (k = 1; k <= 4; k++)
			same = same && (want[k] == "*" || want[k] == is[row, k])
		if (same)
			return figures[i]
	}
	return "-"
}
{
	row = value(key[1])
	for (i = 2; i <= n_keys; i++)
		row = row OFS value(key[i])
	a = value("accuracy")
	if (!(row in n)) {
		order[++rows] = row
		min[row] = max[row] = a
		is[row, 1] = value("task"); is[row, 2] = value("cell")
		is[row, 3] = value("hidden"); is[row, 4] = value("features")
	}
	n[row]++
	sum[row] += a
	all[row] = all[row] (n[row] > 1 ? " " : "") a
	if (a < min[row]) min[row] = a
	if (a > max[row]) max[row] = a
	for (i = 1; i <= n_means; i++) {
		v = value(mean_of[i])
		missing[row, i] = missing[row, i] || v == "-"
		if (n[row] > 1 && v != last[row, i])
			differs[row, i] = 1
		last[row, i] = v
		total[row, i] += v
	}
}
END {
	for (i = 1; i <= n_keys; i++)
		printf "%s%s", key[i], OFS
	printf "seeds\tmean\tsd\tmin\tmax\taccuracies"
	for (i = 1; i <= n_means; i++)
		printf "%s%s", OFS, mean_of[i]
	print (published != "" ? OFS "published" : "")
	for (r = 1; r <= rows; r++) {
		row = order[r]
		mean = sum[row] / n[row]
		squares = 0
		split(all[row], each, " ")
		for (i = 1; i <= n[row]; i++)
			squares += (each[i] - mean) ^ 2
		sd = (n[row] > 1) ? sqrt(squares / (n[row] - 1)) : 0
		printf "%s\t%d\t%.6f\t%.6f\t%s\t%s\t%s",
			row, n[row], mean, sd, min[row], max[row], all[row]
		for (i = 1; i <= n_means; i++) {
			v = differs[row, i] ? sprintf("%.6g", total[row, i] / n[row]) : last[row, i]
			printf "%s%s", OFS, (missing[row, i] ? "-" : v)
		}
		print (published != "" ? OFS what_was_published(row) : "")
	}
}
