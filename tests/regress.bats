# SPDX-License-Identifier: MIT
# One case for each mistake that was once made; the title tells the story.
load helper

# Features of two words in x.t, and m.m, a model of them.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" - <<-'EOF'
	import whit_stream as ws
	ws.write(open("x.t", "wb"), {"kind": "features", "labels": "no,yes"},
	         [ws.Tensor("u%d" % i, "f32", (3, 2), range(i, i + 6), label=i % 2)
	          for i in range(4)])
	ws.write(open("bare.p", "wb"), {"kind": "predictions"},
	         [ws.Tensor("u", "f32", (2,), [0, 1], meta={"predicted": "1"})])
	EOF
	"$BIN/lstm-train" --hidden 2 --epochs 1 <x.t >m.m
}

@test "err: a side file that is a pipe was replaced by a file instead of written to" {
	mkfifo pipe
	timeout 20 cat pipe >got &
	timeout 20 "$BIN/classify" --times pipe "$BATS_FILE_TMPDIR/m.m" <"$BATS_FILE_TMPDIR/x.t" >p
	[ -p pipe ]
	wait $!
	[ "$(cut -f 1 got | tr '\n' ' ')" = "u0 u1 u2 u3 " ]
}

@test "err: a side file that is a symbolic link was replaced instead of what it names" {
	mkdir there
	ln -s there/times link
	ln -s there/new dangling
	touch there/times
	"$BIN/classify" --times link "$BATS_FILE_TMPDIR/m.m" <"$BATS_FILE_TMPDIR/x.t" >p
	[ -L link ]
	[ "$(wc -l <there/times)" -eq 4 ]
	[ "$(ls -A there)" = times ]
	# one that names what is not there yet, by way of another, from another folder
	ln -s "$PWD/dangling" there/twice
	"$BIN/classify" --times there/twice "$BATS_FILE_TMPDIR/m.m" <"$BATS_FILE_TMPDIR/x.t" >p
	[ -L there/twice ]
	[ -L dangling ]
	[ "$(wc -l <there/new)" -eq 4 ]
	[ "$(ls -A there | tr '\n' ' ')" = "new times twice " ]
}

@test "err: a side file in no folder was named in the message as its temporary" {
	run -1 --separate-stderr bash -c '"$BIN/classify" --times no/times "$1" <"$2" >p' - \
		"$BATS_FILE_TMPDIR/m.m" "$BATS_FILE_TMPDIR/x.t"
	[ "$stderr" = "classify: no/times: No such file or directory" ]
}

@test "err: a word of the user's that ends in a colon was taken for a request for errno" {
	run -2 --separate-stderr "$BIN/split" --method foo: --part train </dev/null
	[ "$stderr" = "split: --method: expected sklearn, stratified, fsdd or group, got foo:" ]
}

@test "report: comparing streams that say nothing about themselves ended in an assertion" {
	run -0 --separate-stderr "$BIN/report" "$BATS_FILE_TMPDIR/bare.p" "$BATS_FILE_TMPDIR/bare.p"
	[[ $output = *"Comparison"* ]]
	run -0 --separate-stderr "$BIN/report" --format md "$BATS_FILE_TMPDIR/bare.p" \
		"$BATS_FILE_TMPDIR/bare.p"
}

@test "wav2mfcc: an option that repeats the preset's value was named as a departure from it" {
	wave >w.wav
	for o in "" "--frames 0" "--frames 0 --coefs 13 --log db"; do
		"$BIN/wav2mfcc" --label none --preset mfcc39 $o w.wav >x
		run -0 --separate-stderr bash -c '"$BIN/tensor" show x | grep ^features='
		[ "$output" = features=mfcc39 ]
	done
	"$BIN/wav2mfcc" --label none --preset mfcc39 --frames 7 --coefs 13 w.wav >x
	run -0 --separate-stderr bash -c '"$BIN/tensor" show x | grep ^features='
	[ "$output" = features=mfcc39+frames ]
}

# One second of a tone as a WAV.
wave() {
	"$PYTHON" -c 'import math, sys, wave
w = wave.open(sys.stdout.buffer, "wb")
w.setparams((1, 2, 8000, 8000, "NONE", ""))
w.writeframes(b"".join(int(9000 * math.sin(i / 3)).to_bytes(2, "little", signed=True)
                       for i in range(8000)))'
}

@test "opt: the range in a message lost its last digits" {
	run -2 --separate-stderr "$BIN/lstm-train" --seed 5000000000 </dev/null
	[ "$stderr" = "lstm-train: --seed: expected a whole number 0..4294967295, \
got '5000000000'" ]
	run -2 --separate-stderr "$BIN/lstm-train" --hidden auto --budget 36k </dev/null
	[ "$stderr" = "lstm-train: --budget: expected bytes, as 36K or 36864, 1..1073741824, \
got '36k'" ]
}

@test "tensor from-safetensors: took layers that no other tool takes" {
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" -c '
import foreign
open("x.safetensors", "wb").write(foreign.st_bytes({"lstm.weight_ih_l%d" % i: {"dtype": "F32",
    "shape": [4, 1], "data_offsets": [16 * i, 16 * i + 16]} for i in range(9)}, bytes(144)))'
	run -1 --separate-stderr "$BIN/tensor" from-safetensors --pooling last x.safetensors
	[[ $stderr = *": record lstm.weight_ih_l8: expected at most 8 layers" ]]
}

@test "opt: a command line of more than 4,096 bytes was refused for its history" {
	wave >w.wav
	words=$(printf 'word%d,' $(seq 1000))last
	"$BIN/wav2mfcc" --label none --labels "$words" w.wav >x
	"$BIN/tensor" show x | grep -qx "history.1=wav2mfcc [0-9.]* --label none --labels $words"
	# The next tool must see that line too.
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" -c 'import sys, whit_stream as ws
ws.write(open("two", "wb"), {"history.1": "x" * 9000},
         [ws.Tensor(n, "f32", (1,), [1]) for n in "ab"])'
	"$BIN/split" --test 0.5 --part test <two >y
	"$BIN/tensor" show y | grep -q '^history.1=xxx'
	"$BIN/tensor" show y | grep -q '^history.2=split '
}

@test "meta: the list of what differs was cut within a word" {
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" -c 'import sys, whit_stream as ws
for n in "ab":
    ws.write(open(n, "wb"), {"key.%d" % i: n * 20 for i in range(40)}, [])'
	run -1 --separate-stderr "$BIN/tensor" cat a b
	[[ $stderr = "tensor cat: b: head differs from that of a: key.0: expected "*... ]]
	run -1 --separate-stderr bash -c 'cat a b | "$BIN/tensor" show'
	[[ $stderr = "tensor show: stdin: record 0: the joined streams differ: key.0: "*... ]]
}

@test "meta: many keys in each record took seconds to check" {
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" -c 'import sys, whit_stream as ws
many = {"k%x" % i: "" for i in range(9000)}
ws.write(open("a", "wb"), many,
         [ws.Tensor("r%d" % i, "u8", (), [1], meta=many) for i in range(60)])'
	cat a a >b
	timeout 10 "$BIN/tensor" cat b >c
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" -c 'import sys, whit_stream as ws
ws.write(open("prefixes", "wb"), {"a1": "", "b": "", "a": "x", "a2": ""}, [])'
	"$BIN/tensor" show prefixes >/dev/null
}
