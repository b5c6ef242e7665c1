/* SPDX-License-Identifier: MIT */
/* kernel_lstm - a step of the LSTM and its gradient (inside of kernel_loops.h; see kernel.h) */
static void
isa_lstm(float *gates, float *c, float *tc, float *h, size_t ldh, const float *a,
	const float *c_prev, size_t n, size_t H)
{
	for (size_t r = 0; r < n; r++, gates += 4 * H, a += 4 * H, h += ldh) {
		EACH
		for (size_t j = 0; j < H; j++) {
			float i = sigmoid_f32(a[j]), f = sigmoid_f32(a[H + j]);
			float g = tanh_f32(a[2 * H + j]), o = sigmoid_f32(a[3 * H + j]);

			gates[j] = i;
			gates[H + j] = f;
			gates[2 * H + j] = g;
			gates[3 * H + j] = o;
			/* c_t = f c_{t-1} + i g;  h_t = o tanh(c_t) */
			c[r * H + j] = fmaf(f, c_prev[r * H + j], i * g);
			tc[r * H + j] = tanh_f32(c[r * H + j]);
			h[j] = o * tc[r * H + j];
		}
	}
}

static void
isa_lstm_backward(float *da, float *dc, const float *dh, size_t ldh, const float *gates,
	const float *tc, const float *c_prev, size_t n, size_t H)
{
	size_t ld = kernel_ld(4 * H);

	for (; n; n--, da += ld, dc += H, dh += ldh, gates += 4 * H, tc += H, c_prev += H) {
		EACH
		for (size_t j = 0; j < H; j++) {
			float i = gates[j], f = gates[H + j];
			float g = gates[2 * H + j], o = gates[3 * H + j], d;

			/* dc_t += dh o (1 - tanh^2 c);  s' = s (1 - s), tanh' = 1 - tanh^2 */
			d = fmaf(dh[j] * o, fmaf(-tc[j], tc[j], 1.0f), dc[j]);
			da[j] = d * g * fmaf(-i, i, i);
			da[H + j] = d * c_prev[j] * fmaf(-f, f, f);
			da[2 * H + j] = d * i * fmaf(-g, g, 1.0f);
			da[3 * H + j] = dh[j] * tc[j] * fmaf(-o, o, o);
			dc[j] = d * f;
		}
	}
}
