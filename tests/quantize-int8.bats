# SPDX-License-Identifier: MIT
load helper

TOOL=$BIN/quantize-int8
REF=$ROOT/tests/ref/int8_net.py
LOGITS=$BIN/../tests/unit/quant_logits
export PYTHONPATH=$ROOT/tests/ref

# f.t: 12 utterances of 5 features; f.m: a float model for them.
small() {
	need_python numpy
	"$PYTHON" "$REF" features 1 12 5 3 0 > f.t
	"$PYTHON" "$REF" model 1 2 5 6 3 last 1 > f.m
}

# edit IN OUT CODE: runs CODE on the stream's head (dict) and t (tensors by name)
edit() {
	"$PYTHON" - "$@" <<-'END'
		import sys, whit_stream as ws
		head, tensors = ws.read(open(sys.argv[1], "rb"))
		t = {x.name: x for x in tensors}
		exec(sys.argv[3])
		ws.write(open(sys.argv[2], "wb"), head, t.values())
	END
}

# SEED LAYERS D H K POOLING NORM FRAMES [KIND]: each pooling, with normalisation or padding
NETS=("1 1 5 6 3 last 0 24" "2 2 5 6 3 last 1 0" "3 2 13 24 10 mean 1 0" "4 3 20 9 4 mean 0 24"
	"5 2 13 24 10 last 0 36" "6 1 1 1 2 last 0 0" "7 2 39 17 5 mean 1 0")

make_net() {
	set -- $1
	"$PYTHON" "$REF" features "$1" 12 "$3" "$5" "$8" > f.t
	"$PYTHON" "$REF" model "$1" "$2" "$3" "$4" "$5" "$6" "$7" 1 "${9:-lstm}" > f.m
}

@test "quantize-int8: static logits equal those of an independent program bit for bit" {
	local kind net
	need_python numpy
	for kind in lstm gru; do
		for net in "${NETS[@]}"; do
			make_net "$net $kind"
			"$TOOL" --calibrate f.t < f.m > i.m
			"$LOGITS" i.m < f.t > c.txt
			"$PYTHON" "$REF" logits i.m < f.t > p.txt
			cmp c.txt p.txt
			[ "$(wc -l < c.txt)" -eq 12 ]
		done
		# and on features far outside the calibrated range
		edit f.t far.t 'for x in t.values():
			x.data = type(x.data)("f", [1e4 * v for v in x.data])'
		"$LOGITS" i.m < far.t > c.txt
		"$PYTHON" "$REF" logits i.m < far.t > p.txt
		cmp c.txt p.txt
	done
}

@test "quantize-int8: static stays within what its roundings can add to the float net" {
	local kind net
	need_python numpy
	for kind in lstm gru; do
		for net in "1 1 5 6 3 last 0 .3" "2 2 5 6 3 last 1 .4" "3 2 13 24 10 mean 1 .2" \
			"4 3 4 5 4 mean 0 .4" "6 1 1 1 2 last 0 1"; do
			set -- $net
			"$PYTHON" "$REF" features "$1" 20 "$3" "$5" 8 > f.t
			"$PYTHON" "$REF" model $net $kind > f.m
			"$TOOL" --calibrate f.t < f.m > i.m
			run -0 "$PYTHON" "$REF" bound f.m i.m < f.t
		done
		# another net's integers are outside
		"$PYTHON" "$REF" model 7 1 1 1 2 last 0 1 $kind > other.m
		"$TOOL" --calibrate f.t < other.m > i.m
		run -1 "$PYTHON" "$REF" bound f.m i.m < f.t
	done
}

@test "quantize-int8: dynamic agrees with PyTorch's quantize_dynamic on x86 and with QNNPACK" {
	local all=() net bits n=0
	need_python torch
	for net in "1 1 5 6 3 last 0 24" "3 2 13 24 10 mean 1 0" "5 2 13 24 10 last 0 36" \
		"6 1 5 6 3 last 0 24 gru" "8 3 20 15 10 mean 1 0 gru" "9 1 5 6 3 last 0 24 bilstm" \
		"10 2 13 16 10 last 1 0 bigru" "11 2 5 9 3 max 0 24" \
		"12 1 13 11 4 max 1 0 bigru"; do
		make_net "$net"
		n=$((n + 1))
		mv f.m f$n.m
		mv f.t f$n.t
		for bits in 7 8; do
			"$TOOL" --method dynamic --activation-bits $bits < f$n.m > d$n-$bits.m
			"$LOGITS" d$n-$bits.m < f$n.t > d$n-$bits.txt
			all+=(f$n.m d$n-$bits.m d$n-$bits.txt f$n.t)
		done
	done
	"$PYTHON" "$ROOT/tests/ref/torch_dynamic.py" "${all[@]}" 2> err.txt ||
		{ tail -3 err.txt; false; }
}

@test "quantize-int8: keeps what the model knew and says what it did" {
	small
	edit f.m g.m 'head["corpus"] = "synthetic"; head["recipe"] = "r"; head["history.1"] = "x"'
	"$TOOL" --calibrate f.t < g.m > i.m
	run -0 "$BIN/tensor" show i.m
	for line in kind=model cell=lstm layers=2 hidden=6 inputs=5 pooling=last precision=int8 \
		labels=w00,w01,w02 feature.test=random corpus=synthetic recipe=r history.1=x; do
		[[ $'\n'"$output" == *$'\n'"$line"$'\n'* ]]
	done
	[[ $output == *$'\n'"history.2=quantize-int8 "* ]]
	[[ $output == *$'\n'calibration.utterances=12$'\n'calibration.frames=* ]]
	"$TOOL" --method dynamic < g.m > d.m
	run -0 "$BIN/tensor" show d.m
	[[ $output == *precision=int8-dynamic$'\n'* && $output == *activation_bits=7$'\n'* ]]
	[[ $output == *"--method dynamic"* ]]
}

@test "quantize-int8: is silent; --verbose prints ranges, units and saturation" {
	small
	run -0 --separate-stderr "$TOOL" --calibrate f.t < f.m
	[ -z "$stderr" ]
	run -0 --separate-stderr "$TOOL" --verbose --calibrate f.t < f.m
	[[ $stderr == *calibration*min*max*unit*saturated*share* ]]
	for what in 'x (widest unit)' 'layer 0 gate i' 'layer 1 gate o' 'layer 0 cell' \
		'layer 1 h'; do
		[[ $stderr == *"$what"* ]]
	done
	[[ $stderr == *"12 utterances, "*" frames; the same label as in float: 1"?" "* ]]
	# weights ten times as large drive the gates beyond +-8, and the table says so
	edit f.m g.m 'for x in t.values():
		if "weight_ih" in x.name: x.data = type(x.data)("f", [10 * v for v in x.data])'
	run -0 --separate-stderr "$TOOL" --verbose --calibrate f.t < g.m
	echo "$stderr" | awk '/layer 0 gate/ && $(NF - 2) > 0 { n++ } END { exit n != 4 }'
	# of a GRU, which has no cell
	"$PYTHON" "$REF" model 1 2 5 6 3 last 1 1 gru > f.m
	run -0 --separate-stderr "$TOOL" --verbose --calibrate f.t < f.m
	for what in 'layer 0 gate r' 'layer 1 gate n' 'layer 1 h'; do
		[[ $stderr == *"$what"* ]]
	done
	[[ $stderr != *cell* && $stderr == *"the same label as in float: 12 "* ]]
	edit f.m g.m 'for x in t.values():
		if "weight_ih" in x.name: x.data = type(x.data)("f", [10 * v for v in x.data])'
	run -0 --separate-stderr "$TOOL" --verbose --calibrate f.t < g.m
	echo "$stderr" | awk '/layer 0 gate/ && $(NF - 2) > 0 { n++ } END { exit n != 3 }'
}

@test "quantize-int8: misuse is exit 2 and one line" {
	small
	for args in "" "--method dynamic --calibrate f.t" "--method dynamic --verbose" \
		"--calibrate f.t --activation-bits 8" \
		"--method static --calibrate f.t x" "--method qat" \
		"--method dynamic --activation-bits 6" "--calibrate" "--nonsense"; do
		run -2 --separate-stderr "$TOOL" $args < f.m
		[[ ${#stderr_lines[@]} -eq 1 && $stderr == "quantize-int8: "* && -z $output ]]
	done
	run -0 "$TOOL" --help
	[[ $output == *--calibrate* ]]
	run -0 "$TOOL" --version
}

# refused ERROR ARGS... < model: exit 1, one line with ERROR in it
refused() {
	local want=$1
	shift
	run -1 --separate-stderr "$TOOL" "$@"
	[[ ${#stderr_lines[@]} -eq 1 && $stderr == "quantize-int8: "*"$want"* ]] ||
		{ echo "$stderr"; false; }
}

@test "quantize-int8: refuses what is no float model and what it was not trained on" {
	small
	refused "expected a stream of kind=model, got kind=features" -m dynamic < f.t
	"$TOOL" -m dynamic < f.m > d.m
	refused "precision" -m dynamic < d.m
	refused "f.m: expected a stream of kind=features" -c f.m < f.m
	refused "none.t" -c none.t < f.m
	cat f.t f.t > g.t
	refused "g.t: record u0000: the name stands twice, expected each once" -c g.t < f.m

	edit f.t g.t 'head["feature.test"] = "other"; head["feature.more"] = "1"'
	refused "feature.test: expected random, got other" -c g.t < f.m
	"$PYTHON" "$REF" features 1 12 4 3 0 > g.t
	refused "expected f32 (frames, 5), got f32" -c g.t < f.m
	edit f.t g.t 'x = t["u0003"]; x.data[4] = float("nan")'
	refused "record u0003: expected numbers, got nan at 4" -c g.t < f.m
	edit f.t g.t 't.clear()'
	refused "expected utterances" -c g.t < f.m
	edit f.t g.t 'x = t["u0000"]; x.data = x.data[:0]; x.shape = (0, 5)'
	refused "record u0000: expected f32 (frames, 5), got f32 (0, 5)" -c g.t < f.m
	edit f.m g.m 't["fc.bias"].data[0] = float("inf")'
	refused "fc.bias" -m dynamic < g.m
	# features in the hundreds of billions: no bias of 32 bits can carry them
	edit f.t g.t 'for x in t.values(): x.data = type(x.data)("f", [1e12 + v for v in x.data])'
	edit f.m g.m 'del t["norm.mean"], t["norm.scale"]'
	refused "g.t: " -c g.t < g.m
}

# loader CODE ERROR: the int8 model i.m with CODE done to it is refused with ERROR
loader() {
	edit "${3:-i.m}" bad.m "$1"
	run -1 --separate-stderr "$LOGITS" bad.m < f.t
	[[ ${#stderr_lines[@]} -eq 1 && $stderr == *"$2"* ]] || { echo "$1: $stderr"; false; }
}

@test "quant: a static model that could overflow or is not as described is refused" {
	small
	"$TOOL" --calibrate f.t < f.m > i.m
	loader 'del t["lstm.bias_hh_l1"]' "record lstm.bias_hh_l1: expected one, got none"
	loader 't["more"] = ws.Tensor("more", "s8", (1,), [0])' "each once, got"
	loader 'x = t["fc.bias"]; t["again"] = ws.Tensor("fc.bias", "s32", x.shape, x.data)' \
		"each once, got"
	loader 'x = t["fc.weight"]; x.shape = (6, 3)' "record fc.weight: expected s8 (3, 6), got s8"
	loader 't["fc.weight"] = ws.Tensor("fc.weight", "s16", (3, 6), list(t["fc.weight"].data))' \
		"expected s8 (3, 6), got s16"
	loader 't["lstm.weight_ih_l0"].data[3] = -128' \
		"lstm.weight_ih_l0: expected -127..127, got -128 at 3"
	loader 't["lstm.requant_l0"].data[0] = 5' "lstm.requant_l0: row 0: expected a mantissa"
	loader 't["lstm.requant_l0"].data[3] = 31' \
		"row 1: expected a mantissa of 31 bits and a shift in -31..30"
	loader 't["lstm.requant_l0"].data[3] = 20' "expected gates within 32 bits"
	loader 't["lstm.requant_l1"].data[17] = 3' \
		"lstm.requant_l1: row 8: expected gates within 32 bits"
	loader 't["lstm.bias_ih_l0"].data[7] = 2**31 - 5' "row 7: expected sums within 32 bits"
	loader 't["lstm.bias_ih_l0"].data[7] = -2**31' "row 7: expected sums within 32 bits"
	loader 't["fc.bias"].data[1] = -2**31 + 9' "fc.weight: row 1: expected sums within 32 bits"
	loader 't["lstm.bias_hh_l1"].data[2] += 1' \
		"lstm.bias_hh_l1: expected -z_h times the row's sum"
	loader 't["lstm.state_l0"].data[0] = 1' "lstm.state_l0: expected -27..0 at 0, got 1"
	loader 't["lstm.state_l0"].data[1] = -1' "expected 0..32767 at 1"
	loader 't["lstm.state_l1"].data[2] = 128' "expected -128..127 at 2"
	loader 't["input.scale"].data[0] = float("nan")' "input.scale: expected finite numbers"
	loader 'head["labels"] = "a,b"' "record fc.weight: expected s8 (2, 6)"
	loader 'head["hidden"] = "7"' "expected s8 (28, 5)"
	loader 'head["layers"] = "9"' "layers: expected 1 to 8, got 9"
	loader 'head["pooling"] = "max"' "so far, got directions=1, pooling=max"
	loader 'head["cell"] = "gru"' "record gru.weight_ih_l0: expected one, got none"
	loader 'head["directions"] = 2' "so far, got directions=2, pooling=last"
	loader 'head["directions"] = 3' "directions: expected 1 to 2, got 3"
	loader 'head["cell"] = "rnn"' "cell: expected lstm or gru, got rnn"
	loader 'head["precision"] = "int8-dynamic"' "activation_bits"
	"$TOOL" -m dynamic < f.m > d.m
	loader 't["lstm.scale_l0"].data[1] = 0' \
		"lstm.scale_l0: expected scales above 0, got 0 at 1" d.m
	loader 'del t["norm.scale"]' "norm.scale: expected one, got none" d.m
	loader 't["fc.bias"].data[1] = float("inf")' "fc.bias: expected finite numbers" d.m
	loader 'head["activation_bits"] = "6"' "activation_bits" d.m
}

@test "quant: of a static GRU too" {
	need_python numpy
	make_net "1 2 5 6 3 last 1 0 gru"
	"$TOOL" --calibrate f.t < f.m > i.m
	loader 'del t["gru.requant_l1"]' "record gru.requant_l1: expected one, got none"
	loader 't["gru.requant_l1"] = ws.Tensor("gru.requant_l1", "s32", (7, 2), [0] * 14)' \
		"record gru.requant_l1: expected s32 (6, 2), got s32 of 2 dimensions (7, 2)"
	loader 't["lstm.state_l0"] = ws.Tensor("lstm.state_l0", "s32", (3,), [0, 0, 0])' \
		"each once, got"
	loader 't["gru.weight_hh_l1"].data[5] = -128' \
		"gru.weight_hh_l1: expected -127..127, got -128 at 5"
	loader 't["gru.requant_l0"].data[6] = 7' "gru.requant_l0: row 3: expected a mantissa"
	loader 't["gru.requant_l0"].data[5] = 22' \
		"gru.weight_ih_l0: row 12: expected gates within 32 bits"
	loader 't["gru.bias_hh_l1"].data[17] = 2**31 - 5' \
		"gru.weight_hh_l1: row 17: expected sums within 32 bits"
	# x of layer 0 has 8 bits, h has 16: what the one carries is too much for the other
	loader 't["gru.bias_ih_l1"].data[0] = 2**31 - 127 * 128 * 6 - 1' \
		"gru.weight_ih_l1: row 0: expected sums within 32 bits"
	edit i.m g.m 't["gru.bias_ih_l0"].data[0] = 2**31 - 127 * 128 * 6 - 1'
	"$LOGITS" g.m < f.t > c.txt
	"$PYTHON" "$REF" logits g.m < f.t | cmp - c.txt
	loader 't["fc.bias"].data[2] = 2**31 - 127 * 128 * 6 - 1' \
		"fc.weight: row 2: expected sums within 32 bits"
	# so many units that a row could overflow: refused where the model is made
	"$PYTHON" "$REF" features 1 4 1 2 2 > f.t
	"$PYTHON" "$REF" model 1 1 1 600 2 last 0 1 gru > f.m
	edit f.m g.m 'for x in t.values(): x.data = type(x.data)("f", [1] * len(x.data))'
	refused "no int8 model comes of it: record gru.weight_hh_l0: row 0: expected sums within" \
		-c f.t < g.m
}

# fixed IN OUT: the same features as a fixed front end's, or the model that is to see them
fixed() {
	edit "$1" "$2" 'head["feature.front_end"] = "fixed mfcc 1"
for x in t.values() if head["kind"] == "features" else []:
    x.data = type(x.data)("f", [max(-240, min(240, round(v * 1024) / 1024)) for v in x.data])'
}

@test "quantize-int8: features of a fixed front end need no floats, and give the same with them" {
	need_python numpy
	for net in "1 1 5 6 3 last 0 24" "2 2 13 24 10 mean 1 0" "2 2 13 24 10 mean 1 0 gru" \
		"3 1 1 1 2 last 0 9"; do
		make_net "$net"
		fixed f.t w.t
		fixed f.m w.m
		"$TOOL" --calibrate w.t < w.m > i.m
		"$LOGITS" i.m < w.t > c.txt
		"$PYTHON" "$REF" logits i.m < w.t | cmp - c.txt
		# by floats: the same integers, the same logits
		edit i.m float.m 'head["feature.front_end"] = "float mfcc 2"'
		edit w.t float.t 'head["feature.front_end"] = "float mfcc 2"'
		"$LOGITS" float.m < float.t | cmp - c.txt
		# far outside, and not whole
		edit w.t far.t 'for x in t.values(): x.data = type(x.data)("f",
		    [v * (1e30 if i % 7 == 0 else 1.0001) for i, v in enumerate(x.data)])'
		"$LOGITS" i.m < far.t > c.txt
		"$PYTHON" "$REF" logits i.m < far.t | cmp - c.txt
	done
	# 255 steps over nearly all that was calibrated; the smallest is -128
	"$PYTHON" - <<-'END'
		import numpy, whit_stream as ws
		q = {t.name: t.numpy().astype(float) for t in ws.read(open("i.m", "rb"))[1]}
		x = numpy.concatenate([t.numpy() for t in ws.read(open("w.t", "rb"))[1]])
		x = numpy.floor((x - q["input.offset"]) * q["input.scale"] + .5)
		least, most = x.min(0), x.max(0)
		assert (least == -128).all() and (most > 122).all(), (least, most)
		assert x.max() <= 127, (least, most)
	END
	loader 't["input.scale"].data[0] += 2 ** -8' \
		"input.scale: expected whole numbers of 2^-6 in 0..2047 of them, \
as for features of a fixed front end"
	loader 't["input.scale"].data[0] = 32' "input.scale: expected whole numbers of 2^-6"
	loader 't["input.offset"].data[0] += 2 ** -11' \
		"input.offset: expected whole numbers of 2^-10 in -524287..524287 of them"
	loader 't["input.offset"].data[0] = 512' "input.offset: expected whole numbers of 2^-10"
	edit w.t huge.t 't["u0000"].data[0] = 1e6'
	refused "huge.t: layer 0: expected features of finite range" -c huge.t < w.m
}

@test "quantize-int8: integers alone refuse what lib/fixed cannot do" {
	local net got so_far
	so_far="integers alone run directions=1, pooling=last or mean so far"
	while read -r net got; do
		make_net "1 1 5 6 3 ${net#*-} 0 24 ${net%-*}"
		refused "stdin: --method static: $so_far, got $got (dynamic takes it)" -c f.t < f.m
	done <<-END
	bilstm-last directions=2, pooling=last
	bigru-mean directions=2, pooling=mean
	lstm-max directions=1, pooling=max
	gru-max directions=1, pooling=max
	END
}

@test "quantize-int8: any damage to its input is exit 1 and one line" {
	small
	stream_abuse f.m "$TOOL" --method dynamic
	STDIN=f.m stream_abuse f.t "$TOOL" --calibrate {}
}

@test "quantize-int8: a factor is the nearest mantissa and shift that there are" {
	"$BIN/../tests/unit/factor"
}

@test "quantize-int8: gcc and clang at -O1 and -O3 give the same models and logits" {
	local cc level main sum=
	small
	"$PYTHON" "$REF" model 3 2 5 24 3 mean 0 > f.m
	"$PYTHON" "$REF" model 3 2 5 23 3 mean 0 1 gru > g.m
	need gcc
	for cc in gcc clang; do
		need $cc
		for level in -O1 -O3; do
			$cc $level -w -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off \
				-fno-math-errno -fno-trapping-math -I"$ROOT"/lib{,/fixed} -c \
				"$ROOT"/lib/{quant/quant*,net/{cell,rnn,model},math/kernel*}.c \
				"$ROOT"/lib/fixed/*.c \
				"$ROOT"/tools/quantize-int8{,/*}.c "$ROOT/tests/unit/quant_logits.c"
			mkdir -p main && mv quantize-int8.o quant_logits.o main
			for main in quantize-int8 quant_logits; do
				# of the archive, what only carries bytes
				$cc -o $main main/$main.o ./*.o "$BIN/../lib/libwhit.a" -pthread \
					-lpopt -lmd -lz -lm
			done
			./quantize-int8 -c f.t < f.m > i.m
			./quantize-int8 -c f.t < g.m > ig.m
			./quantize-int8 -m dynamic < f.m > d.m
			for m in i ig d; do ./quant_logits $m.m < f.t; done > logits.txt
			sum="$sum $(cat i.m ig.m d.m logits.txt | sha256sum | cut -c1-16)"
		done
	done
	echo "$sum"
	[ "$(echo $sum | tr ' ' '\n' | sort -u | wc -l)" -eq 1 ]
	# and the build under test gives them too
	"$TOOL" -c f.t < f.m | cmp - i.m
	"$LOGITS" i.m < f.t | cmp - <(head -12 logits.txt)
}
