# SPDX-License-Identifier: MIT
# Nets whose weights are powers of two: codes, kernel, integer net.
load helper

UNIT=$BIN/../tests/unit

@test "pot: codes are the bytes that formats/model.md says, and come back" {
	run -0 "$UNIT/pot_code"
	[ -z "$output" ]
}

@test "pot: products of codes and 16-bit vectors are the sums that the codes say" {
	run -0 "$UNIT/pot_s16"
	[ -z "$output" ]
}

# multiplies OBJDUMP FILE.o: instructions that multiply, and calls of what does it where none is
multiplies() {
	"$1" -dr --no-show-raw-insn "$2" | awk -F '\t' '
		$2 ~ /mul|mla|mls|madd|dot/ || /R_[A-Z0-9_]*[ \t].*mul/ { print; n++ }
		END { exit n > 0 }'
}

@test "pot: no processor multiplies in the products of codes, and the search finds who does" {
	need arm-none-eabi-gcc riscv64-unknown-elf-gcc
	local board dump option
	echo 'int run(void) { return 0; }' > none.c
	for board in microbit mps2-an385 virt; do
		dump=$([ $board = virt ] && echo riscv64-unknown-elf-objdump ||
			echo arm-none-eabi-objdump)
		for option in -O2 -Os -O3; do
			OPTIM=$option "$ROOT/tests/device/build" $board $board.elf none.c
			"$dump" -d $board.elf.o/fixed/pot_s16.o | grep '<pot4_s16>:' > /dev/null
			run -0 multiplies "$dump" $board.elf.o/fixed/pot_s16.o
			run -0 multiplies "$dump" $board.elf.o/fixed/pot4_m0.o
			run -1 multiplies "$dump" $board.elf.o/fixed/vec_s8.o
		done
	done
	# a processor without the instruction calls for it
	riscv64-unknown-elf-gcc -march=rv32ic -mabi=ilp32 -O2 -std=c99 -ffreestanding \
		-c -o pot.o "$ROOT/lib/fixed/pot_s16.c"
	riscv64-unknown-elf-gcc -march=rv32ic -mabi=ilp32 -O2 -std=c99 -ffreestanding \
		-c -o s8.o "$ROOT/lib/fixed/vec_s8.c"
	run -0 multiplies riscv64-unknown-elf-objdump pot.o
	run -1 multiplies riscv64-unknown-elf-objdump s8.o
	# this machine's libwhitfixed.a
	run -0 multiplies objdump "$BIN/../lib/fixed/pot_s16.o"
	run -1 multiplies objdump "$BIN/../lib/fixed/vec_s8.o"
}
