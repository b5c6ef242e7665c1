# SPDX-License-Identifier: MIT
# lstm-train reads its features from a mapping: of the input, or of a temporary file.
load helper

UNIT=$BIN/../tests/unit

# Made-up utterances of three labels, ragged, 5 features.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" - <<-'END'
	import random, struct, whit_stream as ws
	random.seed(3)
	head = {"kind": "features", "labels": "a,b,c"}
	def utterance(i):
	    T = random.randint(3, 12)
	    x = [random.gauss(i % 3, 2) for _ in range(5 * T)]
	    return ws.Tensor("u%03d" % i, "f32", (T, 5), x, i % 3)
	ws.write(open("one.t", "wb"), head, [utterance(i) for i in range(30)])
	ws.write(open("two.t", "wb"), head, [utterance(i) for i in range(30, 60)])
	ws.write(open("val.t", "wb"), head, [utterance(i) for i in range(60, 80)])
	END
	cat one.t two.t > train.t
}

setup() {
	set -o pipefail
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/*.t .
}

fit() {
	"$BIN/lstm-train" --hidden 6 --epochs 3 --batch 16 --quiet "$@"
}

# large RECORDS: a stream of that many utterances of 25,600 bytes.
large() {
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" - "$1" <<-'END'
	import array, random, struct, sys, whit_stream as ws
	random.seed(1)
	n, T, D = int(sys.argv[1]), 100, 64
	x = array.array("f", [random.gauss(0, 1) for _ in range(T * D)])
	f = sys.stdout.buffer
	f.write(ws.MAGIC)
	f.write(ws.chunk(b"HEAD", struct.pack("<HHI", 1, 0, 0), b"kind=features\nlabels=a,b\n"))
	for i in range(n):
	    k = i * 37 % (T * D)
	    f.write(ws.tensor_chunk(ws.Tensor("u%06d" % i, "f32", (T, D), x[k:] + x[:k], i % 2)))
	f.write(ws.chunk(b"TEND", struct.pack("<Q", n)))
	END
}

@test "mapped: a file, a pipe and a file begun in the middle give the same bytes" {
	local options skip
	while read -r options; do
		fit $options < train.t > m
		cat train.t | fit $options | cmp m -
		cat one.t two.t | TMPDIR=. fit $options | cmp m -
		for skip in 8 4 3 5000; do	# 3: no number of the file lies where it can be read
			{ head -c $skip /dev/zero; cat train.t; } > later.t
			{
				dd bs=$skip count=1 of=/dev/null status=none
				fit $options
			} < later.t > m2
			cmp m m2 || { echo "$options: $skip"; false; }
		done
	done <<-'OPTIONS'
	--dropout .2
	--normalise --validate val.t
	--normalise --stretch .2 --noise .1 --validate-share .2 --jobs 2
	--stretch .2 --validate val.t
	OPTIONS
	fit --validate val.t < train.t > m
	fit --validate <(cat val.t) < train.t | cmp m -
}

@test "mapped: what is normalised batch by batch is what was normalised before" {
	# The same features, normalised by hand in single precision: the same weights come out.
	need_python numpy
	fit --normalise --dropout 0 --validate val.t < train.t > m
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" - <<-'END'
	import numpy, whit_stream as ws
	m = {t.name: t.numpy() for t in ws.read(open("m", "rb"))[1]}
	for path in "train.t", "val.t":
	    head, tensors = ws.read(open(path, "rb"))
	    for t in tensors:
	        x = (t.numpy() - m["norm.mean"]) * m["norm.scale"]
	        assert x.dtype == numpy.float32
	        t.data = type(t.data)("f", x.tobytes())
	    ws.write(open("normal-" + path, "wb"), head, tensors)
	END
	fit --dropout 0 --validate normal-val.t < normal-train.t > m2
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" - <<-'END'
	import whit_stream as ws
	a, b = ({t.name: t.data for t in ws.read(open(p, "rb"))[1]} for p in ("m", "m2"))
	assert len(a) == len(b) + 2 and all(a[name] == b[name] for name in b)
	END
}

# RLIMIT_DATA counts what a process allocates and not what it maps from files for reading.
@test "mapped: 40 MB of features train within 12 MB of memory, from a file and from a pipe" {
	[[ $BIN != */san/* ]] || skip "the sanitizers map memory of their own"
	local options few="--epochs 1 --hidden 2 --layers 1 --quiet"
	large 1600 > large.t
	[ "$(stat -c %s large.t)" -gt 40000000 ]
	while read -r options; do
		(
			ulimit -d 12000
			"$BIN/lstm-train" $few $options < large.t > m
			cat large.t | "$BIN/lstm-train" $few $options | cmp m -
		)
	done <<-'OPTIONS'
	--batch 32
	--normalise --noise .1 --stretch .2 --validate-share .2
	--normalise --validate large.t --checkpoint c
	--normalise --qat int8
	OPTIONS
	# The limit is one: a batch of everything does not fit.
	run -1 --separate-stderr bash -c 'ulimit -d 12000; "$BIN/lstm-train" --batch 1600 < large.t'
	[ "$stderr" = "lstm-train: stdin: not enough memory" ]
}

# change WHAT MESSAGE: a training whose input WHAT happens to ends with that message, and leaves
# nothing but its checkpoint.
change() {
	local status=0 pid
	rm -rf in.t m c log.tsv
	cat train.t > in.t
	cat val.t > v.t
	"$BIN/lstm-train" --hidden 6 --epochs 100000 --quiet --checkpoint c --log log.tsv \
		--validate v.t < in.t > m 2> err &
	pid=$!
	for _ in {1..500}; do
		[ ! -e c ] || break
		sleep 0.01
	done
	eval "$1"
	for _ in {1..500}; do
		kill -0 $pid 2>/dev/null || break
		sleep 0.01
	done
	kill -9 $pid 2>/dev/null || true
	wait $pid || status=$?
	[ $status -eq 1 ] && grep -qxE "lstm-train: $2" err && [ "$(wc -l < err)" = 1 ] ||
		{ echo "$1: exit $status: $(cat err)"; false; }
	[ ! -s m ]
	[ ! -e log.tsv ]
	rm -f c.tmp.*	# of kill -9 alone
	[ "$(echo c* log*)" = "c log*" ]
	"$BIN/tensor" show c > /dev/null
}

@test "mapped: an input that is cut short or written to is one line, exit 1" {
	local write="printf x | dd bs=1 seek=3000 conv=notrunc status=none"
	change "truncate -s 0 in.t" "stdin: (cut short or unreadable|written to) while in use"
	change "truncate -s 4096 in.t" "stdin: (cut short or unreadable|written to) while in use"
	change "truncate -s 0 v.t" "v.t: (cut short or unreadable|written to) while in use"
	change "$write of=in.t" "stdin: written to while in use"
	change "cat one.t >> in.t" "stdin: written to while in use"
	change "$write of=v.t" "v.t: written to while in use"
}

@test "mapped: an access beyond the end of a cut file is that line, not a dead process" {
	local how
	head -c 100000 /dev/urandom > want
	cat want > in
	"$UNIT/mapped" plain < in | cmp want -
	cat in | "$UNIT/mapped" plain | cmp want -
	for how in cut twice; do
		cat want > in
		run -1 --separate-stderr "$UNIT/mapped" $how 0<> in
		[ "$stderr" = "mapped: in?put: cut short or unreadable while in use" ]
		[ -z "$output" ]
	done
	# Somebody else's is still what it was: 128 + SIGBUS.
	cat want > in
	run -135 "$UNIT/mapped" foreign 0<> in
}

@test "mapped: an input that is moved or removed meanwhile is none of it" {
	local what pid
	fit --epochs 60 < train.t > want
	for what in "mv in.t moved.t" "rm in.t" "chmod 400 in.t"; do
		rm -f in.t moved.t c
		cat train.t > in.t
		"$BIN/lstm-train" --hidden 6 --epochs 60 --batch 16 --quiet --checkpoint c \
			< in.t > m &
		pid=$!
		for _ in {1..500}; do
			[ ! -e c ] || break
			sleep 0.01
		done
		eval "$what"
		wait $pid
		cmp want m
	done
}

@test "mapped: the temporary file leaves nothing behind, and its faults are one line" {
	local pid
	mkdir tmp
	cat train.t | TMPDIR=$PWD/tmp fit > m
	[ -z "$(ls -A tmp)" ]
	mkfifo pipe
	TMPDIR=$PWD/tmp "$BIN/lstm-train" --hidden 6 --epochs 100000 --quiet --checkpoint c \
		< pipe > m &
	pid=$!
	cat train.t > pipe
	for _ in {1..500}; do
		[ ! -e c ] || break
		sleep 0.01
	done
	grep -q "$PWD/tmp/whit[.]" /proc/$pid/maps
	[ -z "$(ls -A tmp)" ]
	kill -9 $pid
	wait $pid || true
	[ -z "$(ls -A tmp)" ]
	run -1 --separate-stderr bash -c 'cat train.t | TMPDIR=none "$BIN/lstm-train" --epochs 1'
	[ "$stderr" = "lstm-train: stdin: record u000: temporary file in none (TMPDIR): \
No such file or directory" ]
	# A file needs none.
	TMPDIR=$PWD/none fit < train.t > m
}

@test "mapped: a full disk under the temporary file is one line" {
	need strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
	export ASAN_OPTIONS=detect_leaks=0	# leaks cannot be looked for under strace
	local n
	for n in 1 2 3; do
		run -1 --separate-stderr bash -c 'cat train.t | TMPDIR=. strace -qq -o trace \
			-e trace=write -e inject=write:error=ENOSPC:when=$1 \
			"$BIN/lstm-train" --epochs 1 --hidden 3 --quiet' - $n
		grep -q INJECTED trace
		[[ $stderr == "lstm-train: stdin: "*"temporary file in . (TMPDIR): No space"* ]] ||
			{ echo "$stderr"; false; }
		[ "${#stderr_lines[@]}" = 1 ]
		[ -z "$output" ]
	done
}
