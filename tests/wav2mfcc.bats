# SPDX-License-Identifier: MIT
load helper

REF=$BATS_TEST_DIRNAME/ref
UNIT=$BIN/../tests/unit
W=$BIN/wav2mfcc

# The recordings of the goldens in sig/, 16-bit mono of 8 kHz.
signals() {
	mkdir -p sig
	"$PYTHON" "$REF/signals.py" make sig
}

# copies N FILE... DIR: links DIR/A_B_I.wav, I < N, to each FILE A_B_0.wav.
copies() {
	"$PYTHON" -c 'import os, sys
for i in range(int(sys.argv[1])):
    for f in sys.argv[2:-1]:
        name = os.path.basename(f)[:-5] + str(i) + ".wav"
        os.symlink(os.path.abspath(f), sys.argv[-1] + "/" + name)' "$@"
}

names() {
	"$PYTHON" "$REF/sklearn_split.py" names "$1"
}

# one_line EXIT MESSAGE-PART COMMAND...: exits so with one line on stderr, "wav2mfcc: ...PART...".
one_line() {
	local status=$1 part=$2
	shift 2
	run "-$status" --separate-stderr "$@"
	[ "${#stderr_lines[@]}" -eq 1 ] || { echo "$stderr"; return 1; }
	[[ $stderr == "wav2mfcc: "*"$part"* ]] || { echo "got: $stderr"; return 1; }
}

@test "num: logarithm, exponential and cosine are right to the last bits" {
	"$UNIT/num"
}

@test "fft: spectra are right for all kinds of factors, and lanes are alike" {
	"$UNIT/fft"
}

@test "wav2mfcc: gives torchaudio's and librosa's numbers for made signals" {
	signals
	for preset in mfcc13 mfcc20 mfcc39; do
		"$W" --preset $preset sig/*.wav > ours.t
		"$UNIT/tcmp" "$ROOT/tests/golden/$preset.t" ours.t 2e-3
	done
}

@test "wav2mfcc: mfcc13 and mfcc20 are within 2e-3 dB of torchaudio on all recordings" {
	need_fsdd
	need_python torchaudio
	local -a all=()
	for preset in mfcc13 mfcc20; do
		find "$FSDD/recordings" -name '*.wav' | sort | "$W" --jobs 2 --preset $preset \
			> $preset.t
		all+=($preset 2e-3 $preset.t "$FSDD/recordings")
	done
	run -0 "$PYTHON" "$REF/torchaudio_mfcc.py" compare "${all[@]}"
	echo "# ${lines[0]}" >&3
	echo "# ${lines[1]}" >&3
	[ "$(grep -c '3000 recordings' <<< "$output")" -eq 2 ]
}

@test "wav2mfcc: mfcc39 is within 2e-3 dB of librosa's definition on all recordings" {
	need_fsdd
	need_python numpy
	find "$FSDD/recordings" -name '*.wav' | sort | "$W" --jobs 2 --preset mfcc39 > mfcc39.t
	run -0 "$PYTHON" "$REF/librosa_mfcc.py" compare mfcc39 2e-3 mfcc39.t "$FSDD/recordings"
	echo "# $output" >&3
	[[ $output == *"3000 recordings"* ]]
}

@test "wav2mfcc: each part can be set, as torchaudio has it" {
	need_python torchaudio
	signals
	check() {
		local settings=$1
		shift
		n=$((n + 1))
		"$W" --preset mfcc20 "$@" sig/*.wav > $n.t
		all+=("mfcc20,$settings" 2e-3 $n.t sig)
	}
	n=0 all=()
	check n_fft=512,hop_length=100,n_mels=26,n_mfcc=12 --fft 512 --hop 100 --mels 26 --coefs 12
	check n_fft=512,win_length=200 --fft 512 --window-length 200
	check n_fft=400,win_length=333 --fft 400 --window-length 333
	check window=hamming --window hamming
	check window=blackman --window blackman
	check f_min=100,f_max=3800 --low 100 --high 3800
	check norm=slaney,mel_scale=slaney --mel-norm area --mel-scale slaney
	check pad_mode=constant --edges zero
	check center=0 --edges none
	check n_mels=128 --mels 128
	"$PYTHON" "$REF/torchaudio_mfcc.py" compare "${all[@]}"
}

@test "wav2mfcc: ln is dB in another unit, the floor and its absence hold" {
	signals
	"$W" --preset mfcc20 sig/*.wav > db.t
	"$W" --preset mfcc20 --log ln sig/*.wav > ln.t
	"$W" --preset mfcc20 --floor 0 sig/3*.wav > none.t
	"$W" --preset mfcc20 --floor 1000 sig/3*.wav > deep.t
	"$W" --preset mfcc20 sig/3*.wav > click.t
	"$PYTHON" - <<-'END'
		import math, os, sys
		sys.path.insert(0, os.environ["ROOT"] + "/tests/ref")
		import whit_stream as ws
		read = lambda f: [t.data for t in ws.read(open(f, "rb"))[1]]
		k = math.log(10) / 10
		assert all(abs(a * k - b) < 1e-4 for x, y in zip(read("db.t"), read("ln.t"))
		           for a, b in zip(x, y))
		assert read("none.t") == read("deep.t") != read("click.t")
	END
}

@test "wav2mfcc: pads with zeros and cuts" {
	signals
	"$W" --preset mfcc20 sig/0*.wav sig/5*.wav > true.t
	"$W" --preset mfcc20 --frames 20 sig/0*.wav sig/5*.wav > fixed.t
	"$PYTHON" - <<-'END'
		import os, sys
		sys.path.insert(0, os.environ["ROOT"] + "/tests/ref")
		import whit_stream as ws
		a, b = (list(ws.read(open(f, "rb"))[1]) for f in ("true.t", "fixed.t"))
		assert [t.shape for t in a] == [(32, 20), (9, 20)]
		assert [t.shape for t in b] == [(20, 20)] * 2
		assert b[0].data == a[0].data[:400] and b[1].data[:180] == a[1].data
		assert set(b[1].data[180:]) == {0.0}
	END
}

@test "wav2mfcc: trims silence off both ends" {
	need sox
	signals
	mkdir padded
	sox -D sig/1_noise_0.wav padded/1_noise_0.wav pad 1600s 800s
	"$W" --preset mfcc20 --edges none --hop 80 sig/1*.wav > plain.t
	"$W" --preset mfcc20 --edges none --hop 80 --trim 40 padded/1*.wav > trimmed.t
	"$UNIT/tcmp" plain.t trimmed.t 0
	"$W" --preset mfcc20 --trim 40 --rate 8000 - < padded/1_noise_0.wav > /dev/null
}

@test "wav2mfcc: silence is features too, and finite" {
	"$PYTHON" "$REF/signals.py" silence 0_nobody_0.wav
	for preset in mfcc13 mfcc20 mfcc39; do
		"$W" --preset $preset --trim 30 0_nobody_0.wav > s.t
		"$UNIT/tcmp" s.t s.t 0
	done
}

@test "wav2mfcc: says what a recording is too short for" {
	"$PYTHON" "$REF/signals.py" silence 0_a_0.wav 200
	"$PYTHON" "$REF/signals.py" silence 0_b_0.wav 201
	"$PYTHON" "$REF/signals.py" silence 0_c_0.wav 1
	"$PYTHON" "$REF/signals.py" silence 0_d_0.wav 1023
	one_line 1 "0_a_0.wav: too short for an FFT of 400: \
expected at least 201 samples at 8000 Hz, got 200" \
		"$W" 0_a_0.wav
	"$W" 0_b_0.wav > /dev/null
	"$W" --edges zero 0_c_0.wav > /dev/null
	one_line 1 "0_b_0.wav: too short for an FFT of 400: expected at least 400" "$W" \
		--edges none 0_b_0.wav
	one_line 1 "0_d_0.wav: too short for deltas: expected at least 9 frames, got 8" "$W" \
		-p mfcc39 0_d_0.wav
}

@test "wav: 16-bit samples are sample / 32768, every other depth and container gives the same" {
	need sox
	signals
	f=sig/0_chirp_0.wav
	"$UNIT/wavcat" $f > plain.f32
	"$PYTHON" - <<-'END'
		import struct
		x = struct.unpack("<4000f", open("plain.f32", "rb").read())
		y = struct.unpack("<4000h", open("sig/0_chirp_0.wav", "rb").read()[44:])
		assert all(a == b / 32768 for a, b in zip(x, y))
	END
	sox -D $f -b 24 24.wav
	sox -D $f -b 32 32.wav
	sox -D $f -b 32 -e float f32.wav
	sox -D $f -b 64 -e float f64.wav
	sox -D $f -B rifx.wav
	sox -D $f x.aiff
	sox -D $f x.flac
	sox -D $f x.au
	sox -D $f -c 2 stereo.wav
	sox -D -M $f -v -1 $f -v 2 $f three.wav
	for g in 24.wav 32.wav f32.wav f64.wav rifx.wav x.aiff x.flac x.au stereo.wav; do
		"$UNIT/wavcat" $g > g.f32
		cmp plain.f32 g.f32
	done
	run -0 --separate-stderr "$UNIT/wavcat" three.wav
	[ "$stderr" = "4000 samples, 8000 Hz, 3 channels" ]
	for g in "-b 8" "-e a-law" "-e mu-law"; do
		sox -D $f $g 0_x_0.wav
		"$W" 0_x_0.wav > /dev/null
	done
}

@test "wav: channels are averaged" {
	need sox
	signals
	sox -D -M -v 1 sig/1_noise_0.wav -v -1 sig/1_noise_0.wav nothing.wav
	"$UNIT/wavcat" nothing.wav > n.f32
	cmp n.f32 <(head -c "$(stat -c %s n.f32)" /dev/zero)
}

@test "wav2mfcc: resamples and cleans up as the sox command does" {
	need sox
	need_python numpy
	sox -R -n -r 44100 -b 24 a.wav synth 1.3 sine 300-3400 vol -6dB
	sox -R -n -r 16000 -b 16 b.wav synth 0.9 pinknoise vol -3dB
	sox -R -n -r 8000 -b 16 c.wav synth 0.5 sine 1000 vol -6dB
	"$PYTHON" - <<-'END'
		import os, subprocess, numpy as np
		out = lambda *a: np.frombuffer(subprocess.check_output(a), "<f4")
		cat = os.environ["BIN"] + "/../tests/unit/wavcat"
		def check(f, rate, band=""):
		    ours = out(cat, f, str(rate), *([band] if band else []))
		    same = f == "c.wav" and rate == 8000
		    sox = out("sox", "-D", f, "-e", "float", "-b", "32", "-t", "raw", "-",
		              *([] if same else ["rate", "-h", str(rate)]),
		              *(["sinc", band] if band else []))
		    d = abs(ours - sox).max()
		    print(f, rate, band, len(ours), d)
		    assert ours.shape == sox.shape and d < 2e-7 and abs(ours).max() > .1
		for f, rate in [("a.wav", 8000), ("b.wav", 8000), ("c.wav", 16000),
		                ("a.wav", 11025), ("c.wav", 7999)]:
		    check(f, rate)
		check("c.wav", 8000, "300-3000")
		check("b.wav", 8000, "300-3000")
	END
	for i in 1 2; do "$W" --bandpass 300-3000 --label none [abc].wav > $i.t; done
	cmp 1.t 2.t
	sox -R -n -r 44100 -b 16 one.wav synth 1s sine 440
	one_line 1 "one.wav: from 44100 to 8000 Hz: no sample left" "$W" --label none one.wav
	# the order of the files and the threads do not show
	"$W" --bandpass 300-3000 --label none --jobs 3 [abc].wav | cmp - 1.t
	"$W" --bandpass 300-3000 --label none --name '(c)[.]wav' c.wav > c.t
	"$W" --bandpass 300-3000 --label none --name '([ac])[.]wav' a.wav c.wav > ac.t
	tail -c 1920 c.t | head -c 1800 | cmp - <(tail -c 1920 ac.t | head -c 1800)
}

@test "wav2mfcc: a WAV from a pipe is read to its end whatever length it carries" {
	need sox
	signals
	"$W" - < sig/2_vowel_0.wav > honest.t
	[ "$(names honest.t)" = stdin ]
	for length in 0 ffffffff 7ffff000; do
		"$PYTHON" "$REF/signals.py" bogus $length sig/2_vowel_0.wav | "$W" - |
			cmp - honest.t
	done
	# SoX does not know the length of raw samples from a pipe
	tail -c +45 sig/2_vowel_0.wav | sox -D -t raw -r 8000 -e signed -b 16 -c 1 - -t wav - |
		cat > piped.wav
	one_line 1 "piped.wav: truncated: expected 2147479552 bytes of samples, \
got 7200 (a data length that pipes carry" \
		"$W" --label none piped.wav
	"$W" - < piped.wav | cmp - honest.t
	"$W" --label none <(sox -D sig/2_vowel_0.wav -t wav -) > /dev/null
	# a pipe that died in the middle of a frame, and one with an honest length
	head -c 1001 piped.wav > cut
	one_line 1 "-: data chunk: expected whole frames of 2 bytes, got 957" "$W" - < cut
	head -c 1001 sig/2_vowel_0.wav > cut
	one_line 1 "-: truncated: expected 7200 bytes of samples, got 957" "$W" - < cut
	: > nothing
	one_line 1 "-: empty" "$W" - < nothing
}

@test "wav2mfcc: a WAV cut anywhere is an error" {
	need sox
	signals
	mkdir cut
	"$PYTHON" "$REF/signals.py" cuts sig/2_vowel_0.wav cut
	run -1 --separate-stderr "$W" --label none --keep-going cut/*.wav
	[ "${#stderr_lines[@]}" -eq "$(ls cut | wc -l)" ]
	[ "$(grep -c '^wav2mfcc: cut/cut_[0-9]*.wav: ' <<< "$stderr")" -eq "$(ls cut | wc -l)" ]
	# behind the samples and in other containers too
	sox -D sig/2_vowel_0.wav \
		--comment "a comment that follows the samples or goes before them" c.aiff
	sox -D sig/2_vowel_0.wav c.flac
	sox -D sig/2_vowel_0.wav c.au
	for f in c.*; do
		for n in 100 1000 $(($(stat -c %s $f) - 3)); do
			head -c $n $f > short.${f#*.}
			one_line 1 "short.${f#*.}: " "$W" --label none short.${f#*.}
		done
	done
	cp sig/2_vowel_0.wav tail.wav
	printf 'LIST\010\000\000\000INFOabcd' >> tail.wav
	"$W" --label none tail.wav > /dev/null
	head -c -3 tail.wav > short.wav
	one_line 1 "short.wav: truncated: chunk 'LIST': expected 8 bytes, got 5" "$W" --label none \
		short.wav
}

@test "wav2mfcc: a WAV that lies is an error that says about what" {
	signals
	mkdir lie
	"$PYTHON" "$REF/signals.py" lies sig/2_vowel_0.wav lie
	run -1 --separate-stderr "$W" --label none --keep-going lie/*.wav
	echo "$stderr"
	[ "${#stderr_lines[@]}" -eq "$(ls lie | wc -l)" ]
	grep -q 'no_channels.wav: channels: expected 1 to 64, got 0$' <<< "$stderr"
	grep -q 'no_rate.wav: rate: expected 100 to 768000 Hz, got 0$' <<< "$stderr"
	grep -q 'odd_block.wav: bytes a frame: expected 2 (1 channels of 16 bits), got 3$' \
		<<< "$stderr"
	grep -q 'tag.wav: format tag 0x0002: expected PCM' <<< "$stderr"
	grep -q 'data_longer.wav: truncated: expected 7202 bytes of samples, got 7200$' \
		<<< "$stderr"
	want="byte 3644: expected a chunk or the end, got 3600 other bytes (data length too small?)"
	grep -q "data_half.wav: $want\$" <<< "$stderr"
	grep -q 'text.wav: expected a recording (WAV, AIFF, AU or FLAC), got another format$' \
		<<< "$stderr"
	grep -q 'empty_data.wav: ' <<< "$stderr"
}

@test "wav2mfcc: 1,500 damaged WAVs are read or refused with one line each" {
	signals
	mkdir bad
	"$PYTHON" "$REF/signals.py" mutants sig/5_short_0.wav bad 1500
	status=0
	"$W" --label none --keep-going bad/*.wav > good.t 2> err || status=$?
	[ $status -eq 1 ]
	[ "$(grep -c '^wav2mfcc: bad/mutant_[0-9]*.wav: ' err)" -eq "$(wc -l < err)" ]
	echo "# read $(names good.t | wc -l), refused $(wc -l < err)" >&3
	[ $(($(names good.t | wc -l) + $(wc -l < err))) -eq 1500 ]
	[ "$(wc -l < err)" -gt 700 ]
}

@test "wav2mfcc: floats that are no numbers are an error" {
	"$PYTHON" "$REF/signals.py" float nan.wav 0 0 0 nan 0
	"$PYTHON" "$REF/signals.py" float inf.wav 0 inf
	one_line 1 "nan.wav: sample 3: expected" "$W" --label none nan.wav
	one_line 1 "inf.wav: sample 1: expected" "$W" --label none inf.wav
}

@test "wav2mfcc: the bytes do not depend on --jobs, nor on the processor's instructions" {
	signals
	mkdir many
	copies 70 sig/*.wav many
	"$W" many/*.wav > 1.t
	[ "$(names 1.t)" = "$(ls many | sed 's/[.]wav$//')" ]
	for jobs in 1 2 3; do
		"$W" --jobs $jobs many/*.wav | cmp - 1.t
	done
	GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4 "$W" many/*.wav | cmp - 1.t
	# without the second build of the loops, that for AVX2; and by another compiler
	mkdir plain
	for cc in gcc clang; do
		command -v $cc > /dev/null || continue
		[[ $BIN != */san/* ]] || continue	# the archive wants its sanitizers
		(cd "$ROOT" && $cc -std=c11 -O1 -ffp-contract=off -D_POSIX_C_SOURCE=200809L \
			-DKERNEL_CLONES= -Ilib -w -o "$BATS_TEST_TMPDIR/plain/wav2mfcc" \
			tools/wav2mfcc.c tools/wav2mfcc/*.c lib/{math/{fft,num},audio/mfcc}.c \
			"$BIN/../lib/libwhit.a" -lgomp -lsndfile -lsox -lpopt -lmd -lz -lm)
		plain/wav2mfcc many/*.wav | cmp - 1.t
	done
	ls -r many | sed 's,^,many/,' | "$W" --jobs 2 > 2.t
	[ "$(names 2.t)" = "$(ls -r many | sed 's/[.]wav$//')" ]
}

@test "wav2mfcc: paths on stdin, operands and a manifest give the same stream" {
	signals
	"$W" sig/*.wav > 1.t
	find sig -name '*.wav' | sort | "$W" | cmp - 1.t
	{ find sig -name '*.wav' | sort | head -c -1; } | "$W" | cmp - 1.t
	for f in sig/*.wav; do
		b=${f#sig/}
		IFS=_ read -r label group _ <<< "$b"
		printf '%s\t%s\t%s\n' "$b" "$label" "$group"
	done > sig/list.tsv
	"$W" --manifest sig/list.tsv | cmp - 1.t
	printf '%s\n' "$PWD"/sig/*.wav > list.tsv
	"$W" --manifest list.tsv > bare.t
	"$W" --label none "$PWD"/sig/*.wav > none.t
	"$UNIT/tcmp" bare.t none.t 0
	! grep -aq '^labels=' bare.t || false
	sed 's/$/\r/; 2s/^/\n\r\n/' sig/list.tsv > sig/crlf.tsv
	"$W" --manifest sig/crlf.tsv | cmp - 1.t
	sed '1s/^/\xef\xbb\xbf/' sig/list.tsv > sig/bom.tsv
	"$W" --manifest sig/bom.tsv | cmp - 1.t
	printf 'a\tb\tc\td\n' > bad.tsv
	one_line 1 "bad.tsv: line 1: expected PATH, LABEL, GROUP with tabs between, \
got more columns" \
		"$W" --manifest bad.tsv
	printf '\tb\n' > bad.tsv
	one_line 1 "bad.tsv: line 1: expected PATH, LABEL, GROUP with tabs between, got no path" \
		"$W" --manifest bad.tsv
	one_line 1 "nowhere.tsv" "$W" --manifest nowhere.tsv
	one_line 2 "got both" "$W" --manifest sig/list.tsv sig/0*.wav
}

@test "wav2mfcc: labels, groups and names come from the path by regular expressions" {
	signals
	mkdir yes no
	cp sig/1*.wav yes/a7_nohash_0.wav
	cp sig/2*.wav no/a7_nohash_0.wav
	one_line 1 "yes/a7_nohash_0.wav: name 'a7_nohash_0': expected a name of its own, \
got that of no/a7_nohash_0.wav (--name RE)" \
		"$W" --label '([^/]+)/[^/]+$' no/*.wav yes/*.wav
	"$W" --label '([^/]+)/[^/]+$' --group '([^/]+)_nohash' --name '([^/]+/[^/]+)[.]wav$' \
		no/*.wav yes/*.wav > 1.t
	[ "$(names 1.t)" = $'no/a7_nohash_0\nyes/a7_nohash_0' ]
	grep -aq '^labels=no,yes$' 1.t
	"$PYTHON" - <<-'END'
		import os, sys
		sys.path.insert(0, os.environ["ROOT"] + "/tests/ref")
		import whit_stream as ws
		head, ts = ws.read(open("1.t", "rb"))
		assert [(t.label, t.group) for t in ts] == [(0, "a7"), (1, "a7")]
	END
	one_line 1 "sig/../x.wav: no label: expected a path that matches" "$W" sig/../x.wav
	one_line 1 "x.wav: no group: expected a path that matches 'g(.)' (--group RE, or none)" \
		"$W" --label none --group 'g(.)' x.wav
	one_line 1 "0_chirp_0.wav: label '0': expected one of the 2 of --labels" "$W" --labels 1,2 \
		sig/*.wav
	"$W" --labels 5,4,3,2,1,0 sig/*.wav > 2.t
	grep -aq '^labels=5,4,3,2,1,0$' 2.t
	one_line 1 "labels: expected names separated by single commas, each once" "$W" \
		--labels 1,1 sig/*.wav
	one_line 2 "--label: '.*': expected an expression with one group" "$W" --label '.*' \
		sig/*.wav
	one_line 2 "--name: '(': expected a POSIX extended regular expression" "$W" \
		--name '(' sig/*.wav
	one_line 2 "--group: '.': expected an expression with one group" "$W" --group . sig/*.wav
	one_line 1 "no/a7_nohash_0.wav: label: expected LABEL_SPEAKER_TAKE, \
got a name of Speech Commands" "$W" no/*.wav
	"$W" --label none --group none no/*.wav > /dev/null
}

@test "wav2mfcc: stops at the first bad recording, --keep-going skips it, names it and exits 1" {
	signals
	mkdir some
	cp sig/[0-3]*.wav some
	: > some/1_empty_0.wav
	printf 'rubbish' > some/2_bad_0.wav
	one_line 1 "some/1_empty_0.wav: empty" "$W" --jobs 2 some/*.wav
	run -1 --separate-stderr bash -c '"$1" -k some/*.wav > kept.t' - "$W"
	[ "${#stderr_lines[@]}" -eq 2 ]
	[ "${stderr_lines[0]}" = "wav2mfcc: some/1_empty_0.wav: empty" ]
	[ "${stderr_lines[1]}" = \
		"wav2mfcc: some/2_bad_0.wav: expected a recording, got 7 bytes" ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	[ "$(names kept.t)" = $'0_chirp_0\n1_noise_0\n2_vowel_0\n3_click_0' ]
	one_line 1 "0_gone_0.wav: No such file or directory" "$W" 0_gone_0.wav
	mkdir 0_dir_0.wav
	one_line 1 "0_dir_0.wav: Is a directory" "$W" 0_dir_0.wav
	# the complete stream of no recording
	run -1 --separate-stderr bash -c '"$1" -k some/1_e*.wav > none.t' - "$W"
	[ -z "$(names none.t)" ]
}

@test "wav2mfcc: the settings stand in the head, whichever way they were given" {
	signals
	"$W" --corpus toy sig/0*.wav > 1.t
	grep -aq '^corpus=toy$' 1.t
	for line in front_end='float mfcc 2' rate_hz=8000 window=hann window_n=400 hop_n=160 \
		fft_n=400 mels=40 \
		low_hz=0 high_hz=4000 mel_scale=htk mel_norm=none log=db floor_db=80 coefs=13 \
		deltas=0 frames=36 peak=yes edges=reflect trim_db=0 bandpass_hz=none; do
		grep -aq "^feature.$line\$" 1.t
	done
	"$W" --preset mfcc20 --peak yes --window-length 400 --fft 400 --hop 160 --coefs 13 \
		--frames 36 sig/0*.wav > 2.t
	"$W" sig/0*.wav > 1.t
	cmp <(sed 's/history.*//' 1.t | tail -c 1000) <(sed 's/history.*//' 2.t | tail -c 1000)
	diff <(grep -a '^feature[.]' 1.t) <(grep -a '^feature[.]' 2.t)
	"$W" --rate 16000 --bandpass 300-3000 --high 7000.5 --trim 35 --deltas 1 \
		--fft 512 sig/0*.wav > 3.t
	# no key that the format does not describe
	for key in $(grep -ao '^feature[.][a-z_]*' 3.t); do
		grep -q "\`$key\`" "$ROOT/formats/features.md"
	done
	for line in rate_hz=16000 bandpass_hz=300-3000 high_hz=7000.5 trim_db=35 deltas=1 \
		delta_width=9 fft_n=512 window_n=512; do
		grep -aq "^feature.$line\$" 3.t
	done
}

@test "wav2mfcc: usage" {
	run -0 "$W" --help
	[[ ${lines[0]} == "wav2mfcc - "* ]]
	run -0 "$W" --version
	one_line 2 "" "$W" --nonsense
	one_line 2 "" "$W" --preset mfcc14 x.wav
	one_line 2 "" "$W" --hop 0 x.wav
	one_line 2 "--fft: expected an even number" "$W" --fft 401 x.wav
	one_line 2 "--window-length: expected 1 to --fft 256, got 400" "$W" --fft 256 \
		--window-length 400 x.wav
	one_line 2 "--coefs: expected 1 to --mels 40, got 41" "$W" --coefs 41 x.wav
	one_line 2 "--low, --high: expected 0 <= low < high <= 4000 Hz (half the rate), \
got 0 to 4001" "$W" --high 4001 x.wav
	if [[ $BIN != */san/* ]]; then	# sanitizers need terabytes
		one_line 1 "out of memory" bash \
			-c 'ulimit -v 200000; "$1" --fft 65536 --hop 60000 --jobs 250 x.wav' - "$W"
	fi
	one_line 2 "--delta-width: expected an odd number" "$W" --delta-width 4 x.wav
	for band in 300 300- -3000 3000-300 300-4000 0-3000 a-b 300-3000-1; do
		one_line 2 "--bandpass: expected LOW-HIGH with 0 < LOW < HIGH < 4000 Hz (half the \
rate), or none, got '$band'" "$W" "--bandpass=$band" x.wav
	done
	one_line 1 "stdin: expected paths of recordings, got none" "$W" < /dev/null
}

@test "wav2mfcc: a full disk is an error, a closed pipe is not a word" {
	signals
	one_line 1 "" bash -c '"$1" sig/*.wav > /dev/full' - "$W"
	mkdir many
	copies 300 sig/0_chirp_0.wav many
	run --separate-stderr bash \
		-c '"$1" many/*.wav | head -c 1 > /dev/null; exit "${PIPESTATUS[0]}"' - "$W"
	[ "$status" -eq 141 ]
	[ -z "$stderr" ]
}

@test "wav2mfcc: takes label, speaker and name from folders of words, as --help says" {
	need sox
	mkdir -p set/yes set/no
	for w in yes no; do
		for i in 0 1; do
			sox -n -r 8000 -b 16 set/$w/1a2b_nohash_$i.wav synth 0.3 sine 440
		done
	done
	line=$("$BIN/wav2mfcc" --help | sed -n '/^Words in folders:$/{n;s/^  //p}')
	[ -n "$line" ]
	eval "ls set/*/*.wav | \"$BIN/wav2mfcc\" $line" >all.t
	run -0 --separate-stderr "$BIN/tensor" show all.t
	[[ $output = *"labels=no,yes"*"no/1a2b_nohash_0  no     1a2b "*"yes/1a2b_nohash_1 yes    \
1a2b "* ]]
}
