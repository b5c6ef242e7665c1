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

@test "README: every make target it names exists" {
	for t in $(grep -o 'make [a-z][a-z -]*' "$ROOT/README.md" | cut -d' ' -f2- | tr ' ' '\n' |
		sort -u); do
		case $t in
		task-*|test|setup|setup-all|seeds|takes|clean|bench|results|install|fuzz) ;;
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
	done < <(awk -F'|' '$5 ~ / (float32|int8) / { print $7 }' "$ROOT/results/fsdd/takes.md")
	[ $n -eq 4 ]
}

@test "README: its map names every folder, and no other" {
	cd "$ROOT"
	diff <(git ls-files | grep / | cut -d/ -f1 | grep -v '^[.]' | sort -u) \
		<(sed -n 's|^| |; s|.*`\([a-z]*\)/`.*|\1|p' README.md | sort -u)
}
