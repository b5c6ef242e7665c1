/* SPDX-License-Identifier: MIT */
/*
 * kernel_loops - the loops of kernel.h, written once (inside; see kernel_isa.h)
 *
 * Products are vectors by hand, because compilers keep no block of sums in
 * registers; the rest is scalar C that they turn into vectors. fmaf() is an
 * instruction where the set has one, else a call with the same result.
 */
#include "float_bits.h"

#define INLINE static inline __attribute__((always_inline))
#define K_BLOCK 128		/* rows of the packed matrix that stay in the L1 cache */

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#define EACH _Pragma("clang loop vectorize(assume_safety)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#define EACH _Pragma("GCC ivdep")	/* element j reads and writes element j only */
#endif

/*
 * MR rows by NV vectors of C, all in registers, the last vector `last` columns wide. MR and NV
 * are constants at every call; so is last where it is LANES.
 */
INLINE void
block(int MR, int NV, size_t last, float *C, size_t ldc, const float *A, size_t am, size_t ak,
	const float *P, size_t ld, size_t K)
{
	vec acc[24];

	UNROLL
	for (int m = 0; m < MR; m++) {
		float *C_m = C + (size_t)m * ldc;

		UNROLL
		for (int v = 0; v < NV; v++)
			acc[m * NV + v] = v < NV - 1 || last == LANES ?
				*(const vec *)(C_m + v * LANES) :
				LOAD_PART(C_m + v * LANES, last);
	}
	for (size_t k = 0; k < K; k++) {
		vec p[12];

		UNROLL
		for (int v = 0; v < NV; v++)
			p[v] = *(const vec *)(P + k * ld + v * LANES);
		UNROLL
		for (int m = 0; m < MR; m++) {
			vec a = A[(size_t)m * am + k * ak] - (vec){ 0 };

			UNROLL
			for (int v = 0; v < NV; v++)
				acc[m * NV + v] = FMA(a, p[v], acc[m * NV + v]);
		}
	}
	UNROLL
	for (int m = 0; m < MR; m++) {
		float *C_m = C + (size_t)m * ldc;

		UNROLL
		for (int v = 0; v < NV; v++)
			if (v < NV - 1 || last == LANES)
				*(vec *)(C_m + v * LANES) = acc[m * NV + v];
			else
				STORE_PART(C_m + v * LANES, acc[m * NV + v], last);
	}
}

/* M rows by NV vectors. */
INLINE void
panel(int NV, size_t last, float *C, size_t ldc, const float *A, size_t am, size_t ak,
	const float *P, size_t ld, size_t M, size_t K)
{
	for (; M >= ROWS; M -= ROWS, C += ROWS * ldc, A += ROWS * am)
		block(ROWS, NV, last, C, ldc, A, am, ak, P, ld, K);
	switch (M) {
#if ROWS == 8
	case 7:
		block(7, NV, last, C, ldc, A, am, ak, P, ld, K);
		break;
	case 6:
		block(6, NV, last, C, ldc, A, am, ak, P, ld, K);
		break;
	case 5:
		block(5, NV, last, C, ldc, A, am, ak, P, ld, K);
		break;
	case 4:
		block(4, NV, last, C, ldc, A, am, ak, P, ld, K);
		break;
#endif
	case 3:
		block(3, NV, last, C, ldc, A, am, ak, P, ld, K);
		break;
	case 2:
		block(2, NV, last, C, ldc, A, am, ak, P, ld, K);
		break;
	case 1:
		block(1, NV, last, C, ldc, A, am, ak, P, ld, K);
		break;
	}
}

static void
isa_gemm(float *C, size_t ldc, const float *A, size_t am, size_t ak, const float *P, size_t M,
	size_t N, size_t K)
{
	const size_t L = LANES;
	size_t ld = kernel_ld(N);

	/* Blocks of k one after another leave the order of each sum as it is. */
	for (size_t k = 0; k < K; k += K_BLOCK, A += K_BLOCK * ak, P += K_BLOCK * ld) {
		size_t nk = K - k < K_BLOCK ? K - k : K_BLOCK, n = 0;

		if (M == 1)	/* one row alone: as many sums at once as registers hold */
			for (; n + 12 * L <= N; n += 12 * L)
				block(1, 12, L, C + n, ldc, A, am, ak, P + n, ld, nk);
		for (; n + 3 * L <= N; n += 3 * L)
			panel(3, L, C + n, ldc, A, am, ak, P + n, ld, M, nk);
		if (N - n > 2 * L)
			panel(3, N - n - 2 * L, C + n, ldc, A, am, ak, P + n, ld, M, nk);
		else if (N - n > L)
			panel(2, N - n - L, C + n, ldc, A, am, ak, P + n, ld, M, nk);
		else if (N > n)
			panel(1, N - n, C + n, ldc, A, am, ak, P + n, ld, M, nk);
	}
}

/* Cephes expf (S. Moshier): x = n ln 2 + r, a polynomial of degree 5 in r, times 2^n. */
INLINE float
exp_f32(float x)
{
	const float magic = 0x1.8p23f;		/* adding it rounds to a whole number */
	float z, n, r, p;

	x = x < -87.0f ? -87.0f : x;
	x = x > 88.0f ? 88.0f : x;
	z = fmaf(x, 1.44269504088896341f, magic);
	n = z - magic;
	r = fmaf(n, -0.693359375f, x);		/* ln 2 in two parts */
	r = fmaf(n, 2.12194440e-4f, r);
	p = 1.9875691500e-4f;
	p = fmaf(p, r, 1.3981999507e-3f);
	p = fmaf(p, r, 8.3334519073e-3f);
	p = fmaf(p, r, 4.1665795894e-2f);
	p = fmaf(p, r, 1.6666665459e-1f);
	p = fmaf(p, r, 5.0000001201e-1f);
	p = fmaf(p, r * r, r) + 1.0f;
	/* 2^n: the low bits of z count from magic's. */
	return p * bits_to_float((float_to_bits(z) - float_to_bits(magic) + 127) << 23);
}

INLINE float
sigmoid_f32(float x)
{
	return 1.0f / (1.0f + exp_f32(-x));
}

/* Cephes tanhf: an odd polynomial near 0, 1 - 2 / (exp(2|x|) + 1) beyond. */
INLINE float
tanh_f32(float x)
{
	uint32_t sign = float_to_bits(x) & 0x80000000u;
	float y = bits_to_float(float_to_bits(x) ^ sign), z = x * x, p, q;

	p = -5.70498872745e-3f;
	p = fmaf(p, z, 2.06390887954e-2f);
	p = fmaf(p, z, -5.37397155531e-2f);
	p = fmaf(p, z, 1.33314422036e-1f);
	p = fmaf(p, z, -3.33332819422e-1f);
	p = fmaf(p * z, y, y);
	q = 1.0f - 2.0f / (exp_f32(y + y) + 1.0f);
	q = y < 0.625f ? p : q;
	return bits_to_float(float_to_bits(q) | sign);
}

static void
isa_add(float *restrict y, const float *restrict x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] += x[i];
}

static float
isa_exp(float x)
{
	return exp_f32(x);
}

static float
isa_tanh(float x)
{
	return tanh_f32(x);
}

static float
isa_sigmoid(float x)
{
	return sigmoid_f32(x);
}

#include "kernel_gru.h"
#include "kernel_lstm.h"

const struct kernel_isa ISA_TABLE = {
	ISA_NAME, isa_gemm, isa_lstm, isa_lstm_backward, isa_gru, isa_gru_backward, isa_add,
	isa_exp, isa_tanh, isa_sigmoid
};
