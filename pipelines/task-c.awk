# SPDX-License-Identifier: MIT
# published-pot.tsv, then of each seed a `report --format tsv` (pot-*.tsv) and the same before the
# projection (before-*.tsv), a line each of `rows` -> a line for each of them: what report says of
# the first seed, and over all of them the least share of powers of two, means, deviation, extremes.
# code_bytes: of the parameters as codes, nothing else of a model.
BEGIN { FS = OFS = "\t"; n = split(rows, row, " ") }

FNR == 1 {
	kind = FILENAME ~ /\/before-[0-9]+[.]tsv$/ ? "before" : ""
	kind = FILENAME ~ /\/pot-[0-9]+[.]tsv$/ ? "pot" : kind
	split("", column)
	for (i = 1; i <= NF; i++)
		column[$i] = i
	for (i = 1; kind == "pot" && !headed && i <= column["model_sha256"]; i++)
		heading = heading $i OFS
	headed = headed || kind == "pot"
	next
}

kind == "" {
	published[$column["net"] "/" $column["approach"]] = $column["published"]
	next
}

{ r = row[FNR - 1]; a = $column["accuracy"] }

kind == "before" {
	before[r] += a
	if (!(r in before_first))
		before_first[r] = a
	next
}

{
	if (!(r in line)) {
		for (i = 1; i <= column["model_sha256"]; i++)
			line[r] = line[r] $i OFS
		after_first[r] = a
	}
	seeds[r]++
	approach[r] = get("approach")
	bits[r] = get("bits")
	parameters[r] = $column["parameters"]
	least(weights, get("weights_pot"))
	least(biases, get("biases_pot"))
	zeros[r] += get("zero_share")
	least(min, a)
	max[r] = a > max[r] ? a : max[r]
	sum[r] += a
	squares[r] += a * a
	all[r] = all[r] (seeds[r] > 1 ? " " : "") a
}

# Where no row of a seed has powers of two, report has no such columns.
function get(key) {
	return key in column ? $column[key] : "-"
}

function least(of_row, value) {
	if (!(r in of_row) || value < of_row[r])
		of_row[r] = value
}

END {
	print heading "approach", "plain", "bits", "teacher", "weights_pot", "biases_pot",
		"zero_share", "code_bytes", "accuracy_before", "accuracy_after", "seeds",
		"mean_before", "mean_10", "sd", "min_10", "max_10", "published", "accuracies"
	for (i = 1; i <= n; i++) {
		r = row[i]
		split(r, part, "/")
		pot = part[3] != "float32"
		way = part[3]
		sub(/[.].*/, "", way)
		key = part[1] "/" part[2] "/" way
		kd = part[3] ~ /[.]kd$/
		mean = sum[r] / seeds[r]
		var = seeds[r] > 1 ? (squares[r] - seeds[r] * mean * mean) / (seeds[r] - 1) : 0
		codes = bits[r] != "-" && way != "mixed"
		printf("%s%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t", line[r], approach[r],
			part[3] ~ /[.]plain$/ ? "yes" : "-", bits[r],
			!kd ? "-" : way == "ste" ? "larger" : "parent", weights[r], biases[r],
			pot ? sprintf("%.6f", zeros[r] / seeds[r]) : "-",
			codes ? int((parameters[r] * bits[r] + 7) / 8) : "-")
		printf("%s\t%s\t%d\t%.6f\t%.6f\t%.6f\t%s\t%s\t%s\t%s\n", before_first[r],
			after_first[r], seeds[r], before[r] / seeds[r], mean,
			sqrt(var > 0 ? var : 0), min[r], max[r],
			key in published && !kd ? published[key] : "-", all[r])
	}
}
