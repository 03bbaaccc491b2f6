/* SPDX-License-Identifier: MIT */
/*
 * PVALIDATE by 1, 2 and 4 vCPUs at once, threads each: entries a second,
 * zeroing included, PVALIDATE and RMPADJUST themselves left out. More threads than
 * CPUs only show that nobody waits for a thread that is not running.
 */
#include "requests.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS 0.4

static pthread_barrier_t barrier;
static atomic_bool over;
static enum kind kind;
static uint64_t entries[VCPUS];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *vcpu(void *number)
{
	unsigned int cpu = (unsigned int)(uintptr_t)number;
	uint64_t done = 0;

	host_on(cpu);
	pthread_barrier_wait(&barrier);
	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		done += requests_make(cpu, kind, true);
		done += requests_make(cpu, kind, false);
	}
	entries[cpu] = done;
	return NULL;
}

static void measure(unsigned int vcpus)
{
	pthread_t thread[VCPUS];
	uint64_t all = 0;
	double start;

	atomic_store(&over, false);
	pthread_barrier_init(&barrier, NULL, vcpus + 1);
	for (uintptr_t i = 0; i < vcpus; i++)
		if (pthread_create(&thread[i], NULL, vcpu, (void *)i) != 0)
			exit(1);
	pthread_barrier_wait(&barrier);
	start = now();
	nanosleep(&(struct timespec){ .tv_nsec = (long)(SECONDS * 1e9) }, NULL);
	atomic_store(&over, true);
	for (unsigned int i = 0; i < vcpus; i++) {
		pthread_join(thread[i], NULL);
		all += entries[i];
	}
	printf("throughput/%s/%u-vCPU %.0f kentries/s\n", kind_name[kind], vcpus,
	       (double)all / (now() - start) / 1e3);
	pthread_barrier_destroy(&barrier);
}

int main(void)
{
	requests_setup(VCPUS);
	host_threads();
	for (kind = 0; kind < KIND_2M; kind++)
		for (unsigned int vcpus = 1; vcpus <= VCPUS; vcpus *= 2)
			measure(vcpus);
	return 0;
}
