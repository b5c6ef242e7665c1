# SPDX-License-Identifier: MIT
# hear and whit_listen.h: words in a stream, on the desk and on a bare processor.
load helper

TOOL=$BIN/hear
DEVICE=$ROOT/tests/device
export PYTHONPATH=$ROOT/tests/ref

# strings.m: three bowed strings, low, middle, high, and how sure it may be; rec/: some more of
# each, which it has not seen; other/: sounds that are none.
setup_file() {
	command -v sox >/dev/null || return 0
	cd "$BATS_FILE_TMPDIR"
	mkdir train words rec other
	local d t folder hz=(220 440 880) names=(low middle high)
	for d in 0 1 2; do
		for t in $(seq 0 19); do
			folder=train
			[ "$t" -lt 12 ] || folder=words
			[ "$t" -lt 16 ] || folder=rec
			sox -R -n -r 8000 -b 16 $folder/${names[d]}_ann_$t.wav \
				synth 0.$((30 + t)) sawtooth $((hz[d] + (hz[d] * t / 100))) \
				gain -n -$((3 + t % 7)) fade 0 0 0.05
		done
	done
	for t in $(seq 0 29); do
		sox -R -n -r 8000 -b 16 other/x_bob_$t.wav synth 0.$((30 + t)) \
			$([ $((t % 2)) = 0 ] && echo noise || echo sine $((1500 + 60 * t))) \
			gain -n -$((3 + t % 7))
	done
	printf '%s\n' train/*.wav | "$BIN/wav2mfcc" --preset device > train.t
	printf '%s\n' words/*.wav | "$BIN/wav2mfcc" --preset device > words.t
	printf '%s\n' other/*.wav | "$BIN/wav2mfcc" --preset device --label none > other.t
	"$BIN/lstm-train" --hidden 8 --layers 1 --epochs 40 --rate 0.01 --batch 6 --normalise \
		--noise 0.2 --offset 0.3 --stretch 0.3 --quiet < train.t |
		"$BIN/quantize-int8" --calibrate train.t > plain.m
	"$BIN/confidence" --words words.t --others other.t < plain.m > strings.m
	# each of rec/ after another with pauses, some 40 dB above noise
	t=()
	for d in rec/*.wav; do
		t+=("|sox $d -p pad 0.5 0.3")
	done
	sox "${t[@]}" -p |
		sox -R -m -v 1 - -v 1 "|sox -R -n -r 8000 -p synth 16 pinknoise gain -50" \
		-b 16 stream.wav trim 0 15.5
	sox stream.wav -t raw -e signed -b 16 stream.raw
	(for d in rec/*.wav; do d=${d#rec/}; echo "${d%%_*}"; done) > spoken
}

strings() {
	need sox
	cp "$BATS_FILE_TMPDIR"/{strings.m,stream.wav,stream.raw,spoken,train.t} .
}

@test "hear: every word of a stream, in order, and where it is" {
	strings
	"$TOOL" strings.m < stream.raw > heard
	cut -f 3 heard | diff - spoken
	# 0.5 s before each, from 0.30 s of sound on, 0.3 s behind: cut out to 0.1 s
	awk -F'\t' '$2 <= $1 || ($1 < at + 0.4) { bad = 1 } $4 < 0 || $4 > 1 { bad = 1 } { at = $2 }
		END { exit bad || NR != 12 }' heard
	[ "$(awk 'NR == 1 { print ($1 >= 0.46 && $1 <= 0.54) }' heard)" = 1 ]
}

@test "hear: raw or WAV, by pipe or file, in one piece or many: the same lines" {
	strings
	"$TOOL" strings.m < stream.raw > heard
	"$TOOL" strings.m < stream.wav | cmp - heard
	sox stream.wav -t wav - | "$TOOL" strings.m | cmp - heard
	# a length that is not known, an extra chunk before, some bytes after
	"$PYTHON" - stream.wav <<-'END'
		import struct, sys
		b = open(sys.argv[1], "rb").read()
		fmt, data = b[12:36], b[44:]
		assert b[36:40] == b"data"
		size = lambda b: struct.pack("<I", len(b))
		wav = lambda *c: b"RIFF" + size(b"WAVE" + b"".join(c)) + b"WAVE" + b"".join(c)
		chunk = lambda tag, p: tag + size(p) + p + b"\0" * (len(p) % 2)
		data_chunk = chunk(b"data", data)
		some = chunk(b"LIST", b"abc"), fmt, data_chunk, chunk(b"LIST", b"x" * 99)
		open("list.wav", "wb").write(wav(*some))
		ext = struct.pack("<HHIIHHHHIH", 0xfffe, 1, 8000, 16000, 2, 16, 22, 16, 4, 1)
		open("ext.wav", "wb").write(wav(chunk(b"fmt ", ext + bytes(14)), data_chunk))
		for i, n in enumerate((0, 0xffffffff, 0x7ffff000)):
		    open("pipe%d.wav" % i, "wb").write(b[:40] + struct.pack("<I", n) + data)
	END
	for f in list ext pipe0 pipe1 pipe2; do
		"$TOOL" strings.m < $f.wav | cmp - heard
	done
	/usr/bin/split -b 10007 stream.raw piece.
	for f in piece.*; do cat $f; sleep 0.001; done | "$TOOL" strings.m | cmp - heard
}

# as_classify MODEL: hear's answers are those of classify for the frames that it took
as_classify() {
	"$TOOL" "$1" < stream.raw > heard
	echo stream.wav | "$BIN/wav2mfcc" --preset device --label none --group none > all.t
	"$PYTHON" - <<-'END'
		import whit_stream as ws
		head, (t,) = ws.read(open("all.t", "rb"))
		out = []
		for i, line in enumerate(open("heard")):
		    begin, end = (round(float(v) / .02) for v in line.split("\t")[:2])
		    out.append(ws.from_numpy("w%02d" % i, t.numpy()[begin - 1:end - 1 + 2 + 1]))
		ws.write(open("cut.t", "wb"), head, out)
	END
	cut -f 3,4 heard | tr '\t' ' ' > heard.short
	"$BIN/classify" --reject "$1" < cut.t > p
	"$PYTHON" - <<-'END' | diff - heard.short
		import whit_stream as ws
		head, ts = ws.read(open("p", "rb"))
		for t in ts:
		    k = int(t.meta["predicted"])
		    label = head["labels"].split(",")[k] if k >= 0 else "none"
		    p = round(float(t.meta["confidence"]) * 32768) / 32768	# not rounded twice
		    print(label, "%.4f" % p)
	END
}

@test "hear: its answer is classify's for the frames that it took" {
	need_python numpy
	strings
	as_classify strings.m
}

# sure CELL: CELL-int8.m and CELL-pot.m, which know how sure they are
sure() {
	local f=$BATS_FILE_TMPDIR kind
	"$BIN/lstm-train" --cell "$1" --hidden 8 --layers 1 --epochs 40 --rate 0.01 --batch 6 \
		--normalise --noise 0.2 --quiet < train.t > float.m
	"$BIN/quantize-int8" --calibrate train.t < float.m > int8.m
	"$BIN/quantize-pot" --approach round --calibrate train.t < float.m > pot.m
	for kind in int8 pot; do
		"$BIN/confidence" --words "$f/words.t" --others "$f/other.t" < $kind.m \
			> "$1-$kind.m"
	done
}

@test "hear: nets of every kind of integers hear" {
	need_python numpy
	strings
	local cell kind
	for cell in lstm gru; do
		sure $cell
		for kind in int8 pot; do
			as_classify $cell-$kind.m
			[ "$(wc -l < heard)" -eq "$(wc -l < spoken)" ]
			# many by name, and that the right one: it is no chance that both agree
			cut -f 3 heard | paste - spoken > named
			[ -z "$(awk '$1 != "none" && $1 != $2' named)" ]
			[ "$(grep -vc none named)" -ge 6 ]
		done
	done
}

@test "hear: noise of any colour and level, silence and hum are no words" {
	strings
	for how in "whitenoise gain -3" "whitenoise gain -60" "pinknoise gain -6" \
		"brownnoise gain -6" "sine 50 gain -20" "trapezium 0 gain -90"; do
		sox -R -n -r 8000 -b 16 -c 1 noise.wav synth 120 $how
		"$TOOL" strings.m < noise.wav > heard
		[ ! -s heard ] || { echo "$how"; cat heard; false; }
	done
	head -c 100000 /dev/zero | "$TOOL" strings.m > heard
	[ ! -s heard ]
	"$TOOL" strings.m < /dev/null > heard
	[ ! -s heard ]
	"$PYTHON" -c 'import sys; sys.stdout.buffer.write(b"\xff\x7f\x00\x80" * 40000)' |
		"$TOOL" strings.m > heard
	[ ! -s heard ]
}

@test "hear: other sounds are none, and any sound is a word at --threshold 0" {
	strings
	for kind in "noise gain -6" "noise lowpass 300 gain -n -6" "pinknoise gain -3"; do
		sox -R -n -r 8000 -b 16 -c 1 other.wav synth 0.4 $kind pad 0.5 0.5 repeat 4
		"$TOOL" strings.m < other.wav > heard
		[ "$(cut -f 3 heard | sort | uniq -c | tr -s ' ')" = " 5 none" ] ||
			{ echo "$kind"; cat heard; false; }
		"$TOOL" --threshold 0 strings.m < other.wav > all
		[ "$(cut -f 3 all | grep -c none)" -eq 0 ]
		diff <(cut -f 1,2,4 all) <(cut -f 1,2,4 heard)
	done
	"$TOOL" --threshold 1 strings.m < stream.wav | cut -f 3 | uniq > all
	[ "$(cat all)" = none ]
	# a model that has no confidence finds words in everything
	"$TOOL" "$BATS_FILE_TMPDIR/plain.m" < other.wav > all
	[ "$(cut -f 4 all | sort -u)" = - ]
	[ "$(cut -f 3 all | grep -c none)" -eq 0 ]
	run -1 --separate-stderr "$TOOL" --threshold .5 "$BATS_FILE_TMPDIR/plain.m" < other.wav
	[[ $stderr == *"--threshold: expected a model with a confidence"* ]]
}

@test "hear: the label none is no word, with a confidence or without, on a Cortex-M0 too" {
	need_python numpy
	need gcc arm-none-eabi-gcc qemu-system-arm
	strings
	local model label
	cp "$BATS_FILE_TMPDIR/plain.m" .
	for label in low middle high; do
		sed "s/$label/none/" spoken > expected
		for model in plain strings; do
			edit $model.m x.m "head['labels'] = \
				head['labels'].replace('$label', 'none')"
			"$TOOL" x.m < stream.raw > heard
			if [ $model = plain ]; then
				cut -f 3 heard | diff - expected
			else
				as_classify x.m
				cut -f 3 heard | paste - expected |
					awk '$1 != "none" && $1 != $2 { exit 1 }'
				# whatever is asked for
				"$TOOL" --threshold 0 x.m < stream.raw | cut -f 3 | diff - expected
			fi
			"$BIN/export-c" --bin words.bin < x.m > words.h
			cp stream.raw samples
			want x.m > wanted
			on microbit | sed 's/-0.0000$/-/' | diff - wanted	# no confidence
			from_image
			on host | sed 's/-0.0000$/-/' | diff - wanted
		done
	done
}

@test "hear: a line is written as soon as the word has ended" {
	strings
	mkfifo in
	"$TOOL" strings.m < in > heard 3>&- &
	local pid=$! i
	exec 5> in
	head -c 24000 stream.raw >&5
	for i in $(seq 100); do
		[ -s heard ] && break
		sleep 0.05
	done
	[ "$(wc -l < heard)" -ge 1 ]
	exec 5>&-
	wait $pid
}

@test "hear: refuses what it cannot hear, in one line" {
	strings
	refused() {
		run -1 --separate-stderr "$TOOL" "${@:2}"
		[[ ${#stderr_lines[@]} -eq 1 && -z $output && $stderr == "hear: $1"* ]] ||
			{ echo "$stderr"; false; }
	}
	for how in "-r 16000" "-c 2" "-b 8" "-b 24" "-e float -b 32"; do
		sox stream.wav $how x.wav
		refused "stdin: expected PCM of 16 bits, 1 channel, 8000 Hz, got format" \
			strings.m < x.wav
	done
	for n in 4 11 20 30 43; do
		head -c $n stream.wav > x.wav
		refused "stdin: the WAV ends within its header" strings.m < x.wav
	done
	head -c 2001 stream.wav > x.wav
	refused "stdin: the WAV is cut: " strings.m < x.wav
	head -c 2001 stream.raw > x.raw
	refused "stdin: ends within a sample of 16 bits" strings.m < x.raw
	refused "train.t: expected a stream of kind=model" train.t < stream.wav
	edit strings.m x.m 'head["feature.frames"] = "36"'
	refused "x.m: expected a model that hears samples" x.m < stream.wav
	"$BIN/lstm-train" --hidden 4 --epochs 1 --quiet < train.t > f.m
	refused "f.m: expected a net in integers" f.m < stream.wav
	run -1 --separate-stderr bash -c '"$1" strings.m < stream.wav > /dev/full' - "$TOOL"
	[[ $stderr == "hear: stdout: No space left on device" ]]
	run -2 --separate-stderr "$TOOL" < stream.wav
	[ "$stderr" = "hear: expected one operand, the model, got 0" ]
}

# heard MODEL: what the device's program must write for ./samples
want() {
	"$TOOL" "$1" < samples | "$PYTHON" -c '
import struct, sys
names = sys.argv[1].split(",")
for line in sys.stdin:
    begin, end, label, p = line.rstrip("\n").split("\t")
    print(label, round(float(begin) / .02), round(float(end) / .02) - 1, p)' \
		"$("$BIN/tensor" show "$1" | sed -n 's/^labels=//p')"
}

# on BOARD: the same from ./heard
on() {
	rm -f heard
	CFLAGS="-I. ${2:-}" "$DEVICE/build" "$1" ./listen.elf "$DEVICE/listen.c"
	run -0 "$DEVICE/run" "$1" ./listen.elf
	"$PYTHON" - "$("$BIN/tensor" show strings.m | sed -n 's/^labels=//p')" <<-'END'
		import struct, sys
		names = sys.argv[1].split(",")
		heard = open("heard", "rb").read()
		for word, nearest, p, begin, end in struct.iter_unpack("<iiiII", heard):
		    assert word in (-1, nearest)
		    print("none" if word < 0 else names[word], begin, end, "%.4f" % (p / 32768))
	END
}

@test "hear: the exported header hears the same, on this machine and on a Cortex-M0" {
	need gcc
	strings
	# words, and something else
	sox stream.wav other.wav trim 0 5 
	sox -R -n -r 8000 -b 16 -c 1 noise.wav synth 0.4 noise gain -6 pad 0.5 0.5
	sox other.wav noise.wav -t raw -e signed -b 16 samples
	"$BIN/export-c" < strings.m > words.h
	want strings.m > expected
	[ "$(cut -d ' ' -f 1 expected | sort -u | wc -l)" -ge 3 ] && grep -q none expected
	on host "-fsanitize=address,undefined -fno-sanitize-recover=all" | diff - expected
	need arm-none-eabi-gcc qemu-system-arm
	on microbit > got
	diff got expected
	echo "# Cortex-M0: $output" >&3
}

# from_image: words.h anew, whose words_model is the one in words.bin
from_image() {
	"$PYTHON" - <<-'END'
		import re
		bytes_ = re.search("#define WORDS_LISTEN_BYTES .*", open("words.h").read()).group()
		image = open("words.bin", "rb").read()
		open("words.h", "w").write("""#include "whit_image.h"
		%s
		static const union { uint8_t bytes[%d]; uint32_t aligned; } bin = {{ %s }};
		static const struct whit_model *
		opened(void)
		{
			static struct whit_image image;
			static union whit_layer layer[1];
			if (whit_image_open(&image, layer, 1, &bin, sizeof bin.bytes))
				return NULL;
			return &image.model;
		}
		#define words_model (*opened())
		""" % (bytes_, len(image), ", ".join(map(str, image))))
	END
}

@test "hear: header and image of every kind of net are as sure as it, on a Cortex-M0 too" {
	need gcc arm-none-eabi-gcc qemu-system-arm
	strings
	local cell kind
	sox -R -n -r 8000 -b 16 -c 1 noise.wav synth 0.4 noise gain -6 pad 0.5 0.5
	sox stream.wav noise.wav -t raw -e signed -b 16 samples
	for cell in lstm gru; do
		sure $cell
		for kind in int8 pot; do
			"$BIN/export-c" --bin words.bin < $cell-$kind.m > words.h
			want $cell-$kind.m > expected
			# of each sound another confidence, and none is without
			[ "$(cut -d ' ' -f 4 expected | sort -u | wc -l)" -ge 6 ]
			! grep -q -e '-$' expected || false
			on host "-fsanitize=address,undefined -fno-sanitize-recover=all" |
				diff - expected
			on microbit | diff - expected
			from_image
			on host "-fsanitize=address,undefined -fno-sanitize-recover=all" |
				diff - expected
		done
	done
}

@test "hear: an image has the confidence, too" {
	strings
	"$BIN/export-c" --bin strings.bin < strings.m > strings.h
	"$BIN/export-c" --bin plain.bin < "$BATS_FILE_TMPDIR/plain.m" > plain.h
	"$PYTHON" - <<-'END'
		import struct, whit_stream as ws
		t = {x.name: x for x in ws.read(open("strings.m", "rb"))[1]}
		a, b = open("strings.bin", "rb").read(), open("plain.bin", "rb").read()
		assert len(a) == len(b) + 24
		assert struct.unpack("<H", a[20:22])[0] == struct.unpack("<H", b[20:22])[0] + 256
		want = struct.pack("<6i", *t["confidence"].data)
		at = a.index(want)
		bias = t["fc.bias"].data.tobytes()
		assert a[at - len(bias):at] == bias
		assert a[64:at] == b[64:at] and a[at + 24:] == b[at:]
	END
	! grep -q confidence plain.h || false
	grep -q 'strings\|words_confidence' strings.h
}
