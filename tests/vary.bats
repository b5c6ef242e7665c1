# SPDX-License-Identifier: MIT
# Variations of recordings: wav2mfcc --only, --speed, --warp, --noise-snr, --shift, --eq.
load helper

REF=$BATS_TEST_DIRNAME/ref
UNIT=$BIN/../tests/unit
W=$BIN/wav2mfcc
ALL="--speed 0.9-1.1 --warp 0.9-1.1 --noise-snr 10-30 --shift -20-20 --eq 6"

# rec/: 48 recordings, links to the made signals but for clicks and silence.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	mkdir sig rec
	"$PYTHON" "$REF/signals.py" make sig
	"$PYTHON" -c 'import os
for i in range(12):
    for f in ("0_chirp", "1_noise", "2_vowel", "5_short"):
        os.symlink("../sig/%s_0.wav" % f, "rec/%s_%d.wav" % (f, i))'
}

setup() {
	set -o pipefail
	cd "$BATS_FILE_TMPDIR"
	export PYTHONPATH=$REF
	t=$BATS_TEST_TMPDIR
}

# one_line EXIT MESSAGE-PART COMMAND...
one_line() {
	local status=$1 part=$2
	shift 2
	run "-$status" --separate-stderr "$@"
	[ "${#stderr_lines[@]}" -eq 1 ] || { echo "$stderr"; return 1; }
	[[ $stderr == "wav2mfcc: "*"$part"* ]] || { echo "got: $stderr"; return 1; }
}

# check EXPRESSION FILE...: Python's, of the lists of tensors a, b, ... in the files.
check() {
	"$PYTHON" - "$@" <<-'END'
		import sys, whit_stream as ws
		lists = [list(ws.read(open(f, "rb"))[1]) for f in sys.argv[2:]]
		if not eval(sys.argv[1], dict(zip("abcdef", lists))):
		    sys.exit("not so: " + sys.argv[1])
	END
}

# The stream without its history.
bare() {
	"$PYTHON" -c 'import sys, whit_stream as ws
head, ts = ws.read(sys.stdin.buffer)
ws.write(sys.stdout.buffer, {k: v for k, v in head.items() if not k.startswith("history.")}, ts)'
}

@test "vary: draws, noise, shift and shelves are what the header says" {
	"$UNIT/vary"
}

@test "vary: factors of 1, no shift, no gain and infinite SNR are no variation" {
	"$W" rec/*.wav | bare > $t/plain
	for same in "--speed 1" "--warp 1.0" "--shift 0" "--eq 0" "--seed 7" "--suffix x" \
			"--speed 1-1 --warp 1 --shift 0-0 --eq 0"; do
		"$W" $same rec/*.wav | bare | cmp - $t/plain
	done
}

@test "vary: --warp moves the filters as Jaitly and Hinton did" {
	need_python numpy
	local -a all=()
	for a in 0.8 0.9 1 1.05 1.2; do
		"$W" --preset mfcc20 --warp $a sig/[01235]*.wav > $t/$a.t
		all+=($a 2e-3 $t/$a.t sig)
	done
	"$PYTHON" "$REF/vtlp_mfcc.py" compare "${all[@]}"
	# one recording does not see the filters of the one before, nor of another thread
	"$W" --preset mfcc20 --warp 0.8-1.2 rec/*.wav > $t/all.t
	"$W" --preset mfcc20 --warp 0.8-1.2 rec/2_vowel_7.wav > $t/one.t
	check '[x.data for x in a if x.name == "2_vowel_7~s42"] == [b[0].data]' $t/all.t $t/one.t
}

@test "vary: --speed is SoX's speed: shorter and higher, or longer and deeper" {
	need sox
	for x in 0.8 1.25 1.0371; do
		mkdir $t/$x
		sox -D sig/2_vowel_0.wav -e float -b 32 $t/$x/2_vowel_0.wav speed $x rate -h 8000
		"$W" --preset mfcc20 $t/$x/2_vowel_0.wav > $t/sox.t
		"$W" --preset mfcc20 --speed $x --suffix "" sig/2_vowel_0.wav > $t/ours.t
		"$UNIT/tcmp" $t/sox.t $t/ours.t 2e-3
	done
	"$W" --preset mfcc20 sig/0_chirp_0.wav > $t/1.t
	"$W" --preset mfcc20 --speed 2 sig/0_chirp_0.wav > $t/2.t
	"$W" --preset mfcc20 --speed 0.5 sig/0_chirp_0.wav > $t/half.t
	check '[x[0].shape[0] for x in (a, b, c)] == [32, 16, 63]' $t/1.t $t/2.t $t/half.t
	# of another rate: one resampling for both
	sox -D sig/2_vowel_0.wav -r 16000 $t/2_vowel_0.wav
	"$W" --speed 1.1 $t/2_vowel_0.wav > $t/16.t
	"$W" --speed 1.1 sig/2_vowel_0.wav > $t/8.t
	check 'a[0].meta == b[0].meta and a[0].shape == b[0].shape' $t/16.t $t/8.t
}

@test "vary: a recording's variation depends on its name and the seed alone" {
	"$W" $ALL --seed 7 rec/*.wav > $t/1.t
	for jobs in 2 3; do
		"$W" $ALL --seed 7 --jobs $jobs rec/*.wav | cmp - $t/1.t
	done
	ls -r rec | sed 's,^,rec/,' | "$W" $ALL --seed 7 --jobs 2 > $t/reversed.t
	"$W" $ALL --seed 7 rec/1*3.wav > $t/some.t
	check '[(x.data, x.meta) for x in a] == [(y.data, y.meta) for y in b[::-1]]' \
		$t/1.t $t/reversed.t
	check 'len(a) == len(b) == 48' $t/1.t $t/reversed.t
	check '[x.data for x in a if x.name == "1_noise_3~s7"] == [b[0].data] and len(b) == 1' \
		$t/1.t $t/some.t
	# one switch does not move the draw of another
	for switch in "--speed 0.9-1.1" "--warp 0.9-1.1" "--noise-snr 10-30" \
		"--shift -20-20" "--eq 6"; do
		"$W" $switch --seed 7 rec/*.wav > $t/single.t
		check 'all(y.meta.items() <= x.meta.items() for x, y in zip(a, b))' \
			$t/1.t $t/single.t
		check 'all(len(y.meta) == 2 for y in a)' $t/single.t
	done
	# the same signal under 12 names is 12 variations; another seed gives others
	"$W" $ALL --seed 8 rec/*.wav > $t/8.t
	check 'len({tuple(x.data) for x in a + b}) == 96' $t/1.t $t/8.t
}

@test "vary: records say what was drawn, and giving it gives them again" {
	"$W" $ALL rec/1_noise_4.wav > $t/drawn.t
	check 'set(a[0].meta) == {"source", "speed", "warp", "noise_snr_db", "shift_ms", "eq"}' \
		$t/drawn.t
	check 'a[0].name == "1_noise_4~s42" and a[0].meta["source"] == "1_noise_4"' $t/drawn.t
	check '(a[0].label, a[0].group) == (0, "noise")' $t/drawn.t
	given=$("$PYTHON" -c 'import sys, whit_stream as ws
m = list(ws.read(open(sys.argv[1], "rb"))[1])[0].meta
print("--speed", m["speed"], "--warp", m["warp"], "--noise-snr", m["noise_snr_db"],
      "--shift", m["shift_ms"])' $t/drawn.t)
	"$W" $given --eq 6 rec/1_noise_4.wav > $t/given.t
	check 'a[0].data == b[0].data and a[0].meta == b[0].meta' $t/drawn.t $t/given.t
	# no key that the format does not describe
	for key in $("$BIN/tensor" show $t/drawn.t | sed -n 's/^ *\([a-z_]*\)=.*/\1/p' |
		grep -v '^features\|^history'); do
		grep -q "\`$key\`" "$ROOT/formats/features.md" "$ROOT/formats/tensor.md"
	done
}

@test "vary: split, vary the training part, join, train" {
	"$W" --corpus toy rec/*.wav > $t/all.t
	"$BIN/split" --method fsdd --part train < $t/all.t > $t/train.t
	"$BIN/split" --method fsdd --part test < $t/all.t > $t/test.t
	ls rec/*.wav | "$W" --only $t/train.t $ALL --seed 7 > $t/7.t
	"$W" --only $t/train.t --speed 0.9 --suffix '~slow' rec/*.wav > $t/slow.t
	cat $t/train.t $t/7.t $t/slow.t > $t/joined.t
	check 'len({x.name for x in a}) == len(a) == 3 * len(b) == 84' $t/joined.t $t/train.t
	check '{x.meta["source"] for x in a} == {x.name for x in b}' $t/7.t $t/train.t
	check '{x.name for x in b}.isdisjoint(x.meta["source"] for x in a)' $t/7.t $t/test.t
	"$BIN/lstm-train" --epochs 2 --hidden 8 --layers 1 < $t/joined.t > $t/model.m
	"$BIN/classify" $t/model.m < $t/test.t | "$BIN/report" > /dev/null
	# alone it selects; labels and corpus are the stream's even where some labels are missing
	"$W" --only $t/test.t rec/*.wav | bare > $t/again.t
	bare < $t/test.t | cmp - $t/again.t
	"$BIN/split" --method group --group chirp --part train < $t/all.t > $t/nochirp.t
	"$W" --only $t/nochirp.t --warp 1.1 rec/*.wav > $t/w.t
	cat $t/nochirp.t $t/w.t | "$BIN/tensor" show > /dev/null
}

@test "split: refuses variations of recordings, which would be in both parts" {
	"$W" rec/*.wav > $t/all.t
	"$W" --speed 0.9 rec/*.wav > $t/slow.t
	for method in sklearn stratified fsdd group=noise; do
		run -1 --separate-stderr bash \
			-c 'cat "$1" "$2" | "$BIN/split" --method "$3" --part train; exit $?' - \
			$t/all.t $t/slow.t $method
		[ "$stderr" = "split: stdin: record 0_chirp_0~s42: expected a recording as it is, \
got a variation of 0_chirp_0: split first, then vary the training part" ]
	done
}

@test "vary: --only names what is missing or bad" {
	"$W" rec/0*.wav > $t/0.t
	one_line 1 "$t/0.t: '0_chirp_0': expected a recording of that name, got none among 12" \
		"$W" --only $t/0.t rec/1*.wav
	"$W" --speed 0.9 rec/0*.wav > $t/slow.t
	one_line 1 "'0_chirp_0~s42': expected a recording of that name" "$W" --only $t/slow.t \
		rec/0*.wav
	head -c 1000 $t/0.t > $t/cut.t
	one_line 1 "$t/cut.t: record " "$W" --only $t/cut.t rec/0*.wav
	: > $t/empty.t
	one_line 1 "$t/empty.t: record 0: empty" "$W" --only $t/empty.t rec/0*.wav
	one_line 1 "nowhere.t" "$W" --only nowhere.t rec/0*.wav
	run -1 --separate-stderr bash -c '"$1" -k --label none "$2" > "$3"' - "$W" $t/0.t $t/none.t
	one_line 1 "$t/none.t: expected records, got none" "$W" --only $t/none.t rec/0*.wav
	printf 'rec/0_chirp_0.wav\n' | "$W" --label none > $t/nolabel.t
	"$W" --only $t/nolabel.t --label none rec/0*.wav | bare | cmp - <(bare < $t/nolabel.t)
}

@test "vary: ranges that are none are misuse, a shift past the end is an error" {
	for bad in 0 0.2 4.1 1.1-0.9 a 1-b 0.9- -0.9 "" nan 0.9-1.1-1.2 0.9,1.1 " 1" 0.9-nan \
		1e999; do
		one_line 2 "--speed: expected a number or LOW-HIGH in 0.25..4, got '$bad'" "$W" \
			"--speed=$bad" rec/0_chirp_0.wav
	done
	for bad in "--warp 0.4" "--warp 1-2.1" "--noise-snr inf" "--noise-snr -31" "--shift 10001" \
		"--eq -1" "--eq 25" "--seed -1" "--seed 1.5"; do
		one_line 2 "${bad%% *}: expected " "$W" $bad rec/0_chirp_0.wav
	done
	one_line 1 "rec/5_short_0.wav: shift by 200 ms: expected less than the recording's 128 ms" \
		"$W" --shift 200 rec/5_short_0.wav
	one_line 1 "shift by -200 ms" "$W" --shift -200 rec/5_short_0.wav
	"$W" --shift -50--20 rec/5_short_0.wav > $t/s.t
	check '-50 <= float(a[0].meta["shift_ms"]) <= -20' $t/s.t
	"$W" $ALL -k sig/*.wav > $t/all.t
	"$UNIT/tcmp" $t/all.t $t/all.t 0
	one_line 1 "name" "$W" --speed 0.9 --suffix "$(printf '%0260d' 0)" rec/0_chirp_0.wav
	one_line 1 "" "$W" --speed 0.9 --suffix $'\001' rec/0_chirp_0.wav
}

@test "vary: with --keep-going a name that is too long with its suffix is one bad recording" {
	local long=$t/$(printf '%0245d' 1).wav
	cp sig/0_chirp_0.wav "$long"
	run -1 --separate-stderr "$W" -k --label none --speed 0.9 --suffix 0123456789a "$long" \
		rec/1_noise_0.wav
	[ "$stderr" = "wav2mfcc: $long: name with --suffix: expected at most 255 bytes of UTF-8 \
without control characters, got 256 bytes" ]
	"$W" -k --label none --speed 0.9 --suffix 0123456789a "$long" rec/1_noise_0.wav \
		> $t/out.t || [ $? -eq 1 ]
	check 'len(a) == 1' $t/out.t
}
