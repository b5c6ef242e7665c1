# SPDX-License-Identifier: MIT
# lib/fixed/mfcc_s16: the front end in integers, here, on a Cortex-M0, as wav2mfcc --preset device.
load helper

REF=$BATS_TEST_DIRNAME/ref/mfcc_s16.py
UNIT=$BIN/../tests/unit/mfcc_s16
W=$BIN/wav2mfcc
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
			-o wrong/unit "$ROOT/tests/unit/mfcc_s16.c" "$ROOT/lib/base/err.c" \
			"$ROOT"/lib/fixed/{fft_s32,mfcc_s16}.c wrong/tables.c -lm -lz
		run -1 "$PYTHON" "$REF" edges wrong/unit
		[[ $output == *"expected 25 frames and 72 dB"* ]]
	done
}

@test "mfcc_s16: the sanitizers have nothing to say at the ends of the range" {
	local cc
	for cc in gcc clang; do		# clang's see an address on the way to another, too
		need $cc
		$cc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
			-D_POSIX_C_SOURCE=200809L -I"$ROOT/lib" -I"$ROOT/lib/fixed" \
			-o unit "$ROOT/tests/unit/mfcc_s16.c" "$ROOT/lib/base/err.c" $FILES -lm -lz
		run -0 ./unit
		[[ $output == *" 0 failures" ]]
	done
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
				"$ROOT/tests/unit/mfcc_s16.c" "$ROOT/lib/base/err.c" $FILES -lm -lz
			./unit 160 13 0 < samples | cmp - want
		done
	done
	$cc -w -D_POSIX_C_SOURCE=200809L -I"$ROOT/lib" -I"$ROOT/lib/fixed" \
		-o unit "$ROOT/tests/unit/mfcc_s16.c" \
		"$ROOT/lib/base/err.c" "$BIN/../lib/libwhitfixed.a" -lm -lz
	./unit 160 13 0 < samples | cmp - want
}

@test "mfcc_s16: a Cortex-M0 computes the same, in 2 million instructions a second of speech" {
	need arm-none-eabi-gcc qemu-system-arm
	samples
	"$UNIT" 160 13 0 < samples > want
	local d=$BATS_TEST_DIRNAME/device
	"$d/build" microbit mfcc.elf "$d/mfcc.c"
	# no float, and nothing else from a library
	arm-none-eabi-nm mfcc.elf > symbols
	run ! grep -E '__aeabi_(f|d|[il]2[fd]|u[il]2[fd])|[sd]f[23]$' symbols
	run -0 "$d/run" microbit mfcc.elf
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

# one_line EXIT MESSAGE COMMAND...: exits so with that line on stderr.
one_line() {
	local status=$1 message=$2
	shift 2
	run "-$status" --separate-stderr "$@"
	[ "$stderr" = "wav2mfcc: $message" ] || { echo "got: $stderr"; return 1; }
}

signals() {
	mkdir -p sig
	"$PYTHON" "$ROOT/tests/ref/signals.py" make sig
}

# values STREAM: all numbers of its records as whole numbers of feature.unit, s32.
values() {
	"$PYTHON" -c 'import os, struct, sys
sys.path.insert(0, os.environ["ROOT"] + "/tests/ref")
import whit_stream as ws
head, ts = ws.read(open(sys.argv[1], "rb"))
x = [v / float(head["feature.unit"]) for t in ts for v in t.data]
assert all(v == int(v) for v in x)
sys.stdout.buffer.write(struct.pack("<%di" % len(x), *map(int, x)))' "$1"
}

@test "wav2mfcc: --preset device is lib/fixed's numbers, record for record" {
	signals
	"$W" --preset device sig/*.wav > all.t
	for f in sig/*.wav; do tail -c +45 $f | "$UNIT" 160 13 0; done > want
	values all.t | cmp - want
	"$W" --preset device --hop 100 --coefs 20 sig/0*.wav > other.t
	tail -c +45 sig/0_chirp_0.wav | "$UNIT" 100 20 0 > want
	values other.t | cmp - want
	grep -aq '^features=device+hop+coefs$' other.t
	# rows appended and cut, also in the middle of what is computed at a time
	for n in 3 20 40; do
		"$W" --preset device --frames $n sig/0*.wav > cut.t
		values cut.t | cmp - <(cat <(tail -c +45 sig/0_chirp_0.wav | "$UNIT" 160 13 0) \
			/dev/zero | head -c $((52 * n)))
	done
}

@test "wav2mfcc: --preset device is 60 dB and more from the definition in double, all recordings" {
	need_fsdd
	need_python numpy
	printf '%s\n' "$FSDD"/recordings/*.wav | "$W" --preset device --jobs 2 > all.t
	run -0 "$PYTHON" "$REF" compare 60 all.t "$FSDD/recordings"
	echo "# $output" >&3
	[[ $output == *"3000 recordings"* ]]
	printf '%s\n' "$FSDD"/recordings/*.wav | "$W" --preset device --jobs 3 | cmp - all.t
}

@test "wav2mfcc: --preset device rounds and clips what has not 16 bits" {
	need sox
	signals
	f=sig/0_chirp_0.wav
	"$W" --preset device $f > want.t
	for form in "-b 24" "-b 32 -e float"; do
		mkdir -p other
		sox -D $f $form other/0_chirp_0.wav
		"$W" --preset device other/0_chirp_0.wav | cmp - want.t
	done
	# halves up, and beyond both ends
	"$PYTHON" "$ROOT/tests/ref/signals.py" float 0_x_0.wav $("$PYTHON" -c '
x = [0.5, -0.5, 1.5, -1.5, 2.25, -2.75, 40000, -40000, 32767.5, -32768.5, 7e9] * 40
print(*[v / 32768 for v in x])')
	"$PYTHON" -c 'import struct, sys
x = [1, 0, 2, -1, 2, -3, 32767, -32768, 32767, -32768, 32767] * 40
sys.stdout.buffer.write(struct.pack("<%dh" % len(x), *x))' > samples
	"$W" --preset device 0_x_0.wav > x.t
	values x.t | cmp - <("$UNIT" 160 13 0 < samples)
}

@test "wav2mfcc: --preset device says what it is, and takes no other setting" {
	signals
	"$W" --preset device sig/0*.wav > d.t
	for key in $(grep -ao '^feature[.][a-z_]*' d.t); do
		grep -q "\`$key\`" "$ROOT/formats/features.md"
	done
	for line in front_end="fixed mfcc 1" edges=start fft_n=256 mels=32 log=log2 preemphasis=1 \
		log_offset=131072; do
		grep -aq "^feature.$line\$" d.t
	done
	for option in "--mels 40" "--rate 16000" "--fft 512" "--window hamming" "--edges zero" \
		"--log db" "--peak yes" "--floor 80" "--trim 30" "--bandpass 300-3000" \
		"--low 100" "--deltas 1" "--mel-norm area"; do
		one_line 2 "${option%% *}: --preset device has its own, \
for which its tables are made: expected no change but --hop, --coefs, --frames" \
			"$W" --preset device $option sig/0_chirp_0.wav
	done
	"$W" --preset device --mels 32 --hop 160 sig/0*.wav > same.t
	values same.t | cmp - <(values d.t)
	one_line 2 "--hop: expected 1 to 256 samples with --preset device, got 257" "$W" \
		--preset device --hop 257 x.wav
	one_line 2 "--coefs: expected 1 to --mels 32, got 33" "$W" --preset device --coefs 33 x.wav
	one_line 2 "--warp: expected none with --preset device: its filters are constants" "$W" \
		--preset device --warp 0.9-1.1 x.wav
}

@test "wav2mfcc: --preset device refuses less than half a frame, takes silence" {
	"$PYTHON" "$ROOT/tests/ref/signals.py" silence 0_a_0.wav 127
	"$PYTHON" "$ROOT/tests/ref/signals.py" silence 0_b_0.wav 128
	one_line 1 "0_a_0.wav: too short for a frame: expected at least 128 samples at 8000 Hz, \
got 127" \
		"$W" --preset device 0_a_0.wav
	"$W" --preset device 0_b_0.wav > b.t
	values b.t | cmp - <(head -c 52 /dev/zero)
}

@test "wav2mfcc: --preset device varies recordings like any other" {
	signals
	for vary in "--speed 0.9" "--noise-snr 10-30" "--shift -20-20" "--eq 6"; do
		"$W" --preset device $vary sig/[012]*.wav > 1.t
		"$W" --preset device $vary --jobs 3 sig/[012]*.wav | cmp - 1.t
		"$W" --preset mfcc20 $vary sig/[012]*.wav > float.t
		"$PYTHON" -c 'import os, sys
sys.path.insert(0, os.environ["ROOT"] + "/tests/ref")
import whit_stream as ws
a, b = (list(ws.read(open(f, "rb"))[1]) for f in sys.argv[1:])
assert len(a) == 3 and all(x.meta == y.meta and x.name == y.name for x, y in zip(a, b))' 1.t float.t
		"$W" --preset device sig/[012]*.wav > plain.t
		run ! cmp -s <(values 1.t) <(values plain.t)
	done
	# a shift by whole hops moves the frames
	"$W" --preset device --shift 40 --suffix "" sig/3*.wav > late.t
	"$W" --preset device sig/3*.wav > click.t
	cmp <(values late.t | tail -c +105) <(values click.t | head -c -104)
}
