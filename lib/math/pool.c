// SPDX-License-Identifier: MIT
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "pool.h"

#if defined(__x86_64__)
#define RELAX() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define RELAX() __asm__ volatile("yield")
#else
#define RELAX() ((void)0)
#endif

/*
 * Looks at what is waited for before sleep: some 50 us, about what it takes to wake. More would
 * be lost where other work wants the processor.
 */
#define LOOKS 4000

struct helper {
	struct pool *pool;
	int self;			/* 1..threads-1; 0 is the caller of pool_run() */
	pthread_t thread;
};

/* The fields from work on belong to the lock; who waits may look at the atomic ones without. */
struct pool {
	int threads;			/* the caller's included */
	struct helper *helpers;		/* (threads - 1) */
	pthread_mutex_t lock;
	pthread_cond_t begin, end;
	void (*work)(void *, int);
	void *arg;
	uint64_t left;			/* bit i: index i is not begun */
	atomic_int busy;		/* indices being worked on */
	atomic_uint runs;		/* calls of pool_run() */
	int closing;
};

/* The next index for thread `self`, whose own are self, self + threads, ...; then the others'. */
static int
take(struct pool *p, int self)
{
	int any = -1;

	for (int i = 0; i < POOL_MAX; i++) {
		if (!(p->left >> i & 1))
			continue;
		any = i;
		if (i % p->threads == self)
			break;
	}
	if (any >= 0)
		p->left &= ~((uint64_t)1 << any);
	return any;
}

/* Works until no index is left. Called with the lock, returns with it. */
static void
drain(struct pool *p, int self)
{
	int i;

	while (p->left && (i = take(p, self)) >= 0) {
		p->busy++;
		pthread_mutex_unlock(&p->lock);
		p->work(p->arg, i);
		pthread_mutex_lock(&p->lock);
		p->busy--;
	}
	if (!p->busy)
		pthread_cond_signal(&p->end);
}

static void *
help(void *helper)
{
	struct helper *h = helper;
	struct pool *p = h->pool;

	pthread_mutex_lock(&p->lock);
	while (!p->closing) {
		unsigned seen = p->runs;

		drain(p, h->self);
		pthread_mutex_unlock(&p->lock);
		for (int i = 0; i < LOOKS && p->runs == seen; i++)
			RELAX();
		pthread_mutex_lock(&p->lock);
		while (p->runs == seen && !p->closing)
			pthread_cond_wait(&p->begin, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct pool *
pool_open(int threads)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (!p || !(p->helpers = calloc((size_t)threads, sizeof(*p->helpers)))) {
		free(p);
		return NULL;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->begin, NULL);
	pthread_cond_init(&p->end, NULL);
	pthread_mutex_lock(&p->lock);
	for (p->threads = 1; p->threads < threads; p->threads++) {
		struct helper *h = &p->helpers[p->threads - 1];

		*h = (struct helper){ .pool = p, .self = p->threads };
		if (pthread_create(&h->thread, NULL, help, h))
			break;
	}
	pthread_mutex_unlock(&p->lock);
	return p;
}

void
pool_run(struct pool *p, void (*work)(void *, int), void *arg, int n)
{
	assert(n > 0 && n <= POOL_MAX);
	if (p->threads == 1) {
		for (int i = 0; i < n; i++)
			work(arg, i);
		return;
	}
	pthread_mutex_lock(&p->lock);
	p->work = work;
	p->arg = arg;
	p->left = ~(uint64_t)0 >> (POOL_MAX - n);
	p->runs++;
	pthread_cond_broadcast(&p->begin);
	drain(p, 0);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < LOOKS && p->busy; i++)
		RELAX();
	pthread_mutex_lock(&p->lock);
	while (p->busy)
		pthread_cond_wait(&p->end, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void
pool_close(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->closing = 1;
	pthread_cond_broadcast(&p->begin);
	pthread_mutex_unlock(&p->lock);
	for (int i = 1; i < p->threads; i++)
		pthread_join(p->helpers[i - 1].thread, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->begin);
	pthread_cond_destroy(&p->end);
	free(p->helpers);
	free(p);
}
