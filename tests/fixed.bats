# SPDX-License-Identifier: MIT
# lib/fixed: the integer world. Its tools are tested in their own files.
load helper

# The sources of lib/fixed, each compiled by "$@" -o into the directory $1.
compile_fixed() {
	local dir=$1 f
	shift
	mkdir -p "$dir"
	for f in "$ROOT"/lib/fixed/*.c; do
		"$@" -std=c99 -pedantic -Wall -Wextra -Werror -ffreestanding -I"$ROOT/lib/fixed" \
			-c -o "$dir/$(basename "$f" .c).o" "$f"
	done
}

# Names that the objects need and none of them defines.
missing_symbols() {
	nm -u "$@" | awk 'NF == 2 { print $2 }' | sort -u > needed
	nm --defined-only "$@" | awk 'NF == 3 { print $3 }' | sort -u > defined
	comm -23 needed defined
}

# Floating-point instructions of x86-64: anything that names a vector or x87 register.
float_instructions() {
	objdump -d --no-show-raw-insn "$@" |
		grep -E '%(x|y|z)mm[0-9]|%st\b|\bf(ld|st|add|mul|div|sub|ild|ist)[a-z]* ' || true
}

@test "lib/fixed: equals CMSIS-NN on 26 nets, 29 tables and 240 requantisations" {
	run -0 "$BIN/../tests/unit/golden_s8" "$ROOT/tests/golden/lstm-s8.txt"
	[[ $output == *" 0 differences" ]]
}

@test "lib/fixed: the comparison with CMSIS-NN notices one wrong digit" {
	awk '/^s16 c /{ last = NR } { l[NR] = $0 } END { for (i = 1; i <= NR; i++) {
		if (i == last) { d = substr(l[i], length(l[i]))
			sub(/.$/, d == "0" ? "1" : "0", l[i]) }
		print l[i] } }' "$ROOT/tests/golden/lstm-s8.txt" > cell.txt
	run -1 "$BIN/../tests/unit/golden_s8" cell.txt
	# plain, counting and wide steps
	[[ $output == *"cell at "* && $output == *" 3 differences" ]]
	sed 's/^act tanh 0 .*/act tanh 0 12345678/' "$ROOT/tests/golden/lstm-s8.txt" > act.txt
	run -1 "$BIN/../tests/unit/golden_s8" act.txt
	[[ $output == *"tanh at 0"* ]]
}

@test "lib/fixed: requantisation, table, products, pooling and reset keep to their definitions" {
	run -0 "$BIN/../tests/unit/fixed"
	run -0 "$BIN/../tests/unit/net_int"
}

@test "lib/fixed: a GRU keeps to its definition, by the device's arithmetic and the host's" {
	run -0 "$BIN/../tests/unit/gru_s16"
}

@test "lib/fixed: no floating-point instruction and no symbol from outside" {
	[ "$(uname -m)" = x86_64 ] || skip "reads x86-64 objects"
	need gcc
	compile_fixed plain gcc -O3 -mgeneral-regs-only
	float_instructions plain/*.o > found
	[ ! -s found ]
	# what a freestanding compiler may always call, and position-independent addresses;
	# everything else is a library
	missing_symbols plain/*.o |
		{ grep -vxE 'mem(cpy|move|set|cmp)|_GLOBAL_OFFSET_TABLE_' || true; } > missing
	[ ! -s missing ]
}

@test "lib/fixed: the search for floating point finds it where there is some" {
	[ "$(uname -m)" = x86_64 ] || skip "reads x86-64 objects"
	need gcc
	echo 'float f(float a, float b) { return a * b; }' > f.c
	gcc -O2 -c f.c
	float_instructions f.o > found
	[ -s found ]
	echo 'long double f(long double a) { return a * 3; }' > l.c
	gcc -O2 -c l.c
	float_instructions l.o > found
	[ -s found ]
	run gcc -O2 -mgeneral-regs-only -c f.c
	[ "$status" -ne 0 ]
	echo 'int g(int); int f(int a) { return g(a); }' > s.c
	gcc -c s.c
	[ "$(missing_symbols s.o)" = g ]
}

@test "lib/fixed: compiles for a Cortex-M0 without soft float" {
	need clang
	compile_fixed m0 clang --target=thumbv6m-none-eabi -mcpu=cortex-m0 -mfloat-abi=soft -Os
	missing_symbols m0/*.o > missing
	# integer helpers of the run-time library only
	run ! grep -vxE -e '__aeabi_(l(asr|lsl|lsr|mul)|u?idiv(mod)?|mem(cpy|set|clr|move)[48]?)' \
		-e 'mem(cpy|move|set|cmp)' missing
	# the same list refuses floats
	echo 'float f(float a, float b) { return a * b; }' > f.c
	clang --target=thumbv6m-none-eabi -mcpu=cortex-m0 -mfloat-abi=soft -Os -c f.c
	[ "$(missing_symbols f.o)" = __aeabi_fmul ]
}

# golden OBJECT...: the comparisons with CMSIS-NN and, of a GRU, with its definition, linked with
# these objects or archives.
golden() {
	gcc -w -O1 -I"$ROOT/lib/fixed" -o gru_s16 "$ROOT/tests/unit/gru_s16.c" "$@"
	run -0 ./gru_s16
	gcc -w -O1 -D_POSIX_C_SOURCE=200809L -I"$ROOT/lib" -I"$ROOT/lib/fixed" -o golden \
		"$ROOT/tests/unit/golden_s8.c" "$@" "$ROOT/lib/base/err.c" -lz
	run -0 ./golden "$ROOT/tests/golden/lstm-s8.txt"
	[[ $output == *" 0 differences" ]]
}

@test "lib/fixed: both builds, without and with vector units, give CMSIS-NN's bits" {
	[ "$(uname -m)" = x86_64 ] || skip "reads x86-64 objects"
	need gcc
	golden "$BIN/../lib/libwhitfixed.a"
	float_instructions "$BIN/../lib/libwhitfixed.a" > found
	[ ! -s found ]
	run -0 "$BIN/../tests/unit/golden_s8" "$ROOT/tests/golden/lstm-s8.txt"
	[[ $output == *" 0 differences" ]]
	float_instructions "$BIN"/../lib/host/*.o > found
	[ -s found ]
}

@test "lib/fixed: gcc and clang at -O1 and -O3, with any vectors, give CMSIS-NN's bits" {
	local cc level
	for cc in gcc clang; do
		need $cc
		for level in -O1 -O3 "-O1 -mgeneral-regs-only" "-O3 -mgeneral-regs-only" -DCLONES= \
			"-O3 -DCLONES= $(grep -q avx2 /proc/cpuinfo && echo -march=x86-64-v3)" \
			"-O3 -DCLONES= $(grep -q avx512bw /proc/cpuinfo &&
			echo -march=x86-64-v4)"; do
			compile_fixed "o$cc$level" $cc $level
			golden "o$cc$level"/*.o
		done
	done
}

@test "lib/fixed: the undefined-behaviour sanitizer has nothing to say" {
	need gcc
	for unit in fixed gru_s16; do
		gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
			-D_POSIX_C_SOURCE=200809L -I"$ROOT/lib/fixed" -o $unit \
			"$ROOT/tests/unit/$unit.c" "$ROOT"/lib/fixed/*.c -lm
		run -0 ./$unit
	done
	gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
		-D_POSIX_C_SOURCE=200809L \
		-I"$ROOT/lib" -I"$ROOT/lib/fixed" -o golden "$ROOT/tests/unit/golden_s8.c" \
		"$ROOT"/lib/fixed/*.c "$ROOT/lib/base/err.c" -lz
	run -0 ./golden "$ROOT/tests/golden/lstm-s8.txt"
}
