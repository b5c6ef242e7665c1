# SPDX-License-Identifier: MIT
# The same bits everywhere: tests/unit/determinism.c trains two small nets and prints their hash.
load helper

GOLDEN=$(cat "$BATS_TEST_DIRNAME/golden/determinism.txt")
FILES=(lib/math/{kernel{,_base,_avx2,_avx512},pool,rng}.c lib/net/{cell,rnn}.c
	lib/train/{augment,batch,bptt{,_lane,_output},distill,optim,prune,train}.c
	lib/quant/{qat,quant_grid}.c)
STRICT="-ffp-contract=off -fno-math-errno -fno-trapping-math"

# build OUTPUT COMPILER FLAG...
build() {
	local out=$PWD/$1
	shift
	(cd "$ROOT" && "$@" -std=c11 -D_POSIX_C_SOURCE=200809L -Ilib -Ilib/fixed -w \
		-o "$out" tests/unit/determinism.c "${FILES[@]}" -pthread -lm)
}

# The instruction sets that this machine runs, as the error message of a wrong one lists them.
sets() {
	WHIT_ISA=? "$BIN/lstm-train" 2>&1 < /dev/null |
		sed 's/.*expected one of //; s/, which .*//; s/,//g'
}

# golden WHAT COMMAND...: the command prints the golden hash.
golden() {
	local what=$1 got
	shift
	got=$("$@") || true
	[ "$got" = "$GOLDEN" ] || { echo "$what: expected $GOLDEN, got $got"; false; }
}

@test "determinism: one hash from gcc and clang, -O1 and -O3, all instruction sets, 1 to 3 jobs" {
	need gcc clang
	[ -n "$(sets)" ]
	local cc isa jobs ran=0
	for cc in "gcc -O1" "gcc -O3" "clang -O1" "clang -O3"; do
		build program $cc $STRICT
		for isa in $(sets); do
			for jobs in 1 2 3; do
				golden "$cc $isa $jobs" env WHIT_ISA="$isa" ./program $jobs
				ran=$((ran + 1))
			done
		done
	done
	[ $ran = $((12 * $(sets | wc -w))) ]
}

@test "determinism: the same hash from NEON on aarch64" {
	need aarch64-linux-gnu-gcc qemu-aarch64
	local o
	for o in -O1 -O3; do
		build program aarch64-linux-gnu-gcc $o -static $STRICT
		golden "aarch64 $o" env WHIT_ISA=neon qemu-aarch64 ./program 2
	done
}

@test "determinism: the same hash where a multiply-add is a call, even without one in libc" {
	golden "no instruction" env WHIT_ISA="$(sets | sed 's/.* //')" \
		GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4 \
		"$BIN/../tests/unit/determinism"
}

@test "determinism: the hash notices contraction and -ffast-math" {
	need gcc
	[ "$(uname -m)" = x86_64 ] && [[ $(sets) = *avx2* ]] || skip "contraction needs AVX2"
	build program gcc -O2 -ffp-contract=fast
	run ! golden contraction env WHIT_ISA=avx2 ./program
	build program gcc -O1 -ffp-contract=off -ffast-math
	run ! golden fast env WHIT_ISA=avx2 ./program
}

@test "determinism: no compile line allows other bits" {
	cd "$ROOT"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -nB all > "$BATS_TEST_TMPDIR/lines"
	cd "$BATS_TEST_TMPDIR"
	grep -E -- ' -c .*(tools|lib)/[a-z0-9_/-]+[.]c' lines > compiled
	[ "$(wc -l < compiled)" -gt 50 ]
	run ! grep -E -- '-Ofast|-ffast-math|-funsafe|-fassociative|-freciprocal' lines
	run ! grep -E -- '-march=|-mfma|-mcpu=|-ffp-contract=(fast|on)' lines
	# lib/fixed has no float at all: -mgeneral-regs-only
	run ! grep -Ev -- '-ffp-contract=off|-mgeneral-regs-only' compiled
	run ! grep -rnEi 'FP_CONTRACT|fast-math|optimize *\(' "$ROOT/lib" "$ROOT/tools" \
		--include=*.[ch]
}

@test "determinism: the tools that train: the same bytes with any set, jobs, locale, zone" {
	PYTHONPATH=$ROOT/tests/ref python3 - <<-'END'
	import random, whit_stream as ws
	random.seed(5)
	ws.write(open("x.t", "wb"), {"kind": "features", "labels": "a,b,c"}, [
	    ws.Tensor("u%03d" % i, "f32", (T, 13), [random.gauss(i % 3, 2) for _ in range(13 * T)],
	              i % 3) for i in range(50) for T in [random.randint(1, 9)]])
	END
	local isa jobs env
	"$BIN/lstm-train" --epochs 2 --normalise --validate-share .2 < x.t > m
	"$BIN/lstm-train" --epochs 2 --qat int8 < x.t > q
	"$BIN/quantize-pot" --train x.t --epochs 2 < m > pot
	"$BIN/quantize-pot" --approach stochastic --float --train x.t --epochs 2 < m > stochastic
	"$BIN/classify" m < x.t > p
	for isa in $(sets); do
		for jobs in 1 2 3; do
			WHIT_ISA=$isa "$BIN/lstm-train" --epochs 2 --normalise --validate-share .2 \
				--jobs $jobs < x.t | cmp - m
			WHIT_ISA=$isa "$BIN/lstm-train" --epochs 2 --qat int8 --jobs $jobs < x.t |
				cmp - q
			WHIT_ISA=$isa "$BIN/quantize-pot" --train x.t --epochs 2 --jobs $jobs < m |
				cmp - pot
		done
		WHIT_ISA=$isa "$BIN/quantize-pot" --approach stochastic --float --train x.t \
			--epochs 2 < m | cmp - stochastic
		WHIT_ISA=$isa "$BIN/classify" m < x.t | cmp - p
	done
	for env in LC_ALL=C LC_ALL=tr_TR.UTF-8 LC_NUMERIC=de_DE.UTF-8 TZ=Asia/Kathmandu \
		OMP_NUM_THREADS=3; do
		env $env "$BIN/lstm-train" --epochs 2 --normalise --validate-share .2 < x.t |
			cmp - m
		env $env "$BIN/classify" m < x.t | cmp - p
	done
}

@test "determinism: an instruction set that there is not is one line and status 1" {
	local tool
	for tool in lstm-train "classify none.m" "quantize-int8 -m dynamic" \
		"quantize-pot --float -a round"; do
		WHIT_ISA=mmx run -1 --separate-stderr "$BIN"/$tool < /dev/null
		[ "$stderr" = "${tool%% *}: WHIT_ISA: expected one of $(sets |
			sed 's/ /, /g'), which this processor has, got mmx" ]
		[ -z "$output" ]
	done
}
