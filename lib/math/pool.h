/* SPDX-License-Identifier: MIT */
/*
 * pool - threads that wait briefly, then sleep, between pieces of work
 *
 * For work that comes in thousands of short bursts (the lanes of one batch).
 * OpenMP's threads spin as long as they wait for the next burst: on a machine
 * with other work, measured, training took four times the processor time and
 * five times as long.
 *
 *	struct pool *p = pool_open(jobs);
 *
 *	pool_run(p, work, arg, 4);	(work(arg, 0) ... work(arg, 3), in any order, on any thread)
 *	pool_close(p);
 */
#ifndef WHIT_POOL_H
#define WHIT_POOL_H

#define POOL_MAX 64

/*
 * A pool of threads in all, the caller's included; fewer when the system gives
 * no more. NULL without memory. The caller closes.
 */
struct pool *pool_open(int threads);
/*
 * Calls work(arg, i) once for each i in 0..n-1, 1 <= n <= POOL_MAX; returns when all have
 * returned. The same i tends to come to the same thread, whose cache may still hold its data.
 */
void pool_run(struct pool *p, void (*work)(void *arg, int i), void *arg, int n);
void pool_close(struct pool *p);	/* NULL: nothing */

#endif
