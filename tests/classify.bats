# SPDX-License-Identifier: MIT
# classify: the net's answers, and what it refuses. Accuracy of the answers against PyTorch is
# lstm-train.bats', of the integers quantize-int8.bats'.
load helper

WS=$ROOT/tests/ref/whit_stream.py

# Features of three classes that a small net learns at once; a model trained on them.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	"$PYTHON" - >all.t <<-'EOF'
	import math, sys
	sys.path.insert(0, __import__("os").environ["ROOT"] + "/tests/ref")
	import whit_stream as ws
	out = []
	for i in range(60):
	    k, T = i % 3, 5 + i % 7
	    x = [math.sin(1.3 * i + t + d) * 0.3 + (2.0 if d == k else 0.0)
	         for t in range(T) for d in range(4)]
	    out.append(ws.Tensor("u%02d" % i, "f32", (T, 4), x, label=k, group="ann"))
	head = {"kind": "features", "corpus": "toy", "labels": "left,right,stop",
	        "feature.preset": "toy"}
	ws.write(sys.stdout.buffer, head, out)
	EOF
	"$BIN/lstm-train" --hidden 8 --epochs 10 --rate 0.01 --batch 10 --quiet <all.t >float.m
	"$BIN/quantize-int8" --method dynamic <float.m >dynamic.m
	"$BIN/quantize-int8" --method static --calibrate all.t <float.m >int8.m
}

@test "classify: names what it was trained on, with every precision" {
	for m in float dynamic int8; do
		run -0 --separate-stderr bash -c '"$BIN/classify" "$1" <"$2" | "$BIN/tensor" show' \
			- "$BATS_FILE_TMPDIR/$m.m" "$BATS_FILE_TMPDIR/all.t"
		[ -z "$stderr" ]
		"$BIN/classify" "$BATS_FILE_TMPDIR/$m.m" <"$BATS_FILE_TMPDIR/all.t" >p.t
		"$PYTHON" - p.t <<-'EOF'
		import os, sys
		sys.path.insert(0, os.environ["ROOT"] + "/tests/ref")
		import whit_stream as ws
		head, ts = ws.read(open(sys.argv[1], "rb"))
		assert head["kind"] == "predictions" and head["labels"] == "left,right,stop", head
		assert len(ts) == 60 and [t.name for t in ts] == ["u%02d" % i for i in range(60)]
		for t in ts:
		    assert t.shape == (3,) and t.group == "ann"
		    predicted = int(t.meta["predicted"])
		    assert predicted == max(range(3), key=lambda k: t.data[k]) == t.label, t.name
		EOF
	done
}

@test "classify: a float net of any kind gives the logits that it gave in training, to the bit" {
	need_python numpy
	local kind t=$BATS_FILE_TMPDIR/all.t
	for kind in "--cell lstm" "--cell gru --layers 1" "--bidirectional --pooling mean" \
		"--cell gru --pooling max" "--cell gru --bidirectional --layers 3"; do
		"$BIN/lstm-train" $kind --hidden 5 --epochs 1 --normalise <"$t" >m
		"$BIN/../tests/unit/bptt" m "$t" 0 1 1e-3 >dump
		"$BIN/classify" m <"$t" >p
		"$PYTHON" - dump p <<-'EOF'
		import os, sys
		sys.path.insert(0, os.environ["ROOT"] + "/tests/ref")
		import whit_stream as ws
		trained = {t.name: t for t in ws.read(open(sys.argv[1], "rb"))[1]}["logits"].numpy()
		classified = ws.read(open(sys.argv[2], "rb"))[1]
		assert len(classified) == len(trained) == 60
		for a, b in zip(trained, classified):
		    assert a.tobytes() == b.numpy().tobytes(), b.name
		EOF
	done
}

@test "classify: the stream is the same bytes with --times, which names each utterance" {
	cd "$BATS_FILE_TMPDIR"
	"$BIN/classify" float.m <all.t >"$BATS_TEST_TMPDIR/a"
	"$BIN/classify" --times "$BATS_TEST_TMPDIR/times" float.m <all.t >"$BATS_TEST_TMPDIR/b"
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	awk -F'\t' 'NF != 2 || $1 != sprintf("u%02d", NR - 1) { bad = 1 }
		$2 !~ /^[0-9]+$/ || $2 + 0 < 1 { bad = 1 }
		END { exit bad || NR != 60 }' "$BATS_TEST_TMPDIR/times"
}

@test "classify: says what the model and the features were made from" {
	cd "$BATS_FILE_TMPDIR"
	"$BIN/split" --test 0.5 --part train <all.t >train.t
	"$BIN/split" --test 0.5 --part test <all.t >test.t
	"$BIN/split" --test 0.25 --part test <train.t >val.t
	"$BIN/lstm-train" --hidden 4 --epochs 1 --validate val.t <train.t >m.m
	"$BIN/quantize-int8" --calibrate val.t <m.m >i.m
	sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
	"$BIN/classify" i.m <test.t >p
	"$BIN/tensor" show p >shown
	for line in "train.sha256=$(sum train.t)" "validate.sha256=$(sum val.t)" \
		"calibration.sha256=$(sum val.t)" "    test.sha256=$(sum test.t)" \
		"history.1=split 0.1.0 --test 0.5 --part train" \
		"test.history.1=split 0.1.0 --test 0.5 --part test"; do
		grep -qxF "$line" shown || { echo "$line"; cat shown; false; }
	done
	[ "$(grep -c test.sha256 shown)" -eq 1 ]
	run -0 --separate-stderr "$BIN/report" p
	[ -z "$stderr" ]
	"$BIN/classify" i.m <train.t >p
	run -0 --separate-stderr "$BIN/report" p
	[ "$stderr" = "report: p: the model was trained on these very features" ]
	"$BIN/classify" i.m <val.t >p
	run -0 --separate-stderr "$BIN/report" p
	[ "$stderr" = "report: p: the model was chosen on these very features" ]
}

@test "classify: describes the model: parameters and bytes of each layer" {
	cd "$BATS_FILE_TMPDIR"
	"$BIN/classify" float.m <all.t | "$PYTHON" "$WS" show >"$BATS_TEST_TMPDIR/shown"
	for line in "model.sha256=$(sha256sum <float.m | cut -d' ' -f1)" model.precision=float32 \
		"model.layer.1=lstm.l0 448 1792" "model.layer.2=lstm.l1 576 2304" \
		"model.layer.3=fc 27 108" model.parameters=1051 model.bytes=4204 \
		"model.sparse=384 0 1792 512 0 2304 24 0 108"; do
		grep -qxF "$line" "$BATS_TEST_TMPDIR/shown" ||
			{ echo "no $line"; cat "$BATS_TEST_TMPDIR/shown"; false; }
	done
}

@test "classify: a layer of two directions is one layer of twice the parameters" {
	local line t=$BATS_FILE_TMPDIR/all.t
	"$BIN/lstm-train" --cell gru --bidirectional --hidden 8 --epochs 1 <"$t" >m
	"$BIN/classify" m <"$t" | "$PYTHON" "$WS" show >shown
	for line in model.cell=gru model.directions=2 "model.layer.1=gru.l0 672 2688" \
		"model.layer.2=gru.l1 1248 4992" "model.layer.3=fc 51 204" model.parameters=1971; do
		grep -qxF "$line" shown || { echo "no $line"; cat shown; false; }
	done
	"$BIN/classify" "$BATS_FILE_TMPDIR/float.m" <"$t" | "$PYTHON" "$WS" show >shown
	run -1 grep directions shown
}

@test "classify: refuses features of another front end and says what differs" {
	cd "$BATS_FILE_TMPDIR"
	"$PYTHON" - all.t >"$BATS_TEST_TMPDIR/other.t" <<-'EOF'
	import os, sys
	sys.path.insert(0, os.environ["ROOT"] + "/tests/ref")
	import whit_stream as ws
	head, ts = ws.read(open(sys.argv[1], "rb"))
	head["feature.preset"] = "mine"; head["feature.hop_n"] = "80"
	ws.write(sys.stdout.buffer, head, ts)
	EOF
	run -1 --separate-stderr "$BIN/classify" float.m <"$BATS_TEST_TMPDIR/other.t"
	[ -z "$output" ]
	[ "$stderr" = "classify: stdin: not the features that float.m was trained on: \
feature.preset: expected toy, got mine; feature.hop_n: expected none, got 80" ]
}

# rewrite PYTHON-STATEMENTS: all.t with head and tensors ts changed, on stdout.
rewrite() {
	"$PYTHON" - "$BATS_FILE_TMPDIR/all.t" <<-EOF
	import os, sys
	sys.path.insert(0, os.environ["ROOT"] + "/tests/ref")
	import whit_stream as ws
	head, ts = ws.read(open(sys.argv[1], "rb"))
	$1
	ws.write(sys.stdout.buffer, head, ts)
	EOF
}

@test "classify: labels are matched by name" {
	rewrite 'head["labels"] = "stop,left"; ts = ts[:1]; ts[0].label = 1' >left.t
	"$BIN/classify" "$BATS_FILE_TMPDIR/float.m" <left.t | "$PYTHON" "$WS" show >shown
	grep -qx 'u00 0 ann f32 3' shown
	rewrite 'head["labels"] = "left,right,up"' >up.t
	run -1 --separate-stderr "$BIN/classify" "$BATS_FILE_TMPDIR/float.m" <up.t
	[ "$stderr" = \
		"classify: stdin: label up is none of those that $BATS_FILE_TMPDIR/float.m knows" ]
}

@test "classify: unlabelled utterances are classified too" {
	rewrite 'head.pop("labels"); [setattr(t, "label", -1) for t in ts]' >none.t
	"$BIN/classify" "$BATS_FILE_TMPDIR/float.m" <none.t | "$PYTHON" "$WS" show |
		grep -c 'predicted=' | grep -qx 60
}

@test "classify: an utterance must be finite f32 frames of the right width" {
	rewrite 'ts[3].data[5] = float("nan")' >nan.t
	run -1 --separate-stderr "$BIN/classify" "$BATS_FILE_TMPDIR/float.m" <nan.t
	[ "$stderr" = "classify: stdin: record u03: frame 1, coefficient 1 is not finite" ]
	rewrite 'ts[2] = ws.Tensor("u02", "f32", (2, 3), range(6), label=0)' >narrow.t
	run -1 --separate-stderr "$BIN/classify" "$BATS_FILE_TMPDIR/float.m" <narrow.t
	[[ $stderr == "classify: stdin: record u02: \
expected f32 of at least 1 frame by 4 coefficients, got f32 2x3"* ]]
	rewrite 'ts[2] = ws.Tensor("u02", "f32", (0, 4), [], label=0)' >none.t
	run -1 --separate-stderr "$BIN/classify" "$BATS_FILE_TMPDIR/float.m" <none.t
	[[ $stderr == "classify: stdin: record u02: "* ]]
}

@test "classify: one operand, which must be a model" {
	run -2 --separate-stderr "$BIN/classify" <"$BATS_FILE_TMPDIR/all.t"
	[ "$stderr" = "classify: expected one operand, the model, got 0" ]
	run -1 --separate-stderr "$BIN/classify" "$BATS_FILE_TMPDIR/all.t" \
		<"$BATS_FILE_TMPDIR/all.t"
	[ "$stderr" = "classify: $BATS_FILE_TMPDIR/all.t: expected a stream of kind=model, \
got kind=features" ]
	run -1 --separate-stderr "$BIN/classify" missing.m <"$BATS_FILE_TMPDIR/all.t"
	[ "$stderr" = "classify: missing.m: No such file or directory" ]
	run -1 --separate-stderr "$BIN/classify" "$BATS_FILE_TMPDIR/float.m" \
		<"$BATS_FILE_TMPDIR/float.m"
	[ "$stderr" = "classify: stdin: expected a stream of kind=features, got kind=model" ]
}

@test "classify: a cut or flipped model is refused" {
	for m in float dynamic int8; do
		size=$(stat -c %s "$BATS_FILE_TMPDIR/$m.m")
		for at in 0 7 100 $((size / 2)) $((size - 1)); do
			head -c "$at" "$BATS_FILE_TMPDIR/$m.m" >cut.m
			run -1 --separate-stderr "$BIN/classify" cut.m <"$BATS_FILE_TMPDIR/all.t"
			[ "${#stderr_lines[@]}" -eq 1 ]
		done
	done
}

@test "classify: cut, flipped and empty input, full disk, closed pipe" {
	stream_abuse "$BATS_FILE_TMPDIR/all.t" "$BIN/classify" "$BATS_FILE_TMPDIR/float.m"
}
