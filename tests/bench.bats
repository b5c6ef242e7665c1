# SPDX-License-Identifier: MIT
# tests/bench: every piece of make bench, on little; nothing here is about time.
load helper

# Twelve recordings of two words, their features, and two nets: enough for every row.
little() {
	mkdir wav
	"$PYTHON" - <<-'END'
	import array, math, random, wave
	for i in range(12):
	    r, digit = random.Random(i), i % 2
	    x = [int(9000 * math.sin(k * (.2 + .5 * digit)) + r.randint(-900, 900))
	         for k in range(2000 + 300 * i)]
	    with wave.open("wav/%d_ann_%d.wav" % (digit, i), "wb") as f:
	        f.setparams((1, 2, 8000, 0, "NONE", ""))
	        f.writeframes(array.array("h", x).tobytes())
	END
	printf '%s\n' wav/*.wav | "$BIN/wav2mfcc" --preset mfcc13 > all.t
	RECIPE="--layers 2 --dropout 0.3 --pooling last --epochs 3 --rate 1e-2 --batch 4"
	"$BIN/lstm-train" --quiet $RECIPE --hidden 24 --log curves.tsv < all.t > float.m
	"$BIN/quantize-int8" --method static --calibrate all.t < float.m > int8.m
}

# bench ARG...: the whole of it on the little corpus, one run each, without make task-b.
bench() {
	"$PYTHON" "$ROOT/tests/bench/bench.py" --bin "$BIN" --train all.t --test all.t \
		--float float.m --int8 int8.m --recordings wav --recipe "$RECIPE" --hidden 5 \
		--runs 1 --slow-runs 1 --within 1 --rows train,features,infer --out bench.md "$@"
}

@test "bench: fills every row, or names the package that is missing" {
	little
	run -0 bench
	[ "$(grep -c '^| train 2x5' bench.md)" -eq 3 ]
	[ "$(grep -c '^| features of 12' bench.md)" -ge 2 ]
	[ "$(grep -c '^| name an utterance, float32' bench.md)" -ge 1 ]
	[ "$(grep -c '^| name an utterance, int8' bench.md)" -ge 1 ]
	! grep -E '^\|.*\|$' bench.md |
		grep -vE '\([0-9.e+]+ to [0-9.e+]+\)|skipped: [a-z0-9-]+ is not installed' |
		grep -vE 'what|---' || false
	grep -q ' cores, ' bench.md
	! grep -F "$(hostname)" bench.md || false
	! grep -F "$PWD" bench.md || false
}

@test "bench: ends when PyTorch's logits are not ours" {
	need_python torch numpy
	little
	"$BIN/classify" float.m < all.t > float.p
	"$PYTHON" "$ROOT/tests/bench/torch_infer.py" float.m all.t float.p > said.json
	"$BIN/lstm-train" --quiet $RECIPE --hidden 24 --seed 43 < all.t > other.m
	run -1 "$PYTHON" "$ROOT/tests/bench/torch_infer.py" other.m all.t float.p
	[[ $output == *"torch_infer.py: logits, eager: the answers differ by "* ]]
	# and all of bench with it: a classify that answers with the other net
	mkdir bin
	ln -s "$BIN"/* bin
	rm bin/classify
	printf '#!/bin/sh\nexec "%s/classify" "$1" "$2" "%s/other.m"\n' "$BIN" "$PWD" > bin/classify
	chmod +x bin/classify
	run -1 bench --rows infer --bin bin
	[[ $output == *"differ"* ]]
	[ ! -e bench.md ]
}

@test "bench: ends when torchaudio's features are not ours" {
	need_python torchaudio numpy
	little
	"$PYTHON" "$ROOT/tests/bench/torchaudio_features.py" all.t wav > said.json
	printf '%s\n' wav/*.wav | "$BIN/wav2mfcc" --preset mfcc13 --high 3900 > other.t
	run -1 "$PYTHON" "$ROOT/tests/bench/torchaudio_features.py" other.t wav
	[[ $output == *"torchaudio_features.py: features: the answers differ by "* ]]
}

@test "bench: ends when PyTorch's training comes to another accuracy" {
	need_python torch numpy
	little
	"$PYTHON" "$ROOT/tests/bench/torch_train.py" $RECIPE --hidden 24 --accuracy 0.5 \
		--within 0.5 all.t > said.json
	grep -q '"steps": 9,' said.json		# 3 epochs of 3 batches
	run -1 "$PYTHON" "$ROOT/tests/bench/torch_train.py" $RECIPE --hidden 24 --accuracy 3 \
		--within 0.5 all.t
	[[ $output == *"accuracy in training: the answers differ by "* ]]
}

@test "bench: ends when SPTK leaves frames out" {
	[ -x /usr/libexec/sptk/bin/mfcc ] || skip "sptk is not installed (make setup-all)"
	need_python numpy
	little
	run -0 bench --rows features
	grep -q 'SPTK, one pipeline for all' bench.md
	mkdir -p tests/bench
	cp -r "$ROOT/tests/ref" tests/ref
	cp "$ROOT"/tests/bench/* tests/bench
	sed -i 's/frame -l 400 -p 160/frame -l 400 -p 320/' tests/bench/sptk
	rm bench.md
	run -1 "$PYTHON" tests/bench/bench.py --bin "$BIN" --train all.t --test all.t \
		--float float.m --int8 int8.m --recordings wav --recipe "$RECIPE" --runs 1 \
		--rows features --out bench.md
	[[ $output == *"sptk: 0_ann_0.wav: the answers differ: 2000 samples gave "* ]]
	[ ! -e bench.md ]
}

@test "bench: a tool that fails ends it" {
	little
	run -1 bench --rows infer --float all.t
	[[ $output == *"bench: classify --times: exit 1"* ]]
}
