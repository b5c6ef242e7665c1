/* SPDX-License-Identifier: MIT */
/*
 * act_s16 - sigmoid and tanh on 16-bit integers, by table and straight lines
 *
 * Equal bit for bit to CMSIS-NN's arm_nn_activation_s16() and to TensorFlow
 * Lite's reference kernels for 16-bit LOGISTIC and TANH.
 *
 * One table of 256 nodes serves both, since tanh(x) = 2 sigmoid(2x) - 1 and
 * both are odd about their middle. Node i stands for x = i/24 and holds
 *
 *	2^16 (s(i) + (s(i + 1/2) - (s(i) + s(i + 1)) / 2) / 2),   s(i) = sigmoid(i/24)
 *
 * rounded to nearest: the function, raised by half of what the straight line
 * to the next node lies too low in its middle, so that the error of the
 * interpolation is shared between nodes and middles. Node 255 is 65535, where
 * both functions have reached their end. tests/unit/fixed.c computes it anew.
 */
#ifndef WHIT_ACT_S16_H
#define WHIT_ACT_S16_H

#include <stddef.h>
#include <stdint.h>

#define ACT_TABLE_N 256

extern const uint16_t act_table[ACT_TABLE_N];	/* 0.16 */

/* y = sigmoid(x): x (n) Q3.12, y (n) Q0.15 in 1..32767. y may be x. */
void act_sigmoid_s16(int16_t *y, const int16_t *x, size_t n);

/*
 * y = tanh(x): x (n) in units of 2^(e - 12), that is Q3.12 for e = 0; y (n)
 * Q0.15 in -32767..32767. e in -15..12; below 0, x is first shifted right
 * with one rounding. y may be x.
 */
void act_tanh_s16(int16_t *y, const int16_t *x, size_t n, int32_t e);

#endif
