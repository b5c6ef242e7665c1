/* SPDX-License-Identifier: MIT */
/*
 * board - what a test on a bare processor needs: start, files of the host, a clock, the stack
 *
 * For Cortex-M and RISC-V. Files and text go through semihosting (Arm, "Semihosting for AArch32 and
 * AArch64", 2.0; RISC-V has the same calls), which QEMU serves with -semihosting-config
 * enable=on,target=native. With -icount shift=0 an instruction takes one nanosecond. On RISC-V
 * the clock counts them; on Cortex-M it is the system timer: one tick is 62.5 instructions on
 * the microbit (16 MHz), 40 on mps2-an385 (25 MHz).
 *
 * A test is `int run(void)`; what it returns is the exit status.
 */
#ifndef WHIT_DEVICE_BOARD_H
#define WHIT_DEVICE_BOARD_H

#include <stddef.h>
#include <stdint.h>

#ifndef BOARD_TICK_HALF_INSTRUCTIONS	/* tests/device/build says it */
#define BOARD_TICK_HALF_INSTRUCTIONS 125
#endif

int run(void);

void board_say(const char *text);
void board_say_number(uint32_t v);
/* Opens a file of the host to read (writing 0) or to write. Returns its number, < 0: none. */
int board_open(const char *path, int writing);
/* Bytes read, 0 at the end. */
size_t board_read(int file, void *to, size_t n);
void board_write(int file, const void *from, size_t n);
/* Counts down, 24 bits. */
uint32_t board_ticks(void);
/* Instructions since board_ticks() was start, at most 2^24 ticks ago. */
uint32_t board_instructions(uint32_t start);
/* The most bytes of stack that were in use since the start, and those in use by the caller. */
size_t board_stack(void);
size_t board_stack_now(void);

#endif
