# SPDX-License-Identifier: MIT
# Ten minutes of continuous input: 30,000 frames of joined utterances without a reset.
load helper

DRIFT=$BIN/../tests/unit/drift
export PYTHONPATH=$ROOT/tests/ref

# trained FEATURES ARG...: f.m, i.m: a net of these utterances, in float and in int8
trained() {
	local features=$1
	shift
	"$BIN/lstm-train" --rate 1e-2 --normalise --quiet "$@" < "$features" > f.m
	"$BIN/quantize-int8" --calibrate "$features" < f.m > i.m
}

@test "drift: after ten minutes integers are as near the float net as after one" {
	need_python numpy
	local cell pooling
	"$PYTHON" "$PYTHONPATH/int8_net.py" features 1 60 13 5 0 > f.t
	for cell in lstm gru; do
		for pooling in last mean; do
			trained f.t --cell $cell --pooling $pooling --hidden 16
			run -0 "$DRIFT" f.m i.m < f.t
			[[ $output == "300"[0-9][0-9]" frames, "* ]]
			# louder by 30 % at the end, for the integers alone, is noticed
			run -1 "$DRIFT" f.m i.m 0.3 < f.t
		done
	done
}

@test "drift: with FSDD's recordings too" {
	need_fsdd
	local cell
	printf '%s\n' "$FSDD"/recordings/*_[0-4].wav | "$BIN/wav2mfcc" --preset device > f.t
	for cell in lstm gru; do
		trained f.t --cell $cell --hidden 24 --epochs 12
		run -0 "$DRIFT" f.m i.m < f.t
		echo "# $cell: ${lines[3]}" >&3
	done
}
