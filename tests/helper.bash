# SPDX-License-Identifier: MIT
# Loaded by every bats file: `load helper`.
bats_require_minimum_version 1.5.0

export BIN=${B:-$BATS_TEST_DIRNAME/../build}/bin
export ROOT=$BATS_TEST_DIRNAME/..
# Debian's interpreter: the one that sees Debian's numpy, PyTorch and scikit-learn.
export PYTHON=${PYTHON:-/usr/bin/python3}
# Answers are short and the same in every locale and time zone.
export LC_ALL=C.UTF-8

setup() {
	set -o pipefail
	cd "$BATS_TEST_TMPDIR"
}

# need_python MODULE...: skips the test, saying why, where Debian's package is missing.
need_python() {
	local m
	for m in "$@"; do
		"$PYTHON" -c "import $m" 2>/dev/null ||
			skip "python3 module $m is not installed (make setup-all)"
	done
}

# need COMMAND...: skips the test, saying why, where a command is missing.
need() {
	local c
	for c in "$@"; do
		command -v "$c" >/dev/null || skip "$c is not installed (make setup-all)"
	done
}

# need_fsdd: sets FSDD to the folder of the real recordings or skips.
need_fsdd() {
	local d
	for d in "${FSDD:-}" "$ROOT"/{data,..}/free-spoken-digit-dataset; do
		case $d in "") continue ;; /*) ;; *) d=$ROOT/$d ;; esac
		if [ -d "$d/recordings" ]; then
			FSDD=$(realpath "$d")
			return
		fi
	done
	skip "the recordings are not here (FSDD=dir)"
}

# edit IN OUT CODE: runs CODE, Python, on the stream's head (dict) and t (tensors by name)
edit() {
	PYTHONPATH=$ROOT/tests/ref "$PYTHON" - "$@" <<-'END'
		import sys, whit_stream as ws
		head, tensors = ws.read(open(sys.argv[1], "rb"))
		t = {x.name: x for x in tensors}
		exec(sys.argv[3])
		ws.write(open(sys.argv[2], "wb"), head, t.values())
	END
}

# stream_abuse GOOD COMMAND...: a bad day for a tool that reads a tensor stream on stdin, or from
# the operand written {} (stdin is then the file $STDIN). GOOD: a small stream that COMMAND takes.
#   GOOD: exit 0, twice the same bytes; an unknown lower-case chunk in it changes nothing but
#         the SHA-256 that a result may hold of it
#   empty, rubbish, text, line ends translated, junk after the end, major version 2, an unknown
#   upper-case chunk, a second part with another head, a directory, closed stdin or no such file;
#   cut at and within every chunk, one byte flipped in every region (of the first 4 and last 2
#   chunks): exit 1 and one line on stderr that begins with the tool's name and names the input
#   /dev/full as stdout: exit 1 and one line;   closed pipe: dies of SIGPIPE without a word
# Lines that COMMAND writes to stderr for GOOD too do not count. tests/ref/stream_abuse.py does it.
#
#	stream_abuse good.t "$BIN/quantize-int8" --method dynamic
#	STDIN=test.t stream_abuse model.m "$BIN/classify" {}
stream_abuse() {
	"$PYTHON" "$ROOT/tests/ref/stream_abuse.py" "$@"
}
