// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <stdlib.h>

#include "pool.h"

/* All fields but the first two belong to the lock. */
struct pool {
	int started;			/* threads beside the caller's */
	pthread_t *threads;
	pthread_mutex_t lock;
	pthread_cond_t begin, end;
	void (*work)(void *, int);
	void *arg;
	int next, n, busy;		/* next index, their number, those being worked on */
	int closing;
};

/* Takes indices until there are none. Called with the lock, returns with it. */
static void
drain(struct pool *p)
{
	while (p->next < p->n) {
		int i = p->next++;

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
thread(void *pool)
{
	struct pool *p = pool;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		drain(p);
		if (p->closing)
			break;
		pthread_cond_wait(&p->begin, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct pool *
pool_open(int threads)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (!p || !(p->threads = calloc((size_t)threads, sizeof(*p->threads)))) {
		free(p);
		return NULL;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->begin, NULL);
	pthread_cond_init(&p->end, NULL);
	while (p->started < threads - 1 && !pthread_create(&p->threads[p->started], NULL, thread,
	    p))
		p->started++;
	return p;
}

void
pool_run(struct pool *p, void (*work)(void *, int), void *arg, int n)
{
	pthread_mutex_lock(&p->lock);
	p->work = work;
	p->arg = arg;
	p->n = n;
	p->next = 0;
	pthread_cond_broadcast(&p->begin);
	drain(p);
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
	for (int i = 0; i < p->started; i++)
		pthread_join(p->threads[i], NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->begin);
	pthread_cond_destroy(&p->end);
	free(p->threads);
	free(p);
}
