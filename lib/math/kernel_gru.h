/* SPDX-License-Identifier: MIT */
/* kernel_gru - a step of the GRU and its gradient (inside of kernel_loops.h; see kernel.h) */
static void
isa_gru(float *gates, float *h, size_t ldh, const float *a, const float *u, const float *h_prev,
	size_t n, size_t H)
{
	for (; n; n--, gates += 4 * H, h += ldh, a += 4 * H, u += 3 * H, h_prev += H) {
		EACH
		for (size_t j = 0; j < H; j++) {
			float r = sigmoid_f32(a[j] + u[j]), z = sigmoid_f32(a[H + j] + u[H + j]);
			float m = tanh_f32(fmaf(r, u[2 * H + j], a[2 * H + j]));

			gates[j] = r;
			gates[H + j] = z;
			gates[2 * H + j] = m;
			gates[3 * H + j] = u[2 * H + j];
			/* h_t = (1 - z) n + z h_{t-1} */
			h[j] = fmaf(z, h_prev[j] - m, m);
		}
	}
}

static void
isa_gru_backward(float *da, float *du, float *carry, const float *dh, size_t ldh,
	const float *gates, const float *h_prev, size_t n, size_t H)
{
	size_t ld = kernel_ld(3 * H);

	for (; n; n--, da += ld, du += ld, carry += H, dh += ldh, gates += 4 * H, h_prev += H) {
		EACH
		for (size_t j = 0; j < H; j++) {
			float r = gates[j], z = gates[H + j], m = gates[2 * H + j];
			float d = dh[j] + carry[j], dz, dn, dr;

			/* s' = s (1 - s), tanh' = 1 - tanh^2 */
			dz = d * (h_prev[j] - m) * fmaf(-z, z, z);
			dn = fmaf(-d, z, d) * fmaf(-m, m, 1.0f);
			dr = dn * gates[3 * H + j] * fmaf(-r, r, r);
			da[j] = dr;
			da[H + j] = dz;
			da[2 * H + j] = dn;
			du[j] = dr;
			du[H + j] = dz;
			du[2 * H + j] = dn * r;
			carry[j] = d * z;
		}
	}
}
