# SPDX-License-Identifier: MIT
# task-c.tsv as Markdown, text or JSON (-v format=md|txt|json).
BEGIN { FS = "\t" }

NR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	columns = NF
	for (i = 1; i <= NF; i++)
		name[i] = $i
	if (format == "json")
		print "["
	else
		start()
	next
}

format == "json" {
	printf("%s{", NR > 2 ? ",\n" : "")
	for (i = 1; i <= columns; i++)
		printf("%s\"%s\": %s", i > 1 ? ", " : "", name[i], value($i))
	printf("}")
	next
}

{ add() }

END {
	if (format == "json")
		print "\n]"
	else
		finish()
}

function start(  i, n, h) {
	n = split("recipe net features approach bits teacher|weights|biases|zeros %|before|seeds" \
		"|mean %|sd|min|KB|codes KB|published %", h, "|")
	split(h[1], h2, " ")
	cells = 6 + n - 1
	for (i = 1; i <= 6; i++)
		cell[0, i] = h2[i]
	for (i = 2; i <= n; i++)
		cell[0, 5 + i] = h[i]
	left = "l l l l r l"
}

function value(text) {
	return text == "-" ? "null" : text ~ /^-?[0-9]+([.][0-9]+)?$/ ? text : "\"" text "\""
}

function get(key) {
	return $column[key]
}

function percent(key, digits) {
	return get(key) == "-" ? "-" : sprintf("%." digits "f", 100 * get(key))
}

function add(  r) {
	r = ++lines
	cell[r, 1] = get("recipe")
	cell[r, 2] = get("cell") " " get("layers") "x" get("hidden")
	cell[r, 3] = get("features")
	cell[r, 4] = get("approach") == "-" ? get("precision") : get("approach") \
		(get("plain") == "yes" ? ", plain" : "")
	cell[r, 5] = get("bits")
	cell[r, 6] = get("teacher")
	cell[r, 7] = share("weights_pot")
	cell[r, 8] = share("biases_pot")
	cell[r, 9] = percent("zero_share", 1)
	cell[r, 10] = get("approach") == "-" ? "-" : percent("mean_before", 2)
	cell[r, 11] = get("seeds")
	cell[r, 12] = percent("mean_10", 2)
	cell[r, 13] = percent("sd", 2)
	cell[r, 14] = percent("min_10", 2)
	cell[r, 15] = sprintf("%.2f", get("bytes") / 1024)
	cell[r, 16] = get("code_bytes") == "-" ? "-" : sprintf("%.2f", get("code_bytes") / 1024)
	cell[r, 17] = get("published")
	corpus = get("corpus")
	test_n = get("test_n")
}

# Of the numbers how many are powers of two; short of all, never 100 %.
function share(key) {
	if (get(key) == "-" || get(key) == 1)
		return get(key) == 1 ? "all" : "-"
	return sprintf("%.1f %%", int(1000 * get(key)) / 10)
}

function pad(text, width, to_left) {
	return sprintf("%" (to_left ? "-" : "") width "s", text)
}

function finish(  r, i, w, l, s, side) {
	printf("%s%s, task C: every weight a power of two. %d test utterances\n\n",
		format == "md" ? "## " : "", corpus, test_n)
	for (i = 1; i <= cells; i++) {
		side[i] = i <= 4 || i == 6
		for (r = 0; r <= lines; r++)
			w[i] = length(cell[r, i]) > w[i] ? length(cell[r, i]) : w[i]
	}
	for (r = 0; r <= lines; r++) {
		s = format == "md" ? "|" : ""
		for (i = 1; i <= cells; i++)
			s = s (format == "md" ? " " cell[r, i] " |" : (i > 1 ? "  " : "") \
				pad(cell[r, i], w[i], side[i]))
		sub(/ +$/, "", s)
		print s
		if (format == "md" && !r) {
			s = "|"
			for (i = 1; i <= cells; i++)
				s = s (side[i] ? ":---|" : "---:|")
			print s
		}
	}
	print ""
	print "weights, biases: how many of the numbers are 0 or a power of two; before: the"
	print "mean of the same nets before the final projection; KB: the model as it is stored;"
	print "codes: what its parameters take as codes. plain: straight-through training and"
	print "nothing else of ours. teacher: the float net itself, as published, or a larger"
	print "one. published: what the originals gave when run again, on their own terms"
	print "(pipelines/published-pot.tsv)."
}
