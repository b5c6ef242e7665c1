# SPDX-License-Identifier: MIT
# A table with a heading, tab-separated, as Markdown, text or JSON.
#
#	awk -v format=md|txt|json -v columns="HEADING=COLUMN:AS ..." [-v title=TEXT] \
#		[-v note=TEXT] -f ...
#
# columns: what md and txt show; _ in a heading is a space; COLUMN is HEADING's own where none is
# named, `net` the cell, layers and units. AS: nothing, to the left as it is; d, to the right as
# it is; %, a share in per cent (or several); K, bytes in KB; 1, 2, ..., so many decimals.
# JSON holds every column; accuracies and published are lists there.
BEGIN {
	FS = "\t"
	lists["accuracies"]; lists["published"]
	shown = split(columns, spec, " ")
	for (i = 1; i <= shown; i++) {
		as[i] = spec[i] ~ /:[^:]*$/ ? substr(spec[i], match(spec[i], /:[^:]*$/) + 1) : ""
		sub(/:[^:]*$/, "", spec[i])
		from[i] = head[i] = spec[i]
		if (spec[i] ~ /=/) {
			sub(/=.*/, "", head[i])
			sub(/.*=/, "", from[i])
		}
		gsub(/_/, " ", head[i])
	}
}
FNR == 1 {
	for (i = 1; i <= NF; i++) {
		column[$i] = i
		name[i] = $i
	}
	width_in = NF
	next
}
function number(v) { return v ~ /^-?[0-9]+([.][0-9]+)?(e[-+]?[0-9]+)?$/ }
function cell(i,    v, part, k, n, text) {
	if (from[i] == "net")
		return $column["cell"] " " $column["layers"] "x" $column["hidden"]
	v = from[i] in column ? $column[from[i]] : "-"
	if (v == "-" || as[i] == "" || as[i] == "d")
		return v
	if (as[i] == "K")
		return sprintf("%.2f", v / 1024)
	if (as[i] != "%")
		return sprintf("%." as[i] "f", v)
	n = split(v, part, " ")
	for (k = 1; k <= n; k++)
		text = text (k > 1 ? " " : "") sprintf("%.2f", 100 * part[k])
	return text
}
{
	rows++
	for (i = 1; i <= shown; i++) {
		shows[rows, i] = cell(i)
		if (length(shows[rows, i]) > width[i])
			width[i] = length(shows[rows, i])
	}
	for (i = 1; i <= width_in; i++)
		is[rows, i] = $i
}
function json(v) {
	if (v == "-")
		return "null"
	if (number(v))
		return v
	gsub(/["\\]/, "\\\\&", v)
	return "\"" v "\""
}
function list(v) {
	if (v == "-")
		return "null"
	gsub(/ /, ", ", v)
	return "[" v "]"
}
function write_json(    r, i) {
	printf "{\"title\": %s, \"note\": %s, \"rows\": [\n", json(title), json(note)
	for (r = 1; r <= rows; r++) {
		for (i = 1; i <= width_in; i++)
			printf "%s\"%s\": %s", (i > 1 ? ", " : "{"), name[i],
				(name[i] in lists ? list(is[r, i]) : json(is[r, i]))
		print r < rows ? "}," : "}"
	}
	print "]}"
}
function line(r,    i, text, v) {
	for (i = 1; i <= shown; i++) {
		v = r ? shows[r, i] : head[i]
		v = sprintf("%" (as[i] == "" ? "-" : "") width[i] "s", v)
		text = text (i > 1 ? "  " : "") v
	}
	sub(/ +$/, "", text)
	print text
}
function write_note(    n, i, word, at) {
	n = split(note, word, " ")
	for (i = 1; i <= n; i++) {
		if (at > 0 && at + 1 + length(word[i]) > 100) {
			printf "\n"
			at = 0
		}
		printf "%s%s", (at > 0 ? " " : ""), word[i]
		at += (at > 0) + length(word[i])
	}
	if (n > 0)
		print "\n"
}
function write_text(    r, i) {
	if (title != "") {
		print title
		gsub(/./, "=", title)
		print title "\n"
	}
	write_note()
	for (i = 1; i <= shown; i++)
		if (length(head[i]) > width[i])
			width[i] = length(head[i])
	for (r = 0; r <= rows; r++)
		line(r)
}
function write_md(    r, i) {
	if (title != "")
		print "# " title "\n"
	write_note()
	for (r = 0; r <= rows; r++) {
		for (i = 1; i <= shown; i++)
			printf "| %s ", r ? shows[r, i] : head[i]
		print "|"
		for (i = 1; r == 0 && i <= shown; i++)
			printf "|%s%s", as[i] == "" ? "---" : "--:", i == shown ? "|\n" : ""
	}
}
END {
	if (format == "json") write_json()
	else if (format == "txt") write_text()
	else write_md()
}
