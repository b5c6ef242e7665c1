# SPDX-License-Identifier: MIT
# tensor: show, cat, conversions.
load helper

WS=$BATS_TEST_DIRNAME/ref/whit_stream.py

good() {
	"$PYTHON" "$WS" make > good.t
}

@test "tensor: bad streams fail every subcommand with one line" {
	good
	for sub in "show --values" "cat" "cat {}" "to-npy 0_ann_0" "to-npz" "to-safetensors"; do
		stream_abuse good.t "$BIN/tensor" $sub
	done
}
