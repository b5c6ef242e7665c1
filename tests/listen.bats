# SPDX-License-Identifier: MIT
# pipelines/recognise and listen, and what make listen is made of: data/stream, data/others and the
# counting. What hear hears is hear.bats'.
load helper

# tones.m: names low and high tones; rec/: some that it has not seen
setup_file() {
	command -v sox >/dev/null || return 0
	cd "$BATS_FILE_TMPDIR"
	mkdir train rec
	local t d folder hz=(250 900) names=(low high)
	for d in 0 1; do
		for t in $(seq 0 9); do
			folder=$([ "$t" -lt 8 ] && echo train || echo rec)
			sox -R -n -r 8000 -b 16 $folder/${names[d]}_ann_$t.wav \
				synth 0.$((30 + t)) sawtooth $((hz[d] + 5 * t)) \
				gain -n -$((3 + t % 3)) fade 0 0 0.05
		done
	done
	printf '%s\n' train/*.wav | "$BIN/wav2mfcc" --preset device > train.t
	"$BIN/lstm-train" --hidden 6 --layers 1 --epochs 40 --rate 0.01 --batch 4 --normalise \
		--noise 0.2 --quiet < train.t > float.m
	"$BIN/quantize-int8" --calibrate train.t < float.m > tones.m
}

tones() {
	need sox
	export B=${BIN%/bin}
	cp "$BATS_FILE_TMPDIR"/{tones.m,float.m} .
	ln -s "$BATS_FILE_TMPDIR/rec" rec
}

@test "recognise: names recordings of any kind, by any model, as classify does" {
	tones
	printf 'rec/%s_ann_%s.wav\t%s\n' high 8 high high 9 high low 8 low low 9 low > want
	"$ROOT/pipelines/recognise" tones.m rec/*.wav | diff want -
	"$ROOT/pipelines/recognise" float.m rec/*.wav | diff want -
	sox rec/low_ann_8.wav -r 44100 -c 2 -e float -b 32 "a name.aiff"
	sox rec/high_ann_8.wav high.flac
	run -0 --separate-stderr "$ROOT/pipelines/recognise" tones.m "a name.aiff" high.flac
	[ "$output" = $'a name.aiff\tlow\nhigh.flac\thigh' ]
	[ -z "$stderr" ]
	run -2 --separate-stderr "$ROOT/pipelines/recognise" tones.m
	[ "$stderr" = "usage: pipelines/recognise MODEL FILE..." ]
}

# refused SCRIPT MESSAGE ARGUMENT...: exit 1 and one line
refused() {
	run -1 --separate-stderr "$ROOT/pipelines/$1" "${@:3}"
	[[ ${#stderr_lines[@]} -eq 1 && -z $output && $stderr == "$2"* ]] ||
		{ echo "$stderr"; false; }
}

@test "recognise, listen: a file that is none, is cut or empty is one line" {
	tones
	cp "$BATS_FILE_TMPDIR/train.t" .
	mkdir left
	export TMPDIR=$PWD/left
	echo no sound > x.wav
	sox rec/low_ann_8.wav x.flac
	head -c 1000 x.flac > cut.flac
	head -c 1001 rec/low_ann_8.wav > cut.wav
	sox -n -r 8000 -b 16 none.wav trim 0 0
	for file in x.wav missing.wav cut.wav cut.flac; do
		refused recognise "recognise: $file: SoX cannot read it: " tones.m \
			rec/low_ann_8.wav $file
		refused listen "listen: $file: SoX cannot read it: " tones.m $file
	done
	refused recognise "recognise: none.wav: no samples" tones.m none.wav
	refused recognise "recognise: train.t: expected a stream of kind=model" train.t none.wav
	refused recognise "tensor show: x.wav: record 0: not a tensor stream" x.wav none.wav
	refused listen "hear: x.wav: record 0: not a tensor stream" x.wav rec/low_ann_8.wav
	AUDIODRIVER=alsa AUDIODEV=no \
		refused listen "listen: the microphone: SoX cannot read it: " tones.m
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "recognise: none, by a model that knows how sure it is" {
	tones
	sox -R -n -r 8000 -b 16 noise.wav synth 0.4 noise gain -3
	for i in 1 2 3 4; do
		sox -R -n -r 8000 -b 16 noise$i.wav synth 0.2$i noise gain -$i
	done
	printf '%s\n' noise?.wav |
		"$BIN/wav2mfcc" --preset device --label none --group none > others.t
	printf '%s\n' rec/*.wav | "$BIN/wav2mfcc" --preset device --labels high,low > words.t
	"$BIN/confidence" --words words.t --others others.t < tones.m > sure.m
	"$ROOT/pipelines/recognise" sure.m rec/high_ann_9.wav noise.wav rec/low_ann_9.wav > got
	printf '%s\t%s\n' rec/high_ann_9.wav high noise.wav none rec/low_ann_9.wav low | diff - got
}

@test "recognise: the label none is none, in floats as in integers" {
	tones
	for i in $(seq 0 19); do
		sox -R -n -r 8000 -b 16 none_x_$i.wav synth 0.$((25 + i)) noise gain -$((3 + i % 7))
	done
	printf '%s\n' "$BATS_FILE_TMPDIR"/train/*.wav none_x_?.wav none_x_1[0-7].wav |
		"$BIN/wav2mfcc" --preset device > three.t
	"$BIN/lstm-train" --hidden 6 --layers 1 --epochs 40 --rate 0.01 --batch 4 --normalise \
		--noise 0.2 --quiet < three.t > float.m
	"$BIN/quantize-int8" --calibrate three.t < float.m > int8.m
	printf '%s\t%s\n' rec/high_ann_9.wav high none_x_18.wav none none_x_19.wav none \
		rec/low_ann_9.wav low > want
	for model in float.m int8.m; do
		"$ROOT/pipelines/recognise" $model $(cut -f 1 want) | diff want -
	done
}

@test "listen: hears a recording of any kind as hear does, and says what is missing" {
	tones
	printf '%s\n' rec/*.wav | "$ROOT/data/stream" joined
	sox -t raw -r 8000 -c 1 -b 16 -e signed joined/stream.raw -r 48000 joined.flac
	"$BIN/hear" tones.m < joined/stream.raw > want
	"$ROOT/pipelines/listen" tones.m joined.flac > got
	diff <(cut -f 3 want) <(cut -f 3 got)
	diff <(cut -f 3 got) <(cut -f 3 joined/said.tsv)
	run -2 --separate-stderr "$ROOT/pipelines/listen"
	[ "$stderr" = "usage: pipelines/listen MODEL [FILE]" ]
	mkdir bin
	for program in bash dirname; do
		ln -s "$(command -v $program)" bin/
	done
	for script in recognise listen; do
		run -1 --separate-stderr env PATH="$PWD/bin" \
			bash "$ROOT/pipelines/$script" tones.m x
		[ "$stderr" = "$script: sox is not installed (make setup)" ]
	done
}

@test "stream: recordings lie where it says, at the level it says, the same every time" {
	tones
	printf '%s\n' rec/*.wav | "$ROOT/data/stream" a
	printf '%s\n' rec/*.wav | sort -r | "$ROOT/data/stream" b
	cmp a/stream.raw b/stream.raw
	cmp a/said.tsv b/said.tsv
	[ "$(cut -f 3 a/said.tsv | sort | uniq -c | tr -s ' ' | tr '\n' ,)" = " 2 high, 2 low," ]
	"$PYTHON" - <<-'END'
		import array, math
		x = array.array("h", open("a/stream.raw", "rb").read())
		end = 0
		for line in open("a/said.tsv"):
		    a, b, label = line.rstrip("\n").split("\t")
		    begin, last, end = end, round(float(a) * 8000), round(float(b) * 8000)
		    assert 0.4 <= (last - begin) / 8000 <= 1.2, (begin, last)
		    assert not any(x[begin:last]), "a pause is silent"
		    word = x[last:end]
		    rms = math.sqrt(sum(v * v for v in word) / len(word)) / 32768
		    assert abs(20 * math.log10(rms) + 26) < 0.1, rms
		assert not any(x[end:]) and len(x) - end >= 3200
	END
}

@test "stream: recordings of another rate or two channels are as long as they were" {
	tones
	sox rec/low_ann_8.wav -r 44100 -c 2 low.flac
	echo low.flac | "$ROOT/data/stream" a
	sox rec/low_ann_8.wav b.wav
	awk -F '\t' -v n="$(soxi -s b.wav)" '{
		if ($1 != 1 || ($2 - 1) * 8000 - n > 1 || n - ($2 - 1) * 8000 > 1 || $3 != "low")
			exit 1 }' a/said.tsv
}

@test "stream, others: what they cannot read is one line, and nothing is left of it" {
	tones
	echo no sound > x.wav
	head -c 1001 rec/low_ann_8.wav > cut.wav
	sox -n -r 8000 -b 16 none.wav trim 0 0
	echo rec/low_ann_8.wav | "$ROOT/data/stream" s
	cat s/* > before
	one_line() {
		[[ $status -eq 1 && ${#stderr_lines[@]} -eq 1 && -z $output &&
			$stderr == "$1"* ]] || { echo "$status $stderr"; false; }
	}
	for file in x.wav missing.wav cut.wav; do
		run --separate-stderr "$ROOT/data/stream" s < <(echo rec/low_ann_9.wav; echo $file)
		one_line "stream: $file: SoX cannot read it: "
	done
	run --separate-stderr "$ROOT/data/stream" s <<<none.wav
	one_line "stream: none.wav: expected sound, got none"
	run --separate-stderr "$ROOT/data/stream" new < /dev/null
	one_line "stream: stdin: expected paths, got none"
	[ ! -e new ]
	[ "$(echo s/*)" = "s/said.tsv s/stream.raw" ]
	cat s/* | cmp - before
	run --separate-stderr "$ROOT/data/others" choose rec new <<<missing
	one_line "others: rec/missing.wav: No such file"
	[ ! -e new ]
	run --separate-stderr "$ROOT/data/others" train rec new < /dev/null
	one_line "others: stdin: expected names, got none"
	[ ! -e new ]
	mkdir short
	cp cut.wav short/low_ann_8.wav
	for set in train choose; do
		run --separate-stderr "$ROOT/data/others" $set short new <<<$'low_ann_8\nlow_ann_8'
		one_line "others: short/low_ann_8.wav: SoX cannot read it: Premature EOF"
	done
}

@test "others: sets of sounds that share nothing, the same every time" {
	need sox flite espeak-ng
	tones
	local names=$'low_ann_8\nhigh_ann_9'
	"$ROOT/data/others" choose rec choose <<<"$names"
	"$ROOT/data/others" choose rec again <<<"$names"
	"$ROOT/data/others" test rec test <<<"low_ann_9"
	"$ROOT/data/others" train rec train <<<$'low_ann_8\nhigh_ann_8'
	diff -r choose again
	[ "$(ls train | cut -d _ -f 1,2 | sort | uniq -c | tr -s ' ' | tr '\n' ,)" = \
		" 1 none_back, 2 none_brown, 2 none_pink, 1 none_splice, 2 none_white," ]
	[ "$(ls choose | sed 's/_.*//' | sort | uniq -c | tr -s ' ' | tr '\n' ,)" = \
		" 2 back, 300 noise, 160 word," ]
	[ "$(ls test | sed 's/_.*//' | sort | uniq -c | tr -s ' ' | tr '\n' ,)" = \
		" 1 back, 8 digit, 300 noise, 160 word," ]
	[ -z "$(sha256sum choose/* test/* train/* | cut -d ' ' -f 1 | sort | uniq -d)" ]
	[ -z "$(comm -12 <(cd choose && ls word_* | cut -d _ -f 2 | sort -u) \
		<(cd test && ls word_* | cut -d _ -f 2 | sort -u))" ]
	cmp <(sox rec/low_ann_8.wav -t raw - reverse) <(sox choose/back_low_ann_8.wav -t raw -)
	cmp <(sox rec/high_ann_8.wav -t raw - reverse) <(sox train/none_back_0001.wav -t raw -)
	# the beginning of one, the end of the other, 35 to 65 % of each
	"$PYTHON" - <<-'END'
		import wave
		def samples(path):
		    w = wave.open(path)
		    return w.readframes(w.getnframes())
		a, b = samples("rec/low_ann_8.wav"), samples("rec/high_ann_8.wav")
		x = samples("train/none_splice_0000.wav")
		fits = [n for n in range(0, len(x), 2)
		        if x[:n] == a[:n] and x[n:] == b[len(b) - len(x) + n:]]
		assert fits and .35 <= fits[0] / len(a) + .01 and fits[0] / len(a) <= .66, fits
		assert .34 <= (len(x) - fits[0]) / len(b) <= .66, (fits, len(x), len(b))
	END
	# of one speaker's one word none can be spliced
	"$ROOT/data/others" train rec one <<<low_ann_8
	[ "$(ls one | grep -vc 'none_\(white\|pink\|brown\)_')" -eq 0 ]
}

# counted SAID HEARD: listen.awk's six numbers; a word is BEGIN-END-LABEL
counted() {
	printf '%s\n' $1 | tr - '\t' > said
	printf '%s\n' $2 | tr - '\t' > heard
	[ -n "$2" ] || : > heard
	[ -n "$1" ] || : > said
	awk -f "$ROOT/pipelines/listen.awk" said heard | tr '\t' ' '
}

@test "listen: words are counted as cut out, labelled and right" {
	[ "$(counted "1-2-a 3-4-b" "1.1-1.9-a 3-4.2-b")" = "2 2 2 2 0 0" ]
	[ "$(counted "1-2-a 3-4-b" "1.1-1.9-none 3-4.2-a")" = "2 2 1 0 0 0" ]
	[ "$(counted "1-2-a 3-4-b" "1.1-3.9-a")" = "2 0 0 0 0 0" ]		# two in one
	[ "$(counted "1-2-a 3-4-b" "1-1.4-a 1.6-2-a 3-4-b")" = "2 1 1 1 0 0" ]	# one in two
	[ "$(counted "1-2-a 3-4-b" "0.2-0.9-a 2.1-2.9-none 3-4-b 5-6-a")" = "2 1 1 1 3 2" ]
	[ "$(counted "1-2-a" "")" = "1 0 0 0 0 0" ]
	[ "$(counted "" "1-2-a 4-5-none")" = "0 0 0 0 2 1" ]
}
