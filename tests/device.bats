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

# fsdd [CELL [SHARE]]: FSDD's 600 test files, or a share of them, and a model that has seen the
# others: samples for speech.c and put()'s
fsdd() {
	local dir=$BATS_FILE_TMPDIR cell=${1:-lstm} heard=$BATS_FILE_TMPDIR/fsdd.t
	need_fsdd
	cd "$dir"
	if [ ! -e fsdd.t ]; then
		printf '%s\n' "$FSDD"/recordings/*.wav | "$BIN/wav2mfcc" --preset device > all.t
		"$BIN/split" --test 0.2 --seed 42 --part train < all.t > train.t
		"$BIN/split" --test 0.2 --seed 42 --part test < all.t > new.t
		mv new.t fsdd.t
	fi
	if [ ! -e $cell.m ]; then
		"$BIN/lstm-train" --cell $cell --hidden 24 --epochs 4 --normalise --quiet \
			< train.t | "$BIN/quantize-int8" --calibrate train.t > new.m
		mv new.m $cell.m
	fi
	cd "$BATS_TEST_TMPDIR"
	if [ -n "${2:-}" ]; then
		"$BIN/split" --test "$2" --seed 1 --part test < "$heard" > some.t
		heard=some.t
	fi
	put "$dir/$cell.m" "$heard"
	"$IO" samples "$FSDD/recordings" < "$heard" > samples
}

# measured BOARD: tests/device/measure of the files that fsdd() and put() make
measured() {
	run -0 "$DEVICE/measure" "$1" .
	printf '%s\n' "$output" > measured
}

# value NAME: of what was measured
value() {
	awk -F '\t' -v n="$1" '$1 == n { print $2 }' measured
}

# real BOARD N [CELL [SHARE]]: N recordings as fsdd() puts them
real() {
	need_board "$1"
	fsdd "${@:3}"
	measured "$1"
	echo "# $1: $(value net_second) and $(value front_second) instructions a second of" \
		"speech, net and front end" >&3
	[ "$(value utterances)" -eq "$2" ] && [ "$(value equal)" -eq "$2" ]
}

@test "device: a Cortex-M0 gives classify's logits for 600 recordings, sample by sample" {
	real microbit 600
}

@test "device: a Cortex-M3 gives classify's logits for 600 recordings, sample by sample" {
	real mps2-an385 600
}

@test "device: a RISC-V rv32imac gives classify's logits for 600 recordings, sample by sample" {
	real virt 600
}

@test "device: of a GRU too, 60 recordings on each processor" {
	local board
	for board in microbit mps2-an385 virt; do
		real $board 60 gru 0.1
	done
}

@test "device: the comparison notices one wrong weight, one wrong sample" {
	need_board microbit
	fsdd
	hears microbit speech
	sed '/_weight_hh_l1\[/{n;s/^\t\(-*\)[0-9]*/\t\13/}' words.h > other.h
	run ! cmp -s words.h other.h
	mv other.h words.h
	run ! hears microbit speech
	put "$BATS_FILE_TMPDIR/lstm.m" "$BATS_FILE_TMPDIR/fsdd.t"
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
		"7 3 39 18 5 last 1 0" "9 1 4 70 3 mean 0 0" "1 1 5 6 3 last 0 24 gru" \
		"3 2 13 25 10 mean 1 0 gru" "6 1 1 1 2 mean 0 0 gru" "9 3 4 41 3 last 0 0 gru"; do
		set -- $net
		"$PYTHON" "$REF" features "$1" 12 "$3" "$5" "$8" > f.t
		"$PYTHON" "$REF" model "$1" "$2" "$3" "$4" "$5" "$6" "$7" 1 "${9:-lstm}" > f.m
		"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
		edit f.t far.t \
			'for x in t.values(): x.data = type(x.data)("f", [9 * v for v in x.data])'
		put i.m far.t
		for board in microbit mps2-an385 virt; do
			hears $board
		done
	done
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
		"$DEVICE/floats" < symbols > found
		[ ! -s found ] || { cat found; false; }
		"$DEVICE/build" $board soft.elf soft.c
		${prefix}nm soft.elf | "$DEVICE/floats" > found
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

@test "device: 2x24 on a Cortex-M0 keeps to its budget" {
	need_board microbit
	fsdd
	measured microbit
	sed 's/^/# /' measured >&3
	[ "$(value flash)" -gt 15000 ] && [ "$(value flash)" -le $((24 * 1024)) ]
	[ "$(value flash)" -eq $(($(value code) + $(value tables) + $(value model))) ]
	[ "$(value ram)" -gt 1500 ] && [ "$(value stack)" -gt 200 ]
	[ $(($(value ram) + $(value stack))) -le $((5 * 1024)) ]
	[ "$(value net_second)" -gt 2000000 ] && [ "$(value net_second)" -le 3000000 ]
	[ "$(value front_second)" -gt 1000000 ] && [ "$(value front_second)" -le 2000000 ]
	[ "$(value floats)" -eq 0 ]
	# the counts are of what was heard: of a second's 8000 samples 160 are a frame
	awk -v net="$(value net_frame)" -v second="$(value net_second)" \
		'BEGIN { r = second / net; exit !(48 < r && r < 50) }'
	# a logit that differs is seen, wherever
	printf '\x55' | dd of=want bs=1 seek=$((40 * 77 + 5)) conv=notrunc status=none
	measured microbit
	[ "$(value equal)" -eq 599 ]
}

# row NAME=VALUE...: what measure might say
row() {
	printf '%s\n' board=microbit processor=Cortex-M0 optim=-O2 code=9000 tables=1000 \
		model=14576 flash=24576 ram=4620 stack=500 floats=0 utterances=9 equal=9 \
		net_second=3000000 front_second=2000000 row=r "$@" | sed 's/=/\t/'
}

@test "device: the table names every target that is missed" {
	local targets="-v flash=24576 -v ram=5120 -v net=3000000 -v front=2000000" change n
	row > 0.row
	set -- flash=24577 stack=501 net_second=3000001 front_second=2000001 equal=8 floats=1
	for n in 1 2 3 4 5 6; do
		row "${!n}" > $n.row
	done
	row utterances=0 equal=0 > 7.row
	row "$@" > 8.row
	printf '%s\t%s\n' row r board virt processor rv32imac optim -Os missing "x is not here" \
		> 9.row
	awk -f "$ROOT/pipelines/device.awk" $targets -v corpus=c ?.row > t.tsv
	[ "$(awk -F '\t' '{ print $(NF - 1) }' t.tsv | paste -sd' ')" = "misses none flash ram \
net front equal floats equal equal,floats,flash,ram,net,front -" ]
	awk -F '\t' 'NF != 27 { exit 1 }' t.tsv
	[ "$(tail -n 1 t.tsv | tr '\t' ' ')" = \
		"c r - virt rv32imac -Os $(printf -- '- %.0s' {1..20})x is not here" ]
	# formats/device.md has its columns, in order
	sed -n 's/^| \(`[^|]*\)|.*/\1/p' "$ROOT/formats/device.md" | tr -d '` ' |
		tr ',' '\n' > names
	head -n 1 t.tsv | tr '\t' '\n' | diff - names
	awk -f "$ROOT/pipelines/device-md.awk" $targets t.tsv > t.md
	[ "$(grep -c '| met |$' t.md)" -eq 1 ]
	grep -qx -e '- rv32imac, -Os: not measured, x is not here' t.md
	awk -f "$ROOT/pipelines/device-line.awk" t.tsv > lines
	grep -qx 'On a rv32imac (-Os, r): not measured, x is not here' lines
	grep -qx '9 of 9 recordings as on the host; targets met' lines
}

@test "device: of several nets the first has targets, and the others are told beside it" {
	local targets="-v flash=24576 -v ram=5120 -v net=3000000 -v front=2000000"
	row net_frame=400 multiplies=80 model_sha256=a1 > 1.row
	row optim=-Os net_frame=500 model_sha256=a1 > 2.row
	row row=s flash=99999 equal=8 net_frame=300 multiplies=2 model_sha256=b2 > 3.row
	printf '%s\t%s\n' row s board virt processor rv32imac optim -Os missing "x is not here" \
		> 4.row
	awk -f "$ROOT/pipelines/device.awk" $targets -v corpus=c ?.row > t.tsv
	awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		{ print $c["row"], $c["net_frame"], $c["multiplies"], $c["misses"] }' t.tsv > got
	diff got - <<-'END'
		r 400 80 none
		r 500 - none
		s 300 2 -
		s - - -
	END
	awk -f "$ROOT/pipelines/device-md.awk" $targets t.tsv > t.md
	head -n 1 t.md | grep -qx '# c, r on processors without a floating-point unit'
	grep -qx -e '- `r`: SHA-256 `a1`' t.md && grep -qx -e '- `s`: SHA-256 `b2`' t.md
	grep -q '^| s | Cortex-M0 | -O2 | .* | 8 of 9 | - |$' t.md
	grep -qx '| s | Cortex-M0 | -O2 | 2 | 0.03 | 300 | 0.75 |' t.md
	[ "$(grep -cF '| 1.00 |' t.md)" -eq 1 ]
	grep -qx -e '- rv32imac, -Os, s: not measured, x is not here' t.md
}

@test "device: multiplications of a frame are counted, those outside frames are not" {
	need_board microbit
	need_python numpy
	local cell weights T
	for cell in lstm gru; do
		"$PYTHON" "$REF" features 1 12 5 3 0 > all.t
		edit all.t f.t 'x = list(t.values())[0]; t = {x.name: x}'
		"$PYTHON" "$REF" model 1 2 5 6 3 mean 1 1 $cell > f.m
		"$BIN/quantize-int8" --calibrate all.t < f.m > i.m
		put i.m f.t
		run -0 "$DEVICE/frame-multiplies" .
		[[ $output =~ ^multiplies$'\t'([0-9]+)$ ]]
		n=${BASH_REMATCH[1]}
		# each weight of the layers once, and what requantising and curves take of 12 units
		weights=$(($([ $cell = gru ] && echo 3 || echo 4) * 6 * (5 + 6 + 6 + 6)))
		echo "# $cell: $n multiplications, $weights of weights" >&3
		[ "$n" -gt "$weights" ] && [ "$n" -lt $((weights + 12 * 60)) ]
		# the same over frames 3 and 4 alone, but for what curves take
		for T in 2 4; do
			edit f.t $T.t 'x = list(t.values())[0]
x.shape = ('$T', 5); x.data = x.data[:'$T' * 5]'
			"$IO" features i.m < $T.t > features
			CFLAGS=-I. "$DEVICE/build" microbit net.elf "$DEVICE"/{net,model}.c
			"$DEVICE/multiplies" net.elf 2> said |
				awk '$1 != "instructions" { n += $2 } END { print n }' > $T.n
		done
		T=$((($(cat 4.n) - $(cat 2.n)) / 2))
		[ $((n - T)) -lt 15 ] && [ $((T - n)) -lt 15 ]
	done
}

@test "device: a space in the path of the checkout or of the build changes nothing" {
	need_board microbit
	put_small
	mkdir "my copy" "my build"
	cp -r --parents "$ROOT"/{lib/fixed,tests/device} "my copy"
	cp words.h features "my build"
	DEVICE="$PWD/my copy$ROOT/tests/device"
	hears host
	hears microbit
	run -0 "$DEVICE/frame-multiplies" "my build"
	[[ $output = multiplies$'\t'* ]]
}

@test "device: what is not installed is named" {
	mkdir bin
	for program in bash env dirname basename mkdir rm; do
		ln -s "$(command -v $program)" bin/
	done
	PATH=$PWD/bin run -127 "$DEVICE/build" microbit x.elf
	[ "$output" = "build: arm-none-eabi-gcc is not installed (make setup-all: \
gcc-arm-none-eabi)" ]
	PATH=$PWD/bin run -127 "$DEVICE/build" virt x.elf
	[ "$output" = "build: riscv64-unknown-elf-gcc is not installed (make setup-all: \
gcc-riscv64-unknown-elf)" ]
	PATH=$PWD/bin run -127 "$DEVICE/run" virt x.elf
	[ "$output" = "run: qemu-system-riscv32 is not installed (make setup-all: \
qemu-system-misc)" ]
	for program in ln sed mktemp rm; do
		ln -sf "$(command -v $program)" bin/
	done
	PATH=$PWD/bin run -127 "$DEVICE/measure" microbit .
	[ "${lines[-1]}" = "missing	arm-none-eabi-gcc is not installed (make setup-all: \
gcc-arm-none-eabi)" ]
	run -2 "$DEVICE/measure" host .
	run -2 "$DEVICE/build" arduino x.elf
	run -2 "$DEVICE/run" arduino x.elf
}
