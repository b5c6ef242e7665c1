# SPDX-License-Identifier: MIT
# lstm-train --checkpoint and --resume: killed at any moment, the end is the same.
load helper

UNIT=$BIN/../tests/unit
REF=$BATS_TEST_DIRNAME/ref

# Streams of made-up utterances: three labels, ragged, 5 features.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	PYTHONPATH=$REF "$PYTHON" - <<-'END'
	import random, whit_stream as ws
	random.seed(3)
	head = {"kind": "features", "labels": "a,b,c", "feature.coefs": 5}
	def utterance(i):
	    T = random.randint(3, 12)
	    x = [random.gauss(i % 3, 2) for _ in range(5 * T)]
	    return ws.Tensor("u%03d" % i, "f32", (T, 5), x, i % 3)
	def write(path, *range_):
	    ws.write(open(path, "wb"), head, [utterance(i) for i in range(*range_)])
	write("train.t", 60)
	write("other.t", 60)
	write("fewer.t", 50)
	write("val.t", 60, 90)
	write("val2.t", 60, 90)
	END
}

setup() {
	set -o pipefail
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/*.t .
}

# Trains on train.t quickly, without words.
fit() {
	"$BIN/lstm-train" --hidden 6 --epochs 6 --batch 16 --quiet "$@" < train.t
}

# The same, to be killed and run again.
again() {
	fit --checkpoint c --resume "$@"
}

need_strace() {
	need strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
	export ASAN_OPTIONS=detect_leaks=0	# leaks cannot be looked for under strace
}

# killed SYSCALL N OPTION...: again() with SIGKILL at that call of the system, the Nth time; its
# status. strace hands the signal on to itself: nothing is said of it.
killed() {
	local call=$1 n=$2
	shift 2
	strace -qq -o trace -e trace="$call" -e inject="$call:signal=KILL:when=$n" \
		"$BIN/lstm-train" --hidden 6 --epochs 6 --batch 16 --quiet --checkpoint c \
		--resume "$@" < train.t > m 2> err
}

# The log without its seconds.
figures() {
	cut -f1-6 "$1"
}

# fails STATUS MESSAGE OPTION...: one line on stderr, nothing on stdout.
fails() {
	local status=$1 message=$2
	shift 2
	run -"$status" --separate-stderr again "$@"
	[ "$stderr" = "lstm-train: $message" ] || { echo "$stderr"; false; }
	[ -z "$output" ]
}

@test "checkpoint: what train() remembers is all that it needs, and no more" {
	"$UNIT/resume"
}

# Each line of remember() left out in turn.
@test "checkpoint: the check of that notices anything left out" {
	need gcc
	local flags="-std=c11 -O0 -ffp-contract=off -D_POSIX_C_SOURCE=200809L -w -fopenmp"
	local left=0 line file=lib/train/train.c
	cp -r "$ROOT/lib" lib
	gcc $flags -Ilib -c -o resume.o "$ROOT/tests/unit/resume.c"
	for line in $(grep -n 'm\[n++\] = (struct train_memory)' "$ROOT/$file" |
		cut -d: -f1) dropout; do
		case $line in
		dropout) sed 's/< BPTT_LANES; i++, n++/< BPTT_LANES; i++/' "$ROOT/$file" ;;
		*) sed "${line}s/m\[n++\]/m[n]/" "$ROOT/$file" ;;
		esac > $file
		! cmp -s $file "$ROOT/$file" || { echo "no change: $line"; false; }
		gcc $flags -Ilib -o resume resume.o $file "$BIN/../lib/libwhit.a" -pthread \
			-lpopt -lmd -lz -lm
		run -1 ./resume
		left=$((left + 1))
	done
	[ "$left" -ge 12 ]
}

@test "checkpoint: killed with SIGKILL at random moments, the model is the same" {
	local options="--epochs 60 --dropout .3 --average ema --validate-share .2 --log log.tsv"
	local tries=0 status=1 pid
	fit $options --log whole.tsv > whole.m
	while [ $status -ne 0 ]; do
		"$BIN/lstm-train" --hidden 6 --batch 16 --quiet --checkpoint c --resume $options \
			< train.t > m &
		pid=$!
		# Later and later: a slow machine gets through, too.
		sleep "$(printf '0.%03d' $((RANDOM % (90 + (tries < 400 ? 2 * tries : 800)) + 10)))"
		kill -9 $pid 2>/dev/null || true
		status=0
		wait $pid || status=$?
		[ $status -eq 0 ] || [ $status -eq 137 ]
		tries=$((tries + 1))
		[ $tries -lt 500 ]
	done
	echo "killed $((tries - 1)) times"
	cmp whole.m m
	diff <(figures whole.tsv) <(figures log.tsv)
	# Done, and run once more: nothing is left to do but to say the same.
	fit --checkpoint c --resume $options | cmp - whole.m
}

@test "checkpoint: killed at every call of the system that writes it, the model is the same" {
	need_strace
	local call n status kills=0
	fit --dropout .3 --average tail --average-epochs 3 --log whole.tsv > whole.m
	for call in openat write fsync rename; do
		for ((n = 1; ; n++)); do
			rm -f c log.tsv
			status=0
			killed $call $n --dropout .3 --average tail --average-epochs 3 || status=$?
			[ $status -ne 0 ] || break
			[ $status -eq 137 ]
			kills=$((kills + 1))
			again --dropout .3 --average tail --average-epochs 3 --log log.tsv > m
			cmp whole.m m || { echo "$call $n"; false; }
			diff <(figures whole.tsv) <(figures log.tsv)
		done
	done
	[ $kills -gt 40 ]
	# What a killed writer leaves is its temporary alone, beside the checkpoint.
	rm -f c c.tmp.*
	! killed rename 2 --dropout .3 || false
	[ "$(echo c*)" = "c $(echo c.tmp.*)" ]
	"$BIN/tensor" show c > /dev/null
}

@test "checkpoint: killed after any epoch, with all that has a state, at any --jobs" {
	need_strace
	local options n jobs=1
	fit --seed 3 > teacher.m
	while read -r options; do
		fit $options --log whole.tsv > whole.m
		for n in 1 3 5; do
			rm -f c
			! killed rename $((n + 1)) $options --jobs $jobs || false
			jobs=$((jobs % 3 + 1))
			[ "$("$BIN/tensor" show --values c | grep -A1 ^epochs.done | tail -1 |
				tr -d ' ')" = $n ]
			again $options --jobs $jobs --log log.tsv > m
			cmp whole.m m || { echo "$options: $n"; false; }
			diff <(figures whole.tsv) <(figures log.tsv)
		done
	done <<-'OPTIONS'
	--dropout 0
	--dropout .5 --layers 3 --clip .1
	--cell gru --bidirectional --pooling max --dropout .2
	--teacher teacher.m --tau 2 --alpha .5
	--prune 2:.5,4-5:.1 --average ema --validate-share .3
	--qat int8 --normalise --validate-share .3 --prune 3:.2
	--optimiser adamw --weight-decay .1 --schedule one-cycle --label-smoothing .1
	--average ema --average-decay .9 --schedule cosine --validate-share .3
	--average tail --average-epochs 3 --schedule step --step-epochs 2
	-n --stretch .3 --drop-steps .1 --offset .3 --noise .2 --time-masks 2 --coef-masks 1
	--validate val.t --rate .2
	--qat int8 --dropout .2
	--qat int8 --normalise --average ema --validate-share .3 --noise .1
	--validate val.t --rate .2 --normalise --average ema --pooling mean --noise .1
	OPTIONS
}

@test "checkpoint: a training that patience ended stays ended" {
	local epochs
	fit --epochs 50 --rate .2 --validate val.t --patience 2 --log whole.tsv --checkpoint c \
		> whole.m
	epochs=$(($(wc -l < whole.tsv) - 1))
	[ $epochs -lt 50 ]
	cp c before
	again --epochs 50 --rate .2 --validate val.t --patience 2 --log log.tsv > m
	cmp whole.m m
	cmp whole.tsv log.tsv
	cmp c before
	if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
		rm c
		! killed rename $epochs --epochs 50 --rate .2 --validate val.t --patience 2 || false
		again --epochs 50 --rate .2 --validate val.t --patience 2 > m
		cmp whole.m m
	fi
}

@test "checkpoint: it changes nothing, and the log counts the seconds of all runs" {
	need_strace
	fit > whole.m
	fit --checkpoint c | cmp - whole.m
	rm c
	! killed rename 4 || false
	again --log log.tsv | cmp - whole.m
	[ "$(cut -f1 log.tsv | paste -sd' ')" = "epoch 1 2 3 4 5 6" ]
	awk -F'\t' 'NR > 1 { if ($7 < last) exit 1; last = $7 }' log.tsv
}

@test "checkpoint: says whether it goes on or starts, unless --quiet" {
	local loud="$BIN/lstm-train --hidden 6 --epochs 6 --batch 16 --checkpoint c"
	run -0 --separate-stderr bash -c "$loud --resume < train.t > m"
	[ "$stderr" = "lstm-train: c: not there yet: starting with epoch 1" ]
	run -0 --separate-stderr bash -c "$loud --resume < train.t > m"
	[ "$stderr" = "lstm-train: c: going on after epoch 6 of 6" ]
	run -0 --separate-stderr bash -c "$loud --resume --quiet < train.t > m"
	[ -z "$stderr" ]
	# Without --resume it starts, whatever is there.
	echo rubbish > c
	run -0 --separate-stderr bash -c "$loud < train.t > m"
	[ -z "$stderr" ]
	again | cmp - m
}

@test "checkpoint: options that change a bit must be the same, the others may differ" {
	local other name was
	fit --checkpoint c --normalise --average ema --validate-share .2 > whole.m
	cp c before
	for same in "--jobs 3" "--log x.tsv" "--hidden 6" "--rate .001" "--rate 1e-3" \
		"--schedule constant" "--dropout 0.30"; do
		again --normalise --average ema --validate-share .2 $same > m
		PYTHONPATH=$REF "$PYTHON" -c 'import sys, whit_stream as ws
a, b = (ws.read(open(p, "rb"))[1] for p in ("m", "whole.m"))
sys.exit([x.data for x in a] != [x.data for x in b])'
	done
	while read -r name value was; do
		fails 1 "c: of another training: option.$name: expected $value, got $was" \
			--normalise --average ema --validate-share .2 --$name $value
	done <<-'OPTIONS'
	seed 7 42
	epochs 7 6
	hidden 7 6
	layers 1 2
	batch 15 16
	rate 0.0123 0.001
	dropout 0.1 0.3
	pooling mean last
	optimiser adamw adam
	weight-decay 0.1 0
	schedule cosine constant
	label-smoothing 0.1 0
	clip 1 0
	average none ema
	average-decay 0.9 0.99
	stretch 0.1 0
	noise 0.1 0
	validate-share 0.3 0.2
	patience 3 0
	OPTIONS
	fails 1 "c: of another training: option.normalise: expected 0, got 1" --average ema \
		--validate-share .2
	fails 1 "c: of another training: option.recipe: expected x, got none" --normalise \
		--average ema --validate-share .2 --recipe x
	cmp c before
	fails 2 "--checkpoint and --log must be two files" --log c
	run -2 --separate-stderr fit --resume
	[ "$stderr" = "lstm-train: --resume needs --checkpoint" ]
}

@test "checkpoint: other data is refused" {
	local sum sum2
	sum() {
		sha256sum "$1" | cut -d' ' -f1
	}
	fit --checkpoint c > m
	for other in other fewer; do
		cp "$BATS_FILE_TMPDIR/$other.t" train.t
		fails 1 "c: of another training: train.sha256: expected $(sum train.t), \
got $(sum "$BATS_FILE_TMPDIR/train.t")"
	done
	cp "$BATS_FILE_TMPDIR/train.t" train.t
	fails 1 "c: of another training: validate.sha256: expected $(sum val.t), got none" \
		--validate val.t
	fit --checkpoint c --validate val.t > m
	fails 1 "c: of another training: validate.sha256: expected $(sum val2.t), \
got $(sum val.t)" --validate val2.t
	# The path may differ: the bytes decide.
	cp val.t moved.t
	again --validate moved.t | cmp - m
	fit > a.m
	fit --seed 3 > b.m
	fit --checkpoint c --teacher a.m > m
	fails 1 "c: of another training: teacher.sha256: expected $(sum b.m), got $(sum a.m)" \
		--teacher b.m
}

# EDIT is Python on head (dict) and t (dict of Tensor) of a good checkpoint.
@test "checkpoint: one that cannot be of this training is one line" {
	fit --checkpoint good --validate-share .2 --average ema > m
	refuse() {
		PYTHONPATH=$REF "$PYTHON" - "$2" <<-'END'
		import sys, array, whit_stream as ws
		head, tensors = ws.read(open("good", "rb"))
		t = {x.name: x for x in tensors}
		exec(sys.argv[1])
		ws.write(open("c", "wb"), head, list(t.values()))
		END
		fails 1 "$1" --validate-share .2 --average ema
	}
	refuse "c: of another training: kind: expected checkpoint, got model" \
		'head["kind"] = "model"'
	refuse "c: of another training: tool: expected lstm-train 0.1.0, got lstm-train 0.0.9" \
		'head["tool"] = "lstm-train 0.0.9"'
	refuse "c: of another training: labels: expected a,b,c, got a,b" 'head["labels"] = "a,b"'
	refuse "c: tensor adam.v: expected one, got none" 'del t["adam.v"]'
	refuse "c: expected 15 tensors, got 16" 't["x"] = ws.Tensor("x", "f32", (1,), [1])'
	refuse "c: expected 15 tensors, got 16" 't["x"] = t["net.w"]'
	refuse "c: tensor net.w: expected 1 dimensions 669x1 of f32, \
got 1 dimensions 668x1 of f32" \
		't["net.w"] = ws.Tensor("net.w", "f32", (668,), t["net.w"].data[:668])'
	refuse "c: tensor adam.steps: expected 1 dimensions 1x1 of s64, \
got 1 dimensions 1x1 of f64" \
		't["adam.steps"] = ws.Tensor("adam.steps", "f64", (1,), [18])'
	refuse "stdin: checkpoint: expected at most 6 epochs of 3 steps, got 7, 21, 18 averaged" \
		't["epochs.done"].data[0] = 7; t["adam.steps"].data[0] = 21'
	refuse "stdin: checkpoint: expected at most 6 epochs of 3 steps, got 6, -1, 18 averaged" \
		't["adam.steps"].data[0] = -1'
	refuse "stdin: checkpoint: order: expected each of 0 to 47 once" 't["order"].data[3] = 48'
	refuse "stdin: checkpoint: order: expected each of 0 to 47 once" 't["order"].data[3] = -1'
	refuse "stdin: checkpoint: order: expected each of 0 to 47 once" \
		't["order"].data[3] = t["order"].data[4]'
	# of an even increment: 0 for ever, which is never a number below 47
	refuse "stdin: checkpoint: order.rng, dropout.rng: expected the increments of their \
streams" 't["order.rng"].data[0] = t["order.rng"].data[1] = 0
t["epochs.done"].data[0] = 5; t["adam.steps"].data[0] = t["average.added"].data[0] = 15'
	refuse "stdin: checkpoint: order.rng, dropout.rng: expected the increments of their \
streams" 't["dropout.rng.3"].data[1] += 2'
	cp m c
	run -1 --separate-stderr again --validate-share .2 --average ema
	[[ $stderr == "lstm-train: c: of another training: kind: expected checkpoint, got model"* ]]
	[ "${#stderr_lines[@]}" = 1 ]
}

@test "checkpoint: a damaged one is one line, exit 1, and stays as it is" {
	fit --checkpoint good > m
	PYTHONPATH=$REF "$PYTHON" - "$BIN/lstm-train" <<-'END'
	import subprocess, sys, stream_abuse
	n = 0
	for what, data in stream_abuse.damaged(open("good", "rb").read()):
	    open("c", "wb").write(data)
	    args = "--hidden 6 --epochs 6 --batch 16 --quiet --checkpoint c --resume"
	    p = subprocess.run([sys.argv[1], *args.split()],
	                       stdin=open("train.t"), capture_output=True, text=True)
	    assert p.returncode == 1 and p.stdout == "" and p.stderr.count("\n") == 1, (what, p)
	    assert p.stderr.startswith("lstm-train: c: "), (what, p)
	    assert open("c", "rb").read() == data, what
	    n += 1
	assert n > 60
	END
	mkdir d
	run -1 --separate-stderr fit --checkpoint d --resume
	[ "$stderr" = "lstm-train: d: Is a directory" ]
}

@test "checkpoint: where none can be written is said before the first epoch" {
	run -1 --separate-stderr fit --checkpoint no/c --epochs 100000
	[ "$stderr" = "lstm-train: no/c: No such file or directory" ]
	run -1 --separate-stderr fit --checkpoint /dev/full
	[[ $stderr == "lstm-train: /dev/full: "*"write: No space left on device" ]]
	[ "${#stderr_lines[@]}" = 1 ]
	[ -z "$output" ]
}

@test "checkpoint: a fault while it is written leaves the one before, and no temporary" {
	need_strace
	local fault call error n at
	fit > whole.m
	while read -r call error at; do
		for n in $at; do
			rm -f c*
			status=0
			strace -qq -o trace -e trace="$call" \
				-e inject="$call:error=$error:when=$n" \
				"$BIN/lstm-train" --hidden 6 --epochs 6 --batch 16 --quiet \
				--checkpoint c < train.t > m 2> err ||
				status=$?
			grep -q INJECTED trace || { echo "$call $n: not reached"; false; }
			[ $status -eq 1 ] && [ "$(wc -l < err)" -eq 1 ] &&
				grep -q '^lstm-train: c: ' err ||
				{ echo "$call $error $n: exit $status: $(cat err)"; false; }
			[ ! -s m ]
			[ "$(echo c*)" = c ] || [ "$n" -le 1 ]
			again | cmp - whole.m
		done
	done <<-'FAULTS'
	write ENOSPC 1 5 9
	write EIO 8
	fsync EIO 1 4
	rename EACCES 1 4
	FAULTS
}

@test "checkpoint: formats/checkpoint.md names what is in it" {
	local name
	fit --checkpoint c --validate-share .2 --average ema --prune 2:.5 > m
	PYTHONPATH=$REF "$PYTHON" -c 'import whit_stream as ws
head, tensors = ws.read(open("c", "rb"))
assert head["kind"] == "checkpoint" and head["option.hidden"] == "6", head
assert head["history.1"].startswith("lstm-train ") and "--average ema" in head["history.1"], head
rows = {t.name: t for t in tensors}["epochs.figures"]
assert tuple(rows.shape) == (6, 8)
assert [rows.data[8 * i] for i in range(6)] == [1, 2, 3, 4, 5, 6], rows.data
for t in tensors: print(t.name)' > names
	[ "$(wc -l < names)" = 16 ]
	while read -r name; do
		case $name in dropout.rng.[123]) continue ;; esac
		grep -q "\`$name\`" "$ROOT/formats/checkpoint.md" || { echo "$name"; false; }
	done < names
	"$BIN/tensor" show c > shown
	grep -q '^net.w .* f32 ' shown
	run -1 --separate-stderr bash -c '"$1" c < train.t' - "$BIN/classify"
	[ "$stderr" = "classify: c: expected a stream of kind=model, got kind=checkpoint" ]
}
