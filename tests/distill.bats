# SPDX-License-Identifier: MIT
# lstm-train --teacher, and what it leaves in models, predictions and reports.
load helper

UNIT=$BIN/../tests/unit
REF=$BATS_TEST_DIRNAME/ref
# All that draws random numbers.
ALL="--normalise --stretch .2 --drop-steps .1 --offset .5 --noise .2 --time-masks 2 --coef-masks 1"

# Synthetic utterances of three labels, ragged, 5 features, and a teacher of theirs.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	PYTHONPATH=$REF "$PYTHON" - <<-'END'
	import math, random, whit_stream as ws
	random.seed(6)
	head = {"kind": "features", "labels": "a,b,c", "corpus": "toy", "feature.coefs": 5,
	        "feature.hop_n": 160}
	def utterance(i, D=5):
	    T = random.randint(3, 12)
	    x = [20 * math.sin((i % 3 + 1) * (0.3 * t + d)) + random.gauss(5, 9)
	         for t in range(T) for d in range(D)]
	    return ws.Tensor("u%03d" % i, "f32", (T, D), x, i % 3, "s%d" % (i % 4))
	def write(path, r, D=5, **more):
	    ws.write(open(path, "wb"), {**head, **more}, [utterance(i, D) for i in r])
	write("train.t", range(90))
	write("val.t", range(100, 130))
	write("few.t", range(6))
	write("hop.t", range(6), **{"feature.hop_n": 128})
	write("names.t", range(6), labels="a,b,d")
	write("wide.t", range(6), D=6)
	END
	"$BIN/lstm-train" --layers 1 --hidden 16 --epochs 15 --rate 1e-2 --normalise \
		--pooling mean < train.t > teacher.m
}

fit() {
	"$BIN/lstm-train" --hidden 5 --epochs 4 --batch 16 --rate 1e-2 "$@" \
		< "$BATS_FILE_TMPDIR/train.t"
}

# The head of a stream as text, or its tensors' bytes alone.
head_of() {
	PYTHONPATH=$REF "$PYTHON" -c 'import sys, whit_stream as ws
for kv in ws.read(open(sys.argv[1], "rb"))[0].items(): print("%s=%s" % kv)' "$1"
}

tensors_of() {
	PYTHONPATH=$REF "$PYTHON" -c 'import sys, whit_stream as ws
for t in ws.read(open(sys.argv[1], "rb"))[1]: print(t.name, bytes(t.data))' "$1"
}

@test "distill: the teacher sees what the student sees; alpha 0, its own teacher change nothing" {
	"$UNIT/distill"
}

@test "distill: alpha 0 gives the weights without a teacher, whatever draws random numbers" {
	local teacher=$BATS_FILE_TMPDIR/teacher.m how
	for how in "" "$ALL" "--label-smoothing .1 --dropout .5 --validate-share .2 --jobs 2"; do
		fit $how > a
		fit $how --teacher "$teacher" --alpha 0 > b
		cmp <(tensors_of a) <(tensors_of b)
		fit $how --teacher "$teacher" > b
		! cmp -s <(tensors_of a) <(tensors_of b) || false
	done
}

@test "distill: the same bytes for any --jobs and every set of instructions" {
	local teacher=$BATS_FILE_TMPDIR/teacher.m isa jobs
	fit $ALL --teacher "$teacher" --tau 2.5 --alpha .7 --label-smoothing .05 > a
	for isa in $(WHIT_ISA=? fit 2>&1 | sed 's/.*expected one of //; s/, which .*//; s/,//g'); do
		for jobs in 1 2 3; do
			WHIT_ISA=$isa fit $ALL --teacher "$teacher" --tau 2.5 --alpha .7 \
				--label-smoothing .05 --jobs $jobs | cmp - a
		done
	done
}

@test "distill: the model says who taught it, and so do its predictions" {
	local d=$BATS_FILE_TMPDIR
	fit --teacher "$d/teacher.m" --tau 2 > m
	head_of m > head
	grep -qx "teacher.sha256=$(sha256sum < "$d/teacher.m" | cut -d' ' -f1)" head
	grep -qx "teacher.train.sha256=$(sha256sum < "$d/train.t" | cut -d' ' -f1)" head
	grep -qx "teacher.tau=2" head
	grep -qx "teacher.alpha=0.6" head
	"$BIN/quantize-int8" --method dynamic < m > q.m
	"$BIN/classify" q.m < "$d/val.t" > p
	head_of p | grep '^teacher[.]' | cmp - <(grep '^teacher[.]' head)
	# Trained on other utterances than its teacher: the teacher's are known, too.
	"$BIN/lstm-train" --epochs 1 --teacher "$d/teacher.m" < "$d/val.t" > m
	"$BIN/classify" m < "$d/train.t" > p
	run -0 --separate-stderr "$BIN/report" p
	[ "$stderr" = \
		"report: p: the model was taught by one that was trained on these very features" ]
}

@test "distill: the loss of training has the teacher in it, that of validation has not" {
	need_python numpy
	local d=$BATS_FILE_TMPDIR
	"$BIN/lstm-train" --cell gru --hidden 7 --epochs 9 --rate 1e-2 < "$d/train.t" > gru.m
	local teacher
	for teacher in "$d/teacher.m" gru.m; do
		fit --teacher $teacher --alpha 1 --dropout 0 --epochs 1 --rate 1e-30 \
			--validate "$d/val.t" --log log > m
		"$BIN/classify" m < "$d/train.t" > train.p
		"$BIN/classify" m < "$d/val.t" > val.p
		"$BIN/classify" $teacher < "$d/train.t" > teacher.p
		PYTHONPATH=$REF "$PYTHON" - <<-'END'
		import numpy, whit_stream as ws
		def logs(path, tau=1):
		    ts = ws.read(open(path, "rb"))[1]
		    z = numpy.array([t.numpy() for t in ts], "f8") / tau
		    return z - numpy.log(numpy.exp(z).sum(1, keepdims=True)), [t.label for t in ts]
		_, loss, _, validation, *_ = open("log").readlines()[1].split()
		s, t = logs("train.p", 3)[0], logs("teacher.p", 3)[0]
		kl = 9 * (numpy.exp(t) * (t - s)).sum(1).mean()
		z, y = logs("val.p")
		ce = -z[range(len(y)), y].mean()
		assert abs(kl - float(loss)) < 1e-5, (kl, loss)
		assert abs(ce - float(validation)) < 1e-5, (ce, validation)
		END
	done
}

@test "distill: a teacher that does not fit is one line and status 1" {
	local d=$BATS_FILE_TMPDIR
	refuse() {
		run -1 --separate-stderr fit --teacher "$1"
		[ "$stderr" = "lstm-train: $1: $2" ] || { echo "$stderr"; false; }
		[ -z "$output" ]
	}
	for t in hop names wide; do
		"$BIN/lstm-train" --epochs 1 < "$d/$t.t" > $t.m
	done
	refuse hop.m "not taught by the training features: feature.hop_n: expected 160, got 128"
	refuse names.m "not taught by the training features: labels: expected a,b,c, got a,b,d"
	refuse wide.m "features a frame: expected 5, got 6"
	"$BIN/quantize-int8" --method dynamic < "$d/teacher.m" > q.m
	refuse q.m "precision: expected float32, got int8-dynamic"
	refuse "$d/few.t" "expected a stream of kind=model, got kind=features"
	refuse none.m "No such file or directory"
	cp "$d/few.t" few.t
	STDIN=few.t stream_abuse "$d/teacher.m" "$BIN/lstm-train" --epochs 1 --hidden 3 --teacher {}
}

@test "distill: bad usage is one line and status 2" {
	local bad
	for bad in "--tau 2" "--alpha .5"; do
		run -2 --separate-stderr fit $bad
		[ "$stderr" = "lstm-train: --tau and --alpha are for --teacher" ]
	done
	for bad in "--tau 0" "--tau -1" "--tau nan" "--tau 1001" "--alpha -.1" "--alpha 1.1" \
		"--alpha x"; do
		run -2 --separate-stderr fit --teacher "$BATS_FILE_TMPDIR/teacher.m" $bad
		[ "${#stderr_lines[@]}" = 1 ] && [ -z "$output" ] ||
			{ echo "$bad: $stderr"; false; }
	done
}
