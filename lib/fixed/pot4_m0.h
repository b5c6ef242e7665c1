/* SPDX-License-Identifier: MIT */
/*
 * pot4_m0 - the inner loops of pot_s16.c for 4-bit codes, by hand for a Cortex-M0
 *
 * It can do everything with eight registers only, and gcc does not find a use of them that keeps
 * sums and addresses there. A weight takes four instructions here: half of reading a byte of two
 * codes, looking up where in its column's table the code's number is (shifting it out of the byte
 * would be one more), reading and adding the number. A column's table takes 21, by the C 91. In
 * all, 96 rows of 24 codes and their biases: some 11,000 instructions so, 25,500 by the C.
 */
#ifndef WHIT_POT4_M0_H
#define WHIT_POT4_M0_H

#include <stddef.h>
#include <stdint.h>

#if defined(__ARM_ARCH_6M__) && defined(__GNUC__)
#define POT4_M0

/* table (n, 16) = what x (n) adds by each code, n >= 1 */
void pot4_m0_columns(int32_t *table, const int16_t *x, size_t n);

/*
 * y += sums of the rows from p to end, of an even number: codes in their first 1 to 12 bytes, by
 * the table of their columns (2 bytes, 16).
 */
void pot4_m0_row_pairs(int32_t *y, const uint8_t *p, const int32_t *table, const uint8_t *end,
	size_t bytes, size_t row_bytes);

#endif

#endif
