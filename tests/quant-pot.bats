# SPDX-License-Identifier: MIT
# Nets whose weights are powers of two: codes, kernel, integer net.
load helper

UNIT=$BIN/../tests/unit

@test "pot: codes are the bytes that formats/model.md says, and come back" {
	run -0 "$UNIT/pot_code"
	[ -z "$output" ]
}
