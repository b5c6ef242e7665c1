/* SPDX-License-Identifier: MIT */
#include "board.h"

#define UNUSED 0xdeadbeefu	/* what RAM above the variables is filled with */
#define TICKS 0xffffffu

enum { SYS_OPEN = 0x01, SYS_WRITE0 = 0x04, SYS_WRITE = 0x05, SYS_READ = 0x06,
	SYS_EXIT_EXTENDED = 0x20 };
enum { RB = 1, WB = 5 };	/* modes of SYS_OPEN */

extern uint32_t bss_start[], bss_end[], stack_end[];
void reset(void);

#ifdef __arm__

#define REGISTER(at) (*(volatile uint32_t *)(at))
#define SYSTICK_CONTROL REGISTER(0xe000e010)
#define SYSTICK_RELOAD REGISTER(0xe000e014)
#define SYSTICK_VALUE REGISTER(0xe000e018)

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

static void
start_ticks(void)
{
	SYSTICK_RELOAD = TICKS;
	SYSTICK_VALUE = 0;
	SYSTICK_CONTROL = 5;			/* on, by the processor's clock */
	while (SYSTICK_VALUE == 0)
		;
}

uint32_t
board_ticks(void)
{
	return SYSTICK_VALUE;
}

#else	/* RISC-V */

__attribute__((section(".vectors"), used, naked)) static void
start(void)
{
	__asm__ volatile("la sp, stack_end\n j reset");
}

/* QEMU wants the three instructions uncompressed and in one page of memory. */
__attribute__((noinline, aligned(32))) static int
semihost(int operation, const void *argument)
{
	register int a0 __asm__("a0") = operation;
	register const void *a1 __asm__("a1") = argument;

	__asm__ volatile(".option push\n .option norvc\n slli x0, x0, 0x1f\n ebreak\n"
		"srai x0, x0, 7\n .option pop" : "+r"(a0) : "r"(a1) : "memory");
	return a0;
}

static void
start_ticks(void)
{
}

uint32_t
board_ticks(void)
{
	uint32_t n;

	/* an extension of its own by now; libgcc is there for the processor without its name */
	__asm__ volatile(".option push\n .option arch, +zicsr\n csrr %0, minstret\n"
		".option pop" : "=r"(n));
	return -n & TICKS;
}

#endif

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
board_instructions(uint32_t start)
{
	return ((start - board_ticks()) & TICKS) * BOARD_TICK_HALF_INSTRUCTIONS / 2;
}

size_t
board_stack(void)
{
	const uint32_t *p = bss_end;

	while (p < stack_end && *p == UNUSED)
		p++;
	return (size_t)((const char *)stack_end - (const char *)p);
}

size_t
board_stack_now(void)
{
	return (size_t)((const char *)stack_end - (const char *)__builtin_frame_address(0));
}

void
reset(void)
{
	uint32_t status[2] = { 0x20026, 0 };	/* the application ended */

	for (volatile uint32_t *p = bss_start; p < bss_end; p++)
		*p = 0;
	for (volatile uint32_t *p = bss_end; p < (uint32_t *)__builtin_frame_address(0) - 16; p++)
		*p = UNUSED;
	start_ticks();
	status[1] = (uint32_t)run();
	semihost(SYS_EXIT_EXTENDED, status);
}
