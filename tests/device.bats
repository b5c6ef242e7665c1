# SPDX-License-Identifier: MIT
# lib/fixed on processors without a floating-point unit, in QEMU, bare: the bits of the desk.
load helper

export DEVICE=$ROOT/tests/device
REF=$ROOT/tests/ref/int8_net.py
IO=$BIN/../tests/unit/device_io
export PYTHONPATH=$ROOT/tests/ref

need_board() {
	case $1 in
	virt) need riscv64-unknown-elf-gcc qemu-system-riscv32 ;;
	*) need arm-none-eabi-gcc qemu-system-arm ;;
	esac
}

# put MODEL FEATURES: words.h, features for net.c, and want, what classify finds
put() {
	"$BIN/export-c" < "$1" > words.h
	"$IO" features "$1" < "$2" > features
	"$BIN/classify" "$1" < "$2" | "$IO" logits > want
}

# hears BOARD [speech]: the net of words.h, or all of it, gives there what is in want
hears() {
	rm -f logits
	CFLAGS=-I. "$DEVICE/build" "$1" ${2:-net}.elf "$DEVICE/${2:-net}.c" "$DEVICE/model.c"
	run -0 "$DEVICE/run" "$1" ./${2:-net}.elf
	cmp logits want
}

# The same of a small net.
put_small() {
	need_python numpy
	"$PYTHON" "$REF" features 1 12 5 3 0 > f.t
	"$PYTHON" "$REF" model 1 2 5 6 3 last 1 > f.m
	"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
	put i.m f.t
}

# FSDD's 600 test files, and a model that has seen the others: samples for speech.c and put()'s
fsdd() {
	need_fsdd
	cd "$BATS_FILE_TMPDIR"
	if [ ! -e fsdd.m ]; then
		printf '%s\n' "$FSDD"/recordings/*.wav | "$BIN/wav2mfcc" --preset device > all.t
		"$BIN/split" --test 0.2 --seed 42 --part test < all.t > fsdd.t
		"$BIN/split" --test 0.2 --seed 42 --part train < all.t > train.t
		"$BIN/lstm-train" --hidden 24 --epochs 4 --normalise --quiet < train.t |
			"$BIN/quantize-int8" --calibrate train.t > new.m
		mv new.m fsdd.m
	fi
	cd "$BATS_TEST_TMPDIR"
	put "$BATS_FILE_TMPDIR/fsdd.m" "$BATS_FILE_TMPDIR/fsdd.t"
	"$IO" samples "$FSDD/recordings" < "$BATS_FILE_TMPDIR/fsdd.t" > samples
	[ "$(stat -c %s want)" -eq $((600 * 10 * 4)) ]
}

# What speech.c's run has cost, a line.
cost() {
	od -An -v -td4 -w16 cost | awk '{ s += $1; n += $3 } END {
		printf "%.2f M instructions a second of speech", n / s * 8000 / 1e6 }'
	echo ", $output"
}

real() {
	need_board "$1"
	fsdd
	hears "$1" speech
	echo "# $1: $(cost)" >&3
}

@test "device: a Cortex-M0 gives classify's logits for 600 recordings, sample by sample" {
	real microbit
}

@test "device: a Cortex-M3 gives classify's logits for 600 recordings, sample by sample" {
	real mps2-an385
}

@test "device: a RISC-V rv32imac gives classify's logits for 600 recordings, sample by sample" {
	real virt
}

@test "device: the comparison notices one wrong weight, one wrong sample" {
	need_board microbit
	fsdd
	hears microbit speech
	sed '/_weight_hh_l1\[/{n;s/^\t\(-*\)[0-9]*/\t\13/}' words.h > other.h
	run ! cmp -s words.h other.h
	mv other.h words.h
	run ! hears microbit speech
	put "$BATS_FILE_TMPDIR/fsdd.m" "$BATS_FILE_TMPDIR/fsdd.t"
	printf '\x7f\x7f' | dd of=samples bs=1 seek=3000 conv=notrunc status=none
	run ! hears microbit speech
}

@test "device: nets of all kinds, and features beyond their ranges, on each processor" {
	need_python numpy
	local board net
	for board in microbit mps2-an385 virt; do
		need_board $board
	done
	for net in "1 1 5 6 3 last 0 24" "3 2 13 25 10 mean 1 0" "6 1 1 1 2 mean 0 0" \
		"7 3 39 18 5 last 1 0" "9 1 4 70 3 mean 0 0"; do
		set -- $net
		"$PYTHON" "$REF" features "$1" 12 "$3" "$5" "$8" > f.t
		"$PYTHON" "$REF" model "$1" "$2" "$3" "$4" "$5" "$6" "$7" > f.m
		"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
		edit f.t far.t \
			'for x in t.values(): x.data = type(x.data)("f", [9 * v for v in x.data])'
		put i.m far.t
		for board in microbit mps2-an385 virt; do
			hears $board
		done
	done
}

# Names of floating-point helpers of libgcc, and of libm, among the symbols on stdin.
floating() {
	awk '$NF ~ /^__aeabi_(f|d|c[fd]|h2|u?[il]2[fd])/ || $NF ~ /[sdt]f[23]$/ ||
		$NF ~ /^__(fix|float|extend|trunc)/ ||
		$NF ~ /^(exp|exp2|log|log2|log10|pow|sqrt|tanh|sin|cos|floor|ceil|round|lrint)f?$/'
}

@test "device: nothing of floating point is linked, and the search finds what is" {
	local board prefix
	for board in microbit mps2-an385 virt; do
		need_board $board
	done
	put_small
	cat > soft.c <<-'END'
		#include "board.h"
		static volatile int x = 3;
		int run(void) { x = (int)(x * 1.5f); return x; }
	END
	sed -i 's/ = 3//' soft.c	# initialised variables have no place
	for board in microbit mps2-an385 virt; do
		prefix=$([ $board = virt ] && echo riscv64-unknown-elf- || echo arm-none-eabi-)
		CFLAGS=-I. "$DEVICE/build" $board all.elf "$DEVICE/speech.c" "$DEVICE/model.c"
		${prefix}nm all.elf > symbols
		grep -q whit_push symbols && grep -q mfcc_s16_pop symbols
		floating < symbols > found
		[ ! -s found ] || { cat found; false; }
		"$DEVICE/build" $board soft.elf soft.c
		${prefix}nm soft.elf | floating > found
		[ "$(wc -l < found)" -ge 2 ]
	done
}

@test "device: lib/fixed and the header compile where floating point is an error" {
	need aarch64-linux-gnu-gcc
	put_small
	for f in "$ROOT"/lib/fixed/*.c "$DEVICE/model.c"; do
		aarch64-linux-gnu-gcc -std=c99 -O3 -ffreestanding -mgeneral-regs-only \
			-Wall -Werror -I"$ROOT/lib/fixed" -I"$DEVICE" -I. -c -o x.o "$f"
	done
	echo 'float f(float a) { return a * 2; }' > f.c
	run ! aarch64-linux-gnu-gcc -mgeneral-regs-only -c f.c
}

# bytes ELF SECTION: of that section
bytes() {
	arm-none-eabi-size -A "$1" | awk -v s="$2" '$1 == s { print $2 }'
}

@test "device: 2x24 on a Cortex-M0 keeps to its budget" {
	need_board microbit
	fsdd
	hears microbit speech
	local flash ram stack net front
	flash=$(($(bytes speech.elf .code) + $(bytes speech.elf .tables)))
	flash=$((flash + $(bytes speech.elf .model)))
	ram=$(bytes speech.elf .state)
	stack=${output%% *}
	front=$(od -An -v -td4 -w16 cost | awk '{ t += $2; n += $3 } END { print int(n / t) }')
	hears microbit
	net=$(od -An -v -td4 -w12 cost | awk '{ t += $1; n += $2 } END { print int(n / t) }')
	front=$((front - net))
	echo "# $flash bytes of flash, $ram of RAM, $stack of stack; instructions a frame:" \
		"$front of the front end, $net of the net" >&3
	[ "$flash" -gt 15000 ] && [ "$flash" -le $((24 * 1024)) ]
	[ "$ram" -gt 1500 ] && [ "$stack" -gt 200 ] && [ $((ram + stack)) -le $((5 * 1024)) ]
	# 50 frames a second: 3.0 and 2.0 million
	[ "$net" -gt 40000 ] && [ "$net" -le 60000 ]
	[ "$front" -gt 20000 ] && [ "$front" -le 40000 ]
}

@test "device: what is not installed is named" {
	mkdir bin
	for program in bash env dirname basename mkdir rm; do
		ln -s "$(command -v $program)" bin/
	done
	PATH=$PWD/bin run -127 "$DEVICE/build" microbit x.elf
	[ "$output" = "build: arm-none-eabi-gcc is not installed (make setup-all)" ]
	PATH=$PWD/bin run -127 "$DEVICE/build" virt x.elf
	[ "$output" = "build: riscv64-unknown-elf-gcc is not installed (make setup-all)" ]
	PATH=$PWD/bin run -127 "$DEVICE/run" virt x.elf
	[ "$output" = "run: qemu-system-riscv32 is not installed (make setup-all)" ]
	run -2 "$DEVICE/build" arduino x.elf
	run -2 "$DEVICE/run" arduino x.elf
}
