# SPDX-License-Identifier: MIT
# The stream itself: formats/ against the tools and against readers that are not ours.
load helper

WS=$BATS_TEST_DIRNAME/ref/whit_stream.py

# example NAME: that stream of formats/example.hex in bytes.
example() {
	"$PYTHON" -c '
import re, sys
text = re.sub("#.*", "", open(sys.argv[1]).read())
hex = re.search(r"^\[%s\].*\n([0-9a-f\s]*)" % sys.argv[2], text, re.M).group(1)
sys.stdout.buffer.write(bytes.fromhex(hex))' "$ROOT/formats/example.hex" "$1"
}

# block TEXT: the indented block of formats/tensor.md that begins with TEXT.
block() {
	awk -v start="    $1" \
		'$0 == start { on = 1 } on && /^[^ ]/ { exit } on { sub(/^    /, ""); print }' \
		"$ROOT/formats/tensor.md" |
		sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

@test "stream: every cut and every changed byte is noticed, headers that lie are refused" {
	"$BIN/../tests/unit/stream"
}

@test "stream: Python reads what tensor writes and the other way round" {
	"$PYTHON" "$WS" make > a.t
	"$BIN/tensor" cat a.t | cmp - a.t
	"$BIN/tensor" cat a.t | "$PYTHON" "$WS" copy | cmp - a.t
	"$BIN/tensor" show --values a.t | awk '/^    / && !/=/ { sub(/^ +/, ""); print }' |
		tr '\n' ' ' > ours
	"$PYTHON" "$WS" show a.t | awk '/^  / && !/=/ { sub(/^ +/, ""); print }' | tr '\n' ' ' |
		sed 's/  */ /g' > theirs
	diff ours theirs
}

@test "stream: Python notices every cut and every flipped bit too" {
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import io, struct, whit_stream as ws
f = io.BytesIO(); ws.write(f, {"kind": "tensors"}, ws.example()); good = f.getvalue()
def bad(b):
    try: ws.read(io.BytesIO(b))
    except (ws.Error, struct.error, UnicodeDecodeError): return True
assert not bad(good)
for i in range(len(good)):
    assert bad(good[:i]), i
    for bit in range(8):
        assert bad(good[:i] + bytes([good[i] ^ 1 << bit]) + good[i + 1:]), (i, bit)'
}

@test "stream: the examples of formats/ are what tensor shows" {
	example smallest > smallest.t
	example tensor > tensor.t
	[ "$(stat -c %s smallest.t tensor.t | xargs)" = "72 200" ]
	"$BIN/tensor" cat smallest.t | cmp - smallest.t
	"$BIN/tensor" cat tensor.t | cmp - tensor.t
	"$PYTHON" "$WS" copy < tensor.t | cmp - tensor.t
	"$BIN/tensor" show smallest.t | tail -1 | grep -qx '0 tensors, 0 numbers, 0 bytes'
	block kind=tensors > want
	[ -s want ]
	"$BIN/tensor" show --values tensor.t | diff want -
}

@test "stream: the accidents of formats/tensor.md have the messages it says" {
	example tensor > tensor.t
	flip() {
		"$PYTHON" -c '
import sys
b = bytearray(open("tensor.t", "rb").read())
b[int(sys.argv[1])] ^= 1
sys.stdout.buffer.write(b)' "$1"
	}
	: > 1.t
	head -c 150 tensor.t > 2.t
	head -c 168 tensor.t > 3.t
	flip 150 > 4.t
	flip 128 > 5.t
	LC_ALL=C sed 's/\r$//' tensor.t > 6.t
	example smallest | cat tensor.t - > 7.t
	sed -n 's/^| .* | `\(stdin: .*\)` |$/tensor show: \1/p' "$ROOT/formats/tensor.md" > want
	for i in 1 2 3 4 5 6 7; do
		run -1 --separate-stderr "$BIN/tensor" show < $i.t
		echo "$stderr"
	done > got
	diff want got
}

@test "stream: file names a stream and its version" {
	need file
	example tensor > x.t
	example smallest > y.t
	run -0 file -b -m "$ROOT/formats/magic" x.t y.t
	[ "${lines[0]}" = "whit tensor stream, version 1.0, kind tensors" ]
	[ "${lines[1]}" = "whit tensor stream, version 1.0" ]
	[ "$(file -b --mime-type -m "$ROOT/formats/magic" x.t)" = application/x-whit-tensor ]
	run -0 file -b -m "$ROOT/formats/magic" "$ROOT/formats/tensor.md"
	[[ $output != *whit* ]]
}

@test "stream: a reader that Kaitai makes from formats/tensor.ksy reads it" {
	need node
	export NODE_PATH=$ROOT/tests/npm/node_modules
	[ -d "$NODE_PATH/kaitai-struct-compiler" ] ||
		skip "kaitai-struct-compiler is not installed (make setup-all)"
	"$PYTHON" "$WS" make > a.t
	cat a.t a.t | "$BIN/tensor" cat > b.t
	example tensor > c.t
	for x in a b c; do
		node "$BATS_TEST_DIRNAME/ref/kaitai.js" "$ROOT/formats/tensor.ksy" $x.t > kaitai.txt
		"$PYTHON" "$WS" show $x.t | diff - kaitai.txt
	done
	cat a.t a.t > parts.t
	node "$BATS_TEST_DIRNAME/ref/kaitai.js" "$ROOT/formats/tensor.ksy" parts.t > kaitai.txt
	"$PYTHON" "$WS" show parts.t | diff - kaitai.txt
	head -c 300 a.t > cut.t
	run -1 node "$BATS_TEST_DIRNAME/ref/kaitai.js" "$ROOT/formats/tensor.ksy" cut.t
	printf x | cat - a.t > rubbish.t
	run -1 node "$BATS_TEST_DIRNAME/ref/kaitai.js" "$ROOT/formats/tensor.ksy" rubbish.t
}

@test "stream: a read or write that fails at any point is an error, never a short output" {
	need strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import whit_stream as ws
ws.write(open("a.t", "wb"), {"kind": "tensors"},
         [ws.Tensor("x%d" % i, "f32", (30, 13), range(390)) for i in range(20)])'
	for fault in read:EIO:a.t read:EINTR:a.t write:ENOSPC:b.t write:EIO:b.t; do
		IFS=: read -r call error file <<< "$fault"
		for n in 1 2 3 5 8 9 10 99; do
			: > b.t
			status=0
			strace -qq -o trace -P "$PWD/$file" -e trace="$call" \
				-e inject="$call:error=$error:when=$n" \
				"$BIN/tensor" cat < a.t > b.t 2> err || status=$?
			if grep -q INJECTED trace; then
				[ $status -eq 1 ] && [ "$(wc -l < err)" -eq 1 ] &&
					grep -q '^tensor cat: std' err ||
					{ echo "$fault $n: exit $status: $(cat err)"; return 1; }
			else
				[ $status -eq 0 ] && cmp a.t b.t
			fi
		done
		[ "$n" -eq 99 ] && ! grep -q INJECTED trace
	done
}
