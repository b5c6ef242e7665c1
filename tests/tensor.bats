# SPDX-License-Identifier: MIT
# tensor: show, cat, conversions.
load helper

WS=$BATS_TEST_DIRNAME/ref/whit_stream.py
FOREIGN=$BATS_TEST_DIRNAME/ref/foreign.py

good() {
	"$PYTHON" "$WS" make > good.t
}

@test "tensor: bad streams fail every subcommand with one line" {
	good
	for sub in "show --values" "cat" "cat {}" "to-safetensors"; do
		stream_abuse good.t "$BIN/tensor" $sub
	done
	for sub in "to-npy 0_ann_0" "to-npz"; do	# they read as to-safetensors does
		run -1 --separate-stderr bash -c '"$@" < good.t > /dev/full' bash "$BIN/tensor" $sub
		[ "$stderr" = "tensor ${sub%% *}: stdout: write: No space left on device" ]
		run -1 --separate-stderr "$BIN/tensor" $sub < <(head -c 200 good.t)
		[[ $stderr = "tensor ${sub%% *}: stdin: record 1: truncated at byte 200"* ]]
	done
	# more than a buffer of stdio holds, and what is no file
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import whit_stream as ws
ws.write(open("big.t", "wb"), {"kind": "tensors"}, [ws.Tensor("x", "f64", (9999,), [0] * 9999)])'
	for sub in "to-npy x" to-npz to-safetensors; do
		run -1 --separate-stderr bash -c '"$@" < big.t > /dev/full' bash "$BIN/tensor" $sub
		[ "$stderr" = "tensor ${sub%% *}: stdout: write: No space left on device" ]
	done
	for sub in from-npy from-safetensors; do
		run -1 --separate-stderr bash -c '"$@" > x' bash "$BIN/tensor" $sub .
		[ "$stderr" = "tensor $sub: .: read: Is a directory" ]
	done
}

# refused COMMAND...: the last argument is a file: exit 1 and one line
# "tensor SUB: FILE: ... $want ...".
refused() {
	local want=$1
	shift
	run -1 --separate-stderr "$@"
	[ "${#stderr_lines[@]}" -eq 1 ] || { echo "$*: expected one line, got: $stderr"; return 1; }
	case $stderr in
	"tensor "*": ${*: -1}: "*"$want"*) ;;
	*) echo "$*: expected '$want' in: $stderr"; return 1 ;;
	esac
}

@test "tensor show: prints head, columns, metadata, numbers and totals" {
	good
	run -0 "$BIN/tensor" show --values good.t
	[ "${lines[0]}" = kind=tensors ]
	[ "${lines[1]}" = labels=zero,one ]
	read -ra row <<< "${lines[3]}"
	[ "${row[*]}" = "0_ann_0 zero ann f32 2x3 -2.25 1e+20 1.667e+19 3.727e+19 0 0" ]
	[ "${lines[4]}" = "    take=0" ]
	[ "${lines[5]}" = "    0 1.5 -2.25" ]
	[ "${lines[6]}" = "    0.00300000003 1.00000002e+20 -0.100000001" ]
	read -ra row <<< "${lines[7]}"
	[ "${row[*]}" = "1_bob_0 one bob s8 5 -128 127 -0.2 80.64 0 0" ]
	[ "${lines[8]}" = "    -128 -1 0 1 127" ]
	read -ra row <<< "${lines[9]}"
	[ "${row[*]}" = "scalar - - f64 scalar 3.142 3.142 3.142 0 0 0" ]
	[ "${lines[10]}" = "    3.1415926535897931" ]
	[ "${lines[-1]}" = "5 tensors, 16 numbers, 53 bytes" ]
	"$BIN/tensor" show < good.t > piped.txt
	"$BIN/tensor" show good.t | cmp - piped.txt
}

@test "tensor show: counts NaN and Inf apart from the statistics" {
	need_python numpy
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import sys, numpy as np, whit_stream as ws
a = np.random.default_rng(7).normal(3, 2, (40, 13)).astype("f4")
stats = "%.4g %.4g %.4g %.4g" % (a.min(), a.max(), a.astype("f8").mean(), a.astype("f8").std())
a = np.concatenate([a, np.full((1, 13), np.inf, "f4"), np.full((2, 13), np.nan, "f4")])
a[40, 0] *= -1
ws.write(open("x.t", "wb"), {}, [ws.from_numpy("x", a), ws.from_numpy("y", a[41:])])
print(stats, 26, 13)' > want
	run -0 "$BIN/tensor" show x.t
	read -ra row <<< "${lines[1]}"
	[ "${row[*]:5}" = "$(cat want)" ]
	read -ra row <<< "${lines[2]}"
	[ "${row[*]:5}" = "- - - - 26 0" ]
}

@test "tensor show --values: every number reads back exactly" {
	need_python numpy
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import numpy as np, whit_stream as ws
r = np.random.default_rng(1)
ws.write(open("x.t", "wb"), {}, [ws.from_numpy("f", r.integers(0, 1 << 32, 4000, "u4").view("f4")),
    ws.from_numpy("d", r.integers(0, 1 << 63, 4000).view("f8")),
    ws.from_numpy("q", r.integers(-1 << 63, (1 << 63) - 1, 99))])'
	"$BIN/tensor" show --values x.t > x.txt
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import numpy as np, whit_stream as ws
rows = [l.split() for l in open("x.txt") if l.startswith("    ")]
for t, row in zip(ws.read(open("x.t", "rb"))[1], rows):
    a = t.numpy()
    kind = int if a.dtype.kind == "i" else float
    b = np.array([kind(x) for x in row]).astype(a.dtype)
    ok = (a == b) & (np.signbit(a) == np.signbit(b)) | (a != a) & (b != b)
    assert ok.all(), (a[~ok], b[~ok])'
}

@test "tensor cat: joins files and parts into one, the same as the reference writer" {
	good
	cat good.t good.t | "$BIN/tensor" cat > twice.t
	"$BIN/tensor" cat good.t good.t | cmp - twice.t
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import sys, whit_stream as ws
head, tensors = ws.read(open("good.t", "rb"))
ws.write(sys.stdout.buffer, head, tensors + tensors)' | cmp - twice.t
	"$PYTHON" "$WS" copy < twice.t | cmp - twice.t
	"$BIN/tensor" cat good.t | cmp - good.t
}

@test "tensor cat: refuses to append a file to itself" {
	good
	cp good.t joined.t
	ulimit -f 1000
	run -1 --separate-stderr bash -c '"$BIN/tensor" cat good.t joined.t >> joined.t'
	[ "$stderr" = "tensor cat: joined.t: the input is the output" ]
	run -1 --separate-stderr bash -c '"$BIN/tensor" cat < good.t >> good.t'
	[ "$stderr" = "tensor cat: stdin: the input is the output" ]
	cmp good.t joined.t
}

@test "tensor cat: refuses files with other heads, saying which key" {
	good
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import whit_stream as ws
head, tensors = ws.read(open("good.t", "rb"))
ws.write(open("history.t", "wb"), {"history.1": "x", **head}, tensors)
ws.write(open("labels.t", "wb"), {**head, "labels": "zero,two"}, tensors)
ws.write(open("more.t", "wb"), {**head, "feature.rate_hz": 8000}, tensors)'
	"$BIN/tensor" cat good.t history.t > /dev/null
	run -1 --separate-stderr "$BIN/tensor" cat good.t labels.t
	[ "$stderr" = "tensor cat: labels.t: head differs from that of good.t: labels: \
expected zero,one, got zero,two" ]
	run -1 --separate-stderr "$BIN/tensor" cat good.t more.t
	[ "$stderr" = "tensor cat: more.t: head differs from that of good.t: feature.rate_hz: \
expected none, got 8000" ]
	run -1 --separate-stderr "$BIN/tensor" cat good.t none.t
	[ "$stderr" = "tensor cat: none.t: No such file or directory" ]
}

@test "tensor from-npy, to-npy: every type, version and order that numpy writes" {
	need_python numpy
	"$PYTHON" "$FOREIGN" npy .
	for file in *.npy; do
		"$BIN/tensor" from-npy --name x "$file" > x.t
		"$BIN/tensor" to-npy x < x.t > back.npy
		mv back.npy "$file"
	done
	"$PYTHON" "$FOREIGN" npy-check *.npy > got
	[ "$(wc -l < got)" -eq 54 ]
	diff <(sort list) <(sort got)
}

@test "tensor from-npy: names, labels, groups, several files, metadata" {
	need_python numpy
	"$PYTHON" -c '
import numpy as np
np.save("a.npy", np.zeros((2, 3), "f4")); np.save("b.npy", np.ones(2, "i2"))'
	"$BIN/tensor" from-npy --label 1 --group ann --set labels=x,y --set kind=features a.npy \
		./b.npy > ab.t
	run -0 "$BIN/tensor" show ab.t
	[ "${lines[0]}" = kind=features ]
	[ "${lines[1]}" = labels=x,y ]
	[[ ${lines[2]} = "history.1=tensor from-npy "*" --label 1 --group ann --set labels=x,y \
--set kind=features" ]]
	read -ra row <<< "${lines[4]}"
	[ "${row[*]:0:5}" = "a y ann f32 2x3" ]
	read -ra row <<< "${lines[5]}"
	[ "${row[*]:0:5}" = "b y ann s16 2" ]
	run -2 --separate-stderr "$BIN/tensor" from-npy --name x a.npy b.npy
	run -2 --separate-stderr "$BIN/tensor" from-npy --label 2 --set labels=x,y a.npy
	[[ $stderr == "tensor from-npy: --label: expected less than 2,"*" got 2" ]]
	run -2 --separate-stderr "$BIN/tensor" from-npy --set x a.npy
	run -1 --separate-stderr "$BIN/tensor" from-npy --set X=1 a.npy
}

@test "tensor from-npy: refuses what is no array of ours, saying why" {
	"$PYTHON" "$FOREIGN" npy-bad .
	"$PYTHON" "$FOREIGN" refused . "$BIN/tensor" from-npy --name x
}

@test "tensor to-npz, from-npz: the same stream comes back, numpy reads it" {
	good
	"$BIN/tensor" to-npz < good.t > good.npz
	"$BIN/tensor" to-npz good.t | cmp - good.npz
	"$BIN/tensor" from-npz good.npz | cmp - good.t
	TZ=Asia/Tokyo "$BIN/tensor" to-npz < good.t | cmp - good.npz
	need_python numpy
	"$PYTHON" -c '
import json, numpy as np
z = np.load("good.npz")
assert z.files == ["0_ann_0", "1_bob_0", "scalar", "empty", "cube", "__whit__"], z.files
assert z["0_ann_0"].dtype == "f4" and z["0_ann_0"].shape == (2, 3) and z["0_ann_0"][0, 2] == -2.25
assert z["empty"].shape == (0, 4) and z["scalar"] == np.pi
notes = json.loads(bytes(z["__whit__"]))
assert notes["head"]["labels"] == "zero,one" and notes["records"][1]["label"] == 1
np.savez("numpy.npz", x=np.arange(6.0).reshape(2, 3), y=np.int16(7))
np.savez_compressed("deflated.npz", x=np.arange(6.0).reshape(2, 3), y=np.int16(7))
np.savez("text.npz", x=np.array(["a"]))'
	"$BIN/tensor" from-npz numpy.npz > a.t
	"$BIN/tensor" from-npz deflated.npz | cmp - a.t
	run -0 "$PYTHON" "$WS" show a.t
	[ "$output" = $'x -1 - f64 2x3\n  0 1 2 3 4 5\ny -1 - s16 \n  7' ]
	refused "got '<U1'" "$BIN/tensor" from-npz text.npz
	for n in 0 1 100 700 $(($(stat -c %s good.npz) - 1)); do
		head -c $n good.npz > cut.npz
		refused "npz: " "$BIN/tensor" from-npz cut.npz
	done
	"$PYTHON" -c '
b = bytearray(open("good.npz", "rb").read())
b[b.index(b"0_ann_0.npy") + 11 + 140] ^= 1
open("flipped.npz", "wb").write(b)'
	refused "damaged" "$BIN/tensor" from-npz flipped.npz
}

@test "tensor to-safetensors, from-safetensors: the same stream comes back, others read it" {
	good
	"$BIN/tensor" to-safetensors < good.t > good.safetensors
	"$BIN/tensor" from-safetensors < good.safetensors | cmp - good.t
	run -0 "$PYTHON" "$FOREIGN" st-read good.safetensors
	[ "$(sort <<< "$output")" = \
		"0_ann_0 F32 2x3 0 1.5 -2.25 0.00300000003 1.00000002e+20 -0.100000001
1_bob_0 I8 5 -128 -1 0 1 127
cube I32 1x2x2x1 1 -2 3 -4
empty I16 0x4
scalar F64  3.14159265" ]
}

@test "tensor from-safetensors: refuses headers that lie and types it has not, saying why" {
	"$PYTHON" "$FOREIGN" st-bad .
	"$PYTHON" "$FOREIGN" refused . "$BIN/tensor" from-safetensors
}

@test "tensor: names that the other format needs for itself are refused" {
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import whit_stream as ws
for i, (head, name) in enumerate([({"whit.records": "x"}, "x"), ({}, "__metadata__"),
                                  ({}, "__whit__")]):
    ws.write(open("%d.t" % i, "wb"), head, [ws.Tensor(name, "u8", (1,), [1])])'
	refused "whit.records" "$BIN/tensor" to-safetensors 0.t
	refused "__metadata__" "$BIN/tensor" to-safetensors 1.t
	refused "__whit__" "$BIN/tensor" to-npz 2.t
	"$BIN/tensor" to-safetensors 2.t | "$BIN/tensor" from-safetensors | cmp - 2.t
}

@test "tensor: names that stand twice cannot go where a name stands once" {
	good
	cat good.t good.t > twice.t
	refused "record 0_ann_0: the name stands twice" "$BIN/tensor" to-npz twice.t
	refused "record 0_ann_0: the name stands twice" "$BIN/tensor" to-safetensors twice.t
	run -1 --separate-stderr "$BIN/tensor" to-npy cube < twice.t
	[ "$stderr" = "tensor to-npy: stdin: record cube: the name stands twice" ]
	run -1 --separate-stderr "$BIN/tensor" to-npy none < good.t
	[ "$stderr" = "tensor to-npy: stdin: no record none among 5" ]
}

@test "tensor: misuse is exit 2 and one line" {
	good
	for args in "" none "show --none" "show a b" "to-npy" "to-npy a b" "from-npy" "from-npz" \
		"from-npz a b" "to-safetensors a b" "from-safetensors --pooling first"; do
		run -2 --separate-stderr "$BIN/tensor" $args < good.t
		[ "${#stderr_lines[@]}" -eq 1 ] || { echo "$args: $stderr"; return 1; }
		[[ $stderr = tensor* ]]
	done
	for sub in show cat to-npy to-npz to-safetensors from-npy from-npz from-safetensors; do
		run -0 --separate-stderr "$BIN/tensor" $sub --help
		[[ $output = "tensor $sub - "*"usage: tensor $sub "* ]]
	done
	run -0 "$BIN/tensor" --version
}

@test "tensor from-safetensors: a state_dict of PyTorch becomes a model and goes back" {
	need_python torch
	"$PYTHON" "$FOREIGN" torch-save x.safetensors 7
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import whit_stream as ws
ws.write(open("f.t", "wb"), {"kind": "features", "corpus": "fsdd", "labels": "0,1,2,3,4,5,6,7,8,9",
    "feature.rate_hz": 8000, "feature.coefs": 13, "history.1": "wav2mfcc"}, [])'
	"$BIN/tensor" from-safetensors --features f.t --pooling last --set recipe=elsewhere \
		< x.safetensors > x.m
	"$BIN/tensor" show x.m | sed '/^$/,$d' > head
	diff head - <<-END
		format=pt
		kind=model
		cell=lstm
		layers=2
		hidden=24
		inputs=13
		precision=float32
		pooling=last
		feature.rate_hz=8000
		feature.coefs=13
		labels=0,1,2,3,4,5,6,7,8,9
		corpus=fsdd
		recipe=elsewhere
		$(grep ^history.1= head)
	END
	"$BIN/tensor" to-safetensors < x.m > y.safetensors
	"$PYTHON" "$FOREIGN" torch-load y.safetensors 7 | diff head -
	"$BIN/tensor" from-safetensors < y.safetensors | cmp - x.m
	# What classify could not run is refused here.
	run -1 --separate-stderr "$BIN/tensor" from-safetensors --pooling last x.safetensors
	[[ $stderr = "tensor from-safetensors: x.safetensors: "*labels* ]]
	run -1 --separate-stderr "$BIN/tensor" from-safetensors --features f.t x.safetensors
	[[ $stderr = "tensor from-safetensors: x.safetensors: "*pooling* ]]
	run -1 --separate-stderr "$BIN/tensor" from-safetensors --features f.t --pooling last \
		--set labels=a,b x.safetensors
	run -1 --separate-stderr "$BIN/tensor" from-safetensors --features f.t --pooling last \
		--rename fc.bias=fc.bios x.safetensors
	[[ $stderr = "tensor from-safetensors: x.safetensors: "*fc.bi?s* ]]
}

@test "tensor from-safetensors: renames, and refuses what is no LSTM or GRU" {
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import foreign
e = lambda shape, a, b: {"dtype": "F32", "shape": shape, "data_offsets": [a, b]}
def write(path, entries, n):
    open(path, "wb").write(foreign.st_bytes(entries, bytes(n)))
write("x.safetensors", {"net.rnn.weight_ih_l0": e([8, 3], 0, 96), "out.bias": e([2], 96, 104)}, 104)
write("y.safetensors", {"lstm.weight_ih_l0": e([6, 2], 0, 48)}, 48)'
	"$BIN/tensor" from-safetensors --rename net.rnn.=lstm. --rename out.=fc. x.safetensors > x.t
	run -0 "$PYTHON" "$WS" show x.t
	[[ $output = *"lstm.weight_ih_l0 -1 - f32 8x3"*"fc.bias -1 - f32 2"* ]]
	for rule in a =a; do
		run -2 --separate-stderr "$BIN/tensor" from-safetensors --rename $rule x.safetensors
		[ "$stderr" = "tensor from-safetensors: --rename: expected OLD=NEW, got '$rule'" ]
	done
	run -1 --separate-stderr "$BIN/tensor" from-safetensors --rename gru.=lstm. x.safetensors
	[ "$stderr" = "tensor from-safetensors: x.safetensors: rename gru.=lstm.: \
no name begins so" ]
	run -1 --separate-stderr "$BIN/tensor" from-safetensors --pooling last x.safetensors
	[[ $stderr = "tensor from-safetensors: x.safetensors: \
no record lstm.weight_ih_l0 or gru.weight_ih_l0: "* ]]
	run -1 --separate-stderr "$BIN/tensor" from-safetensors --pooling last y.safetensors
	[[ $stderr = *"record lstm.weight_ih_l0: expected (4 * hidden, inputs), \
got 2 dimensions 6 x 2" ]]
}

@test "tensor from-safetensors: weights of PyTorch, of every kind, give its logits in classify" {
	need_python torch
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import random, whit_stream as ws
random.seed(1)
head = {"kind": "features", "labels": "0,1,2,3,4,5,6,7,8,9", "feature.coefs": 13}
ws.write(open("f.t", "wb"), head, [
    ws.Tensor("u%d" % i, "f32", (T, 13), [random.gauss(0, 3) for _ in range(T * 13)], i % 10)
    for i, T in enumerate([1, 2, 7, 36, 90])])'
	for kind in lstm gru bilstm bigru; do
		"$PYTHON" "$FOREIGN" torch-save x.safetensors 3 $kind
		"$BIN/tensor" from-safetensors --features f.t --pooling last < x.safetensors > x.m
		"$BIN/classify" x.m < f.t > p.t
		"$PYTHON" "$FOREIGN" torch-logits p.t f.t 3 $kind
		"$BIN/tensor" to-safetensors < x.m > y.safetensors
		"$PYTHON" "$FOREIGN" torch-load y.safetensors 3 $kind
		"$BIN/tensor" to-npz < x.m > x.npz
		"$BIN/tensor" from-npz x.npz | cmp - x.m
	done
}
