# SPDX-License-Identifier: MIT
# What a tool says to --help -> scdoc(5), nothing left out; -v name=whit-TOOL. With -v command=WORD
# it is one of the tool's commands, a section of the same page.
function plain(s) {		# no character of it means anything to scdoc
	gsub(/[\\_*]/, "\\\\&", s)
	gsub(/\+\+/, "\\+\\+", s)
	if (s ~ /^[-#.;|:\[\]`]/)
		s = "\\" s
	return s
}
function end_option() {
	if (left != "")
		options = options left "\n\t" plain(text) "\n\n"
	left = ""
}
function literal(on) {
	if (on != in_literal)
		notes = notes (on ? "\n```\n" : "```\n\n")
	in_literal = on
}
BEGIN {
	called = name
	sub(/^whit-/, "whit ", called)
	part = "head"
}
NR == 1 {
	purpose = $0
	sub(/^.* - /, "", purpose)
	next
}
part == "head" && /^usage: / {
	part = "usage"
}
part == "usage" && NF > 0 {
	sub(/^usage: /, "")
	sub(/^ */, "")
	sub(/^[^ ]*/, "")		# the tool, which is called otherwise
	usage = usage (usage == "" ? "" : "++\n") "*" called "*" plain($0)
	next
}
part == "usage" {
	part = "options"
	next
}
part == "options" && /^(  -.,|      --)/ {
	end_option()
	# lib/base/opt.c: the text begins in column 31, or on the next line after a longer option
	text = length($0) > 30 && substr($0, 30, 1) == " " ? substr($0, 31) : ""
	rest = text == "" ? $0 : substr($0, 1, 30)
	match(rest, /--[a-z0-9-]+/)
	left = "*" substr(rest, RSTART, RLENGTH) "*"
	if (rest ~ /^  -/)
		left = "*" substr(rest, 3, 2) "*, " left
	rest = substr(rest, RSTART + RLENGTH)
	gsub(/^ +| +$/, "", rest)
	if (rest != "")
		left = left " _" plain(rest) "_"
	next
}
part == "options" && NF > 0 {
	sub(/^ */, "")
	text = text (text == "" ? "" : " ") $0
	next
}
part == "options" {
	part = "notes"
	next
}
{
	literal(/^[ \t]/)
	notes = notes (in_literal ? $0 : plain($0)) "\n"
}
END {
	end_option()
	literal(0)
	if (command == "") {
		printf "%s(1)\n\n# NAME\n\n%s - %s\n\n# SYNOPSIS\n\n%s\n\n", name, name,
			plain(purpose), usage
		if (notes != "")
			printf "# DESCRIPTION\n\n%s\n", notes
		printf "# OPTIONS\n\n%s", options
	} else {
		printf "# COMMAND %s\n\n%s\n\n%s\n\n%s%s%s", toupper(command),
			plain(purpose), usage, notes, notes == "" ? "" : "\n", options
	}
}
