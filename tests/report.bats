# SPDX-License-Identifier: MIT
load helper

REF=$BATS_TEST_DIRNAME/ref/sklearn_report.py

# predictions SEED K N [KEY=VALUE ...]
predictions() {
	"$PYTHON" "$REF" stream "$@"
}

# widest FILE: code points of the longest line
widest() {
	"$PYTHON" -c 'import sys; print(max(len(l.rstrip("\n")) for l in open(sys.argv[1])))' "$1"
}

@test "report: agrees with scikit-learn and numpy: layout by bytes, numbers to the last bit" {
	need_python sklearn
	"$PYTHON" "$REF" check "$BIN/report"
}

@test "report: prints scikit-learn's classification report (golden)" {
	predictions 3 10 40 absent=2,3,7 > p
	"$BIN/report" p > text
	"$PYTHON" "$REF" classes < text | cmp - "$BATS_TEST_DIRNAME/golden/report_classes.txt"
}

@test "report: score's unit test" {
	"$BIN/../tests/unit/score"
}

@test "report: a full text report" {
	predictions 1 3 12 labels=no,yes,maybe task=B > p
	"$PYTHON" "$REF" times 1 12 > times
	"$BIN/report" --times times p > text
	diff -u - text <<-'END'
		fsdd, task B, recipe reference, lstm 2x24, mfcc13, int8-dynamic
		===============================================================

		Accuracy 83.33 % (10 of 12; 95 % interval 55.20 to 95.30 %), macro F1 0.6111

		              precision    recall  f1-score   support

		          no     1.0000    1.0000    1.0000         5
		         yes     0.7143    1.0000    0.8333         5
		       maybe     0.0000    0.0000    0.0000         2

		    accuracy                         0.8333        12
		   macro avg     0.5714    0.6667    0.6111        12
		weighted avg     0.7143    0.8333    0.7639        12

		Confusion matrix (row: truth, column: prediction)
		       no  yes  maybe
		no      5    .      .
		yes     .    5      .
		maybe   .    2      .

		Most confused: maybe as yes 2

		Groups
		group  utterances  correct  accuracy
		ann             4        4  100.00 %
		bob             4        3   75.00 %
		cy              4        3   75.00 %

		Layers
		name         parameters    KB  fits 36 KB
		lstm.l0           3,744  3.84         yes
		lstm.l1           4,800  5.44         yes
		fc                  250  0.28         yes
		whole model       8,794  9.56         yes

		Budget 36 KB for each layer: the largest, lstm.l1, has 5.44 KB: fits
		Budget 36 KB for the whole model: it has 9.56 KB: fits

		Time an utterance: median 67.17 us, p95 85.93 us (12 utterances)

		Model SHA-256 5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e

		Made by
		wav2mfcc 0.1.0 --preset mfcc13
		split 0.1.0 --seed 42 --part test
	END
}

@test "report: TSV has the agreed columns and a line a stream" {
	predictions 1 10 600 > a
	predictions 2 10 600 recipe=whit model.precision=int8 > b
	"$PYTHON" "$REF" times 1 600 > times
	"$BIN/report" --format tsv --task B --times times,- a b > out.tsv
	head -n 1 out.tsv | tr '\t' ' ' > head
	[ "$(cat head)" = "corpus task recipe cell layers hidden features precision \
parameters bytes largest_layer_bytes budget_bytes fits test_n correct accuracy macro_f1 \
median_us p95_us model_sha256" ]
	[ "$(wc -l < out.tsv)" -eq 3 ]
	awk -F '\t' 'NF != 20 { exit 1 }' out.tsv
	[ "$(sed -n 2p out.tsv | cut -f 1-16 | tr '\t' ' ')" = \
		"fsdd B reference lstm 2 24 mfcc13 int8-dynamic 8794 9790 5568 36864 yes 600 497 \
0.828333" ]
	[ "$(sed -n 2p out.tsv | cut -f 18,19 | tr '\t' ' ')" = "63.986 86.877" ]
	[ "$(sed -n 3p out.tsv | cut -f 3,8,18,19 | tr '\t' ' ')" = "whit int8 - -" ]
}

@test "report: says how weights became powers of two, where they did" {
	predictions 1 10 60 > a
	predictions 2 10 60 pot.approach=ste pot.bits=4 pot.weights=1.000000 pot.biases=1.000000 \
		pot.zeros=0.125000 > b
	"$BIN/report" --format tsv a b > out.tsv
	[ "$(cut -f 21- out.tsv | tr '\t' ' ')" = "approach bits weights_pot biases_pot zero_share
- - - - -
ste 4 1.000000 1.000000 0.125000" ]
	"$BIN/report" --format md a b > out.md
	grep -q '| precision | approach | bits | params |' out.md
	grep -q '| int8-dynamic | ste | 4 | 8,794 |' out.md
	"$BIN/report" --format md a > out.md
	run ! grep -q approach out.md
	"$BIN/report" --format json a b > json
	"$PYTHON" -c 'import json; a, b = (r["model"] for r in json.load(open("json"))["reports"])
assert b["pot"] == {"approach": "ste", "bits": "4", "weights": 1, "biases": 1, "zeros": .125}, b
assert "pot" not in a'
	predictions 2 10 60 pot.approach=ste pot.weights=many > b
	"$BIN/report" --format json b > json
	"$PYTHON" -c 'import json; m = json.load(open("json"))["reports"][0]["model"]
assert m["pot"]["weights"] is None and m["pot"]["bits"] is None'
}

@test "report: names the cell and its directions" {
	predictions 1 10 60 model.cell=gru model.directions=2 > p
	"$BIN/report" p > text
	head -1 text | grep -q ', bigru 2x24, '
	"$BIN/report" --format tsv p | tail -1 | cut -f 4-6 | grep -qx 'bigru	2	24'
	"$BIN/report" --format json p > json
	"$PYTHON" -c 'import json; m = json.load(open("json"))["reports"][0]["model"]
assert (m["cell"], m["directions"]) == ("gru", 2), m'
	# One direction is not worth a word.
	predictions 1 10 60 model.cell=gru > q
	"$BIN/report" q | head -1 | grep -q ', gru 2x24, '
	"$BIN/report" --format json q > json
	run -1 grep directions json
	"$BIN/report" p q > text
	grep -q '^bigru 2x24 ' text
	grep -q '^gru 2x24 ' text
}

@test "report: --budget-scope decides what fits" {
	predictions 1 10 60 > p
	fits() { "$BIN/report" --format tsv "$@" p | awk -F '\t' 'NR == 2 { print $12, $13 }'; }
	[ "$(fits --budget 9K)" = "9216 no" ]
	[ "$(fits --budget 9K --budget-scope layer)" = "9216 yes" ]
	[ "$(fits --budget 5567 --budget-scope layer)" = "5567 no" ]
	[ "$(fits --budget 9790)" = "9790 yes" ]
	[ "$(fits --budget 9789)" = "9789 no" ]
	"$BIN/report" --budget 9K p > text
	grep -qx 'Budget 9 KB for each layer: the largest, lstm.l1, has 5.44 KB: fits' text
	grep -qx 'Budget 9 KB for the whole model: it has 9.56 KB: does not fit' text
	grep -qx 'whole model       8,794  9.56         no' text
}

# model.sparse: weights, zeros and bytes of each layer, stored sparse.
@test "report: a model with many zeros is sized without them, too" {
	predictions 1 10 60 "model.sparse=3648 1824 2300 4608 2304 3250 240 0 286" > p
	"$BIN/report" --budget 5632 p > text
	sed -n '/^Layers/,/^$/p' text > table
	diff -u - table <<-'END'
		Layers
		name         parameters    KB  fits 5.5 KB  zeros %  sparse KB  fits 5.5 KB
		lstm.l0           3,744  3.84          yes    50.00       2.25          yes
		lstm.l1           4,800  5.44          yes    50.00       3.17          yes
		fc                  250  0.28          yes     0.00       0.28          yes
		whole model       8,794  9.56           no    48.59       5.70           no

	END
	grep -A1 '^Without' text > sentence
	diff -u - sentence <<'END'
Without its zeros (48.59 % of 8496 weights) and with a bit a weight that says where they are, the
largest layer has 3.17 KB: fits; the whole model 5.70 KB: does not fit
END
	"$BIN/report" --format md --budget 5632 p > md
	grep -qxF -- "- $(paste -sd' ' sentence)" md
	grep -qxF '| whole model | 8,794 | 9.56 | no | 48.59 | 5.70 | no |' md
	# As many bytes as before: nothing to say.
	predictions 1 10 60 "model.sparse=3648 9 3936 4608 0 5568 240 0 286" > dense
	predictions 1 10 60 > unknown
	"$BIN/report" dense | cmp - <("$BIN/report" unknown)
	predictions 2 10 60 recipe=whit > other
	[ "$("$BIN/report" p other | sed -n '/^Comparison/,$p' |
		awk '/^(reference|whit)/ { print $9, $10 }')" = "48.59 5.70"$'\n'"- -" ]
	for bad in "1 2 3" "1 2 3 4 5 6 7 8 -9" "1 2 3 4 5 6 7 9 8" \
		"3648 1824 2300 4608 2304 3250 240 0 286 1" "x"; do
		predictions 1 10 60 "model.sparse=$bad" > b
		run -1 --separate-stderr "$BIN/report" b
		[ "$stderr" = "report: b: head: model.sparse: \
expected WEIGHTS ZEROS BYTES of each layer, got $bad" ] ||
			{ echo "$stderr"; false; }
	done
}

@test "report: several streams end in a table that fits 100 columns" {
	predictions 1 10 600 > a
	predictions 2 10 600 recipe=whit model.precision=int8 model.layers=1 model.hidden=1280 \
		model.parameters=6573570 model.bytes=26294280 \
		"model.layer.0=lstm.l0 6560760 26243040" > b
	predictions 3 10 590 corpus=a-corpus-of-recordings-with-a-very-long-name \
		features=mfcc39-variant recipe=knowledge-distilled-from-a-larger-net \
		model.precision=pot4-mixed-apot2-snap_epoch > c
	"$PYTHON" "$REF" times 1 600 > t
	"$PYTHON" "$REF" times 2 590 > t2
	"$BIN/report" --task B --times t --times t,t2 a b c > text
	sed -n '/^Comparison/,$p' text > table
	[ "$(widest text)" -le 100 ]
	[ "$(grep -c '82.83' table)" -eq 1 ]
	"$BIN/report" --task B --times t --times t a b > text
	sed -n '/^Comparison/,$p' text > table
	diff -u - table <<'END'
Comparison: fsdd, task B, mfcc13, test utterances: 600
======================================================

                                                       largest       acc.  macro median  p95
recipe    net         precision       params       KB layer KB fits     %     F1     us   us
reference lstm 2x24   int8-dynamic     8,794     9.56     5.44  yes 82.83 0.8285   64.0 86.9
whit      lstm 1x1280 int8         6,573,570 25678.01 25627.97   no 81.50 0.8144   64.0 86.9

fits: the whole model has at most 36 KB
END
	[ "$(widest text)" -le 100 ]
}

@test "report: many classes and long label names stay within 100 columns or are numbered" {
	predictions 1 10 200 > p \
		names="$(printf 'a label with a rather long name %d,' 0 1 2 3 4 5 6 7 8)last"
	"$BIN/report" p > text
	[ "$(widest text)" -le 100 ]
	grep -q '^9 last ' text
	predictions 1 65 500 > p
	"$BIN/report" p > text
	grep -qx 'Confusion matrix: 65 classes, see --format json' text
}

@test "report: Markdown tables are complete and label names are escaped" {
	predictions 1 3 60 names='a|b,*c*,<d>' > p
	"$BIN/report" --format md p p > out.md
	grep -q '^| a\\|b |' out.md
	grep -qF '\*c\*' out.md
	grep -qF '\<d\>' out.md
	# Every row of a table has the cells of its heading.
	"$PYTHON" - out.md <<-'END'
		import re, sys
		width = None
		for line in open(sys.argv[1]):
		    if not line.startswith("|"):
		        width = None
		        continue
		    cells = len(re.split(r"(?<!\\)\|", line.strip())) - 2
		    width = width or cells
		    assert cells == width, line
	END
	[ "$(grep -c '^## ' out.md)" -eq 3 ]
}

@test "report: JSON is JSON" {
	predictions 1 10 60 'recipe=with "quotes" and \ é' > p
	"$BIN/report" --format json p p > out.json
	"$PYTHON" - out.json <<-'END'
		import json, sys
		a, b = json.load(open(sys.argv[1]))["reports"]
		assert a == b and a["recipe"] == 'with "quotes" and \\ é'
		assert a["test_n"] == 60
		assert a["correct"] == sum(a["confusion"][k][k] for k in range(10))
		assert a["accuracy_low95"] < a["accuracy"] < a["accuracy_high95"]
		assert a["model"]["layer_table"][2] == {"name": "fc", "parameters": 250,
		    "bytes": 286, "fits": True}
		assert a["budget"] == {"bytes": 36864, "scope": "model", "fits": True,
		    "fits_layer": True, "fits_model": True}
		assert a["times"] is None and a["synthetic"] is False and len(a["history"]) == 2
	END
}

@test "report: synthetic speech is announced in every format" {
	predictions 1 10 60 corpus=synthetic > p
	for format in text md; do
		"$BIN/report" --format $format p p > out
		[ "$(grep -c 'synthetic, synthetic speech, not FSDD' out)" -eq 3 ]
	done
	"$BIN/report" --format tsv p | grep -q '^synthetic	'
	"$BIN/report" --format json p | grep -q '"synthetic":	true'
	"$BIN/report" --format json p | grep -q 'synthetic speech, not FSDD'
}

@test "report: utterances without label are counted and left out" {
	predictions 1 10 60 unlabelled=15 > p
	"$BIN/report" p > text
	grep -qx '15 of 60 utterances have no label: left out of the scores' text
	grep -q '^Accuracy .* of 45;' text
	awk '/^predicted as/ { on = 1; next } on && NF == 0 { exit } on { n += $2 }
		END { exit n != 60 }' text
	predictions 1 10 60 unlabelled=60 > p
	"$BIN/report" p > text
	grep -qx 'None of the 60 utterances has a label: no scores' text
	run grep -q Accuracy text
	[ "$status" -eq 1 ]
	[ "$("$BIN/report" --format tsv p | awk -F '\t' 'NR == 2 { print $14, $15, $16, $17 }')" = \
		"0 - - -" ]
	"$BIN/report" --format json p | "$PYTHON" "$REF" json
	"$BIN/report" --format md p | grep -q '^None of the 60'
}

@test "report: number of classes and names come from the stream" {
	predictions 1 17 100 labels= > p
	"$BIN/report" p > text
	grep -q '^          16 ' text
	predictions 1 1 5 > p
	"$BIN/report" p | grep -q '^Accuracy 100.00 % (5 of 5'
}

@test "report: what the stream does not say is a dash" {
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import sys, whit_stream as ws
ws.write(sys.stdout.buffer, {"kind": "predictions"},
         [ws.Tensor("a", "s32", (2,), [1, 0], 0, "", {"predicted": "0"})])' > p
	[ "$("$BIN/report" --format tsv p | sed -n 2p | tr '\t' ' ')" = \
		"- - - - - - - - - - - 36864 - 1 1 1.000000 1.000000 - - -" ]
	"$BIN/report" p p | grep -qx 'Layers: the stream does not say'
	"$BIN/report" --format md p p > out.md
	"$BIN/report" --format json p | "$PYTHON" "$REF" json
}

@test "report: times of other utterances are refused" {
	predictions 1 10 5 > p
	"$PYTHON" "$REF" times 1 5 > good
	while IFS='|' read -r edit message; do
		sed "$edit" good > times
		run -1 --separate-stderr "$BIN/report" --times times p
		[ "$stderr" = "report: times: $message" ] || { echo "$stderr"; false; }
		[ -z "$output" ]
	done <<-'END'
		2s/u0001/u0007/|line 2: expected the utterance u0001, got u0007
		3d|line 3: expected the utterance u0002, got u0003
		5d|expected 5 lines, one an utterance, got 4
		5p|expected 5 lines, one an utterance, got 6
		1,$d|expected 5 lines, one an utterance, got 0
		4s/\t.*//|line 4: expected NAME<TAB>NANOSECONDS, got u0003
		4s/\t.*/\t-1/|line 4: expected NAME<TAB>NANOSECONDS, got u0003	-1
		4s/\t.*/\tnan/|line 4: expected NAME<TAB>NANOSECONDS, got u0003	nan
	END
	run -1 --separate-stderr "$BIN/report" --times nowhere p
	[[ $stderr = "report: "*nowhere* ]]
}

@test "report: records that are no predictions are refused" {
	bad() {
		PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import sys, whit_stream as ws
head = {"kind": sys.argv[1], "labels": "no,yes"}
ws.write(sys.stdout.buffer, head, eval(sys.argv[2]))' "$1" "$2" > bad.t
		run -1 --separate-stderr "$BIN/report" bad.t
		[ "$stderr" = "report: bad.t: $3" ] || { echo "$stderr"; false; }
	}
	bad predictions '[]' 'expected at least one prediction, got none'
	bad features '[]' 'expected a stream of kind=predictions, got kind=features'
	bad predictions '[ws.Tensor("u", "f32", (2,), [0, 1])]' \
		'record u: expected predicted=-1..1, got none of them'
	bad predictions '[ws.Tensor("u", "f32", (2,), [0, 1], meta={"predicted": "2"})]' \
		'record u: expected predicted=-1..1, got none of them'
	bad predictions '[ws.Tensor("u", "f32", (2,), [0, 1], meta={"predicted": "-1"})]' \
		'record u: predicted=-1: expected the threshold in the head, reject='
	bad predictions '[ws.Tensor("u", "f32", (3,), [0, 1, 2], meta={"predicted": "1"})]' \
		'record u: expected logits f32 or s32 (2), got f32 of 3'
	bad predictions '[ws.Tensor("u", "s8", (2,), [0, 1], meta={"predicted": "1"})]' \
		'record u: expected logits f32 or s32 (2), got s8 of 2'
	bad predictions '[ws.Tensor("u", "f32", (2,), [0, 1], 2, meta={"predicted": "1"})]' \
		'record u: expected a label below 2, got 2'
	predictions 1 2 5 model.layer.1=fc > p
	run -1 --separate-stderr "$BIN/report" p
	[ "$stderr" = "report: p: head: model.layer.1: \
expected NAME PARAMETERS BYTES (at most 64 layers), got fc" ]
	predictions 1 2 5 model.bytes=many > p
	run -1 --separate-stderr "$BIN/report" p
	[ "$stderr" = "report: p: head: model.bytes: expected a whole number, got many" ]
}

# fold GROUP HASH [KEY=VALUE ...]: predictions of the utterances of one group by a model of its own.
fold() {
	predictions 1 3 12 labels=no,yes,maybe model.sha256="$2" train.sha256="$2" \
		history.2="split 0.1.0 --group $1 --part train" "${@:3}" > all
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import sys, whit_stream as ws
head, tensors = ws.read(open("all", "rb"))
ws.write(sys.stdout.buffer, head, [t for t in tensors if t.group == sys.argv[1]])' "$1" > "$1.p"
}

@test "report: --pool makes one report of the folds of a cross-validation" {
	fold ann aa
	fold bob bb
	fold cy cc
	"$BIN/report" --pool ann.p bob.p cy.p > pooled
	predictions 1 3 12 labels=no,yes,maybe > p
	"$BIN/report" p > whole
	grep -qx 'Pooled: 3 streams of predictions, 3 models' pooled
	grep -qx 'split (differs)' pooled
	grep -qx 'wav2mfcc 0.1.0 --preset mfcc13' pooled
	! grep SHA-256 pooled || false
	[ "$(grep ^Accuracy pooled)" = "$(grep ^Accuracy whole)" ]
	diff <(sed -n '/^Confusion/,/^Layers/p' pooled) <(sed -n '/^Confusion/,/^Layers/p' whole)
	"$BIN/report" --pool --format json ann.p bob.p cy.p | "$PYTHON" -c '
import json, sys
r, = json.load(sys.stdin)["reports"]
assert (r["streams"], r["models"], r["test_n"], r["model"]["sha256"]) == (3, 3, 12, None), r'
	cat ann.p bob.p cy.p > joined
	run -1 --separate-stderr "$BIN/report" joined
	[[ $stderr = *"model.sha256: expected aa, got bb"* ]]
	for f in ann bob cy; do
		"$BIN/report" --format list $f.p | awk '{ print $1 "\t" 1000 * NR }'
	done > t
	"$BIN/report" --pool --times t ann.p bob.p cy.p |
		grep -q '^Time an utterance: median 2.50 us.* (12 utt'
	run -0 --separate-stderr "$BIN/report" --pool ann.p
	run -1 --separate-stderr "$BIN/report" --pool ann.p bob.p ann.p
	[ "$stderr" = "report: --pool: record u0000: the name stands twice, expected each once" ]
	# Zeros that differ are not said, those that agree are.
	fold ann aa "model.sparse=3648 1824 2300 4608 2304 3250 240 0 286"
	fold bob bb "model.sparse=3648 1823 2301 4608 2304 3250 240 0 286"
	fold cy cc "model.sparse=3648 1824 2300 4608 2304 3250 240 0 286"
	run -0 "$BIN/report" --pool ann.p bob.p cy.p
	[[ $output != *zeros* ]]
	"$BIN/report" --pool ann.p cy.p | grep -q 'zeros %'
	fold bob bb labels=no,yes,perhaps
	run -1 --separate-stderr "$BIN/report" --pool ann.p bob.p
	[ "$stderr" = "report: bob.p: not like the first stream: labels: expected no,yes,maybe, \
got no,yes,perhaps" ]
	[ -z "$output" ]
	fold bob bb model.hidden=32
	run -1 --separate-stderr "$BIN/report" --pool ann.p bob.p
	[ "$stderr" = "report: bob.p: not like the first stream: model.hidden: expected 24, \
got 32" ]
}

@test "report: --format list names the word found in each utterance" {
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import sys, whit_stream as ws
def p(name, dtype, logits, label):
    best = max(range(3), key=lambda k: logits[k])
    return ws.Tensor(name, dtype, (3,), logits, label, meta={"predicted": str(best)})
ws.write(open("f.p", "wb"), {"kind": "predictions", "labels": "no,yes,maybe"},
         [p("a", "f32", [0.5, 3, -1], 1), p("b", "f32", [-3, -2, -2.25], -1),
          p("c", "f32", [2, 1, 2], 2)])
ws.write(open("i.p", "wb"), {"kind": "predictions", "labels": "no,yes,maybe"},
         [p("d", "s32", [-2000000000, 7, 2000000001], -1)])'
	"$BIN/report" --format list f.p i.p > list
	diff -u - list <<-END
		a	yes	yes	2.5
		b	-	yes	0.25
		c	maybe	no	0
		d	-	maybe	1999999994
	END
	"$BIN/report" --format list < f.p | cmp - <(head -n 3 list)
	predictions 1 1 2 > p
	[ "$("$BIN/report" --format list p | head -n 1 | tr '\t' ' ')" = "u0000 zero zero 0" ]
}

@test "report: warns when the model was made from what it is tested on" {
	last() {
		PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import sys, whit_stream as ws
head, tensors = ws.read(open("p", "rb"))
tensors[-1].meta["test.sha256"] = "ab" * 32
ws.write(sys.stdout.buffer, {**head, sys.argv[1]: "ab" * 32}, tensors)' "$1" > leak
	}
	predictions 1 3 12 test.history.1="wav2mfcc x" test.history.2="split y" > p
	run -0 --separate-stderr "$BIN/report" p
	[ -z "$stderr" ]
	[[ $output = *$'\n\nFeatures made by\nwav2mfcc x\nsplit y' ]]
	for kind in "train.sha256 trained on" "validate.sha256 chosen on" \
		"calibration.sha256 calibrated on"; do
		last "${kind%% *}"
		run -0 --separate-stderr "$BIN/report" leak
		[ "$stderr" = "report: leak: the model was ${kind#* } these very features" ]
		[ "${lines[2]}" = "Warning: the model was ${kind#* } these very features" ]
		for format in md json; do
			run -0 --separate-stderr "$BIN/report" --format $format leak
			[[ $output = *"${kind#* }"* && -n $stderr ]]
		done
	done
}

@test "report: utterances that come twice are refused, not counted twice" {
	predictions 1 3 6 > p
	cat p p > twice
	run -1 --separate-stderr "$BIN/report" twice
	[ "$stderr" = "report: twice: record u0000: the name stands twice, expected each once" ]
}

@test "report: misuse exits 2" {
	predictions 1 10 5 > p
	while IFS='|' read -r args message; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr "$BIN/report" $args
		[[ ${stderr_lines[0]} = "report: $message"* ]] || { echo "$args: $stderr"; false; }
		[ -z "$output" ]
	done <<-'END'
		--format html p|--format: expected one of text|md|tsv|json|list
		--budget 0 p|
		--budget 36X p|
		--budget-scope net p|
		--digits 16 p|
		--times a,b p|--times: expected one a stream (1), got 2
		--times a p p|--times: expected one a stream (2), got 1
		--times a,,b p p p|--times: expected a name or -, got an empty name
		--nonsense p|
	END
	run -1 --separate-stderr "$BIN/report" nowhere
	[[ $stderr = "report: "*nowhere* ]]
	run -0 "$BIN/report" --help
	run -0 "$BIN/report" --version
}

@test "report: reads stdin, gives the same bytes twice" {
	predictions 1 10 50 > p
	for format in text md tsv json; do
		"$BIN/report" --format $format < p > a
		"$BIN/report" --format $format p > b
		cmp a b
	done
}

@test "report: survives every damage to its input" {
	predictions 1 3 6 > good.t
	stream_abuse good.t "$BIN/report"
	stream_abuse good.t "$BIN/report" --format json {}
}
