# SPDX-License-Identifier: MIT
# How options are parsed (lib/base/opt), seen through the tools.
load helper

@test "a number must be whole, in range and nothing else" {
	for bad in 0 -1 1.5 1e3x 0x10 nan inf "" " 2" "2 " 999999999999999999999; do
		run -2 --separate-stderr "$BIN/lstm-train" --hidden 24 --layers "$bad" </dev/null
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == "lstm-train: --layers: expected a whole number "*", got '$bad'" ]]
	done
}

@test "a word must be one of those that --help lists" {
	run -2 --separate-stderr "$BIN/lstm-train" --pooling first </dev/null
	[ "$stderr" = "lstm-train: --pooling: expected one of last|mean|max, got 'first'" ]
}

@test "an option without its argument is misuse" {
	run -2 --separate-stderr "$BIN/split" --seed
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "split: --seed: missing argument"* ]]
}

@test "no file has an empty name" {
	for option in "classify --times" "lstm-train --log" "export-c --bin" "report --figures"; do
		run -2 --separate-stderr "$BIN/"${option% *} ${option#* } "" </dev/null
		[ "$stderr" = "${option% *}: ${option#* }: expected a path, got ''" ]
	done
}

@test "bytes may be given as 36K, and --help prints them so" {
	run -0 "$BIN/lstm-train" --help
	[[ $output == *"--budget "*"[36K]"* ]]
}
