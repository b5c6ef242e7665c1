# SPDX-License-Identifier: MIT
# Nets whose weights are powers of two: codes, kernel, integer net.
load helper

UNIT=$BIN/../tests/unit

@test "pot: codes are the bytes that formats/model.md says, and come back" {
	run -0 "$UNIT/pot_code"
	[ -z "$output" ]
}

@test "pot: products of codes and 16-bit vectors are the sums that the codes say" {
	run -0 "$UNIT/pot_s16"
	[ -z "$output" ]
}

# multiplies OBJDUMP FILE.o: instructions that multiply, and calls of what does it where none is
multiplies() {
	"$1" -dr --no-show-raw-insn "$2" | awk -F '\t' '
		$2 ~ /mul|mla|mls|madd|dot/ || /R_[A-Z0-9_]*[ \t].*mul/ { print; n++ }
		END { exit n > 0 }'
}

@test "pot: no processor multiplies in the products of codes, and the search finds who does" {
	need arm-none-eabi-gcc riscv64-unknown-elf-gcc
	local board dump option
	echo 'int run(void) { return 0; }' > none.c
	for board in microbit mps2-an385 virt; do
		dump=$([ $board = virt ] && echo riscv64-unknown-elf-objdump ||
			echo arm-none-eabi-objdump)
		for option in -O2 -Os -O3; do
			OPTIM=$option "$ROOT/tests/device/build" $board $board.elf none.c
			"$dump" -d $board.elf.o/fixed/pot_s16.o | grep '<pot4_s16>:' > /dev/null
			run -0 multiplies "$dump" $board.elf.o/fixed/pot_s16.o
			run -0 multiplies "$dump" $board.elf.o/fixed/pot4_m0.o
			run -1 multiplies "$dump" $board.elf.o/fixed/vec_s8.o
		done
	done
	# a processor without the instruction calls for it
	riscv64-unknown-elf-gcc -march=rv32ic -mabi=ilp32 -O2 -std=c99 -ffreestanding \
		-c -o pot.o "$ROOT/lib/fixed/pot_s16.c"
	riscv64-unknown-elf-gcc -march=rv32ic -mabi=ilp32 -O2 -std=c99 -ffreestanding \
		-c -o s8.o "$ROOT/lib/fixed/vec_s8.c"
	run -0 multiplies riscv64-unknown-elf-objdump pot.o
	run -1 multiplies riscv64-unknown-elf-objdump s8.o
	# this machine's libwhitfixed.a
	run -0 multiplies objdump "$BIN/../lib/fixed/pot_s16.o"
	run -1 multiplies objdump "$BIN/../lib/fixed/vec_s8.o"
}

REF=$ROOT/tests/ref
export PYTHONPATH=$REF

# SEED LAYERS D H K POOLING NORM FRAMES BITS RANGE BIAS [CELL]: all of each
NETS=("1 1 5 6 3 last 0 24 4 tensor pot" "2 2 5 6 3 last 1 0 2 row pot"
	"3 2 13 24 10 mean 1 0 4 tensor pot" "4 3 20 9 4 mean 0 24 3 row int32"
	"5 2 13 24 10 last 0 36 5 tensor pot" "6 1 1 1 2 last 0 0 5 row pot"
	"7 2 39 17 5 mean 1 0 5 row int32" "8 1 30 50 3 mean 1 0 4 row pot"
	"9 2 7 11 3 mean 1 0 3 tensor pot" "10 1 9 5 2 last 0 0 2 tensor int32"
	"11 2 13 24 10 mean 1 0 4 tensor pot gru" "12 1 20 45 4 last 0 24 5 tensor pot gru"
	"13 2 5 7 3 mean 1 0 3 row int32 gru" "14 1 1 1 2 last 1 0 2 row pot gru")

# f.t and f.m, a float net of powers of two, of one of NETS; p.m of it
make_net() {
	need_python numpy
	set -- $1
	"$PYTHON" "$REF/int8_net.py" features "$1" 10 "$3" "$5" "$8" > f.t
	"$PYTHON" "$REF/pot_net.py" model "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$9" \
		"${10}" "${11}" "${12:-lstm}" > f.m
	"$UNIT/pot_make" f.t "$9" "${10}" "${11}" < f.m > p.m
}

@test "pot: logits equal those of an independent program bit for bit, near the float net's" {
	local net
	for net in "${NETS[@]}"; do
		make_net "$net"
		"$PYTHON" "$REF/pot_net.py" weights f.m p.m
		"$UNIT/quant_logits" p.m < f.t > c.txt
		"$PYTHON" "$REF/pot_net.py" logits p.m < f.t > p.txt
		cmp c.txt p.txt
		[ "$(wc -l < c.txt)" -eq 10 ]
		"$PYTHON" "$REF/pot_net.py" near f.m p.m < f.t
	done
	# far outside the calibrated range, too
	edit f.t far.t 'for x in t.values(): x.data = type(x.data)("f", [1e4 * v for v in x.data])'
	"$UNIT/quant_logits" p.m < far.t > c.txt
	"$PYTHON" "$REF/pot_net.py" logits p.m < far.t > p.txt
	cmp c.txt p.txt
}

# fixed IN OUT: the same features as a fixed front end's, or the model that is to see them
fixed() {
	edit "$1" "$2" 'head["feature.front_end"] = "fixed mfcc 1"
for x in t.values() if head["kind"] == "features" else []:
    x.data = type(x.data)("f", [round(v * 1024) / 1024 for v in x.data])'
}

@test "pot: features of a fixed front end are shifted as whole numbers" {
	local net
	for net in "3 2 13 24 10 mean 1 0 4 tensor pot" "1 1 5 6 3 last 0 24 3 row pot"; do
		make_net "$net"
		set -- $net
		fixed f.t w.t
		fixed f.m w.m
		"$UNIT/pot_make" w.t "$9" "${10}" "${11}" < w.m > p.m
		"$UNIT/quant_logits" p.m < w.t > c.txt
		"$PYTHON" "$REF/pot_net.py" logits p.m < w.t > p.txt
		cmp c.txt p.txt
		edit w.t far.t 'for x in t.values():
    x.data = type(x.data)("f", [1e4 * v for v in x.data])'
		"$UNIT/quant_logits" p.m < far.t > c.txt
		"$PYTHON" "$REF/pot_net.py" logits p.m < far.t > p.txt
		cmp c.txt p.txt
	done
	edit p.m bad.m 't["input.offset"].data[3] += 2 ** -11'
	run -1 "$BIN/classify" bad.m < w.t
	[[ $output == *"record input.offset: expected whole numbers of 2^-10"*"at 3" ]]
	edit p.m bad.m 't["input.scale"].data[2] = 2. ** -25'
	run -1 "$BIN/classify" bad.m < w.t
	[[ $output == *"record input.scale: expected 2^-20 to 2^21"*"at 2" ]]
}

# refused CODE MESSAGE: p.m edited by CODE
refused() {
	edit p.m bad.m "$1"
	run -1 --separate-stderr "$BIN/classify" bad.m < f.t
	[ "$stderr" = "classify: bad.m: $2" ] || { echo "$stderr"; false; }
	[ -z "$output" ]
}

@test "pot: a model with anything out of order is refused by name" {
	make_net "2 2 5 6 3 last 1 0 4 tensor pot"
	"$BIN/classify" p.m < f.t > /dev/null
	# codes: 5 columns are 20 bits of 3 bytes
	refused 't["lstm.weight_ih_l1"].data[4] = 0x81' "record lstm.weight_ih_l1: expected a code \
of 4 bits, got a zero with a sign or bits behind a row, at 9"
	refused 't["lstm.weight_ih_l0"].data[5] |= 0x10' "record lstm.weight_ih_l0: expected a \
code of 4 bits, got a zero with a sign or bits behind a row, at 9"
	refused 't["lstm.bias_hh_l0"].data[11] = 0x08' "record lstm.bias_hh_l0: expected a code of \
4 bits, got a zero with a sign or bits behind a row, at 22"
	refused 't["fc.high"].data[0] = 64' "record fc.high: expected -63..63, got 64 at 0"
	refused 't["lstm.high_hh_l1"].data[0] = -64' \
		"record lstm.high_hh_l1: expected -63..63, got -64 at 0"
	refused 't["lstm.high_bias_l0"].data[1] = 99' \
		"record lstm.high_bias_l0: expected -63..63, got 99 at 1"
	refused 't["lstm.high_bias_l0"].data[1] = 30' "record lstm.bias_hh_l0: expected biases \
within 32 bits, got 2^53 units of 2^-23"
	refused 't["lstm.drop_l0"].data[1] = 7' "record lstm.drop_l0: expected 0..6, got 7 at 1"
	refused 't["lstm.state_l1"].data[0] = 1' "record lstm.state_l1: expected -27..0, got 1 at 0"
	refused 't["input.unit"].data[0] = 21' "record input.unit: expected -40..20, got 21 at 0"
	refused 't["input.scale"].data[1] *= 1.5' "record input.scale: expected powers of two, got \
$("$BIN/tensor" show --values p.m | awk '/^input.scale/ { getline; print $2 * 1.5 }') at 1"
	refused 't["input.scale"].data[1] = 0' \
		"record input.scale: expected powers of two, got 0 at 1"
	refused 't["lstm.high_hh_l1"].data[0] = 40' \
		"record lstm.weight_hh_l1: expected sums of units 2^-43 to 2^17, got 2^19"
	refused 'del t["fc.drop"]' "record fc.drop: expected one, got none"
	refused 'del t["lstm.high_bias_l1"]' "record lstm.high_bias_l1: expected one, got none"
	refused 't["x"] = ws.Tensor("x", "u8", (1,), [0])' \
		"expected 26 tensors, each once, got 27"
	refused 'head["pot.bits"] = "6"' "pot.bits: expected 2 to 5, got 6"
	refused 'del head["pot.bits"]' "pot.bits: expected 2 to 5, got none"
	refused 'head["pot.range"] = "gate"' "pot.range: expected tensor or row, got gate"
	refused 'head["pot.bias"] = "float"' "pot.bias: expected pot or int32, got float"
	refused 'head["pooling"] = "max"' "codes of powers of two run directions=1, pooling=last \
or mean so far, got directions=1, pooling=max"
	refused 'head["pot.bits"] = "3"' "record lstm.weight_ih_l0: expected u8 (24, 2), got u8 of \
2 dimensions (24, 3)"
	refused 'head["pot.range"] = "row"' "record lstm.high_ih_l0: expected s8 (24), got s8 of 1 \
dimensions (1, 1)"
	refused 'head["pot.bias"] = "int32"' "record lstm.bias_ih_l0: expected s32 (24), got u8 of \
1 dimensions (12, 1)"
}

@test "pot: sums that could overflow are refused, by all bits of the proof" {
	# 4 codes of 2^14 and x of 2^15 are 2^31, one too many; a bias of 1 less is enough
	make_net "6 1 4 4 2 last 0 0 5 tensor int32"
	fill() {
		edit p.m full.m 'for k in ("lstm.weight_ih_l0", "lstm.weight_hh_l0", "fc.weight"):
    x = t[k]; x.data = type(x.data)("B", [0] * len(x.data))
for k in ("lstm.bias_ih_l0", "lstm.bias_hh_l0", "fc.bias"):
    x = t[k]; x.data = type(x.data)("i", [0] * len(x.data))
for k in ("lstm.drop_l0", "fc.drop"):
    x = t[k]; x.data = type(x.data)("i", [0] * len(x.data))
'"$1"
	}
	# of row 2 (of 3 bytes): 1 1 1 = 1 | 1 << 5 | 1 << 10, and k = 2, 2^13
	fill 't["lstm.weight_hh_l0"].data[6:9] = type(x.data)("B", [0x21, 0x04, 0x01])'
	"$BIN/classify" full.m < f.t > /dev/null
	fill 't["lstm.weight_hh_l0"].data[6:9] = type(x.data)("B", [0x21, 0x84, 0x00])'
	run -1 --separate-stderr "$BIN/classify" full.m < f.t
	[ "$stderr" = "classify: full.m: record lstm.weight_hh_l0: row 2: expected sums within 32 \
bits, got more" ]
	fill 't["fc.weight"].data[0:3] = type(x.data)("B", [0x21, 0x04, 0x01])
t["fc.bias"].data[0] = 2 ** 28 - 1'
	"$BIN/classify" full.m < f.t > /dev/null
	fill 't["fc.weight"].data[0:3] = type(x.data)("B", [0x21, 0x04, 0x01])
t["fc.bias"].data[0] = -2 ** 28'
	run -1 --separate-stderr "$BIN/classify" full.m < f.t
	[[ $stderr == *"record fc.weight: row 0: expected sums within 32 bits, got more" ]]
	# sums that are gates already, of unit 2^-12, must leave room for what is added to
	fill 't["lstm.high_hh_l0"].data[0] = 17
t["lstm.bias_hh_l0"].data[2] = 2 ** 31 - 1 - 2 ** 15'
	"$BIN/classify" full.m < f.t > /dev/null
	fill 't["lstm.high_hh_l0"].data[0] = 17
t["lstm.bias_hh_l0"].data[2] = 2 ** 31 - 2 ** 15'
	run -1 --separate-stderr "$BIN/classify" full.m < f.t
	[ "$stderr" = "classify: full.m: record lstm.weight_hh_l0: row 2: expected gates within 32 \
bits, got more" ]
}

@test "pot: a row of zeros has a high as any other, and no sum goes so far up" {
	make_net "2 2 5 6 3 last 1 0 4 row pot"
	edit p.m zero.m 't["lstm.weight_hh_l0"].data[0:3] = type(t["fc.bias"].data)("B", [0, 0, 0])'
	edit zero.m high.m 't["lstm.high_hh_l0"].data[0] = 63'
	"$UNIT/quant_logits" zero.m < f.t > want.txt
	"$UNIT/quant_logits" high.m < f.t > got.txt
	cmp got.txt want.txt
	"$BIN/export-c" < high.m | grep -A 1 'up_hh_l0\[24\] = {' | grep -P '^\t31, '
}

@test "pot: no code is made of a weight that is none" {
	make_net "2 2 5 6 3 last 1 0 4 tensor pot"
	edit f.m g.m 't["lstm.weight_hh_l1"].data[7] = .3'
	run -1 --separate-stderr "$UNIT/pot_make" f.t 4 tensor pot < g.m
	[[ $stderr == *"record lstm.weight_hh_l1: expected 0 or +-2^k, k in "* ]]
	[[ $stderr == *", got 0.300000012 at 7" ]]
	edit f.m g.m 't["fc.bias"].data[1] = 3'
	run -1 --separate-stderr "$UNIT/pot_make" f.t 4 tensor pot < g.m
	[[ $stderr == *"record fc.bias: expected 0 or +-2^k, k in "*", got 3 at 1" ]]
	"$UNIT/pot_make" f.t 4 tensor int32 < g.m > p.m
	"$PYTHON" "$REF/pot_net.py" weights g.m p.m
	edit f.m g.m 't["norm.scale"].data[4] = .3'
	run -1 --separate-stderr "$UNIT/pot_make" f.t 4 tensor pot < g.m
	[[ $stderr == *"record norm.scale: expected powers of two, got 0.300000012 at 4" ]]
	# seven exponents are too many for three
	run -1 --separate-stderr "$UNIT/pot_make" f.t 3 tensor pot < f.m
	[[ $stderr == *"record lstm.weight_ih_l0: expected 0 or +-2^k, k in "* ]]
}

@test "pot: report counts bytes as packed, and weights as weights" {
	make_net "3 2 13 24 10 mean 1 0 4 tensor pot"
	"$BIN/classify" p.m < f.t > p.t
	"$BIN/report" < p.t > r.txt
	# 96 rows of 7 + 12, of 12 + 12 bytes, codes of 192 biases; 10 rows of 12, 10 biases; highs,
	# drops, states; input: offset, scale, unit
	grep -E '^lstm.l0 +3,744 +1.89 ' r.txt
	grep -E '^lstm.l1 +4,800 +2.36 ' r.txt
	grep -E '^fc +250 +0.13 ' r.txt
	"$BIN/tensor" show p.t | grep '^model.bytes=4591$'
	"$BIN/tensor" show p.t | grep -E '^model.sparse=0 0 108 3552 [0-9]+ 1936 '
	[ 4591 -le $((5 * 1024)) ]
}

# not_pot MESSAGE CODE [IN]: f.m, or IN, edited by CODE
not_pot() {
	edit "${3:-f.m}" bad.m "$2"
	run -1 --separate-stderr "$BIN/tensor" show --check pot bad.m
	[ "$stderr" = "tensor show: bad.m: $1" ] || { echo "$stderr"; false; }
	[ -z "$output" ]
}

@test "tensor show --check pot: every weight is looked at, whatever the model says" {
	local range zeros
	make_net "2 2 5 6 3 last 1 0 4 tensor pot"
	# 2 layers of 24 rows of 5 + 6 and 6 + 6 weights, 48 biases, 3 rows of 6, 3 biases
	run -0 "$BIN/tensor" show --check pot f.m
	[[ $output =~ ^669\ weights,\ ([0-9]+)\ of\ them\ 0,\ .*codes\ of\ 5\ bits\ hold$ ]]
	zeros=${BASH_REMATCH[1]}
	[ "$zeros" -gt 50 ]
	run -0 "$BIN/tensor" show --check pot < p.m
	[ "$output" = "669 weights, $zeros of them 0, the others powers of two that \
codes of 4 bits hold" ]
	range=$("$BIN/tensor" show --values p.m |
		awk '/^lstm.high_hh_l1/ { getline; print $1 - 14 ".." $1 }')
	not_pot "record lstm.weight_hh_l1: expected 0 or +-2^k, k in $range, got 0.75 at 143" \
		't["lstm.weight_hh_l1"].data[143] = .75'
	not_pot "record lstm.bias_hh_l1: expected 0 or +-2^k, k in -16..-2, got 0.100000001 at 5" \
		't["lstm.bias_hh_l1"].data[5] = .1'
	not_pot "record lstm.bias_hh_l1: expected 0 or +-2^k, k in -16..-2, got nan at 5" \
		't["lstm.bias_hh_l1"].data[5] = float("nan")'
	# outside the stated range: of three exponents, of a row
	not_pot "record fc.weight: expected 0 or +-2^k, k in 4..6, got 1 at 1" \
		'head.update({"pot.bits": "3", "pot.range": "tensor", "pot.bias": "pot"})
for k, x in t.items():
    x.data = type(x.data)("f", [1] * len(x.data))
t["fc.weight"].data[0] = 64'
	edit f.m rows.m 'head.update({"pot.bits": "3", "pot.range": "row", "pot.bias": "int32"})
for k, x in t.items():
    n = x.shape[-1]
    x.data = type(x.data)("f", [.3 if "bias" in k else 2. ** (i // n - i % 3)
        for i in range(len(x.data))])'
	"$BIN/tensor" show --check pot rows.m
	not_pot "record fc.weight: expected 0 or +-2^k, k in 0..2, got 0.5 at 17" \
		't["fc.weight"].data[17] = .5' rows.m
	# codes
	not_pot "record fc.weight: expected a code of 4 bits, got a zero with a sign or bits \
behind a row, at 3" 't["fc.weight"].data[1] = 0x81' p.m
	not_pot "record fc.high: expected -63..63, got 100 at 0" 't["fc.high"].data[0] = 100' p.m
	run -2 "$BIN/tensor" show --check pot --values p.m
	run -2 "$BIN/tensor" show --check int8 p.m
	run -1 --separate-stderr "$BIN/tensor" show --check pot f.t
	[ "$stderr" = "tensor show: f.t: expected a stream of kind=model, got kind=features" ]
	stream_abuse p.m "$BIN/tensor" show --check pot
}

@test "tensor show --check pot: powers of two as scales are not enough" {
	need_python numpy
	"$PYTHON" "$REF/int8_net.py" features 2 10 5 3 0 > f.t
	"$PYTHON" "$REF/int8_net.py" model 2 2 5 6 3 last 1 > f.m
	"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
	scales='for x in t.values():
    x.meta.update({k: "0.03125" for k in x.meta if k.startswith("scale")})
    if "requant" in x.name: x.data[0::2] = type(x.data)("i", [1 << 30] * (len(x.data) // 2))
    if x.name == "input.scale": x.data = type(x.data)("f", [4] * len(x.data))'
	edit i.m scales.m "$scales"
	run -1 --separate-stderr "$BIN/tensor" show --check pot scales.m
	[[ $stderr == "tensor show: scales.m: record lstm.weight_ih_l0: expected 0 or +-2^k"* ]]
	[[ $stderr =~ got\ -?[0-9]+\ times\ its\ scale\ at\ [0-9]+$ ]]
	# and when by chance all are: the scales decide
	not_pot "precision: expected pot or float32, got int8, whose scales decide what its \
weights are" 'for x in t.values(): x.data = type(x.data)("b", [1] * len(x.data)) if \
x.dtype == "s8" else x.data' scales.m
	run -1 --separate-stderr "$BIN/tensor" show --check pot f.m
	[[ $stderr == *"record lstm.weight_ih_l0: expected 0 or +-2^k, k in "*" at 0" ]]
}

DEVICE=$ROOT/tests/device
IO=$UNIT/device_io

# words.h, p.bin of p.m; features for net.c, and want, what classify finds in f.t
put() {
	"$BIN/export-c" --bin p.bin < p.m > words.h
	"$IO" features p.m < f.t > features
	"$BIN/classify" p.m < f.t | "$IO" logits > want
}

# hears BOARD: words.h gives there what is in want
hears() {
	rm -f logits
	CFLAGS=-I. "$DEVICE/build" "$1" ./net.elf "$DEVICE/net.c" "$DEVICE/model.c"
	run -0 "$DEVICE/run" "$1" ./net.elf
	cmp logits want
}

@test "pot: the header and the image of export-c give classify's logits" {
	local net
	need gcc
	for net in "${NETS[@]}"; do
		make_net "$net"
		put
		hears host
		"$UNIT/whit_image" p.bin < features 2> err | cmp - want
		[ "$(cat err)" = "$(stat -c %s p.bin) bytes, first word w00" ]
	done
	gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
		-D_POSIX_C_SOURCE=200809L -I"$ROOT/lib" -I"$ROOT/lib/fixed" -o image \
		"$ROOT/tests/unit/whit_image.c" "$ROOT"/lib/fixed/*.c "$ROOT/lib/base/err.c" -lz
	for net in "1 1 5 6 3 last 0 8 5 row pot" "2 2 5 6 3 last 1 4 4 tensor int32 gru"; do
		make_net "$net"
		put
		./image p.bin < features 2> err | cmp - want
	done
}

@test "pot: a Cortex-M0, a Cortex-M3 and a rv32imac give the desk's logits" {
	need arm-none-eabi-gcc qemu-system-arm riscv64-unknown-elf-gcc qemu-system-riscv32
	local board net
	for net in "1 1 5 6 3 last 0 12 4 tensor pot" "3 2 13 24 10 mean 1 8 4 row pot" \
		"4 2 30 51 3 mean 1 4 4 tensor int32" "5 1 26 9 4 last 0 9 4 tensor pot gru" \
		"6 2 13 17 10 mean 1 5 3 tensor pot" "7 1 9 20 3 last 1 4 2 row pot gru" \
		"8 1 11 12 3 mean 1 6 5 row int32"; do
		make_net "$net"
		put
		for board in microbit mps2-an385 virt; do
			hears $board
		done
	done
	# one code that differs is seen
	sed -i '/_weight_hh_l0\[/{n;s/^\t[0-9]*/\t17/}' words.h
	run ! hears microbit
}

# frame_counts MODEL.m: lines FUNCTION TIMES, multiplications of a frame on a Cortex-M0
frame_counts() {
	local T
	"$BIN/export-c" < "$1" > words.h
	CFLAGS=-I. "$DEVICE/build" microbit net.elf "$DEVICE/net.c" "$DEVICE/model.c"
	for T in 2 4; do	# the difference is of frames alone
		edit f.t $T.t 'x = list(t.values())[0]; t = {x.name: x}
x.shape = ('$T', 13); x.data = x.data[:'$T' * 13]'
		"$IO" features "$1" < $T.t > features
		"$DEVICE/multiplies" net.elf 2> said | sort > $T.txt
		[[ $(cat said) == *" bytes of stack" ]]
	done
	join 2.txt 4.txt | awk '{ print $1, ($3 - $2) / 2 }'
}

@test "pot: a Cortex-M0 multiplies for gates and states alone, in fewer instructions than int8" {
	need arm-none-eabi-gcc qemu-system-arm
	make_net "3 2 13 24 10 mean 1 6 4 tensor pot"
	"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
	frame_counts i.m > int8.txt
	frame_counts p.m > pot.txt
	sum() { awk '$1 != "instructions" { n += $2 } END { print n }' "$1"; }
	instructions() { awk '$1 == "instructions" { print int($2) }' "$1"; }
	echo "# a frame of 2x24: int8 $(sum int8.txt) multiplications, $(instructions int8.txt)" \
		"instructions; pot $(sum pot.txt), $(instructions pot.txt)" >&3
	# int8: each weight of 2 x 96 rows once, and four of most requantisations
	grep -qx 'rows4_s8 8160' int8.txt
	[ "$(sum int8.txt)" -gt 9500 ]
	# pot: 48 units' f c, i g, o tanh(c); 240 curves' slopes, some by a constant; addresses
	awk '$2 > 0 { print $1 }' pot.txt | sort > who
	printf '%s\n' act_sigmoid_s16 act_tanh_s16 instructions mul_add_s16 mul_s16 \
		net_int_pool net_int_step_count | diff - who
	[ "$(sum pot.txt)" -le 500 ]
	[ "$(instructions pot.txt)" -le "$(instructions int8.txt)" ]
}

@test "pot: what it is trained for on FSDD fits 5 KB, and every processor hears the same" {
	need arm-none-eabi-gcc qemu-system-arm riscv64-unknown-elf-gcc qemu-system-riscv32
	need_python numpy
	need_fsdd
	local board share n
	printf '%s\n' "$FSDD"/recordings/*.wav | "$BIN/wav2mfcc" --preset device > all.t
	"$BIN/split" --test 0.2 --seed 42 --part train < all.t > train.t
	"$BIN/split" --test 0.2 --seed 42 --part test < all.t > test.t
	"$BIN/lstm-train" --hidden 24 --epochs 4 --normalise --quiet < train.t > f.m
	"$BIN/quantize-int8" --calibrate train.t < f.m > i.m
	"$BIN/quantize-pot" --train train.t --epochs 4 --quiet < f.m > p.m
	run -0 "$BIN/tensor" show --check pot p.m
	[[ $output == "8794 weights, "*" codes of 4 bits hold" ]]
	"$BIN/classify" p.m < test.t > p.t
	"$BIN/tensor" show p.t > shown
	awk -F = '/^model.bytes=/ { exit !($2 <= 5 * 1024) }' shown
	"$BIN/report" < p.t > shown
	awk '$1 == "accuracy" { n++; bad = !($2 > 0.95 && $3 == 600) }
		END { exit bad || n != 1 }' shown
	# the same by an independent program
	"$BIN/split" --test 0.02 --seed 1 --part test < test.t > some.t
	"$UNIT/quant_logits" p.m < some.t > c.txt
	"$PYTHON" "$REF/pot_net.py" logits p.m < some.t | cmp - c.txt
	for board in microbit mps2-an385 virt; do
		cp test.t f.t
		[ $board = microbit ] || "$BIN/split" --test 0.1 --seed 1 --part test < test.t > f.t
		put
		"$IO" samples "$FSDD/recordings" < f.t > samples
		n=$(($(stat -c %s want) / 40))
		run -0 "$DEVICE/measure" $board .
		printf '%s\n' "$output" > $board.txt
		grep -qx "utterances	$n" $board.txt && grep -qx "equal	$n" $board.txt
	done
	[ "$n" -eq 60 ]
	# beside int8, of the same float net
	"$BIN/split" --test 0.05 --seed 1 --part test < test.t > f.t
	cp i.m p.m
	put
	"$IO" samples "$FSDD/recordings" < f.t > samples
	run -0 "$DEVICE/measure" microbit .
	printf '%s\n' "$output" > int8.txt
	value() { awk -F '\t' -v n="$2" '$1 == n { print $2 }' $1.txt; }
	echo "# Cortex-M0, 2x24: int8 $(value int8 flash) bytes of flash, $(value int8 net_frame)" \
		"instructions a frame; pot $(value microbit flash), $(value microbit net_frame)" >&3
	[ "$(value microbit flash)" -lt "$(value int8 flash)" ]
	[ "$(value microbit net_frame)" -le "$(value int8 net_frame)" ]
	[ $(($(value microbit ram) + $(value microbit stack))) -le $((5 * 1024)) ]
}
