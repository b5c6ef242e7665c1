# SPDX-License-Identifier: MIT
# What all tools have in common.
load helper

@test "every tool explains itself on stdout, exit 0, within 100 columns" {
	for t in "$BIN"/*; do
		run -0 --separate-stderr "$t" --help
		[ -z "$stderr" ]
		[[ ${lines[0]} == "${t##*/} - "* ]]
		[[ ${lines[1]} == "usage: ${t##*/} "* ]]
		awk -v t="$t" 'length > 100 { print t ": " $0; bad = 1 } END { exit bad }' \
			<<<"$output"
	done
}

@test "every tool says its version" {
	for t in "$BIN"/*; do
		run -0 --separate-stderr "$t" --version
		[[ $output == "${t##*/} (whit) "[0-9]*.[0-9]*.[0-9]* ]]
	done
}

@test "every tool refuses an unknown option in one line, exit 2" {
	for t in "$BIN"/*; do
		run -2 --separate-stderr "$t" --no-such-option </dev/null
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == "${t##*/}: --no-such-option: "* ]]
	done
}

@test "--help to a full disk is an error" {
	for t in "$BIN"/*; do
		run -1 --separate-stderr bash -c '"$1" --help >/dev/full' - "$t"
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
}

@test "a reader of streams tells who types its name what it waits for" {
	need script
	for t in "classify /dev/stdin" export-c "lstm-train --epochs 1" report \
		"split --part train" "tensor show /dev/stdin" "tensor cat"; do
		run -0 script -qec "\"\$BIN\"/$t > x || echo failed" /dev/null </dev/null
		[ "${#lines[@]}" -eq 2 ]
		[[ ${lines[0]} == *"stdin: expected a"*", got a terminal (see --help)"* ]]
	done
}

# longest N FILE...: no file has more lines than that.
longest() {
	local max=$1
	shift
	wc -l "$@" |
		awk -v max="$max" '$2 != "total" && $1 > max { print; bad = 1 } END { exit bad }'
}

@test "sources keep their size: tools 250 lines, modules 400" {
	cd "$ROOT"
	longest 250 tools/*.[ch] tools/*/*.[ch]
	longest 400 lib/*/*.[ch]
}

@test "each room of lib/ knows those before it alone, and lib/fixed/ itself" {
	cd "$ROOT"
	local room known="fixed"
	for room in base math stream audio net train quant report; do
		! grep -HoE '^#include "[a-z]+/' lib/$room/*.[ch] | grep -vE "\"($known)/$" || false
		known+="|$room"
	done
	[ "$(ls lib | wc -l)" -eq 9 ]
	! grep -HE '^#include "[a-z]+/' lib/fixed/*.[ch] || false
}

@test "no line of C, make or shell is longer than 100 columns" {
	cd "$ROOT"
	# tabs end at multiples of 8
	LC_ALL=C.UTF-8 wc -L Makefile pipelines/* data/{fetch,others,stream,synthesise,verify} \
		$(find lib tools tests -name '*.[ch]') tests/*.ba{ts,sh} \
		tests/{run,fuzz/run,bench/sptk,device/{build,floats,measure,run}} |
		awk '$1 > 100 && $2 != "total" { print; bad = 1 } END { exit bad }'
}

@test "every source names its licence" {
	cd "$ROOT"
	for f in Makefile pipelines/*.mk tools/*.c lib/*/*.[ch] tests/*.bats; do
		head -n 2 "$f" | grep -q 'SPDX-License-Identifier: MIT' || { echo "$f"; false; }
	done
}
