/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static pthread_barrier_t barrier;
static atomic_uint ready;
static struct {
	const struct held *held;
	enum order order;
	uint64_t pairs;
} job;

/* The barrier wakes, the counter starts both at one moment. */
static void meet(void)
{
	atomic_fetch_add(&ready, 1);
	while (atomic_load(&ready) < BENCH_CPUS)
		__builtin_ia32_pause();
}

static void *second(void *unused)
{
	for (;;) {
		pthread_barrier_wait(&barrier);
		meet();
		churn(job.held, job.order, job.pairs, 1, BENCH_CPUS);
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
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double team_run(const struct held *h, enum order order, uint64_t pairs, unsigned int threads)
{
	double start, end;

	job.held = h;
	job.order = order;
	job.pairs = pairs;
	atomic_store(&ready, 0);
	if (threads > 1) {
		pthread_barrier_wait(&barrier);
		meet();
	}
	start = now();
	churn(h, order, pairs, 0, threads);
	if (threads > 1)
		pthread_barrier_wait(&barrier);
	end = now();
	return (end - start) / (double)pairs;
}
