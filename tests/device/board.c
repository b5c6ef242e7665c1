/* SPDX-License-Identifier: MIT */
#include "board.h"

#define UNUSED 0xdeadbeefu	/* what RAM above the variables is filled with */
#define REGISTER(at) (*(volatile uint32_t *)(at))
#define SYSTICK_CONTROL REGISTER(0xe000e010)
#define SYSTICK_RELOAD REGISTER(0xe000e014)
#define SYSTICK_VALUE REGISTER(0xe000e018)

enum { SYS_OPEN = 0x01, SYS_WRITE0 = 0x04, SYS_WRITE = 0x05, SYS_READ = 0x06,
	SYS_EXIT_EXTENDED = 0x20 };
enum { RB = 1, WB = 5 };	/* modes of SYS_OPEN */

extern uint32_t bss_start[], bss_end[], stack_end[];
void reset(void);

__attribute__((section(".vectors"), used)) static void *const vectors[] = {
	stack_end, (void *)reset
};

static int
semihost(int operation, const void *argument)
{
	register int r0 __asm__("r0") = operation;
	register const void *r1 __asm__("r1") = argument;

	__asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

void
board_say(const char *text)
{
	semihost(SYS_WRITE0, text);
}

void
board_say_number(uint32_t v)
{
	char digits[11], *p = digits + 10;

	*p = '\0';
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	board_say(p);
}

int
board_open(const char *path, int writing)
{
	size_t n = 0;

	while (path[n])
		n++;
	return semihost(SYS_OPEN, (const uint32_t[]){ (uint32_t)path, writing ? WB : RB, n });
}

size_t
board_read(int file, void *to, size_t n)
{
	const uint32_t block[] = { (uint32_t)file, (uint32_t)to, n };

	return n - (size_t)semihost(SYS_READ, block);	/* it says what is missing */
}

void
board_write(int file, const void *from, size_t n)
{
	semihost(SYS_WRITE, (const uint32_t[]){ (uint32_t)file, (uint32_t)from, n });
}

uint32_t
board_ticks(void)
{
	return SYSTICK_VALUE;
}

size_t
board_stack(void)
{
	const uint32_t *p = bss_end;

	while (p < stack_end && *p == UNUSED)
		p++;
	return (size_t)((const char *)stack_end - (const char *)p);
}

void
reset(void)
{
	uint32_t status[2] = { 0x20026, 0 };	/* the application ended */

	for (volatile uint32_t *p = bss_start; p < bss_end; p++)
		*p = 0;
	for (volatile uint32_t *p = bss_end; p < (uint32_t *)__builtin_frame_address(0) - 16; p++)
		*p = UNUSED;
	SYSTICK_RELOAD = 0xffffff;
	SYSTICK_VALUE = 0;
	SYSTICK_CONTROL = 5;			/* on, by the processor's clock */
	while (SYSTICK_VALUE == 0)
		;
	status[1] = (uint32_t)run();
	semihost(SYS_EXIT_EXTENDED, status);
}
