# SPDX-License-Identifier: MIT
# lib/fixed/mfcc_s16: the front end in integers, here and on a Cortex-M0.
load helper

REF=$BATS_TEST_DIRNAME/ref/mfcc_s16.py
UNIT=$BIN/../tests/unit/mfcc_s16
FILES="$ROOT/lib/fixed/fft_s32.c $ROOT/lib/fixed/mfcc_s16.c $ROOT/lib/fixed/mfcc_s16_tables.c"

# 3 s of samples that reach both ends of the range, as raw s16 in the file samples.
samples() {
	"$PYTHON" -c 'import math, random, struct, sys
r = random.Random(3)
x = [r.choice((-32768, 32767)) for _ in range(2000)] + [r.randint(-20, 20) for _ in range(2000)]
x += [round(9000 * math.sin(i * i / 3e4)) for i in range(20000)] + [32767] * 999
sys.stdout.buffer.write(struct.pack("<%dh" % len(x), *x))' > samples
}

@test "mfcc_s16: the FFT is right, frames do not depend on how samples come" {
	run -0 "$UNIT"
	[[ $output == *" 0 failures" ]]
}

@test "mfcc_s16: the tables are those of their formulas" {
	need_python numpy
	"$PYTHON" "$REF" tables | cmp - "$ROOT/lib/fixed/mfcc_s16_tables.c"
}

@test "mfcc_s16: silence, DC, squares, clipping, one sample: near the definition in double" {
	need_python numpy
	"$PYTHON" "$REF" edges "$UNIT"
}

@test "mfcc_s16: the comparison notices a wrong weight and a wrong cosine" {
	need gcc
	need_python numpy
	for wrong in "s/3200, 883, 2612/3200, 983, 2612/" \
		"s/18868, 18205, 17531/18868, 18405, 17531/"; do
		mkdir -p wrong
		sed "$wrong" "$ROOT/lib/fixed/mfcc_s16_tables.c" > wrong/tables.c
		run ! cmp -s wrong/tables.c "$ROOT/lib/fixed/mfcc_s16_tables.c"
		gcc -O1 -w -D_POSIX_C_SOURCE=200809L -I"$ROOT/lib" -I"$ROOT/lib/fixed" \
			-o wrong/unit "$ROOT/tests/unit/mfcc_s16.c" "$ROOT/lib/err.c" \
			"$ROOT"/lib/fixed/{fft_s32,mfcc_s16}.c wrong/tables.c -lm -lz
		run -1 "$PYTHON" "$REF" edges wrong/unit
		[[ $output == *"expected 25 frames and 72 dB"* ]]
	done
}

@test "mfcc_s16: the sanitizers have nothing to say at the ends of the range" {
	need gcc
	gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
		-D_POSIX_C_SOURCE=200809L -I"$ROOT/lib" -I"$ROOT/lib/fixed" \
		-o unit "$ROOT/tests/unit/mfcc_s16.c" "$ROOT/lib/err.c" $FILES -lm -lz
	run -0 ./unit
	[[ $output == *" 0 failures" ]]
}

@test "mfcc_s16: the same coefficients from gcc and clang at any level, without vector units too" {
	samples
	"$UNIT" 160 13 0 < samples > want
	[ "$(stat -c %s want)" = $((13 * 4 * 156)) ]
	local cc level
	for cc in gcc clang; do
		need $cc
		for level in -O0 -O1 -O3 "-O3 $(grep -q avx2 /proc/cpuinfo &&
			echo -march=x86-64-v3)"; do
			$cc $level -w -D_POSIX_C_SOURCE=200809L -I"$ROOT/lib" \
				-I"$ROOT/lib/fixed" -o unit \
				"$ROOT/tests/unit/mfcc_s16.c" "$ROOT/lib/err.c" $FILES -lm -lz
			./unit 160 13 0 < samples | cmp - want
		done
	done
	$cc -w -D_POSIX_C_SOURCE=200809L -I"$ROOT/lib" -I"$ROOT/lib/fixed" \
		-o unit "$ROOT/tests/unit/mfcc_s16.c" \
		"$ROOT/lib/err.c" "$BIN/../lib/libwhitfixed.a" -lm -lz
	./unit 160 13 0 < samples | cmp - want
}

@test "mfcc_s16: a Cortex-M0 computes the same, in 2 million instructions a second of speech" {
	need arm-none-eabi-gcc qemu-system-arm
	samples
	"$UNIT" 160 13 0 < samples > want
	local d=$BATS_TEST_DIRNAME/device
	arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb -mfloat-abi=soft -O2 -std=c99 -Wall -Wextra \
		-Werror -ffreestanding -fno-tree-loop-distribute-patterns -nostdlib \
		-nostartfiles -ffunction-sections -fdata-sections \
		-Wl,--gc-sections -Wl,-T,"$d/microbit.ld" -I"$ROOT/lib/fixed" -I"$d" -o mfcc.elf \
		"$d/board.c" "$d/mfcc.c" $FILES -lgcc
	# no float, and nothing else from a library
	arm-none-eabi-nm mfcc.elf > symbols
	run ! grep -E '__aeabi_(f|d|[il]2[fd]|u[il]2[fd])|[sd]f[23]$' symbols
	run -0 timeout 100 qemu-system-arm -M microbit -nographic -monitor none -serial null \
		-semihosting-config enable=on,target=native -icount shift=0,align=off,sleep=off \
		-kernel mfcc.elf
	echo "# $output" >&3
	cmp coefs want
	[[ $output =~ ^156\ frames,\ ([0-9]+)\ instructions\ each,\ ([0-9]+)\ bytes\ of\ stack ]]
	[ "${BASH_REMATCH[1]}" -le 40000 ]
	[ "${BASH_REMATCH[2]}" -le 1024 ]
	nm_size() {
		arm-none-eabi-nm -S mfcc.elf |
			awk '/(fft_s32|mfcc_s16)/ && $3 ~ /^[tTrR]$/ { print "0x" $2 }'
	}
	local bytes=0 n
	for n in $(nm_size); do bytes=$((bytes + n)); done
	echo "# $bytes bytes of code and tables, $(sed -n 's/.* bytes of state.*/&/p' <("$UNIT"))" \
		>&3
	[ "$bytes" -gt 2000 ] && [ "$bytes" -le 3072 ]
}
