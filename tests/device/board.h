/* SPDX-License-Identifier: MIT */
/*
 * board - what a test on a bare Cortex-M needs: start, files of the host, a clock, the stack
 *
 * Files and text go through semihosting (Arm, "Semihosting for AArch32 and AArch64", 2.0), which
 * QEMU serves with -semihosting-config enable=on,target=native. With -icount shift=0 an instruction
 * takes one nanosecond, and the system timer of the microbit, 16 MHz, one tick in 62.5 of them.
 *
 * A test is `int run(void)`; what it returns is the exit status.
 */
#ifndef WHIT_DEVICE_BOARD_H
#define WHIT_DEVICE_BOARD_H

#include <stddef.h>
#include <stdint.h>

#define BOARD_TICK_HALF_INSTRUCTIONS 125

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
/* The most bytes of stack that were in use since the start. */
size_t board_stack(void);

#endif
