# SPDX-License-Identifier: MIT
# published-pot.tsv, then a `report --format tsv` of each seed (pot-*.tsv), then the same before the
# projection (before-*.tsv), lines in the order of `rows` -> a line a row: what report says of the
# first seed, and over all of them the least share of powers of two, means, deviation, extremes.
# code_bytes: of the parameters as codes, nothing else of a model.
BEGIN { FS = OFS = "\t"; n = split(rows, row, " ") }

FNR == 1 {
	kind = FILENAME ~ /before-[^\/]*$/ ? "before" : FILENAME ~ /pot-[0-9]+[.]tsv$/ ? "pot" : ""
	for (i = 1; i <= NF; i++)
		column[$i] = i
	first = kind == "pot" && !seeds
	seeds += kind == "pot"
	if (first)
		for (i = 1; i <= column["model_sha256"]; i++)
			heading = heading $i OFS
	next
}

kind == "" {
	split($column["net"] "/" $column["approach"], part, "/")
	published[$column["net"] "/" $column["approach"]] = $column["published"]
	next
}

kind == "before" {
	before[FNR - 1] += $column["accuracy"]
	if (!((FNR - 1) in before_first))
		before_first[FNR - 1] = $column["accuracy"]
	next
}

{
	r = FNR - 1
	if (first)
		for (i = 1; i <= column["model_sha256"]; i++)
			line[r] = line[r] $i OFS
	approach[r] = $column["approach"]
	bits[r] = $column["bits"]
	parameters[r] = $column["parameters"]
	least(weights, $column["weights_pot"])
	least(biases, $column["biases_pot"])
	zeros[r] += $column["zero_share"]
	a = $column["accuracy"]
	if (first)
		after_first[r] = a
	least(min, a)
	max[r] = a > max[r] ? a : max[r]
	sum[r] += a
	squares[r] += a * a
	all[r] = all[r] (seeds > 1 ? " " : "") a
}

function least(of, value) {
	if (!(r in of) || value < of[r])
		of[r] = value
}

END {
	print heading "approach", "plain", "bits", "teacher", "weights_pot", "biases_pot",
		"zero_share", "code_bytes", "accuracy_before", "accuracy_after", "seeds",
		"mean_before", "mean_10", "sd", "min_10", "max_10", "published", "accuracies"
	for (r = 1; r <= n; r++) {
		split(row[r], part, "/")
		pot = part[3] != "float32"
		way = part[3]
		sub(/[.].*/, "", way)
		key = part[1] "/" part[2] "/" way
		kd = part[3] ~ /[.]kd$/
		mean = sum[r] / seeds
		var = seeds > 1 ? (squares[r] - seeds * mean * mean) / (seeds - 1) : 0
		codes = bits[r] != "-" && way != "mixed"
		printf "%s%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t", line[r], approach[r],
			part[3] ~ /[.]plain$/ ? "yes" : "-", bits[r],
			!kd ? "-" : way == "ste" ? "larger" : "parent", weights[r], biases[r],
			pot ? sprintf("%.6f", zeros[r] / seeds) : "-",
			codes ? int((parameters[r] * bits[r] + 7) / 8) : "-"
		printf "%s\t%s\t%d\t%.6f\t%.6f\t%.6f\t%s\t%s\t%s\t%s\n", before_first[r],
			after_first[r], seeds, before[r] / seeds, mean,
			sqrt(var > 0 ? var : 0), min[r], max[r],
			key in published && !kd ? published[key] : "-", all[r]
	}
}
