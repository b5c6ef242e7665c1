# SPDX-License-Identifier: MIT
# Files of tests/device/measure, each with its `row` -> a line each (formats/device.md). Targets of
# the first row's, -v: flash, ram (with stack) in bytes, net and front in instructions a second of
# speech.
BEGIN {
	FS = OFS = "\t"
	columns = split("corpus row model_sha256 board processor optim compiler code tables " \
		"model flash ram stack floats utterances equal frames samples net_utterance " \
		"net_second net_frame multiplies front_utterance front_second front_frame misses " \
		"missing", column, " ")
	for (i = 1; i <= columns; i++)
		printf "%s%s", column[i], i < columns ? OFS : ORS
}
function miss(what, is) {
	if (is)
		missed = missed (missed == "" ? "" : ",") what
}
function targets() {
	missed = ""
	miss("equal", value["equal"] != value["utterances"] || value["equal"] + 0 == 0)
	miss("floats", value["floats"] > 0)
	miss("flash", value["flash"] > flash)
	miss("ram", value["ram"] + value["stack"] > ram)
	miss("net", value["net_second"] > net)
	miss("front", value["front_second"] > front)
	return missed == "" ? "none" : missed
}
function line() {
	value["corpus"] = corpus
	judged = judged == "" ? value["row"] : judged
	if (!("missing" in value) && value["row"] == judged)
		value["misses"] = targets()
	for (i = 1; i <= columns; i++)
		printf "%s%s", (column[i] in value) ? value[column[i]] : "-",
			i < columns ? OFS : ORS
	split("", value)
}
FNR == 1 && NR > 1 { line() }
{ value[$1] = $2 }
END { line() }
