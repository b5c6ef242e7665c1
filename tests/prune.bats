# SPDX-License-Identifier: MIT
# Pruning from the command line to the report: lstm-train --prune, quantize-int8, classify, report.
load helper

UNIT=$BIN/../tests/unit
REF=$BATS_TEST_DIRNAME/ref
PLAN="--prune 2:.5,4:.2,5-6:.1"

# Synthetic utterances of three labels, ragged, 5 features.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	PYTHONPATH=$REF "$PYTHON" - <<-'END'
	import math, random, whit_stream as ws
	random.seed(4)
	def utterance(i):
	    T = random.randint(3, 12)
	    x = [math.sin((i % 3 + 1) * (0.3 * t + d)) + random.gauss(0, .3)
	         for t in range(T) for d in range(5)]
	    return ws.Tensor("u%03d" % i, "f32", (T, 5), x, i % 3, "s%d" % (i % 4))
	ws.write(open("train.t", "wb"), {"kind": "features", "labels": "a,b,c", "corpus": "toy"},
	         [utterance(i) for i in range(90)])
	END
}

fit() {
	"$BIN/lstm-train" --hidden 9 --epochs 8 --batch 16 --rate 1e-2 "$@" \
		< "$BATS_FILE_TMPDIR/train.t"
}

# zeros MODEL: how many weights of matrices are 0, of how many; -, how many of the biases.
zeros() {
	PYTHONPATH=$REF "$PYTHON" - "$1" <<-'END'
	import sys, whit_stream as ws
	t = [(("bias" in t.name), t.data) for t in ws.read(open(sys.argv[1], "rb"))[1]
	     if "lstm." in t.name or "fc." in t.name]
	m = [x for bias, d in t for x in d if not bias]
	print(m.count(0), len(m), sum(list(d).count(0) for bias, d in t if bias))
	END
}

sparsity() {
	"$BIN/tensor" show "$1" | sed -n 's/^ *sparsity=//p'
}

@test "prune: plans, masks, ties and sizes" {
	"$UNIT/prune"
}

@test "prune: what goes and what is trained of the rest is torch.nn.utils.prune's" {
	need_python torch
	"$PYTHON" "$REF/torch_prune.py" "$BIN/lstm-train"
}

# 2 x 9 units on 5 features: 4 * 9 * (5 + 9 + 9 + 9) + 3 * 9 = 1179 weights; 590 go (589.5, even),
# then 118 of 589, 47 of 471, 42 of 424.
@test "prune: the plan's shares are 0 whatever else trains, and no bias is" {
	local how
	for how in "" "--average ema" "--average tail --average-epochs 7" "--validate-share .2" \
		"--optimiser adamw --weight-decay .1" "--weight-decay .1 --clip .5" \
		"--normalise --noise .1 --stretch .2"; do
		fit $PLAN $how > m
		[ "$(zeros m)" = "797 1179 0" ] || { echo "$how: $(zeros m)"; false; }
		[ "$(sparsity m)" = 0.6760 ]
	done
	fit $PLAN --normalise --qat int8 > m		# rounds a few others to 0
	zeros m | awk '{ exit !($1 >= 797 && $1 < 850 && $3 == 0) }'
	fit > m
	[ "$(zeros m)" = "0 1179 0" ]
	[ -z "$(sparsity m)" ]
}

@test "prune: the same bytes for any --jobs, the same weights before the plan begins" {
	fit $PLAN > a
	for jobs in 2 3; do
		fit $PLAN --jobs $jobs | cmp - a
	done
	fit --epochs 8 --prune 8:.5 --log a.tsv > a
	fit --epochs 8 --log b.tsv > b
	cmp <(head -8 a.tsv | cut -f1-3) <(head -8 b.tsv | cut -f1-3)
	! cmp -s <(tail -1 a.tsv | cut -f1-3) <(tail -1 b.tsv | cut -f1-3) || false
}

@test "prune: no epoch before the plan's last is the best, and patience counts from there" {
	# Nearly nothing left: all epochs before are better.
	fit --validate-share .3 --prune 7:.95 --log log.tsv > m
	[ "$(tail -n +2 log.tsv | sort -t'	' -k5,5gr -k4,4g | head -1 | cut -f1)" -lt 7 ]
	[ "$(zeros m)" = "1120 1179 0" ]
	fit --epochs 40 --validate-share .3 --patience 2 --prune 20:.95 --rate .2 --log log.tsv > m
	[ "$(zeros m)" = "1120 1179 0" ]
	awk -F'\t' 'NR > 20 && (!e || $5 > a || ($5 == a && $4 < l)) { a = $5; l = $4; e = $1 }
		END { exit !(NR < 41 && $1 == e + 2) }' log.tsv
}

@test "prune: zeros stay zeros in both kinds of int8" {
	fit $PLAN --normalise > m
	"$BIN/quantize-int8" --method dynamic < m > d.m
	"$BIN/quantize-int8" --calibrate "$BATS_FILE_TMPDIR/train.t" < m > s.m 2> table
	PYTHONPATH=$REF "$PYTHON" - m d.m s.m <<-'END'
	import sys, whit_stream as ws
	f, *q = ({t.name: list(t.data) for t in ws.read(open(p, "rb"))[1] if "weight" in t.name}
	         for p in sys.argv[1:])
	for m in q:
	    assert m.keys() == f.keys()
	    assert all(b == 0 for n in f for a, b in zip(f[n], m[n]) if a == 0)
	    assert any(b != 0 for n in m for b in m[n])
	END
	[ "$(sparsity d.m)" = "$(sparsity m)" ]
	[ "$(sparsity s.m)" = "$(sparsity m)" ]
}

# Every matrix is really packed, as formats/model.md (Sparse) has it.
@test "prune: report has the zeros and what is left of the bytes, float and int8" {
	fit $PLAN --normalise > float.m
	"$BIN/quantize-int8" --method dynamic < float.m > dynamic.m
	"$BIN/quantize-int8" --calibrate "$BATS_FILE_TMPDIR/train.t" < float.m > int8.m
	fit > dense.m
	for m in float dynamic int8 dense; do
		"$BIN/classify" $m.m < "$BATS_FILE_TMPDIR/train.t" > $m.p
	done
	"$BIN/report" --format json --budget 3K float.p dynamic.p int8.p dense.p > json 2> warnings
	PYTHONPATH=$REF "$PYTHON" - float.m dynamic.m int8.m dense.m <<-'END'
	import json, sys, whit_stream as ws
	def packed(t):
	    bits = bytearray((len(t.data) + 7) // 8)
	    for i, x in enumerate(t.data):
	        bits[i // 8] |= (x != 0) << i % 8
	    size = {"f32": 4, "s8": 1, "s32": 4}[t.dtype]
	    dense = len(t.data) * size
	    sparse = len(bits) + sum(bin(b).count("1") for b in bits) * size
	    return min(dense, sparse) if "weight" in t.name else dense
	reports = json.load(open("json"))["reports"]
	for path, r in zip(sys.argv[1:], reports):
	    model = r["model"]
	    if path == "dense.m":
	        assert "sparse" not in model
	        assert not any("sparse" in l for l in model["layer_table"])
	        continue
	    tensors = ws.read(open(path, "rb"))[1]
	    of = lambda l: [t for t in tensors if l == "input" and t.name[:4] in ("norm", "inpu")
	                    or t.name.startswith("fc.") and l == "fc"
	                    or "_l" in t.name and l == "lstm." + t.name.split("_")[-1]]
	    assert sum(len(of(l["name"])) for l in model["layer_table"]) == len(tensors)
	    for l in model["layer_table"] + [{**model, "name": None}]:
	        ts = of(l["name"]) if l["name"] else tensors
	        w = [x for t in ts if "weight" in t.name for x in t.data]
	        want = {"weights": len(w), "zeros": w.count(0), "bytes": sum(map(packed, ts))}
	        assert l["sparse"] == {**want, "fits": want["bytes"] <= 3072}, (path, l, want)
	assert reports[0]["model"]["sparse"]["zeros"] == 797
	assert not reports[0]["budget"]["fits"] and reports[0]["model"]["sparse"]["fits"]
	END
	"$BIN/report" --format tsv float.p dense.p 2> warnings | cut -f 20- > tsv
	[ "$(sed -n 1p tsv)" = "model_sha256	weights	zeros	sparse_bytes" ]
	[ "$(sed -n 2p tsv | cut -f 2-3)" = "1179	797" ]
	[ "$(sed -n 3p tsv | cut -f 2-)" = "-	-	-" ]
	[ "$("$BIN/report" --format tsv dense.p 2> warnings | awk -F'\t' '{ print NF }' | uniq)" = \
		20 ]
}

@test "prune: bad plans are one line and status 2" {
	local plan
	run -2 --separate-stderr fit --prune 9:.5
	[ "$stderr" = "lstm-train: --prune: expected epochs up to 8, the last, got 9" ]
	run -2 --separate-stderr fit --prune 3:.5,2-4:.5
	[ "$stderr" = "lstm-train: --prune: expected an epoch after 3, got 2" ]
	run -2 --separate-stderr fit --prune 3:1
	[ "$stderr" = "lstm-train: --prune: expected a share above 0 and below 1, got '1'" ]
	for plan in "" , 5 5: :.5 5-4:.5 5:.5, "5:.5 6:.5" 5:-.1 0:.5 5:.5:.5; do
		run -2 --separate-stderr fit --prune "$plan"
		[ "${#stderr_lines[@]}" = 1 ] && [ -z "$output" ]
		[[ $stderr = "lstm-train: --prune: expected "* ]] ||
			{ echo "$plan: $stderr"; false; }
	done
}
