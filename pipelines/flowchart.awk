# SPDX-License-Identifier: MIT
# What make knows (make -np) -> a flowchart for graphviz: a box a tool, an ellipse a kind of file,
# an arrow where one is made of the other.
#
#	make -np GOAL... | awk -v B=BUILD -v R=RESULTS -f pipelines/flowchart.awk
#
# A file's kind is its name without what tells it from its like: features train.t, models float32.m.
# What a tool makes is known by the tool among the prerequisites. Settings (*.args) and the files of
# the build are left out.
BEGIN { tools = "^" B "/bin/" }
/^# Files$/ { on = 1; next }
/^# files hash-table stats/ { on = 0 }
function kind(p,    name, part) {
	if (p ~ /\/checked\/|\/recordings(\/|$)|SHA256SUMS$/)
		return "recordings"
	name = p
	sub(/.*\//, "", name)
	if (index(p, R "/") == 1) {
		split(substr(p, length(R) + 2), part, "/")
		if (part[2] != "")
			return "results/" part[1] "/*.svg"
		sub(/[.].*/, "", name)
		return "results/" name
	}
	if (index(p, B "/exp/") != 1 || name ~ /[.](args|shown|part)$/)
		return ""
	if (p ~ /\/firmware\//)
		name = "device/" name
	if (name ~ /[.](predictions|times|row)$/)
		sub(/.*[.]/, "*.", name)
	if (name ~ /^(pot|before)-.*[.]m$/)
		sub(/-.*/, "-*.m", name)
	if (name ~ /-s?[0-9]+[.]tsv$/)
		name = "a table a seed"
	return name
}
function arrow(from, to) {
	if (from != "" && to != "" && from != to && !((from, to) in seen)) {
		seen[from, to] = 1
		print "\t\"" from "\" -> \"" to "\";"
	}
}
# The last tool makes this file, too.
on && tool != "" && /^#  Also makes: / {
	for (i = 4; i <= split($0, made_of, " "); i++)
		arrow(tool, kind(made_of[i]))
}
on && /^[^#\t ][^=]*: / && !/ :?= / {
	to = $1
	sub(/:$/, "", to)
	n = split($0, made_of, " ")
	if (to == "all")
		for (i = 2; i <= n; i++)
			if (made_of[i] ~ tools) {
				sub(tools, "", made_of[i])
				print "\t\"" made_of[i] "\" [shape=box, class=tool];"
			}
	to = kind(to)
	tool = ""
	if (to == "" || to == "recordings")
		next
	for (i = 2; i <= n; i++)
		if (made_of[i] ~ tools) {
			tool = made_of[i]
			sub(tools, "", tool)
		}
	for (i = 2; i <= n; i++) {
		arrow(kind(made_of[i]), tool != "" ? tool : to)
	}
	if (tool != "")
		arrow(tool, to)
}
