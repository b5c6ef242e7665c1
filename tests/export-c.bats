# SPDX-License-Identifier: MIT
load helper

TOOL=$BIN/export-c
REF=$ROOT/tests/ref/int8_net.py
IO=$BIN/../tests/unit/device_io
DEVICE=$ROOT/tests/device
export PYTHONPATH=$ROOT/tests/ref

# f.t: 12 utterances of 5 features; i.m: an int8 model for them.
small() {
	need_python numpy
	"$PYTHON" "$REF" features 1 12 5 3 0 > f.t
	"$PYTHON" "$REF" model 1 2 5 6 3 last 1 > f.m
	"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
}

# firmware MODEL FEATURES: want, the logits that classify gives, and features for net.c
firmware() {
	"$BIN/classify" "$1" < "$2" | "$IO" logits > want
	"$IO" features "$1" < "$2" > features
}

# SEED LAYERS D H K POOLING NORM FRAMES [KIND]
NETS=("1 1 5 6 3 last 0 24" "2 2 5 6 3 last 1 0" "3 2 13 24 10 mean 1 0" "4 3 20 9 4 mean 0 24"
	"6 1 1 1 2 last 0 0" "7 2 39 17 5 mean 1 0" "8 8 3 5 2 last 0 0"
	"1 1 5 6 3 last 0 24 gru" "3 2 13 24 10 mean 1 0 gru" "6 1 1 1 2 last 0 0 gru"
	"7 3 39 17 5 last 1 0 gru")

@test "export-c: the header's net gives classify's logits, compiled without floating point" {
	need_python numpy
	need gcc
	for net in "${NETS[@]}"; do
		set -- $net
		"$PYTHON" "$REF" features "$1" 12 "$3" "$5" "$8" > f.t
		"$PYTHON" "$REF" model "$1" "$2" "$3" "$4" "$5" "$6" "$7" 1 "${9:-lstm}" > f.m
		"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
		"$TOOL" < i.m > words.h
		firmware i.m f.t
		CFLAGS="-I. -g0 $([ "$(uname -m)" != x86_64 ] || echo -mgeneral-regs-only)" \
			"$DEVICE/build" host ./net "$DEVICE/net.c" "$DEVICE/model.c"
		rm -f logits
		./net
		cmp logits want
		[ "$(stat -c %s logits)" -eq $((12 * $5 * 4)) ]
	done
}

@test "export-c: the image's net gives them too, and damage to it is noticed" {
	local n=0
	need_python numpy
	for net in "${NETS[@]}"; do
		set -- $net
		"$PYTHON" "$REF" features "$1" 12 "$3" "$5" "$8" > f.t
		"$PYTHON" "$REF" model "$1" "$2" "$3" "$4" "$5" "$6" "$7" 1 "${9:-lstm}" > f.m
		"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
		"$TOOL" --bin i.bin < i.m > /dev/null
		firmware i.m f.t
		"$BIN/../tests/unit/whit_image" i.bin < features 2> err | cmp - want
		[ "$(cat err)" = "$(stat -c %s i.bin) bytes, first word w00" ]
	done
	need gcc
	gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
		-D_POSIX_C_SOURCE=200809L \
		-I"$ROOT/lib" -I"$ROOT/lib/fixed" -o image "$ROOT/tests/unit/whit_image.c" \
		"$ROOT"/lib/fixed/*.c "$ROOT/lib/base/err.c" -lz
	./image i.bin < features 2> err | cmp - want
	small				# a GRU's it was, now an LSTM's
	"$TOOL" --bin i.bin < i.m > /dev/null
	firmware i.m f.t
	./image i.bin < features 2> err | cmp - want
}

# samples, d.t, d.m: plucked strings in noise, their features, a model of them (with ARGS)
spoken() {
	need sox
	mkdir -p rec
	for d in 0 1 2; do
		for t in 0 1 2 3; do
			sox -R -n -r 8000 -b 16 rec/${d}_ann_$t.wav synth 0.$((3 + t)) \
				pluck $((200 + 300 * d + 9 * t)) \
				synth 0.3 noise mix gain -9
		done
	done
	printf '%s\n' rec/*.wav | "$BIN/wav2mfcc" --preset device > d.t
	"$BIN/lstm-train" --hidden 6 --epochs 3 --normalise --pooling mean --quiet "$@" < d.t |
		"$BIN/quantize-int8" --calibrate d.t > d.m
	"$IO" samples rec < d.t > samples
}

@test "export-c: samples pushed in any pieces give classify's logits, by header and by image" {
	local kind
	need gcc
	gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
		-D_POSIX_C_SOURCE=200809L \
		-I"$ROOT/lib" -I"$ROOT/lib/fixed" -o whit "$ROOT/tests/unit/whit.c" \
		"$ROOT"/lib/fixed/*.c "$ROOT/lib/base/err.c" -lz
	for kind in lstm gru; do
		spoken --cell $kind
		firmware d.m d.t
		"$TOOL" --bin d.bin < d.m > words.h
		grep -q 'It hears samples of 8 kHz' words.h
		CFLAGS=-I. "$DEVICE/build" host ./speech "$DEVICE/speech.c" "$DEVICE/model.c"
		./speech
		cmp logits want
		./whit d.bin < samples 2> err > logits || { cat err; false; }
		cmp logits want
		# the image says it too: hop, offsets times 2^10, scales times 2^6
		"$PYTHON" - d.m d.bin <<-'END'
			import struct, sys, whit_stream as ws
			t = {x.name: x for x in ws.read(open(sys.argv[1], "rb"))[1]}
			b = open(sys.argv[2], "rb").read()
			cell, layers = struct.unpack("<H2xH", b[18:24])
			assert struct.unpack("<H", b[30:32]) == (160,)
			at = 64 + (84, 48)[cell] * layers
			got = struct.unpack("<26i", b[at:at + 104])
			assert list(got) == [round(v * 1024) for v in t["input.offset"].data] + \
				[round(v * 64) for v in t["input.scale"].data]
		END
	done
}

@test "export-c: of features that firmware cannot make it exports the net alone" {
	small
	spoken
	"$TOOL" < d.m > d.h
	for change in 'head["feature.frames"] = "36"' 'head["feature.front_end"] = "fixed mfcc 2"' \
		'head["feature.coefs"] = "12"' 'head["feature.hop_n"] = "300"'; do
		edit d.m e.m "$change"
		"$TOOL" --bin e.bin < e.m > e.h
		grep -q 'Its features come from elsewhere' e.h
		run ! grep -q input_offset e.h
		[ "$(od -An -tu2 -j30 -N2 e.bin)" -eq 0 ]
	done
	edit d.m e.m 't["input.offset"].data[2] += 1e-4'
	run -1 --separate-stderr "$TOOL" < e.m
	[[ ${#stderr_lines[@]} -eq 1 ]]
	[[ $stderr == "export-c: stdin: record input.offset: expected whole"* ]]
}

@test "export-c: the image is as formats/image.md says, its arrays those of the header" {
	local kind
	small
	need file
	for kind in lstm gru; do
		"$PYTHON" "$REF" model 1 2 5 6 3 last 1 1 $kind > f.m
		"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
		"$TOOL" --bin i.bin < i.m > words.h
		"$PYTHON" - i.m i.bin words.h <<-'END'
			import hashlib, re, struct, sys, zlib, whit_stream as ws
			head, tensors = ws.read(open(sys.argv[1], "rb"))
			t = {x.name: list(x.data) for x in tensors}
			b = open(sys.argv[2], "rb").read()
			text = open(sys.argv[3]).read()
			assert b[:8] == b"\x89whitbin" and len(b) % 4 == 0
			assert struct.unpack("<II", b[8:16]) == (len(b), zlib.crc32(b[16:]))
			L, D, H, K = [int(head[k]) for k in ("layers", "inputs", "hidden")] + [3]
			cell, n = {"lstm": (0, 84), "gru": (1, 48)}[head["cell"]]
			assert struct.unpack("<8H", b[16:32]) == (1, cell, 0, L, D, H, K, 0)
			t = {k.replace(head["cell"] + ".", "net."): v for k, v in t.items()}
			assert b[32:64] == hashlib.sha256(open(sys.argv[1], "rb").read()).digest()
			at = 64
			for l in range(L):
			    want = t[f"net.requant_l{l}"] + t.get(f"net.state_l{l}", [])
			    assert list(struct.unpack(f"<{n // 4}i", b[at:at + n])) == want
			    at += n
			arrays = [("i", f"bias_{w}_l{l}", "net.") for l in range(L)
			           for w in ("ih", "hh")]
			arrays += [("i", "fc_bias", "")]
			arrays += [("b", f"weight_{w}_l{l}", "net.") for l in range(L)
			           for w in ("ih", "hh")]
			arrays += [("b", "fc_weight", "")]
			for kind, name, prefix in arrays:
			    want = t[prefix + name if prefix else name.replace("fc_", "fc.")]
			    size = struct.calcsize(f"<{len(want)}{kind}")
			    got = struct.unpack(f"<{len(want)}{kind}", b[at:at + size])
			    assert list(got) == want, name
			    at += size
			    m = re.search(r"\bwords_%s\[(\d+)\] = \{[^\n]*\n(.*?)\};" % name,
			        text, re.S)
			    assert int(m[1]) == len(want), name
			    assert [int(v) for v in m[2].split(",")[:-1]] == want, name
			assert b[at:].rstrip(b"\0") == b"w00\0w01\0w02" and len(b) - at - 12 < 4
		END
		run -0 file -b -m "$ROOT/formats/magic" i.bin
		[ "$output" = "whit model image, version 1, 2 layers of 6 units, 3 words" ]
	done
}

@test "export-c: the header is strict C99 by gcc and clang, free of floating point and libraries" {
	local cc kind
	small
	for kind in lstm_s8 gru_s16; do
		"$PYTHON" "$REF" model 1 2 5 6 3 last 1 1 ${kind%_*} > f.m
		"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
		"$TOOL" --prefix Two_words2 < i.m > h.h
		printf '#include "h.h"\nconst struct whit_model *m = &Two_words2_model;\n' > use.c
		printf 'int room[TWO_WORDS2_MEMORY_BYTES + TWO_WORDS2_LABELS];\n' >> use.c
		printf 'int more[TWO_WORDS2_INPUTS];\n' >> use.c
		for cc in gcc clang; do
			need $cc
			$cc -std=c99 -pedantic -Wall -Wextra -Wshadow -Werror -ffreestanding \
				-I"$ROOT/lib/fixed" \
				-c use.c
			$cc -std=c99 -E -P -I"$ROOT/lib/fixed" use.c > all.c
			run ! grep -wE 'float|double' all.c
			nm -u use.o | awk '{ print $2 }' | tr '\n' ' ' > missing
			case $kind in
			lstm_s8) want="lstm_s8_cell matvec_s8_s16 " ;;
			gru_s16) want="gru_s16_cell matvec_ops_s8 matvec_s8_s16 " ;;
			esac
			[ "$(cat missing)" = "$want" ]
		done
		grep '#include' h.h > includes
		printf '#include "%s"\n' $kind.h whit.h | cmp - includes
		awk '{ gsub(/\t/, "        ") } length > 100 { print; bad = 1 }
			END { exit bad }' h.h
		run ! grep -iE 'float|double' h.h
		grep -q "model sha256 $(sha256sum i.m | cut -d' ' -f1)" h.h
	done
}

@test "export-c: lib/fixed has no floating type in any of its lines" {
	need gcc
	for f in "$ROOT"/lib/fixed/*.[ch]; do
		gcc -fpreprocessed -dD -E -P "$f" > code	# without comments
		run ! grep -wE 'float|double|_Complex|__fp16|_Float[0-9]+' code
		run ! grep -E '\b[0-9]+\.[0-9]*([eEfF]|\b)|\b[0-9]+[eE][-+]?[0-9]' code
		run ! grep -E '# *include <' <(grep -vE '<(stdint|stddef|stdbool)\.h>' "$f")
	done
	# the same search finds them where there are some
	printf 'int f(int x) { return x * 1.5; }\n' > f.c
	gcc -fpreprocessed -dD -E -P f.c > code
	grep -qE '\b[0-9]+\.[0-9]*([eEfF]|\b)' code
}

@test "export-c: any label comes out as it is" {
	need gcc
	small
	edit i.m odd.m 'head["labels"] = "say \"no\\\\9\"??/,null\xe4ugig,7"'
	"$TOOL" --bin odd.bin < odd.m > words.h
	cat > say.c <<-'END'
		#include <stdio.h>
		#include "words.h"
		int main(void)
		{ for (int k = 0; k < WORDS_LABELS; k++) puts(whit_label(&words_model, k)); }
	END
	gcc -std=c99 -trigraphs -I"$ROOT/lib/fixed" -o say say.c "$ROOT"/lib/fixed/*.c
	./say > said
	printf '%s\n' 'say "no\\9"??/' 'nulläugig' 7 | cmp - said
	"$PYTHON" -c 'import sys; b = open("odd.bin", "rb").read(); i = b.rindex(b"say")
sys.stdout.buffer.write(b[i:].rstrip(b"\0").replace(b"\0", b"\n") + b"\n")' | cmp - said
}

@test "export-c: the same model, the same bytes; the image changes nothing in the header" {
	small
	"$TOOL" < i.m > a.h
	"$TOOL" --bin b.bin < i.m > b.h
	"$TOOL" --bin c.bin --prefix words < i.m | cmp - b.h
	cmp a.h b.h
	cmp b.bin c.bin
	"$TOOL" --bin c.bin --prefix other < i.m > c.h
	cmp b.bin c.bin
	diff <(sed 's/other/words/g; s/OTHER/WORDS/g' c.h) a.h
	head -c -1 i.m > cut.m
	run -1 "$TOOL" --bin c.bin < cut.m
	cmp b.bin c.bin			# the old one stays
}

@test "export-c: refuses what is no int8 model, in one line" {
	small
	refused() {
		run -1 --separate-stderr "$TOOL" --bin x.bin
		[[ ${#stderr_lines[@]} -eq 1 && -z $output ]]
		[[ $stderr == "export-c: stdin: "*"$1"* ]] ||
			{ echo "$stderr"; false; }
		[ ! -e x.bin ]
	}
	refused "precision: expected int8 or pot, got float32; quantize-int8 --calibrate" < f.m
	"$BIN/quantize-int8" --method dynamic < f.m > d.m
	refused "precision: expected int8 or pot, got int8-dynamic; quantize-int8 --calibrate" < d.m
	refused "expected a stream of kind=model, got kind=features" < f.t
	edit i.m g.m 'head["cell"] = "gru"'
	refused "record gru.weight_ih_l0: expected one, got none" < g.m
	edit i.m g.m 'head["pooling"] = "max"'
	refused "integers alone run directions=1, pooling=last or mean" < g.m
	edit i.m g.m 't["lstm.weight_ih_l0"].data[3] = -128'
	refused "lstm.weight_ih_l0: expected -127..127" < g.m
	edit i.m g.m 't["lstm.bias_ih_l0"].data[7] = 2**31 - 5'
	refused "expected sums within 32 bits" < g.m
	stream_abuse i.m "$TOOL"
}

@test "export-c: misuse is exit 2, a full disk exit 1, and nothing is left" {
	small
	for args in "x" "--prefix 2x" "--prefix a-b" "--prefix ä" "--prefix" "--bin" \
		"--prefix abcdefghijklmnopqrstuvwxyz012345"; do
		run -2 --separate-stderr "$TOOL" $args < i.m
		[[ ${#stderr_lines[@]} -eq 1 && $stderr == "export-c: "* && -z $output ]]
	done
	run -2 "$TOOL" --prefix "" < i.m
	run -1 --separate-stderr bash -c '"$1" --bin x.bin < i.m > /dev/full' - "$TOOL"
	[[ ${#stderr_lines[@]} -eq 1 && $stderr == "export-c: stdout: "* ]]
	[ ! -e x.bin ] && [ -z "$(find . -name 'x.bin*')" ]
	run -1 --separate-stderr "$TOOL" --bin none/x.bin < i.m
	[[ ${#stderr_lines[@]} -eq 1 && $stderr == "export-c: none/x.bin: "* ]]
	run -1 --separate-stderr "$TOOL" --bin /dev/full < i.m
	[[ ${#stderr_lines[@]} -eq 1 && $stderr == "export-c: /dev/full: "* ]]
}
