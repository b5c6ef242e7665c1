// SPDX-License-Identifier: MIT
#include "mapped.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct mapped *mapped;		/* all, for the signal */

/* The system found no page behind an address: if it is one of ours, its file was cut short. */
static void
on_bus_error(int sig, siginfo_t *info, void *context)
{
	const unsigned char *at = info->si_addr;

	(void)context;
	for (const struct mapped *m = mapped; m; m = m->next)
		if (at >= m->p && at - m->p < (ptrdiff_t)m->size)
			die_at_once(m->line);
	signal(sig, SIG_DFL);		/* not ours: it comes again */
}

void
mapped_from(struct mapped *m, FILE *f, const char *input)
{
	off_t start = ftello(f);

	m->input = input;
	m->in_place = start >= 0 && start % 4 == 0 && fstat(fileno(f), &m->seen) == 0 &&
		S_ISREG(m->seen.st_mode) && m->seen.st_size > start &&
		(m->fd = dup(fileno(f))) >= 0;
	m->start = m->in_place ? (uint64_t)start : 0;
}

/* Where temporary files go. */
static const char *
folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

static int
spool_error(char err[ERR_MAX])
{
	return err_set(err, "temporary file in %s (TMPDIR): %s", folder(), strerror(errno));
}

static int
open_spool(struct mapped *m, char err[ERR_MAX])
{
	char path[4096];
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/whit.XXXXXX", folder()) >= sizeof(path))
		return err_set(err, "TMPDIR is too long");
	fd = mkstemp(path);
	if (fd < 0)
		return spool_error(err);
	unlink(path);
	m->spool = fdopen(fd, "w+b");
	if (!m->spool) {
		close(fd);
		return spool_error(err);
	}
	return 0;
}

int
mapped_put(struct mapped *m, uint64_t from, const void *data, size_t bytes, size_t *at,
	char err[ERR_MAX])
{
	if (m->in_place) {
		*at = (size_t)(m->start + from);
		m->size = *at + bytes;
		return 0;
	}
	if (!m->spool && open_spool(m, err))
		return -1;
	*at = m->size;
	m->size += bytes;
	return fwrite(data, 1, bytes, m->spool) == bytes ? 0 : spool_error(err);
}

int
mapped_finish(struct mapped *m, char err[ERR_MAX])
{
	struct sigaction action = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };
	void *p;

	if (!m->in_place && (!m->spool || fflush(m->spool)))
		return spool_error(err);
	p = mmap(NULL, m->size, PROT_READ, MAP_PRIVATE, m->in_place ? m->fd : fileno(m->spool), 0);
	if (p == MAP_FAILED)
		return err_set(err, "mapping %zu bytes: %s", m->size, strerror(errno));
	if (m->spool)
		fclose(m->spool);
	m->spool = NULL;
	m->p = p;
	snprintf(m->line, sizeof(m->line), "%.200s: cut short or unreadable while in use",
		m->input ? m->input : "input");
	m->next = mapped;
	mapped = m;
	sigaction(SIGBUS, &action, NULL);
	return 0;
}

void
mapped_random(const struct mapped *m)
{
	if (m->p)
		posix_madvise((void *)m->p, m->size, POSIX_MADV_RANDOM);
}

void
emapped_unchanged(const struct mapped *m)
{
	struct stat now;

	if (!m->in_place)
		return;
	if (fstat(m->fd, &now))
		die("%s:", m->input);
	if (now.st_size != m->seen.st_size || now.st_mtim.tv_sec != m->seen.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != m->seen.st_mtim.tv_nsec)
		die("%s: written to while in use", m->input);
}

void
mapped_close(struct mapped *m)
{
	for (struct mapped **p = &mapped; *p; p = &(*p)->next)
		if (*p == m) {
			*p = m->next;
			munmap((void *)m->p, m->size);
			break;
		}
	if (m->spool)
		fclose(m->spool);
	if (m->in_place)
		close(m->fd);
	memset(m, 0, sizeof(*m));
}
