// SPDX-License-Identifier: MIT
#include <stdint.h>
#include <string.h>

#include "kernel.h"

#define INLINE static inline __attribute__((always_inline))
#define K_BLOCK 256		/* rows of the packed matrix that stay in the L1 cache */

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* One vector; 4-byte alignment lets it be read from any row. */
typedef float vec __attribute__((vector_size(4 * KERNEL_LANES), aligned(4), may_alias));

size_t
kernel_ld(size_t N)
{
	return (N + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
}

void
kernel_pack(float *P, const float *B, size_t K, size_t N)
{
	size_t ld = kernel_ld(N);

	for (size_t k = 0; k < K; k++) {
		memcpy(P + k * ld, B + k * N, N * sizeof(*P));
		memset(P + k * ld + N, 0, (ld - N) * sizeof(*P));
	}
}

void
kernel_pack_transposed(float *P, const float *B, size_t K, size_t N)
{
	size_t ld = kernel_ld(N);

	for (size_t k = 0; k < K; k++) {
		for (size_t n = 0; n < N; n++)
			P[k * ld + n] = B[n * K + k];
		memset(P + k * ld + N, 0, (ld - N) * sizeof(*P));
	}
}

void
kernel_gemm_ref(float *C, size_t ldc, const float *A, size_t am, size_t ak, const float *P,
	size_t M, size_t N, size_t K)
{
	size_t ld = kernel_ld(N);

	for (size_t m = 0; m < M; m++)
		for (size_t n = 0; n < N; n++)
			for (size_t k = 0; k < K; k++)
				C[m * ldc + n] += A[m * am + k * ak] * P[k * ld + n];
}

/* MR rows by NV whole vectors of C, all in registers; MR and NV are constants at every call. */
INLINE void
block(int MR, int NV, float *C, size_t ldc, const float *A, size_t am, size_t ak, const float *P,
	size_t ld, size_t K)
{
	vec acc[12];

	UNROLL
	for (int m = 0; m < MR; m++) {
		UNROLL
		for (int v = 0; v < NV; v++)
			acc[m * NV + v] = *(const vec *)(C + (size_t)m * ldc + v * KERNEL_LANES);
	}
	for (size_t k = 0; k < K; k++) {
		UNROLL
		for (int m = 0; m < MR; m++) {
			float x = A[(size_t)m * am + k * ak];

			UNROLL
			for (int v = 0; v < NV; v++)
				acc[m * NV + v] += x * *(const vec *)(P + k * ld + v * KERNEL_LANES);
		}
	}
	UNROLL
	for (int m = 0; m < MR; m++) {
		UNROLL
		for (int v = 0; v < NV; v++)
			*(vec *)(C + (size_t)m * ldc + v * KERNEL_LANES) = acc[m * NV + v];
	}
}

/* Any MR rows, NV vectors of which the last has only `last` columns of C behind it. */
INLINE void
block_tail(int MR, int NV, size_t last, float *C, size_t ldc, const float *A, size_t am, size_t ak,
	const float *P, size_t ld, size_t K)
{
	float copy[12 * KERNEL_LANES] = { 0 };
	size_t width = (size_t)NV * KERNEL_LANES, used = width - KERNEL_LANES + last;

	for (int m = 0; m < MR; m++)
		memcpy(copy + (size_t)m * width, C + (size_t)m * ldc, used * sizeof(*C));
	block(MR, NV, copy, width, A, am, ak, P, ld, K);
	for (int m = 0; m < MR; m++)
		memcpy(C + (size_t)m * ldc, copy + (size_t)m * width, used * sizeof(*C));
}

/* M rows by NV vectors. */
INLINE void
panel(int NV, size_t last, float *C, size_t ldc, const float *A, size_t am, size_t ak,
	const float *P, size_t ld, size_t M, size_t K)
{
	size_t m = 0;

	if (last < KERNEL_LANES) {
		for (; m + 4 <= M; m += 4)
			block_tail(4, NV, last, C + m * ldc, ldc, A + m * am, am, ak, P, ld, K);
		for (; m < M; m++)
			block_tail(1, NV, last, C + m * ldc, ldc, A + m * am, am, ak, P, ld, K);
		return;
	}
	for (; m + 4 <= M; m += 4)
		block(4, NV, C + m * ldc, ldc, A + m * am, am, ak, P, ld, K);
	if (M - m == 3)
		block(3, NV, C + m * ldc, ldc, A + m * am, am, ak, P, ld, K);
	else if (M - m == 2)
		block(2, NV, C + m * ldc, ldc, A + m * am, am, ak, P, ld, K);
	else if (M - m == 1)
		block(1, NV, C + m * ldc, ldc, A + m * am, am, ak, P, ld, K);
}

KERNEL_CLONES
void
kernel_gemm(float *C, size_t ldc, const float *A, size_t am, size_t ak, const float *P,
	size_t M, size_t N, size_t K)
{
	const size_t L = KERNEL_LANES;
	size_t ld = (N + L - 1) / L * L;

	/* Blocks of k one after another leave the order of each sum as it is. */
	for (size_t k = 0; k < K; k += K_BLOCK, A += K_BLOCK * ak, P += K_BLOCK * ld) {
		size_t nk = K - k < K_BLOCK ? K - k : K_BLOCK, n = 0;

		if (M == 1)	/* one row alone: as many sums at once as registers hold */
			for (; n + 12 * L <= N; n += 12 * L)
				block(1, 12, C + n, ldc, A, am, ak, P + n, ld, nk);
		for (; n + 3 * L <= N; n += 3 * L)
			panel(3, L, C + n, ldc, A, am, ak, P + n, ld, M, nk);
		for (; n + L <= N; n += L)
			panel(1, L, C + n, ldc, A, am, ak, P + n, ld, M, nk);
		if (n < N)
			panel(1, N - n, C + n, ldc, A, am, ak, P + n, ld, M, nk);
	}
}

INLINE float
bits_to_float(uint32_t u)
{
	float f;

	memcpy(&f, &u, sizeof(f));
	return f;
}

INLINE uint32_t
float_to_bits(float f)
{
	uint32_t u;

	memcpy(&u, &f, sizeof(u));
	return u;
}

/* Cephes expf (S. Moshier): x = n ln 2 + r, a polynomial of degree 5 in r, times 2^n. */
INLINE float
exp_f32(float x)
{
	const float magic = 0x1.8p23f;		/* adding it rounds to a whole number */
	float z, n, r, p;

	x = x < -87.0f ? -87.0f : x;
	x = x > 88.0f ? 88.0f : x;
	z = x * 1.44269504088896341f + magic;
	n = z - magic;
	r = x - n * 0.693359375f;		/* ln 2 in two parts: the first exact */
	r = r - n * -2.12194440e-4f;
	p = 1.9875691500e-4f;
	p = p * r + 1.3981999507e-3f;
	p = p * r + 8.3334519073e-3f;
	p = p * r + 4.1665795894e-2f;
	p = p * r + 1.6666665459e-1f;
	p = p * r + 5.0000001201e-1f;
	p = p * (r * r) + r + 1.0f;
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
	p = p * z + 2.06390887954e-2f;
	p = p * z + -5.37397155531e-2f;
	p = p * z + 1.33314422036e-1f;
	p = p * z + -3.33332819422e-1f;
	p = p * z * y + y;
	q = 1.0f - 2.0f / (exp_f32(y + y) + 1.0f);
	q = y < 0.625f ? p : q;
	return bits_to_float(float_to_bits(q) | sign);
}

float
kernel_exp(float x)
{
	return exp_f32(x);
}

float
kernel_tanh(float x)
{
	return tanh_f32(x);
}

float
kernel_sigmoid(float x)
{
	return sigmoid_f32(x);
}

/* Cephes logf: x = m 2^e with m in sqrt(1/2)..sqrt(2). */
float
kernel_log(float x)
{
	int32_t e = (int32_t)(float_to_bits(x) >> 23) - 126;
	float m = bits_to_float((float_to_bits(x) & 0x7fffffu) | 0x3f000000u);
	float z, p, n;

	if (m < 0.707106781186547524f) {
		e--;
		m = m + m;
	}
	m = m - 1.0f;
	z = m * m;
	n = (float)e;
	p = 7.0376836292e-2f;
	p = p * m - 1.1514610310e-1f;
	p = p * m + 1.1676998740e-1f;
	p = p * m - 1.2420140846e-1f;
	p = p * m + 1.4249322787e-1f;
	p = p * m - 1.6668057665e-1f;
	p = p * m + 2.0000714765e-1f;
	p = p * m - 2.4999993993e-1f;
	p = p * m + 3.3333331174e-1f;
	p = p * m * z;
	p = p + n * -2.12194440e-4f;
	p = p - 0.5f * z;
	return m + p + n * 0.693359375f;
}

/* Taylor's series of cos and sin on 0..pi/4, folded. */
double
kernel_cospi(double x)
{
	double t = x > 0.5 ? 1.0 - x : x, y, sum = 0.0, term = 1.0;
	int i;

	if (t > 0.25) {		/* cos(pi t) = sin(pi (1/2 - t)) */
		y = (0.5 - t) * 3.14159265358979323846;
		term = y;
		for (i = 1; i < 20; i += 2) {
			sum += term;
			term = -term * y * y / ((i + 1) * (i + 2));
		}
	} else {
		y = t * 3.14159265358979323846;
		for (i = 0; i < 20; i += 2) {
			sum += term;
			term = -term * y * y / ((i + 1) * (i + 2));
		}
	}
	return x > 0.5 ? -sum : sum;
}

/* One row each. GCC believes restrict on parameters only, hence functions of their own. */
INLINE void
cell_row(float *restrict c, float *restrict tc, float *restrict h, const float *restrict gates,
	const float *restrict c_prev, size_t H)
{
	const float *i = gates, *f = i + H, *g = f + H, *o = g + H;

	for (size_t j = 0; j < H; j++) {
		/* c_t = f c_{t-1} + i g;  h_t = o tanh(c_t) */
		c[j] = f[j] * c_prev[j] + i[j] * g[j];
		tc[j] = tanh_f32(c[j]);
		h[j] = o[j] * tc[j];
	}
}

INLINE void
cell_row_backward(float *restrict da, float *restrict dc, const float *restrict dh,
	const float *restrict gates, const float *restrict tc, const float *restrict c_prev, size_t H)
{
	const float *i = gates, *f = i + H, *g = f + H, *o = g + H;

	for (size_t j = 0; j < H; j++) {
		/* dc_t += dh o (1 - tanh^2 c) */
		float d = dc[j] + dh[j] * o[j] * (1.0f - tc[j] * tc[j]);

		da[j] = d * g[j] * (i[j] * (1.0f - i[j]));
		da[H + j] = d * c_prev[j] * (f[j] * (1.0f - f[j]));
		da[2 * H + j] = d * i[j] * (1.0f - g[j] * g[j]);
		da[3 * H + j] = dh[j] * tc[j] * (o[j] * (1.0f - o[j]));
		dc[j] = d * f[j];
	}
}

KERNEL_CLONES
void
kernel_cell(float *gates, float *c, float *tc, float *h, const float *a, const float *c_prev,
	size_t n, size_t H)
{
	for (size_t r = 0; r < n; r++) {
		float *g_r = gates + r * 4 * H;
		const float *a_r = a + r * 4 * H;

		/* Element by element, so that gates may be a itself. */
		for (size_t j = 0; j < 2 * H; j++)
			g_r[j] = sigmoid_f32(a_r[j]);
		for (size_t j = 2 * H; j < 3 * H; j++)
			g_r[j] = tanh_f32(a_r[j]);
		for (size_t j = 3 * H; j < 4 * H; j++)
			g_r[j] = sigmoid_f32(a_r[j]);
		cell_row(c + r * H, tc + r * H, h + r * H, g_r, c_prev + r * H, H);
	}
}

KERNEL_CLONES
void
kernel_cell_backward(float *da, float *dc, const float *dh, const float *gates, const float *tc,
	const float *c_prev, size_t n, size_t H)
{
	size_t ld = (4 * H + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;

	for (size_t r = 0; r < n; r++)
		cell_row_backward(da + r * ld, dc + r * H, dh + r * H, gates + r * 4 * H,
			tc + r * H, c_prev + r * H, H);
}

KERNEL_CLONES
void
kernel_add(float *y, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] += x[i];
}
