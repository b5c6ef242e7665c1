# SPDX-License-Identifier: MIT
# occlude, held against classify of models whose weights were set to 0 by hand.
load helper

# features: 3 labels, told apart by noise, 60 utterances
features() {
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" - "$1" <<-'END'
		import random, sys, whit_stream as ws
		random.seed(3)
		head = {"kind": "features", "corpus": "c", "labels": "a,b,c", "feature.hop_n": "80"}
		ws.write(open(sys.argv[1], "wb"), head, (
			ws.Tensor("u%d" % i, "f32", (8, 4), [random.gauss(i % 3 * (j % 4 - 1), 2)
			for j in range(32)], i % 3, "ann", {}) for i in range(60)))
	END
}

# right MODEL FEATURES: how many classify gets right
right() {
	"$BIN/classify" "$1" < "$2" > p
	"$BIN/report" --format tsv p | tail -n 1 | cut -f 15
}

@test "occlude: as if every weight that reads the unit were 0, whatever the net" {
	features f
	local how layer direction unit name code
	for how in "--cell lstm --layers 2" "--cell gru --layers 2 --bidirectional" \
		"--cell gru --layers 1 --pooling mean"; do
		# shellcheck disable=SC2086
		"$BIN/lstm-train" --quiet --hidden 5 --epochs 30 $how < f > m
		"$BIN/occlude" m < f > table
		[ "$(sed -n 2p table | cut -f 1-4 | tr '\t' ' ')" = "- - - $(right m f)" ]
		while IFS=$'\t' read -r layer direction unit correct share loss; do
			[ "$unit" != unit ] && [ "$unit" != - ] || continue
			code="
for x in tensors:
    def cut(column):
        wide = x.shape[1]
        for i in range(x.shape[0]): x.data[i * wide + column] = 0.
    end = '_reverse' if $direction else ''
    if x.name.endswith('weight_hh_l$layer' + end): cut($unit)
    if 'weight_ih_l%d' % ($layer + 1) in x.name: cut($direction * 5 + $unit)
    if x.name == 'fc.weight' and int(head['layers']) == $layer + 1: cut($direction * 5 + $unit)
"
			edit m cut "$code"
			[ "$(right cut f)" = "$correct" ] ||
				{ echo "$how: $layer $direction $unit: $correct"; false; }
			awk -v c="$correct" -v s="$share" -v l="$loss" -v a="$(right m f)" \
				'BEGIN { exit !((s - c / 60) ^ 2 < 1e-12 &&
					(l - (a - c) / 60) ^ 2 < 1e-11) }'
		done < table
		cut -f 4 table | sort -u > kinds
		[ "$(wc -l < kinds)" -ge 4 ]	# not all units are worth the same
	done
	[ "$(wc -l < table)" -eq 7 ]
}

@test "occlude: what is none of its inputs" {
	features f
	"$BIN/lstm-train" --quiet --hidden 3 --epochs 1 --layers 1 < f > m
	"$BIN/quantize-int8" --method dynamic < m > q
	run -1 --separate-stderr "$BIN/occlude" q < f
	[ "$stderr" = "occlude: q: expected a float net, got precision=int8-dynamic" ]
	run -2 --separate-stderr "$BIN/occlude" < f
	[ "$stderr" = "occlude: expected one operand, the model, got 0" ]
	edit f other "head['feature.hop_n'] = '90'"
	run -1 --separate-stderr "$BIN/occlude" m < other
	[[ $stderr == "occlude: stdin: not the features that m was trained on: "* ]]
	edit f other "t['u5'].label = -1"
	run -1 --separate-stderr "$BIN/occlude" m < other
	[ "$stderr" = "occlude: stdin: record u5: expected a label, got none" ]
	stream_abuse f "$BIN/occlude" m
}
