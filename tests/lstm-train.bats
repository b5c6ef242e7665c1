# SPDX-License-Identifier: MIT
load helper

UNIT=$BIN/../tests/unit
REF=$BATS_TEST_DIRNAME/ref

# Streams of synthetic utterances: three labels, ragged, 5 features; label k has its own tone.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	PYTHONPATH=$REF "$PYTHON" - <<-'END'
	import math, random, whit_stream as ws
	random.seed(3)
	head = {"kind": "features", "corpus": "toy", "labels": "a,b,c", "feature.coefs": 5,
	        "feature.hop_n": 160}
	def utterance(i, D=5, label=None, bad=None):
	    k, T = i % 3 if label is None else label, random.randint(3, 12)
	    x = [50 * math.sin((k + 1) * (0.3 * t + d)) + 20 * d + random.gauss(0, 8)
	         for t in range(T) for d in range(D)]
	    if bad is not None:
	        x[7] = bad
	    return ws.Tensor("u%03d" % i, "f32", (T, D), x, k if label is None else label,
	                     "s%d" % (i % 4))
	def write(path, tensors, **more):
	    ws.write(open(path, "wb"), {**head, **more}, tensors)
	write("train.t", [utterance(i) for i in range(120)])
	write("val.t", [utterance(i) for i in range(200, 240)])
	write("few.t", [utterance(i) for i in range(6)])
	write("none.t", [])
	write("huge.t", [ws.Tensor("u%d" % i, "f32", (2, 5), [3e38 if i == 2 else -3e38] * 10, i)
	                 for i in range(3)])
	write("one_class.t", [utterance(3 * i) for i in range(9)])
	write("unlabelled.t", [utterance(0), utterance(1, label=-1), utterance(2)])
	write("beyond.t", [utterance(0), utterance(1, label=3), utterance(2)])
	write("nan.t", [utterance(0), utterance(1), utterance(2, bad=math.nan)])
	write("inf.t", [utterance(0), utterance(1), utterance(2, bad=-math.inf)])
	write("mixed.t", [utterance(0), utterance(1, D=4)])
	write("flat.t", [utterance(0), ws.Tensor("v", "f32", (4,), [1, 2, 3, 4], 1)])
	write("frameless.t", [utterance(0), ws.Tensor("v", "f32", (0, 5), [], 1)])
	write("integers.t", [ws.Tensor("v", "s16", (1, 5), [1, 2, 3, 4, 5], 1)])
	write("wide.t", [utterance(i, D=6) for i in range(6)])
	write("hop.t", [utterance(i) for i in range(6)], **{"feature.hop_n": 128})
	write("names.t", [utterance(i) for i in range(6)], labels="a,b,d")
	ws.write(open("model.t", "wb"), {**head, "kind": "model"}, [utterance(0)])
	ws.write(open("nolabels.t", "wb"), {"kind": "features"}, [utterance(0), utterance(1)])
	ws.write(open("p36.t", "wb"), {"kind": "features", "labels": "0,1,2,3,4,5,6,7,8,9"},
	         [utterance(i, D=13, label=i % 10) for i in range(20)])
	END
}

t() {
	cat "$BATS_FILE_TMPDIR/$1.t"
}

# All that changes features, and all else that draws or averages.
ALL="--normalise --stretch .2 --drop-steps .1 --offset .5 --noise .2 --time-masks 2
	--time-mask-width 3 --coef-masks 1 --coef-mask-width 2 --optimiser adamw
	--weight-decay .01 --schedule one-cycle --label-smoothing .05
	--average ema --average-decay .9"

# Trains on the toy quickly.
fit() {
	"$BIN/lstm-train" --hidden 6 --epochs 3 --batch 16 "$@"
}

# The head of a model as text.
head_of() {
	PYTHONPATH=$REF "$PYTHON" -c 'import sys, whit_stream as ws
for kv in ws.read(open(sys.argv[1], "rb"))[0].items(): print("%s=%s" % kv)' "$1"
}

# Numbers in a model, normalisation left out.
parameters() {
	PYTHONPATH=$REF "$PYTHON" -c 'import sys, math, whit_stream as ws
print(sum(math.prod(t.shape) for t in ws.read(open(sys.argv[1], "rb"))[1]
          if "norm." not in t.name))' "$1"
}

# fails STATUS MESSAGE STREAM OPTION...: one line on stderr, nothing on stdout.
fails() {
	local status=$1 message=$2 stream=$3
	shift 3
	t "$stream" > in.t
	run -"$status" --separate-stderr fit "$@" < in.t
	[ "$stderr" = "lstm-train: $message" ] || { echo "$stderr"; false; }
	[ -z "$output" ]
}

@test "lstm-train: logits, gradients, Adam, AdamW, schedules, smoothing, averages are PyTorch's" {
	need_python torch
	"$PYTHON" "$REF/torch_lstm.py" "$UNIT/bptt"
}

@test "lstm-train: every gradient agrees with central differences in double" {
	"$UNIT/gradient"
}

# Each line breaks one term of the way back: FILE SED-EXPRESSION.
@test "lstm-train: the check of gradients notices any broken term" {
	need gcc
	local file edit files broken=0 \
		flags="-std=c11 -O0 -ffp-contract=off -D_POSIX_C_SOURCE=200809L -w"
	cp -r "$ROOT/lib" lib
	gcc $flags -O2 -Ilib -c -o gradient.o "$ROOT/tests/unit/gradient.c"
	while read -r file edit; do
		file=$(cd lib && echo */"$file")
		sed "$edit" "$ROOT/lib/$file" > "lib/$file"
		! cmp -s "lib/$file" "$ROOT/lib/$file" || { echo "no change: $file $edit"; false; }
		case $file in
		math/kernel_*.h) files=$(echo lib/math/kernel*.c) ;;
		*) files=lib/$file ;;
		esac
		gcc $flags -Ilib -o broken gradient.o $files "$BIN/../lib/libwhit.a" -pthread -lm
		cp "$ROOT/lib/$file" "lib/$file"
		run -1 ./broken < /dev/null
		broken=$((broken + 1))
	done <<-'END'
	kernel_lstm.h s/da\[j\] = d \* g/da[j] = d/
	kernel_lstm.h s/= d \* c_prev\[j\] \*/= d */
	kernel_lstm.h s/fmaf(-g, g, 1.0f)/(1.0f - g)/
	kernel_lstm.h s/tc\[j\] \* fmaf(-o, o, o)/tc[j] * o/
	kernel_lstm.h s/dc\[j\] = d \* f/dc[j] = d/
	kernel_lstm.h s/1.0f), dc\[j\])/1.0f), 0.0f)/
	kernel_lstm.h s/fmaf(-tc\[j\], tc\[j\], 1.0f)/1.0f/
	kernel_gru.h s/dh\[j\] + carry\[j\]/dh[j]/
	kernel_gru.h s/d \* (h_prev\[j\] - m)/d * h_prev[j]/
	kernel_gru.h s/fmaf(-z, z, z)/z/
	kernel_gru.h s/fmaf(-d, z, d) \*/d */
	kernel_gru.h s/fmaf(-m, m, 1.0f)/(1.0f - m)/
	kernel_gru.h s/dn \* gates/d * gates/
	kernel_gru.h s/fmaf(-r, r, r)/r/
	kernel_gru.h s/du\[j\] = dr/du[j] = 0/
	kernel_gru.h s/du\[H + j\] = dz/du[H + j] = 0/
	kernel_gru.h s/= dn \* r;/= dn;/
	kernel_gru.h s/carry\[j\] = d \* z/carry[j] = 0/
	bptt_lane.c s/dx\[i\] \*= keep\[i\]//
	bptt_lane.c s/kernel_add(w->gbx\[p\], .*;/;/
	bptt_lane.c s/kernel_add(w->gbh\[p\], .*;/;/
	bptt_lane.c s/b->WhT\[p\], more, H, G/b->WhT[p], 0, H, G/
	bptt_lane.c s/w->pass\[p\].h_prev, 1, H, w->du/w->pass[p].gates, 1, H, w->du/
	bptt_lane.c s/if (!d)/if (1)/
	bptt_lane.c s/w->carry + from \* H/w->carry/
	bptt_lane.c s/w->dx = w->dh;/;/
	bptt_lane.c s/more = shared(w, t, next)/more = d?0:shared(w,t,next)/
	bptt_output.c s/kernel_add(w->gbo, .*;/;/
	bptt_output.c s/float share = .*/float share = 1.0f;/
	bptt_output.c s/if (t == 0)/if (t == T - 1)/
	bptt_output.c s/h\[j\] == pooled\[j\] ? dp.*/dpooled[j];/
	bptt_output.c s/1.0f - e + rest : rest/1.0f - e + rest : 0.0f/
	bptt_output.c s/ + rest \* all//
	bptt_output.c s/(kernel_exp(log_s) - p)/kernel_exp(log_s)/
	bptt_output.c s/b->alpha \* b->tau \* (k/b->alpha * (k/
	bptt_output.c s/(1.0f - b->alpha) \* dz/dz/
	END
	[ "$broken" = 36 ]
}

@test "lstm-train: products have the bits of the plain loop, activations are exact to 3 ulp" {
	"$UNIT/kernel"
}

@test "lstm-train: generator, hidden sizes, datasets, clipping, schedules and averages" {
	"$UNIT/train"
}

@test "lstm-train: reads projected weights, moves the trained ones, keeps projected ones" {
	"$UNIT/project"
}

@test "lstm-train: changes to features are what they say, and none touches another's numbers" {
	"$UNIT/augment"
}

@test "lstm-train: learns the toy, and its model says what it is" {
	t train | "$BIN/lstm-train" --hidden 8 --rate 1e-2 --normalise --pooling mean --recipe toy \
		--log log.tsv > m
	[ "$(head -1 log.tsv | tr '\t' ' ')" = \
		"epoch loss accuracy validation_loss validation_accuracy rate seconds" ]
	[ "$(wc -l < log.tsv)" = 21 ]
	tail -1 log.tsv |
		awk '{ exit !($2 < 0.1 && $3 > 0.97 && $4 == "-" && $5 == "-" && $6 == 0.01) }'
	head_of m > head
	for line in kind=model cell=lstm layers=2 hidden=8 inputs=5 pooling=mean precision=float32 \
		recipe=toy corpus=toy labels=a,b,c feature.coefs=5 feature.hop_n=160; do
		grep -qx "$line" head || { echo "no $line"; false; }
	done
	run -0 grep '^history.1=lstm-train [0-9.]* ' head
	[ "${output#* * }" = "--hidden 8 --pooling mean --normalise --rate 1e-2 --recipe toy" ]
}

@test "lstm-train: every kind of net learns the toy, and has its parameters" {
	t train > in.t
	learns() {
		local parameters=$1
		shift
		"$BIN/lstm-train" "$@" --hidden 8 --rate 1e-2 --normalise --log log.tsv < in.t > m
		tail -1 log.tsv | awk -F'\t' '{ exit !($2 < 0.1 && $3 > 0.97) }' ||
			{ echo "$*: $(tail -1 log.tsv)"; false; }
		[ "$(parameters m)" = "$parameters" ] || { echo "$*: $(parameters m)"; false; }
	}
	learns $((24 * (5 + 8 + 2) + 24 * (8 + 8 + 2) + 3 * (8 + 1))) --cell gru
	learns $((48 * (5 + 8 + 2) + 48 * (16 + 8 + 2) + 3 * (16 + 1))) --cell gru --bidirectional
	learns $((32 * (5 + 8 + 2) + 3 * (8 + 1))) --layers 1 --pooling max
	learns $((64 * (5 + 8 + 2) + 3 * (16 + 1))) --layers 1 --bidirectional --pooling mean
	head_of m > head
	for line in cell=lstm directions=2 pooling=mean; do
		grep -qx $line head
	done
}

@test "lstm-train: --hidden auto counts both directions" {
	t p36 | "$BIN/lstm-train" --hidden auto --cell gru --bidirectional --epochs 1 > m
	head_of m > head
	grep -qx hidden=17 head
	[ "$(parameters m)" = $((2 * 51 * (13 + 17 + 2) + 2 * 51 * (34 + 17 + 2) + 10 * 35)) ]
}

@test "lstm-train: --normalise keeps mean and 1/deviation of the training frames" {
	need_python numpy
	t train | fit --normalise > m
	PYTHONPATH=$REF "$PYTHON" - m "$BATS_FILE_TMPDIR/train.t" <<-'END'
	import sys, numpy, whit_stream as ws
	m = {t.name: t.numpy() for t in ws.read(open(sys.argv[1], "rb"))[1]}
	x = numpy.concatenate([t.numpy() for t in ws.read(open(sys.argv[2], "rb"))[1]]).astype("f8")
	numpy.testing.assert_allclose(m["norm.mean"], x.mean(0), rtol=2e-7)
	numpy.testing.assert_allclose(m["norm.scale"], 1 / x.std(0), rtol=2e-7)
	END
}

@test "lstm-train: --hidden auto fits 36K with 24 units and 8,794 parameters" {
	t p36 | "$BIN/lstm-train" --hidden auto --budget 36K --budget-scope model --epochs 1 > m
	[ "$(head_of m | grep hidden=)" = hidden=24 ]
	[ "$(parameters m)" = 8794 ]
	t p36 | "$BIN/lstm-train" --hidden auto --budget-scope layer --layers 1 --epochs 1 > m
	[ "$(head_of m | grep hidden=)" = hidden=41 ]
	fails 1 "stdin: a model of 1 unit with 5 features and 3 labels is larger than --budget 8" \
		few --hidden auto --budget 8
}

@test "lstm-train: --hidden auto --precision pot4 fills the budget, and one unit more exceeds it" {
	local net scope args bits
	t p36 > in.t
	# large HIDDEN: the bytes that the model of codes has, of the largest layer or of all
	large() {
		"$BIN/lstm-train" $args --hidden "$@" --epochs 1 --batch 512 < in.t > m
		"$BIN/quantize-pot" --approach round --bits $bits --calibrate in.t < m > p.m
		"$BIN/classify" p.m < in.t | "$BIN/tensor" show > shown
		if [ $scope = layer ]; then
			sed -n 's/^model.layer.*=.* //p' shown | sort -n | tail -1
		else
			sed -n 's/^model.bytes=//p' shown
		fi
	}
	for net in "lstm model 2500 4" "gru model 2500 5" "lstm layer 2K 3" "gru layer 1K 2" \
		"gru model 3333 4 --layers 3 --normalise --pooling mean" \
		"lstm layer 999 4 --layers 1"; do
		set -- $net
		args="--cell $1 ${*:5}" scope=$2 budget=${3/K/*1024} bits=$4
		bytes=$(large auto --precision pot$bits --budget "$3" --budget-scope "$2")
		hidden=$(head_of m | sed -n 's/^hidden=//p')
		more=$(large $((hidden + 1)))
		echo "$net: $hidden units, $bytes bytes; one more: $more"
		((bytes <= budget && more > budget && bytes > budget * 7 / 10))
	done
	fails 2 "--precision pot4: codes of powers of two run directions=1, pooling=last or mean \
so far, got directions=2, pooling=last" few --hidden auto --precision pot4 --bidirectional
	fails 1 "stdin: a model of 1 unit with 5 features and 3 labels in powers of two is larger \
than --budget 30" few --hidden auto --precision pot4 --budget 30
}

@test "lstm-train: --hidden auto --precision int8 fills the budget, and one unit more exceeds it" {
	local net scope args
	t p36 > in.t
	# large HIDDEN: the bytes that the int8 model has, of the largest layer or of all
	large() {
		"$BIN/lstm-train" $args --hidden "$@" --epochs 1 --batch 512 < in.t > m
		"$BIN/quantize-int8" --calibrate in.t < m > i.m
		"$BIN/classify" i.m < in.t | "$BIN/tensor" show > shown
		if [ $scope = layer ]; then
			sed -n 's/^model.layer.*=.* //p' shown | sort -n | tail -1
		else
			sed -n 's/^model.bytes=//p' shown
		fi
	}
	for net in "lstm model 5000" "gru model 5000" "lstm layer 5K" "gru layer 5K" \
		"gru model 3333 --layers 3 --normalise --pooling mean" "lstm layer 999 --layers 1"
	do
		set -- $net
		args="--cell $1 ${*:4}" scope=$2 budget=${3/K/*1024}
		bytes=$(large auto --precision int8 --budget "$3" --budget-scope "$2")
		hidden=$(head_of m | sed -n 's/^hidden=//p')
		more=$(large $((hidden + 1)))
		echo "$net: $hidden units, $bytes bytes; one more: $more"
		((bytes <= budget && more > budget && bytes > budget * 7 / 10))
	done
	fails 2 "--precision int8: integers alone run directions=1, pooling=last or mean so far, \
got directions=1, pooling=max" few --hidden auto --precision int8 --pooling max
	fails 2 "--budget, --budget-scope and --precision are for --hidden auto" \
		few --precision int8
	fails 1 "stdin: a model of 1 unit with 5 features and 3 labels in int8 is larger than \
--budget 99" few --hidden auto --precision int8 --budget 99
}

@test "lstm-train: the same bytes for any --jobs and every time, others for another seed" {
	t train | fit --seed 7 --validate-share .2 > a
	for jobs in 1 2 3; do
		t train | fit --seed 7 --validate-share .2 --jobs $jobs | cmp - a
	done
	t train > in.t
	for other in "--seed 8" "--dropout 0" "--batch 15" "--pooling mean" "--pooling max" \
		"--cell gru" "--bidirectional" "--clip .01" "--schedule cosine" \
		"--schedule one-cycle" "--schedule step --step-epochs 1" "--weight-decay .1" \
		"--optimiser adamw --weight-decay .1" "--label-smoothing .1" \
		"--average tail --average-epochs 2" "--average ema" "--stretch .1" \
		"--drop-steps .1"; do
		! fit --seed 7 --validate-share .2 $other < in.t | cmp -s - a ||
			{ echo "$other: same"; false; }
	done
	fit --normalise < in.t > a
	for other in "--offset .1" "--noise .1" "--time-masks 1" "--coef-masks 1"; do
		! fit --normalise $other < in.t | cmp -s - a || { echo "$other: same"; false; }
	done
}

@test "lstm-train: features changed at random: the same bytes for any --jobs" {
	t train > in.t
	fit $ALL --batch 17 < in.t > a
	for jobs in 2 3 7; do
		fit $ALL --batch 17 --jobs $jobs < in.t | cmp - a
	done
}

# Tensors of two models alike?
same_weights() {
	PYTHONPATH=$REF python3 -c 'import sys, whit_stream as ws
a, b = (ws.read(open(p, "rb"))[1] for p in sys.argv[1:])
sys.exit([x.data for x in a] != [x.data for x in b])' "$1" "$2"
}

@test "lstm-train: what changes nothing gives the same weights" {
	t train > in.t
	fit --normalise < in.t > a
	# A mean over one update an epoch and one epoch is that update's weights.
	fit --normalise --batch 120 < in.t > one
	fit --normalise --batch 120 --average tail --average-epochs 1 < in.t > b
	same_weights one b
	for nothing in "--optimiser adamw" "--schedule step --step-factor 1 --step-epochs 1" \
		"--schedule step --step-epochs 3" \
		"--stretch 0 --noise 0 --offset 0 --drop-steps 0"; do
		fit --normalise $nothing < in.t > b
		same_weights a b || { echo "$nothing"; false; }
	done
}

@test "lstm-train: --log has the rate of each epoch's last update" {
	t train > in.t
	rates() {
		fit --epochs 10 --batch 60 --rate .25 "$@" --log log.tsv < in.t > m
		cut -f6 log.tsv | tail -n +2 | paste -sd' '
	}
	[ "$(rates --schedule step --step-epochs 4 --step-factor .5)" = \
		"0.25 0.25 0.25 0.25 0.125 0.125 0.125 0.125 0.0625 0.0625" ]
	# Twenty updates: the top is the sixth, the third epoch's last; the end a 250,000th.
	set -- $(rates --schedule one-cycle)
	[ "$3" = 0.25 ]
	[ "${10}" = 1e-06 ]
	[ "$1" != 0.25 ]
}

@test "lstm-train: the history names what was given of the changes" {
	t few > in.t
	fit --epochs 1 --normalise --noise .1 --time-masks 2 --optimiser adamw < in.t > m
	run -0 grep '^history.1=lstm-train [0-9.]* ' <(head_of m)
	[ "${output#* * }" = "--hidden 6 --normalise --epochs 1 --batch 16 --optimiser adamw \
--noise .1 --time-masks 2" ]
}

# What determinism.bats leaves out: what surrounds the loops.
@test "lstm-train: the same bytes from gcc -O1 and clang" {
	need gcc clang
	local flags="-std=c11 -ffp-contract=off -fno-math-errno -fno-trapping-math \
-D_POSIX_C_SOURCE=200809L -Ilib -Ilib/fixed -w"
	t train > in.t
	fit --epochs 1 < in.t > teacher.m
	fit --hidden 11 --clip 1 --prune 2:.3 --teacher teacher.m $ALL < in.t > a
	for build in "gcc -O1" "clang -O2"; do
		(cd "$ROOT" && $build $flags -o "$BATS_TEST_TMPDIR/lstm-train" tools/lstm-train.c \
			tools/lstm-train/*.c \
			lib/train/{augment,bptt*,dataset,distill,optim,prune,train}.c \
			lib/net/{cell,model}.c lib/math/rng.c \
			"$BIN/../lib/libwhit.a" -pthread -lpopt -lmd -lz -lm)
		./lstm-train --hidden 11 --epochs 3 --batch 16 --clip 1 --prune 2:.3 \
			--teacher teacher.m $ALL < in.t > b
		cmp a b || { echo "$build"; false; }
	done
}

@test "lstm-train: with validation the best epoch is kept, and patience ends it" {
	t train > in.t
	fit --epochs 30 --rate 2e-1 --validate "$BATS_FILE_TMPDIR/val.t" --log log.tsv < in.t > best
	# The best line: highest accuracy, then lowest loss, then first; its epochs give its model.
	local epoch
	epoch=$(tail -n +2 log.tsv | sort -t'	' -k5,5gr -k4,4g -k1,1g | head -1 | cut -f1)
	[ "$epoch" -lt 30 ]
	fit --epochs "$epoch" --rate 2e-1 < in.t > last
	PYTHONPATH=$REF "$PYTHON" -c 'import sys, whit_stream as ws
a, b = (ws.read(open(p, "rb"))[1] for p in ("best", "last"))
sys.exit([x.data for x in a] != [x.data for x in b])'
	fit --epochs 30 --rate 2e-1 --validate "$BATS_FILE_TMPDIR/val.t" --patience 2 \
		--log short.tsv < in.t > m
	awk -F'\t' 'NR > 1 && ($5 > a || ($5 == a && $4 < l) || NR == 2) { a = $5; l = $4; e = $1 }
		END { exit !(NR < 31 && $1 == e + 2) }' short.tsv
}

@test "lstm-train: bad usage is one line and status 2" {
	fails 2 "takes no operands: the features come on stdin" few operand
	fails 2 "--hidden: expected 1 to 4096 or auto, got 3.5" few --hidden 3.5
	fails 2 "--hidden: expected 1 to 4096 or auto, got 0" few --hidden 0
	fails 2 "--hidden: expected 1 to 4096 or auto, got many" few --hidden many
	fails 2 "--budget, --budget-scope and --precision are for --hidden auto" few --budget 36K
	fails 2 "--rate must be above 0, got 0" few --rate 0
	fails 2 "--patience needs --validate or --validate-share" few --patience 3
	fails 2 "--validate and --validate-share exclude each other" few --validate x \
		--validate-share .1
	fails 2 "--step-epochs is for --schedule step" few --step-epochs 3
	fails 2 "--step-factor is for --schedule step" few --step-factor .5 --schedule cosine
	fails 2 "--average-decay is for --average ema" few --average-decay .9 --average tail
	fails 2 "--average-epochs is for --average tail" few --average-epochs 2
	fails 2 "--average-epochs must be at most --epochs 3, got 4" few --average tail \
		--average-epochs 4
	fails 2 "--time-mask-width is for --time-masks" few --time-mask-width 3
	fails 2 "--coef-mask-width is for --coef-masks" few --coef-mask-width 3 --normalise
	for option in "--offset 1" "--noise 1" "--time-masks 1" "--coef-masks 1"; do
		fails 2 "--offset, --noise, --time-masks and --coef-masks need --normalise" few \
			$option
	done
	for bad in "--layers 0" "--layers 9" "--epochs 0" "--batch 0" "--dropout 1" \
		"--dropout nan" "--rate x" "--seed -1" "--pooling first" "--schedule linear" \
		"--budget-scope all" "--frobnicate" "--optimiser sgd" "--weight-decay -1" \
		"--label-smoothing 1.1" "--average mean" "--stretch 1" "--stretch -.1" \
		"--drop-steps .91" "--offset nan" "--noise -1" "--time-masks -1" \
		"--coef-masks 1.5" "--time-masks 1 --time-mask-width 0" \
		"--average ema --average-decay 1" "--schedule step --step-factor 2"; do
		t few > in.t
		run -2 --separate-stderr fit $bad < in.t
		[ "${#stderr_lines[@]}" = 1 ] && [ -z "$output" ] ||
			{ echo "$bad: $stderr"; false; }
	done
}

@test "lstm-train: refuses what it cannot learn from, saying what" {
	fails 1 "stdin: no utterance in it" none
	t few > twice.t
	t few >> twice.t
	run -1 --separate-stderr fit < twice.t
	[ "$stderr" = "lstm-train: stdin: record u000: the name stands twice, expected each once" ]
	fails 1 "stdin: labels of the utterances: expected 2 different ones at least, got 1" \
		one_class
	fails 1 "stdin: the features have no labels (wav2mfcc --label)" nolabels
	fails 1 "stdin: record u001: label: expected 0 to 2, got none (wav2mfcc --label)" unlabelled
	fails 1 "stdin: record u001: label: expected 0 to 2, got 3" beyond
	fails 1 "stdin: record u002: frame 1, feature 2: expected a finite number, got nan" nan
	fails 1 "stdin: record u002: frame 1, feature 2: expected a finite number, got -inf" inf
	fails 1 "stdin: record u001: features a frame: expected 5 as in the first record, got 4" \
		mixed
	fails 1 "stdin: record v: expected f32 frames by features, got f32 with 1 dimensions" flat
	fails 1 "stdin: record v: expected f32 frames by features, \
got f32 with 2 dimensions and nothing in it" frameless
	fails 1 "stdin: record v: expected f32 frames by features, got s16 with 2 dimensions" \
		integers
	fails 1 "stdin: --validate-share: a share of 0.1 takes none of 6 utterances" few \
		--validate-share .1
	t model > in.t
	run -1 --separate-stderr fit < in.t
	[ "${#stderr_lines[@]}" = 1 ]
}

@test "lstm-train: refuses validation features made otherwise" {
	local d=$BATS_FILE_TMPDIR
	fails 1 "$d/hop.t: not made as the training features: feature.hop_n: expected 160, \
got 128" few --validate "$d/hop.t"
	fails 1 "$d/names.t: not made as the training features: labels: expected a,b,c, got a,b,d" \
		few --validate "$d/names.t"
	fails 1 "$d/wide.t: features a frame: expected 5, got 6" few --validate "$d/wide.t"
	fails 1 "$d/nan.t: record u002: frame 1, feature 2: expected a finite number, got nan" few \
		--validate "$d/nan.t"
	fails 1 "nowhere.t: No such file or directory" few --validate nowhere.t
}

@test "lstm-train: a loss that is not finite is an error, and leaves no log" {
	fails 1 "stdin: epoch 1: the loss is not finite: a lower --rate or a --clip may help" huge \
		--normalise --log log.tsv
	[ ! -e log.tsv ]
}

@test "lstm-train: a bad day with its input and its output" {
	t few > few.t
	stream_abuse few.t "$BIN/lstm-train" --epochs 1 --hidden 3
	STDIN=few.t stream_abuse few.t "$BIN/lstm-train" --epochs 1 --hidden 3 --validate {}
}

@test "lstm-train: killed in the middle, it leaves no log behind" {
	t train > in.t
	"$BIN/lstm-train" --epochs 100000 --log log.tsv < in.t > m &
	local pid=$! status=0
	sleep 0.3
	kill "$pid"
	wait "$pid" || status=$?
	[ "$status" = 143 ]
	[ ! -s m ]
	[ ! -e log.tsv ]
}

# A good model with one thing wrong: EDIT is Python on head (dict) and t (dict of Tensor).
@test "lstm-train: a model that is not what its head says is refused" {
	t few > few.t
	fit --epochs 1 --hidden 3 --normalise < few.t > good.m
	refuse() {
		PYTHONPATH=$REF "$PYTHON" - "$2" <<-'END'
		import sys, array, whit_stream as ws
		head, tensors = ws.read(open("good.m", "rb"))
		t = {x.name: x for x in tensors}
		exec(sys.argv[1])
		ws.write(open("bad.m", "wb"), head, list(t.values()))
		END
		run -1 --separate-stderr "$UNIT/bptt" bad.m few.t 0 1 1e-3
		[ "$stderr" = "bptt: bad.m: $1" ] || { echo "$stderr"; false; }
	}
	"$UNIT/bptt" good.m few.t 0 1 1e-3 > /dev/null
	refuse "kind: expected model, got features" 'head["kind"] = "features"'
	refuse "cell: expected lstm or gru, got rnn" 'head["cell"] = "rnn"'
	refuse "cell: expected lstm or gru, got none" 'del head["cell"]'
	refuse "tensor gru.weight_ih_l0: expected one, got none" 'head["cell"] = "gru"'
	refuse "directions: expected 1 to 2, got 0" 'head["directions"] = 0'
	refuse "directions: expected 1 to 2, got two" 'head["directions"] = "two"'
	refuse "directions: expected 1 to 2, got none" 'head["directions"] = "1" * 99'
	refuse "tensor lstm.weight_ih_l0_reverse: expected one, got none" 'head["directions"] = 2'
	refuse "tensor extra_reverse: expected none of that name" \
		'head["directions"] = 1; t["a"] = ws.Tensor("extra_reverse", "f32", (1,), [1])'
	refuse "precision: expected float32, got none" 'del head["precision"]'
	refuse "hidden: expected 1 to 4096, got 0" 'head["hidden"] = 0'
	refuse "layers: expected 1 to 8, got none" 'del head["layers"]'
	refuse "pooling: expected last, mean or max, got first" 'head["pooling"] = "first"'
	refuse "labels: expected 1 to 4096 names, got 0" 'del head["labels"]'
	refuse "tensor lstm.weight_ih_l0: expected 2 dimensions 16384x5 of f32, \
got 2 dimensions 12x5 of f32" \
		'head["hidden"] = 4096'
	refuse "tensor fc.weight: expected 2 dimensions 4x3 of f32, got 2 dimensions 3x3 of f32" \
		'head["labels"] = "a,b,c,d"'
	refuse "tensor lstm.weight_ih_l2: expected one, got none" 'head["layers"] = 3'
	refuse "tensor lstm.weight_ih_l1: expected none of that name" 'head["layers"] = 1'
	refuse "tensor fc.bias: expected one, got none" 'del t["fc.bias"]'
	refuse "tensor norm.scale: expected one, got none" 'del t["norm.scale"]'
	refuse "tensor extra: expected none of that name" \
		't["extra"] = ws.Tensor("extra", "f32", (1,), [1])'
	refuse "tensor fc.bias: expected once, got it twice" 't["again"] = t["fc.bias"]'
	refuse "tensor fc.bias, element 1: expected a finite number, got nan" \
		't["fc.bias"].data[1] = float("nan")'
	refuse "tensor fc.bias: expected 1 dimensions 3x1 of f32, got 1 dimensions 3x1 of f64" \
		't["fc.bias"] = ws.Tensor("fc.bias", "f64", (3,), [1, 2, 3])'
}
