# SPDX-License-Identifier: MIT
# confidence, and what classify and report make of it.
load helper

TOOL=$BIN/confidence
NET=$ROOT/tests/ref/int8_net.py
REF=$ROOT/tests/ref/confidence.py
export PYTHONPATH=$ROOT/tests/ref

# i.m, an int8 model of three labels that is right of most of words.t, which it has not seen, and
# others.t, which are of no label.
setup_file() {
	"$PYTHON" -c "import numpy" 2>/dev/null || return 0
	cd "$BATS_FILE_TMPDIR"
	"$PYTHON" - <<-'END'
		import numpy as np, whit_stream as ws
		r = np.random.default_rng(1)
		def write(name, n, spread, words):
		    out = []
		    for i in range(n):
		        k = i % 3 if words else -1
		        x = r.normal(0, spread, (int(r.integers(5, 12)), 4))
		        x[:, k] += 3 if words else r.uniform(0, 3)
		        x = x.astype(np.float32)
		        out.append(ws.from_numpy("%s%03d" % (name, i), x, label=k))
		    head = {"kind": "features", "feature.preset": "toy"}
		    if words:
		        head["labels"] = "left,right,stop"
		    ws.write(open(name + ".t", "wb"), head, out)
		write("train", 90, 3.5, True)
		write("words", 120, 3.5, True)
		write("others", 80, 3.5, False)
	END
	"$BIN/lstm-train" --hidden 5 --epochs 8 --rate 0.01 --batch 10 --quiet < train.t |
		"$BIN/quantize-int8" --calibrate train.t > i.m
	"$TOOL" --words words.t --others others.t --refuse 0.1 --verbose < i.m > sure.m 2> said
}

# of FILE.t by MODEL, both of setup_file: FILE.p
classified() {
	"$BIN/classify" "${@:3}" "$1" < "$BATS_FILE_TMPDIR/$2.t" > "$2.p"
}

@test "confidence: its numbers and threshold are those that numpy finds" {
	need_python numpy
	local sure=$BATS_FILE_TMPDIR/sure.m
	classified "$sure" words
	classified "$sure" others
	run -0 "$PYTHON" "$REF" fit "$sure" 0.1 words.p others.p
	# neither trivial: words are missed, some others are taken for words, some are not
	run -0 sed -nE 's/^([0-9]+) of 120 words found, ([0-9]+) .*; ([0-9]+) of 80 .*/\1 \2 \3/p' \
		"$BATS_FILE_TMPDIR/said"
	set -- $output
	[ "$1" -gt 60 ] && [ "$1" -lt 120 ] && [ "$2" -le $(($1 / 10)) ] && [ "$2" -gt 3 ]
	[ "$3" -gt 0 ] && [ "$3" -lt 80 ]
}

@test "confidence: classify's p is formats/model.md's to the bit, whatever the numbers are" {
	need_python numpy
	local sure=$BATS_FILE_TMPDIR/sure.m how
	for how in "" --reject; do
		classified "$sure" words $how
		run -0 "$PYTHON" "$REF" check "$sure" < words.p
		[ "$output" = "120 as expected with$([ -n "$how" ] || echo out) none" ]
	done
	edit "$sure" far.m 'b = t["fc.bias"].data; b[0] += 2**31 - 10**6; b[1] -= 2**31 - 10**6'
	for numbers in "2**31-1,30, 2**31-1,30, 0" "-2**31,30, -2**31,30, 2**24" \
		"2**30,-31, 2**30,-31, -2**24" "2**31-1,-12, -2**30,-13, 17" \
		"0,0, 2**30,-17, 4096" "2**30,-17, 0,0, -4096" "-2**31,-18, 2**31-1,-18, 1"; do
		for model in "$sure" far.m; do
			edit "$model" x.m "t['confidence'].data[:5] = \
				type(t['confidence'].data)('i', [$numbers])"
			classified x.m others --reject
			"$PYTHON" "$REF" check x.m < others.p
		done
	done
}

@test "confidence: the label none is no word, wherever it stands" {
	need_python numpy
	local labels
	for labels in none,right,stop left,none,stop left,right,none; do
		for stream in train words; do
			edit "$BATS_FILE_TMPDIR/$stream.t" $stream.t "head['labels'] = '$labels'"
		done
		"$BIN/lstm-train" --hidden 5 --epochs 8 --rate 0.01 --batch 10 --quiet < train.t |
			"$BIN/quantize-int8" --calibrate train.t > i.m
		cp "$BATS_FILE_TMPDIR/others.t" .
		"$TOOL" --words words.t --others others.t --refuse 0.02 --verbose < i.m > sure.m \
			2> said
		grep -q 'of 80 words found, .* of 120 others accepted$' said
		for stream in words others; do
			"$BIN/classify" --reject sure.m < $stream.t > $stream.p
			"$PYTHON" "$REF" check sure.m < $stream.p
		done
		"$PYTHON" "$REF" fit sure.m 0.02 words.p others.p
		# to report the label found and the true one are none, too
		"$BIN/report" words.p 2> /dev/null | sed -n '/^Words:/p;/^Other/p;/^Calib/p' > got
		"$PYTHON" - "$labels" > want <<-'END'
			import sys, whit_stream as ws
			head, ts = ws.read(open("words.p", "rb"))
			k = sys.argv[1].split(",").index("none")
			none = lambda t: t.meta["predicted"] in ("-1", str(k))
			best = lambda t: max(range(3), key=lambda k: t.data[k])
			w = [t for t in ts if t.label != k]
			o = [t for t in ts if t.label == k]
			right = lambda ts: sum(best(t) == t.label for t in ts)
			no, yes = [t for t in w if none(t)], [t for t in w if not none(t)]
			for t in ts:
			    print(best(t) == k, t.meta["predicted"] == "-1", file=open("seen", "a"))
			print("Words: %d of 80 refused (%.2f %%), %d wrongly; of %d accepted "
			      "%d are right (%.2f %%)" % (len(no), 100 * len(no) / 80, right(no),
			                           len(yes), right(yes),
			                           100 * right(yes) / len(yes)))
			yes = sum(not none(t) for t in o)
			print("Other sounds: %d of 40 accepted (%.2f %%)" % (yes, 100 * yes / 40))
		END
		echo "Calibration error of the confidence, words and others of equal weight: $(
			"$PYTHON" "$REF" ece < words.p)" >> want
		diff <(tr -d '\n' < got) <(tr -d '\n' < want)
	done
	# none by the logit alone, by the confidence alone, by both, and a word
	[ "$(sort -u seen | wc -l)" -eq 4 ]
}

@test "confidence: one label alone has one" {
	need_python numpy
	"$PYTHON" "$NET" features 1 8 3 1 0 > f.t
	"$PYTHON" "$NET" features 2 8 3 1 0 > g.t
	"$PYTHON" "$NET" model 1 1 3 4 1 mean 1 > f.m
	"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
	"$TOOL" --words f.t --others g.t < i.m > sure.m
	"$BIN/classify" sure.m < g.t | "$PYTHON" "$REF" check sure.m
}

@test "confidence: a sibling hears the words; the model gets it in its own unit" {
	need_python numpy
	cd "$BATS_FILE_TMPDIR"
	"$BIN/lstm-train" --hidden 4 --epochs 9 --rate 0.01 --batch 10 --quiet < words.t |
		"$BIN/quantize-int8" --calibrate words.t > "$BATS_TEST_TMPDIR/all.m"
	"$TOOL" --words words.t --others others.t --refuse 0.1 --sibling i.m \
		< "$BATS_TEST_TMPDIR/all.m" > "$BATS_TEST_TMPDIR/sure.m"
	cd "$BATS_TEST_TMPDIR"
	"$BIN/classify" "$BATS_FILE_TMPDIR/i.m" < "$BATS_FILE_TMPDIR/words.t" > words.p
	"$BIN/classify" all.m < "$BATS_FILE_TMPDIR/others.t" > others.p
	"$PYTHON" "$REF" fit sure.m 0.1 words.p others.p "$BATS_FILE_TMPDIR/i.m"
	run ! "$PYTHON" "$REF" fit sure.m 0.1 words.p others.p	# units that differ
	"$BIN/tensor" show sure.m > shown
	for line in "confidence.words.sha256=$(sha256sum < "$BATS_FILE_TMPDIR/words.t")" \
		"confidence.others.sha256=$(sha256sum < "$BATS_FILE_TMPDIR/others.t")" \
		"confidence.sibling.sha256=$(sha256sum < "$BATS_FILE_TMPDIR/i.m")" \
		"confidence.refuse=0.1 -"; do
		grep -qxF -- "${line%% *}" shown || { echo "$line"; cat shown; false; }
	done
	# all but the confidence stays
	"$TOOL" --words "$BATS_FILE_TMPDIR/words.t" --others "$BATS_FILE_TMPDIR/others.t" \
		--refuse 0.1 < "$BATS_FILE_TMPDIR/sure.m" > again.m
	edit "$BATS_FILE_TMPDIR/sure.m" a 'del t["confidence"]; head = {"kind": "x"}'
	edit "$BATS_FILE_TMPDIR/i.m" b 'head = {"kind": "x"}'
	edit again.m c 'del t["confidence"]; head = {"kind": "x"}'
	cmp a b && cmp c b
}

@test "confidence: every kind of integer model has one, classify and export-c take it" {
	need_python numpy
	local f=$BATS_FILE_TMPDIR cell kind
	for cell in lstm gru; do
		"$BIN/lstm-train" --cell $cell --hidden 5 --epochs 8 --rate 0.01 --batch 10 \
			--normalise --quiet < "$f/train.t" > $cell.m
		"$BIN/quantize-int8" --calibrate "$f/train.t" < $cell.m > $cell-int8.m
		for kind in pot int32; do
			"$BIN/quantize-pot" --approach round --bias $kind --calibrate "$f/train.t" \
				< $cell.m > $cell-$kind.m
		done
		for kind in int8 pot int32; do
			"$TOOL" --words "$f/words.t" --others "$f/others.t" --refuse 0.1 \
				< $cell-$kind.m > sure.m
			"$BIN/classify" --reject sure.m < "$f/words.t" > words.p
			"$BIN/classify" --reject sure.m < "$f/others.t" > others.p
			"$PYTHON" "$REF" check sure.m < others.p
			"$PYTHON" "$REF" fit sure.m 0.1 words.p others.p
			"$BIN/export-c" < sure.m | grep -q 'confidence = &words_confidence'
		done
	done
}

@test "confidence: report tells what rejection costs, in words and in JSON" {
	need_python numpy
	local sure=$BATS_FILE_TMPDIR/sure.m
	edit "$BATS_FILE_TMPDIR/words.t" mixed.t \
		't["words000"].label = t["words001"].label = t["words002"].label = -1'
	"$BIN/classify" --reject "$sure" < mixed.t > p
	"$BIN/classify" "$sure" < mixed.t > plain
	"$PYTHON" - p > want <<-'END'
		import sys, whit_stream as ws
		head, ts = ws.read(open(sys.argv[1], "rb"))
		best = lambda t: max(range(3), key=lambda k: t.data[k])
		none = lambda t: t.meta["predicted"] == "-1"
		w, o = [t for t in ts if t.label >= 0], [t for t in ts if t.label < 0]
		no, yes = [t for t in w if none(t)], [t for t in w if not none(t)]
		right = lambda ts: sum(best(t) == t.label for t in ts)
		assert no and right(no)
		print("Rejection of confidences below %.4f\n" % float(head["reject"]))
		share = lambda a, b: (a, b, 100 * a / b)
		print("Words: %d of %d refused (%.2f %%), %d wrongly;" %
		      (*share(len(no), len(w)), right(no)),
		      "of %d accepted %d are right (%.2f %%)\n" %
		      (len(yes), right(yes), 100 * right(yes) / len(yes)))
		yes = sum(not none(t) for t in o)
		print("Other sounds: %d of %d accepted (%.2f %%)\n" % share(yes, len(o)))
	END
	echo "Calibration error of the confidence, words and others of equal weight: $(
		"$PYTHON" "$REF" ece < p)" >> want
	"$BIN/report" p > text
	sed -n '/^Rejection/,/^Calibration/p' text | diff - want
	"$BIN/report" --format json p | "$PYTHON" -c '
import json, sys
r = json.load(sys.stdin)["reports"][0]["reject"]
assert r["words"] == 117 and r["others"] == 3 and 0 < r["refused_right"] < r["refused"] < 117, r
assert 0 < r["threshold"] < 1 and 0 < r["calibration_error"] < 1, r'
	# the scores are those without rejection, and without it nothing is said
	"$BIN/report" plain > text.plain
	diff <(sed '/^Rejection/,/^Calibration/d' text | grep -v '^$') \
		<(grep -v '^$' text.plain) | grep '^[<>]' > differ || true
	run ! grep -v -e 'classify' differ
	run -1 grep -q Rejection text.plain
	"$BIN/report" --format list p > list
	[ "$(awk -F'\t' '$3 == "none"' list | wc -l)" -eq \
		"$("$BIN/tensor" show p | grep -c 'predicted=-1')" ]
	edit p q 'del head["reject"]'
	run -1 --separate-stderr "$BIN/report" q
	[[ $stderr == "report: stdin: record words"*": predicted=-1: expected the threshold"* ||
		$stderr == "report: q: record words"*": predicted=-1: expected the threshold"* ]]
	run -0 --separate-stderr "$BIN/report" p
	[ -z "$stderr" ]
	classified "$sure" words
	run -0 --separate-stderr "$BIN/report" words.p
	[ "$stderr" = \
		"report: words.p: the model was taught its confidence on these very features" ]
}

@test "confidence: refuses what does not fit, in one line" {
	need_python numpy
	cd "$BATS_FILE_TMPDIR"
	refused() {
		run -1 --separate-stderr "$TOOL" "${@:2}"
		[[ ${#stderr_lines[@]} -eq 1 && -z $output && $stderr == "confidence: $1"* ]] ||
			{ echo "$stderr"; false; }
	}
	refused "train.t: expected what the net has not seen" --words train.t --others others.t \
		< i.m
	edit i.m "$BATS_TEST_TMPDIR/x.m" 't["fc.bias"].data[1] -= 2**30'
	edit words.t "$BATS_TEST_TMPDIR/y.t" 't = {k: v for k, v in t.items() if v.label == 1}'
	refused "$BATS_TEST_TMPDIR/y.t: expected words that the model finds and other sounds, got" \
		--words "$BATS_TEST_TMPDIR/y.t" --others others.t < "$BATS_TEST_TMPDIR/x.m"
	edit words.t "$BATS_TEST_TMPDIR/bare.t" 't["words003"].label = -1'
	refused "$BATS_TEST_TMPDIR/bare.t: record words003: expected a word with a label" \
		--words "$BATS_TEST_TMPDIR/bare.t" --others others.t < i.m
	edit words.t "$BATS_TEST_TMPDIR/far.t" 'head["feature.preset"] = "mine"'
	refused "$BATS_TEST_TMPDIR/far.t: not the features that stdin was trained on" \
		--words "$BATS_TEST_TMPDIR/far.t" --others others.t < i.m
	refused "$BATS_TEST_TMPDIR/far.t: not the features that stdin was trained on" \
		--words words.t --others "$BATS_TEST_TMPDIR/far.t" < i.m
	"$BIN/lstm-train" --hidden 4 --epochs 1 --quiet < train.t > "$BATS_TEST_TMPDIR/float.m"
	refused "stdin: expected a model whose logits are integers" --words words.t \
		--others others.t < "$BATS_TEST_TMPDIR/float.m"
	edit i.m "$BATS_TEST_TMPDIR/x.m" 'head["labels"] = "left,right,up"'
	refused "$BATS_TEST_TMPDIR/x.m: no sibling of the model: labels" --words words.t \
		--others others.t --sibling "$BATS_TEST_TMPDIR/x.m" < i.m
	edit i.m "$BATS_TEST_TMPDIR/x.m" 't["fc.bias"].meta = {}'
	refused "stdin: record fc.bias: expected scale=, the unit of logits, got none" \
		--words words.t --others others.t < "$BATS_TEST_TMPDIR/x.m"
	run -2 --separate-stderr "$TOOL" --words words.t < i.m
	[ "$stderr" = "confidence: needs --words and --others" ]
	stream_abuse i.m "$TOOL" --words words.t --others others.t
}

@test "confidence: a record of it that cannot be is refused, and a float model has none" {
	need_python numpy
	cd "$BATS_FILE_TMPDIR"
	for change in '.data[0] = 5' '.data[1] = 31' '.data[3] = -32' '.data[4] = 2**24 + 1' \
		'.data[5] = -1' '.data[5] = 32769'; do
		edit sure.m "$BATS_TEST_TMPDIR/x.m" "t['confidence']$change"
		run -1 --separate-stderr "$BIN/classify" "$BATS_TEST_TMPDIR/x.m" < words.t
		[[ $stderr == *"record confidence: expected two mantissas"* ]]
	done
	edit sure.m "$BATS_TEST_TMPDIR/x.m" 't["confidence"].shape = (2, 3)'
	run -1 --separate-stderr "$BIN/classify" "$BATS_TEST_TMPDIR/x.m" < words.t
	[[ $stderr == *"record confidence: expected s32 (6), got s32 of 6"* ]]
	run -1 --separate-stderr "$BIN/classify" --reject i.m < words.t
	[[ $stderr == "classify: i.m: --reject: expected a model with a confidence"* ]]
	"$BIN/lstm-train" --hidden 4 --epochs 1 --quiet < train.t |
		"$BIN/quantize-int8" --method dynamic > "$BATS_TEST_TMPDIR/d.m"
	edit "$BATS_TEST_TMPDIR/d.m" "$BATS_TEST_TMPDIR/x.m" \
		't["c"] = ws.Tensor("confidence", "s32", (6,), [0] * 6)'
	run -1 --separate-stderr "$BIN/classify" "$BATS_TEST_TMPDIR/x.m" < words.t
	[[ $stderr == *"record confidence: expected it in a model whose logits are integers"* ]]
}
