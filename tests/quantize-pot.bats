# SPDX-License-Identifier: MIT
# Powers of two: every approach against numpy, training against PyTorch, and what is refused.
load helper

TOOL=$BIN/quantize-pot
REF=$BATS_TEST_DIRNAME/ref
TRAINED="ema snap-epoch snap-step stochastic row-shared apot2 mixed inq ste"
export PYTHONPATH=$REF

floats() {
	"$TOOL" --float "$@"
}

# f.t: 40 utterances of 5 features; f.m: a float model for them, LSTM or as KIND says.
small() {
	need_python numpy
	"$PYTHON" "$REF/int8_net.py" features 1 40 5 3 0 > f.t
	"$PYTHON" "$REF/int8_net.py" model 3 2 5 6 3 last "${2:-1}" 1 "${1:-lstm}" > f.m
}

# Training that moves nothing: what it leaves is what the approach itself did.
still() {
	floats --train f.t --rate 1e-38 --epochs 1 --before b.m "$@" < f.m > a.m
}

# toy.t, more.t: three labels that a small net tells apart, but not always.
toy() {
	need_python numpy
	"$PYTHON" - <<-'END'
	import math, random, whit_stream as ws
	random.seed(8)
	def utterance(i):
	    T = random.randint(4, 12)
	    x = [math.sin((i % 3 + 1) * (0.3 * t + d)) + random.gauss(0, .7)
	         for t in range(T) for d in range(5)]
	    return ws.Tensor("u%04d" % i, "f32", (T, 5), x, i % 3, "s%d" % (i % 4))
	for name, r in ("toy.t", range(300)), ("more.t", range(1000, 2000)):
	    ws.write(open(name, "wb"), {"kind": "features", "labels": "a,b,c", "corpus": "toy"},
	             [utterance(i) for i in r])
	END
}

# correct MODEL FEATURES: how many it gets right
correct() {
	"$BIN/classify" "$1" < "$2" | "$BIN/report" --format tsv |
		awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
			{ print $c["correct"] }'
}

@test "quantize-pot: round goes to the nearest level for all bits, ranges, biases and cells" {
	local bits range high kind
	for kind in lstm gru bilstm; do
		small $kind
		for bits in 2 3 4 5; do
			for range in tensor row; do
				for high in fit inq; do
					floats --approach round --bits $bits --range $range \
						--high $high --before b.m < f.m > a.m
					"$PYTHON" "$REF/pot_ways.py" round f.m b.m a.m bits=$bits \
						range=$range high=$high
				done
			done
		done
		floats --approach round --bias int32 --before b.m < f.m > a.m
		"$PYTHON" "$REF/pot_ways.py" round f.m b.m a.m bias=int32
	done
}

@test "quantize-pot: levels, halves between them, zeros and extremes are those of the text" {
	small lstm 0
	# each level's half, and the float before and behind; tensors of zeros; 2^-100 and 2^100
	edit f.m h.m '
import numpy as np
x = np.array([s * m * 2.0 ** k for k in range(-9, 5) for m in (1, 1.5) for s in (1, -1)], "f4")
x = np.concatenate([x, np.nextafter(x, np.float32(9)), np.nextafter(x, np.float32(-9)), [0, -0.]])
x = x.astype("f4")
def put(name, v):
    t[name].data = type(t[name].data)("f", v)
n = len(t["lstm.weight_hh_l0"].data)
put("lstm.weight_hh_l0", np.resize(x, n))
put("lstm.weight_hh_l1", np.zeros(n))
put("lstm.bias_ih_l0", np.resize(x[::-1], 24) * np.float32(2.0 ** -20))
put("lstm.bias_ih_l1", np.r_[np.zeros(23), -3])
'
	for bits in 2 3 4 5; do
		for high in fit inq; do
			floats --approach round --bits $bits --high $high --before b.m < h.m > a.m
			"$PYTHON" "$REF/pot_ways.py" round h.m b.m a.m bits=$bits high=$high
		done
	done
	edit f.m x.m '
for x in t.values(): x.data = type(x.data)("f", [v * 2.0 ** 90 for v in x.data])'
	floats --approach round < x.m > a.m	# beyond 2^63: the largest level there is
	"$BIN/tensor" show a.m > /dev/null
	edit f.m x.m 'for x in t.values(): x.data = type(x.data)("f", [v * 1e-40 for v in x.data])'
	floats --approach round < x.m > a.m
	[ "$("$BIN/tensor" show a.m | sed -n 's/^pot.zeros=//p')" = 1.000000 ]
}

@test "quantize-pot: what each approach does to weights is its definition in numpy" {
	local kind approach
	for kind in lstm gru; do
		small $kind
		floats --approach scale --before b.m < f.m > a.m
		"$PYTHON" "$REF/pot_ways.py" scale f.m b.m a.m
		for approach in ema snap-epoch stochastic row-shared apot2 mixed ste; do
			still --approach $approach
			bits=$([ $approach = ste ] && echo 4 || echo 5)
			"$PYTHON" "$REF/pot_ways.py" $approach f.m b.m a.m bits=$bits ||
				{ echo "$kind $approach"; false; }
		done
		still --approach ema --bits 3 --range row --bias int32
		"$PYTHON" "$REF/pot_ways.py" ema f.m b.m a.m bits=3 range=row bias=int32
		# stages: 30 % from the start, 60 % after 4 epochs, all after 8
		for stage in "3 .3" "4 .6" "7 .6" "8 1" "14 1"; do
			still --approach inq --epochs ${stage% *}
			"$PYTHON" "$REF/pot_ways.py" inq f.m b.m a.m bits=5 share=${stage#* } ||
				{ echo "$kind inq $stage"; false; }
		done
	done
}

@test "quantize-pot: snap-step snaps after the 100th update and not before" {
	small
	still --approach snap-step --batch 20 --epochs 49
	"$PYTHON" "$REF/pot_ways.py" none f.m b.m a.m bits=5
	still --approach snap-step --batch 20 --epochs 50
	"$PYTHON" "$REF/pot_ways.py" snap-step f.m b.m a.m bits=5
}

@test "quantize-pot: what inq froze stays, the rest is trained" {
	small
	floats --approach inq --train f.t --epochs 3 --rate 1e-2 --before b.m < f.m > a.m
	"$PYTHON" - <<-'END'
	import numpy as np
	import whit_stream as ws
	f, b = ({t.name: t.numpy() for t in ws.read(open(p, "rb"))[1]} for p in ("f.m", "b.m"))
	for name, w in f.items():
	    if name.startswith("norm.") or name == "lstm.weight_ih_l0":  # the scales are in there
	        continue
	    at = np.argsort(-np.abs(w).ravel(), kind="stable")
	    n = int(w.size * .3)
	    kept, free = at[:n], at[n:]
	    power = np.copysign(2.0 ** np.round(np.log2(np.abs(w.ravel()))), w.ravel())
	    assert (b[name].ravel()[kept] == power[kept]).all(), name
	    assert (b[name].ravel()[free] != w.ravel()[free]).all(), name
	END
}

@test "quantize-pot: ste's weights are those that PyTorch trains through the rounding" {
	need_python torch
	"$PYTHON" "$REF/torch_pot.py" "$TOOL"
}

@test "quantize-pot: powers of two for scales change no answer" {
	small
	floats --approach scale --before b.m < f.m > a.m
	"$BIN/classify" f.m < f.t > f.p
	"$BIN/classify" b.m < f.t > b.p
	"$PYTHON" - <<-'END'
	import numpy as np, whit_stream as ws
	f, b = (np.array([t.data for t in ws.read(open(p, "rb"))[1]]) for p in ("f.p", "b.p"))
	assert abs(f - b).max() < 1e-5 * abs(f).max(), abs(f - b).max()
	m, n = ({t.name: t.numpy() for t in ws.read(open(p, "rb"))[1]} for p in ("f.m", "b.m"))
	assert (np.frexp(n["norm.scale"])[0] == .5).all()
	assert (abs(np.log2(n["norm.scale"] / m["norm.scale"])) <= .5).all()
	END
}

@test "quantize-pot: --normalise changes no answer, and what normalises already not at all" {
	for kind in lstm gru bilstm; do
		small $kind 0
		still --normalise
		"$BIN/classify" f.m < f.t > f.p
		"$BIN/classify" b.m < f.t > b.p
		"$PYTHON" - <<-'END'
		import numpy as np, whit_stream as ws
		f, b = (np.array([t.data for t in ws.read(open(p, "rb"))[1]])
		        for p in ("f.p", "b.p"))
		assert abs(f - b).max() < 1e-4 * abs(f).max(), abs(f - b).max()
		x = np.concatenate([t.numpy() for t in ws.read(open("f.t", "rb"))[1]]).astype("f8")
		n = {t.name: t.numpy() for t in ws.read(open("b.m", "rb"))[1]}
		assert np.allclose(n["norm.mean"], x.mean(0), rtol=1e-6)
		assert (np.frexp(n["norm.scale"])[0] == .5).all()
		assert (abs(np.log2(n["norm.scale"] * x.std(0))) <= .5 + 1e-6).all()
		END
	done
	small
	still
	mv a.m c.m
	still --normalise
	"$PYTHON" -c 'import whit_stream as ws
a, c = (ws.read(open(p, "rb"))[1] for p in ("a.m", "c.m"))
assert all(x.data == y.data for x, y in zip(a, c)) and len(a) == len(c)'
}

@test "quantize-pot: the same bytes twice, for any --jobs, and others for another seed" {
	small
	local approach how="--stretch .2 --noise .1 --time-masks 1 --label-smoothing .1 --epochs 4"
	for approach in $TRAINED; do
		floats --approach $approach --train f.t $how --batch 9 --before b1 < f.m > a1
		floats --approach $approach --train f.t $how --batch 9 --before b2 --jobs 3 \
			< f.m > a2
		cmp a1 a2
		cmp b1 b2
		floats --approach $approach --train f.t $how --batch 9 --seed 7 --before b3 \
			< f.m > a3
		run ! cmp -s b1 b3
	done
}

@test "quantize-pot: a teacher's share counts, and the model says whose" {
	small
	"$PYTHON" "$REF/int8_net.py" model 9 1 5 12 3 last 1 1 gru > teacher.m
	floats --train f.t --epochs 2 < f.m > a
	floats --train f.t --epochs 2 --teacher teacher.m --alpha 0 < f.m > b
	floats --train f.t --epochs 2 --teacher teacher.m --tau 2 --alpha .7 < f.m > c
	"$PYTHON" - <<-'END'
	import hashlib, whit_stream as ws
	(_, a), (_, b), (h, c) = (ws.read(open(p, "rb")) for p in "abc")
	assert all(x.data == y.data for x, y in zip(a, b))
	assert any(x.data != y.data for x, y in zip(a, c))
	assert h["teacher.sha256"] == hashlib.sha256(open("teacher.m", "rb").read()).hexdigest()
	assert h["teacher.tau"] == "2" and h["teacher.alpha"] == "0.7", h
	END
}

@test "quantize-pot: trained on, two bits lose less than rounded" {
	toy
	"$BIN/lstm-train" --hidden 8 --layers 1 --epochs 30 --rate 1e-2 --normalise < toy.t > m
	floats --approach round --bits 2 < m > r
	floats --approach ste --bits 2 --train toy.t --epochs 30 --rate 5e-3 < m > s
	float=$(correct m more.t) round=$(correct r more.t) ste=$(correct s more.t)
	echo "of 1000: float $float, round $round, ste $ste"
	[ "$ste" -gt $((round + 20)) ]
	[ "$ste" -gt $((float - 40)) ]
}

@test "quantize-pot: the head tells how, and predictions and report repeat it" {
	small
	floats --bits 3 --range row --bias int32 --train f.t --epochs 1 < f.m > a
	"$BIN/classify" a < f.t > p
	"$BIN/tensor" show p > p.txt
	for line in pot.approach=ste pot.bits=3 pot.range=row pot.bias=int32 \
		pot.weights=1.000000 pot.train.sha256="$(sha256sum < f.t | cut -c -64)"; do
		grep -qx "$line" p.txt || { echo "$line"; false; }
	done
	"$BIN/report" < p > report.txt 2> warned
	grep -q "trained on" warned report.txt
	floats --approach apot2 --train f.t --epochs 1 < f.m > a
	"$BIN/tensor" show a > a.txt
	grep -qx pot.approach=apot2 a.txt
	run ! grep -q pot.bits a.txt
}

@test "quantize-pot: integers hold the weights that --float writes, and answer as it does" {
	local how
	for how in "lstm --bits 4" "lstm --bits 5 --range row" "lstm --bits 2" \
		"lstm --bits 3 --bias int32" "gru --bits 4" "gru --bits 3 --range row"; do
		small ${how%% *}
		how=${how#* }
		"$TOOL" $how --train f.t --epochs 3 < f.m > p
		floats $how --train f.t --epochs 3 < f.m > a
		"$BIN/classify" p < f.t > p.p
		"$BIN/classify" a < f.t > a.p
		"$PYTHON" - <<-'END'
		import numpy as np, whit_stream as ws
		head, p = ws.read(open("p", "rb"))
		a = {t.name: t.numpy() for t in ws.read(open("a", "rb"))[1]}
		p = {t.name: t.numpy() for t in p}
		assert head["precision"] == "pot"
		bits, rows = int(head["pot.bits"]), head["pot.range"] == "row"
		def unpacked(codes, n, high):
		    b = np.unpackbits(codes, axis=1, bitorder="little")[:, :n * bits]
		    c = (b.reshape(len(codes), n, bits) << np.arange(bits)).sum(2)
		    k = c & (2 ** (bits - 1) - 1)
		    w = np.where(k == 0, 0, 2.0 ** (high.reshape(-1, 1) - (k - 1.)))
		    return np.where(c >> (bits - 1), -w, w)
		for name, w in a.items():
		    if ".weight" in name:
		        high = "fc.high" if name[0] == "f" else name.replace("weight", "high")
		        assert (unpacked(p[name], w.shape[1], p[high]) == w).all(), name
		    elif ".bias" in name and head["pot.bias"] == "pot":
		        i = 0 if "_ih" in name or name[0] == "f" else 1
		        high = name[:name.index(".")] + ".high_bias"
		        high += "" if name[0] == "f" else "_" + name[-2:]
		        got = unpacked(p[name][None], w.size, p[high][i:i + 1])[0]
		        assert (got == w).all(), name
		x, y = (np.array([t.data for t in ws.read(open(f, "rb"))[1]])
		        for f in ("a.p", "p.p"))
		same = (x.argmax(1) == y.argmax(1)).mean()
		assert same > .9, same
		END
	done
	"$TOOL" --approach round --calibrate f.t < f.m > p
	"$BIN/tensor" show p | grep -qx precision=pot
	small bilstm
	run -1 "$TOOL" --train f.t < f.m
	[[ $output == *"(--float takes it)" ]]
}

# refused STATUS MESSAGE ARG...: what the tool says of f.m
refused() {
	local status=$1 message=$2
	shift 2
	run "-$status" --separate-stderr "$TOOL" "$@" < f.m
	[ "$stderr" = "quantize-pot: $message" ] || { echo "$stderr"; false; }
	[ -z "$output" ]
}

@test "quantize-pot: misuse is one line and exit 2" {
	small
	refused 2 "--approach ste needs --train: features of the training set"
	refused 2 "--approach ema needs --train: features of the training set" --approach ema
	refused 2 "--train: --approach round trains nothing" --approach round --train f.t
	refused 2 "--normalise: --approach round trains nothing" --approach round --normalise
	refused 2 "--teacher: --approach scale trains nothing" --approach scale --teacher f.m
	refused 2 "--bits: --approach apot2 has codes of its own" --approach apot2 --train f.t \
		--bits 4 --float
	refused 2 "--approach mixed has no codes: --float writes what it makes" --approach mixed \
		--train f.t
	refused 2 "--calibrate is for integers, --float writes none" --train f.t --float \
		--calibrate f.t
	refused 2 "integers need --calibrate: features of the training set (or --float)" \
		--approach round
	refused 2 "--bits must be 2 to 5, got 1" --train f.t --bits 1
	refused 2 "--bits must be 2 to 5, got 0" --train f.t --bits 0
	refused 2 "--tau and --alpha are for --teacher" --train f.t --tau 2
	refused 2 "--coef-mask-width is for --coef-masks" --train f.t --coef-mask-width 2
	refused 2 "takes no operands: the model comes on stdin" f.m
	run -2 floats --approach nearest --train f.t < f.m
	run -2 floats --bits 6 --train f.t < f.m
	small lstm 0
	refused 2 "--offset, --noise, --time-masks and --coef-masks need a model that normalises, \
or --normalise" --train f.t --noise .1
}

@test "quantize-pot: features of another kind, a model of another precision, no file" {
	small
	refused 1 "none.t: No such file or directory" --train none.t
	edit f.t other.t 'head["feature.test"] = "other"'
	refused 1 "other.t: not the features that the model was trained on: \
feature.test: expected random, got other" --train other.t
	edit f.t other.t 'head["labels"] = "a,b,c"'
	run -1 --separate-stderr floats --train other.t < f.m
	[[ $stderr == "quantize-pot: other.t: not the features that the model was trained on: "* ]]
	[[ $stderr == *": labels"* ]]
	"$BIN/quantize-int8" --method dynamic < f.m > d.m
	run -1 --separate-stderr floats --train f.t < d.m
	[ "$stderr" = "quantize-pot: stdin: precision: expected float32, got int8-dynamic" ]
}

@test "quantize-pot: a bad day for the model, and for the features" {
	small
	stream_abuse f.m "$TOOL" --float --approach round
	STDIN=f.m stream_abuse f.t "$TOOL" --float --epochs 1 --train {}
	STDIN=f.m stream_abuse f.t "$TOOL" --approach round --calibrate {}
	floats --approach round --before b.m < f.m > a.m
	[ -s b.m ]
	run -1 --separate-stderr floats --approach round --before none/b.m < f.m
	[[ $stderr == "quantize-pot: "*none/b.m*": No such file or directory" ]]
	[ -z "$output" ]
}
