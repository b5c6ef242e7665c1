# SPDX-License-Identifier: MIT
# Training for int8 from the command line to the integers: lstm-train --qat int8, quantize-int8.
load helper

UNIT=$BIN/../tests/unit
REF=$BATS_TEST_DIRNAME/ref
export PYTHONPATH=$REF

# Utterances of three labels, ragged, 5 features of different sizes; padded.t ends in zero frames.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	PYTHONPATH=$REF "$PYTHON" - <<-'END'
	import math, random, whit_stream as ws
	random.seed(4)
	def utterance(i, pad):
	    T = random.randint(3, 12)
	    x = [3 ** d * (math.sin((i % 3 + 1) * (0.3 * t + d)) + d + random.gauss(0, .3))
	         for t in range(T) for d in range(5)]
	    return ws.Tensor("u%03d" % i, "f32", (T + pad, 5), x + [0] * 5 * pad, i % 3,
	                     "s%d" % (i % 4))
	def write(path, pad, tensors=None, more={}):
	    head = {"kind": "features", "labels": "a,b,c", "corpus": "toy", **more}
	    ws.write(open(path, "wb"), head,
	             tensors or [utterance(i, pad) for i in range(90)])
	write("train.t", 0)
	write("padded.t", 3)
	fixed = [utterance(i, 0) for i in range(90)]
	for t in fixed:
	    x = [max(-200, min(200, round(v * 1024) / 1024)) for v in t.data]
	    t.data = type(t.data)("f", x)
	write("fixed.t", 0, fixed, {"feature.front_end": "fixed mfcc 1"})
	write("tiny.t", 0, [ws.Tensor("u%d" % i, "f32", (2, 5), [1e-42 * i] * 10, i)
	                    for i in range(3)])
	END
}

fit() {
	"$BIN/lstm-train" --hidden 9 --epochs 12 --batch 16 --rate 1e-2 "$@"
}

# whole FLOAT.m INT8.m: every matrix of the first is the scales of the second times its integers
whole() {
	"$PYTHON" - "$@" <<-'END'
	import sys, whit_stream as ws
	import numpy
	f, q = ({t.name: t for t in ws.read(open(path, "rb"))[1]} for path in sys.argv[1:])
	for name, t in q.items():
	    if ".weight" not in name:
	        continue
	    scale = [float(t.meta[k]) for k in ("scale", *("scale." + g for g in "ifgorzn"))
	             if k in t.meta]
	    w = numpy.repeat(scale, len(t.numpy()) // len(scale))[:, None] * t.numpy()
	    if name.endswith(".weight_ih_l0"):
	        norm = f["norm.scale"].numpy() if "norm.scale" in f else 1
	        w = w * q["input.scale"].numpy() / norm
	    error = abs(w - f[name].numpy()).max() / abs(w).max()
	    assert error < 1e-6, (name, error)
	END
}

@test "qat: PyTorch's fake quantisation gives the same logits and the same gradient" {
	need_python torch
	"$PYTHON" "$REF/torch_qat.py" "$UNIT/qat"
}

@test "qat: the model's weights are those of int8, however it was trained" {
	need_python numpy
	local f how
	for f in train padded fixed; do
		for how in "" "--pooling mean --layers 3" "--average ema" "--average tail" \
			"--normalise --layers 1" \
			"--normalise --validate-share .3 --noise .2 --stretch .2 \
				--optimiser adamw --weight-decay .1" \
			"--validate $BATS_FILE_TMPDIR/$f.t --patience 3" \
			"--cell gru" "--cell gru --pooling mean --normalise --average ema" \
			"--prune 3:.5,6:.5 --jobs 3"; do
			fit --qat int8 $how < "$BATS_FILE_TMPDIR/$f.t" > m
			"$BIN/quantize-int8" --calibrate "$BATS_FILE_TMPDIR/$f.t" < m > i.m
			whole m i.m || { echo "$f $how"; false; }
			"$UNIT/qat" m "$BATS_FILE_TMPDIR/$f.t" > /dev/null
		done
	done
	fit < "$BATS_FILE_TMPDIR/train.t" > m
	"$BIN/quantize-int8" --calibrate "$BATS_FILE_TMPDIR/train.t" < m > i.m
	run ! whole m i.m
}

# away FLOAT.m FEATURES: how far the int8 net's logits are from the float net's, in shares of them
away() {
	"$BIN/quantize-int8" --calibrate "$2" < "$1" > i.m
	"$UNIT/quant_logits" i.m < "$2" > i.txt
	"$BIN/classify" "$1" < "$2" > p
	"$PYTHON" - <<-'END'
	import numpy, whit_stream as ws
	i = {t.name: t for t in ws.read(open("i.m", "rb"))[1]}
	unit = float(i["fc.bias"].meta["scale"])
	f = numpy.array([t.data for t in ws.read(open("p", "rb"))[1]])
	i = unit * numpy.array([line.split()[1:] for line in open("i.txt")], float)
	print(((f - i) ** 2).mean() ** .5 / (f ** 2).mean() ** .5)
	END
}

@test "qat: the integers' logits lie nearer to the float net's than without" {
	need_python numpy
	local seed how plain trained
	for how in "" "--normalise --pooling mean" "--cell gru"; do
		for seed in 1 2 3; do
			fit --seed $seed $how < "$BATS_FILE_TMPDIR/train.t" > m
			plain=$(away m "$BATS_FILE_TMPDIR/train.t")
			fit --seed $seed $how --qat int8 < "$BATS_FILE_TMPDIR/train.t" > m
			trained=$(away m "$BATS_FILE_TMPDIR/train.t")
			echo "$how $seed: $plain $trained"
			awk "BEGIN { exit !($trained < $plain) }"
		done
	done
}

@test "qat: none is training as it always was, and words that it does not know are misuse" {
	fit < "$BATS_FILE_TMPDIR/train.t" > m
	fit --qat none < "$BATS_FILE_TMPDIR/train.t" > n
	"$PYTHON" -c 'import whit_stream as ws
m, n = ([(t.name, t.data) for t in ws.read(open(f, "rb"))[1]] for f in "mn")
assert m == n and len(m) == 10'
	fit --qat int8 < "$BATS_FILE_TMPDIR/train.t" > q
	run ! cmp -s m q
	run -2 --separate-stderr fit --qat int4 < "$BATS_FILE_TMPDIR/train.t"
	[ "$stderr" = "lstm-train: --qat: expected one of none|int8, got 'int4'" ] ||
		{ echo "$stderr"; false; }
	run -1 --separate-stderr fit --qat int8 --bidirectional < "$BATS_FILE_TMPDIR/train.t"
	[ "$stderr" = "lstm-train: stdin: --qat: integers alone run directions=1, pooling=last or \
mean so far, got directions=2, pooling=last" ] || { echo "$stderr"; false; }
	run -1 --separate-stderr fit --qat int8 < "$BATS_FILE_TMPDIR/tiny.t"
	[ "${stderr#*: --qat: }" = "expected features whose ranges 255 steps can divide" ] ||
		{ echo "$stderr"; false; }
}
