/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

static pthread_barrier_t barrier;
static atomic_uint ready;
static struct {
	const struct held *held;
	enum order order;
	uint64_t pairs;
	double second; /* ns that the second thread has run */
} job;

/* The barrier wakes, the counter starts both at one moment. */
static void meet(void)
{
	atomic_fetch_add(&ready, 1);
	while (atomic_load(&ready) < BENCH_CPUS)
		__builtin_ia32_pause();
}

/* Time on a CPU: on a busy machine, waiting for one is not counted, spinning is. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* On the CPU of that number among those allowed: on one, the two would run in turn. */
static void pin(unsigned int cpu)
{
	cpu_set_t allowed, mine;

	CPU_ZERO(&mine);
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		fail("no CPUs");
	for (unsigned int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &allowed) || cpu-- > 0)
			continue;
		CPU_SET(i, &mine);
		if (pthread_setaffinity_np(pthread_self(), sizeof(mine), &mine) != 0)
			fail("a CPU cannot be chosen");
		return;
	}
}

static void *second(void *unused)
{
	pin(1);
	for (;;) {
		double start;

		pthread_barrier_wait(&barrier);
		meet();
		start = now();
		churn(job.held, job.order, job.pairs, 1, BENCH_CPUS);
		job.second = now() - start;
		pthread_barrier_wait(&barrier);
	}
	return unused;
}

void team_start(void)
{
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, BENCH_CPUS);
	if (pthread_create(&thread, NULL, second, NULL) != 0)
		fail("no thread");
	pin(0);
}

double team_run(const struct held *h, enum order order, uint64_t pairs, unsigned int threads)
{
	double start, first;

	job.held = h;
	job.order = order;
	job.pairs = pairs;
	job.second = 0;
	atomic_store(&ready, 0);
	if (threads > 1) {
		pthread_barrier_wait(&barrier);
		meet();
	}
	start = now();
	churn(h, order, pairs, 0, threads);
	first = now() - start;
	if (threads > 1)
		pthread_barrier_wait(&barrier);
	return (first > job.second ? first : job.second) / (double)pairs;
}
