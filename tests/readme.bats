# SPDX-License-Identifier: MIT
# README.md is true: its pipeline runs, its figures are those in results/, its map is the tree.
load helper

# section TITLE: the indented lines of that section of the README, as typed.
section() {
	awk -v t="## $1" \
		'$0 == t { on = 1; next } /^## / { on = 0 } on && /^    / { print substr($0, 5) }' \
		"$ROOT/README.md"
}

@test "README: the pipeline and the trainings run as written" {
	mkdir -p build recordings
	ln -s "$BIN" build/bin
	for d in 0 1 2; do
		for t in 0 1 2 3 4 5 6 7 8 9; do
			sox -R -n -r 8000 -b 16 recordings/${d}_ann_$t.wav synth 0.4 sine \
				$((300 + 400 * d + 7 * t))
		done
	done
	section "One pipeline" >pipeline
	section "Training" >>pipeline
	[ "$(grep -c lstm-train pipeline)" -ge 6 ]
	run -0 --separate-stderr bash -eu -o pipefail pipeline
	[[ $output == *"accuracy"* ]]
	[[ $output == *"lstm 2x24, mfcc13, int8"* ]]
}

# Ten times each, as many as training wants: tones of three pitches.
tones() {
	mkdir -p recordings
	for d in 0 3 7; do
		for t in 0 1 2 3 4 5; do
			sox -R -n -r 8000 -b 16 recordings/${d}_jackson_$t.wav synth 0.$((3 + t)) \
				sine $((300 + 200 * d + 7 * t)) vol .5
			for copy in 1 2 3 4 5 6 7 8 9; do
				cp recordings/${d}_jackson_{$t,$copy$t}.wav
			done
		done
	done
}

@test "README: the program for a device hears the word, here and on a Cortex-M0" {
	need sox cc
	tones
	ln -s "$ROOT/lib" lib
	awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$ROOT/README.md" > hear.c
	[ "$(grep -c whit_ hear.c)" -ge 4 ]
	section "On a device" > commands
	PATH=$BIN:$PATH run -0 --separate-stderr bash -eu -o pipefail commands
	[ "$output" = 7 ]
	for d in 0 3 7; do
		sox recordings/${d}_jackson_4.wav -t s16 stdin
		[ "$(./hear < stdin)" = $d ]
	done
	[ "$(./hear < /dev/null)" = nothing ]
	cc -std=c99 -pedantic -Wall -Wextra -Wshadow -Werror -Ilib/fixed -c -o x.o hear.c
	need arm-none-eabi-gcc qemu-system-arm
	CFLAGS="-I. -I$ROOT/tests/device/stdio -Dmain=run" \
		"$ROOT/tests/device/build" microbit hear.elf hear.c
	for d in 0 3 7; do
		sox recordings/${d}_jackson_4.wav -t s16 stdin
		run -0 "$ROOT/tests/device/run" microbit hear.elf
		[ "$output" = $d ]
	done
}

@test "README: what listens is made of what was made for the device" {
	need sox cc
	local d t
	mkdir recordings noise
	# rising tones, which backwards are others
	for d in 0 3 7; do
		for t in $(seq 0 29); do
			sox -R -n -r 8000 -b 16 recordings/${d}_jackson_$t.wav synth 0.$((30 + t)) \
				sawtooth $((220 + 100 * d + 2 * t))-$((600 + 300 * d)) \
				gain -n -$((3 + t % 7)) fade 0 0 0.05
		done
	done
	ln -s "$ROOT"/{lib,pipelines,data} .
	export B=${BIN%/bin} PATH=$BIN:$PATH
	for t in $(seq 0 29); do
		sox -R -n -r 8000 -b 16 noise/n_$t.wav synth 0.$((30 + t)) noise \
			gain -$((3 + t % 7))
	done
	awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$ROOT/README.md" > hear.c
	section "On a device" > commands
	section "Listening" |	# no microphone here
		sed 's|[*]\.mp3|recordings/[37]_jackson_4.wav|; s|listen sure.m|& pair.wav|' \
			>> commands
	[ "$(grep -c '^pipelines/.* sure.m .*wav' commands)" -eq 2 ]
	sox "|sox recordings/3_jackson_4.wav -p pad 0.5 0.5" \
		"|sox recordings/7_jackson_4.wav -p pad 0.5 0.5" pair.wav
	run -0 --separate-stderr bash -eu -o pipefail commands
	[ "${lines[1]}" = $'recordings/3_jackson_4.wav\t3' ]
	[ "${lines[2]}" = $'recordings/7_jackson_4.wav\t7' ]
	[ "$(cut -f 3 <<<"$output" | tail -2 | paste -sd ' ')" = "3 7" ]
	[ -z "$stderr" ]
}

@test "README: what it says of the device is in results/" {
	tr '\n' ' ' < "$ROOT/README.md" > text
	awk -F '\t' '
		NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		$c["processor"] == "Cortex-M0" && $c["optim"] == "-O2" {
			printf "takes %.0f KB of flash, %.1f KB of RAM and stack, ",
				$c["flash"] / 1024, ($c["ram"] + $c["stack"]) / 1024
			printf "and for a second of speech %.1f million instructions in the net ",
				$c["net_second"] / 1e6
			printf "and %.1f in the front end; its logits are the host.s, " \
				"bit for bit\n", $c["front_second"] / 1e6
			exit $c["equal"] != $c["utterances"]
		}' "$ROOT/results/fsdd/device.tsv" > said
	[ "$(wc -l < said)" -eq 1 ]
	grep -q -f said text || { cat said; false; }
}

@test "README: every make target it names exists" {
	for t in $(grep -o 'make [a-z][a-z -]*' "$ROOT/README.md" | cut -d' ' -f2- | tr ' ' '\n' |
		sort -u); do
		case $t in
		task-*|test|setup|setup-all|seeds|takes|listen|device|shrink|compare|clean|bench) ;;
		flowchart|results|install|fuzz) ;;
		*) continue ;;
		esac
		make -C "$ROOT" -n -s "$t" FSDD=/nonexistent CORPUS=synthetic >/dev/null 2>err ||
			! grep -q 'No rule' err || { cat err; false; }
	done
}

@test "README: its tables are those in results/" {
	grep '^| *[a-z].*lstm' "$ROOT/README.md" >rows
	[ "$(wc -l <rows)" -ge 6 ]
	while IFS= read -r row; do
		grep -qxF -- "$row" "$ROOT"/results/fsdd/*.md ||
			{ echo "not in results/fsdd: $row"; false; }
	done <rows
}

@test "README: what it says of the takes is in results/" {
	local mean n=0
	awk '/^On the corpus. own test part/, /^$/' "$ROOT/README.md" | tr '\n' ' ' >said
	while read -r mean; do
		grep -qF -- "$mean" said || { echo "not said: $mean"; false; }
		n=$((n + 1))
	done < <(awk -F'|' '$3 ~ / 2x24 / && $5 ~ / (float32|int8) / { print $7 }' \
		"$ROOT/results/fsdd/takes.md")
	[ $n -eq 4 ]
}

@test "README: what it says of powers of two is in results/" {
	local mean n=0
	awk '/^With every weight and bias zero or a power of two/, /^$/' "$ROOT/README.md" |
		tr '\n' ' ' >said
	while read -r mean; do
		grep -qF -- "$mean" said || { echo "not said: $mean"; false; }
		n=$((n + 1))
	done < <(awk -F '\t' '
		NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		$c["recipe"] == "whit" && $c["hidden"] == 24 && $c["teacher"] == "-" &&
			$c["bits"] ~ /[234]/ { printf "%.2f\n", 100 * $c["mean_10"] }' \
		"$ROOT/results/fsdd/task-c.tsv")
	[ $n -eq 6 ]
}

@test "README: its map names every folder, and no other" {
	cd "$ROOT"
	diff <(git ls-files | grep / | cut -d/ -f1 | grep -v '^[.]' | sort -u) \
		<(sed -n 's|^| |; s|.*`\([a-z]*\)/`.*|\1|p' README.md | sort -u)
}
