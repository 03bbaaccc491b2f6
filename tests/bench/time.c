/* SPDX-License-Identifier: MIT */
/*
 * CPU time of ours as a ratio to the others, in one process: the samples of all
 * allocators are taken in turn, and the medians divided. The harness is in both,
 * about 3 ns a pair. Below 1, ours is faster.
 */
#define _GNU_SOURCE
#include "bench.h"
#include "team.h"

#include <stdio.h>
#include <stdlib.h>

#define SAMPLES 9U
#define PAIRS 20000U
#define OURS 0U
#define ALLOCATORS 4U

static const struct allocator *const allocators[ALLOCATORS] = {
	&allocator_ours,
	&allocator_bitmap,
	&allocator_jemalloc,
	&allocator_mimalloc,
};
static const uint64_t sizes[] = { 16 * MIB, 64 * MIB, 4 * GIB, 64 * GIB };
static const unsigned int percents[] = { 99, 90, 50, 10 };

static struct held held[ALLOCATORS];
static bool present[ALLOCATORS];

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void medians(enum order order, unsigned int threads, double *median)
{
	double sample[ALLOCATORS][SAMPLES];

	for (unsigned int i = 0; i <= SAMPLES; i++) {
		for (unsigned int a = 0; a < ALLOCATORS; a++) {
			double ns = present[a] ? team_run(&held[a], order, PAIRS, threads) : 0;

			if (i > 0) /* the first is to warm up */
				sample[a][i - 1] = ns;
		}
	}
	for (unsigned int a = 0; a < ALLOCATORS; a++) {
		qsort(sample[a], SAMPLES, sizeof(double), by_value);
		median[a] = sample[a][SAMPLES / 2];
	}
}

static void rows(uint64_t bytes, const char *frame, enum order order, unsigned int percent,
		 unsigned int threads)
{
	double median[ALLOCATORS];

	medians(order, threads, median);
	for (unsigned int a = OURS + 1; a < ALLOCATORS; a++) {
		if (present[a])
			printf("time/%s/%s/%uthread/%s/%u%%/%s %.3f ratio\n", frame,
			       order_name[order], threads, size_name(bytes), percent,
			       allocators[a]->name, median[OURS] / median[a]);
	}
	fflush(stdout);
}

static void fills(uint64_t bytes, enum page_size size)
{
	const char *frame = size == SIZE_2M ? "2m" : "4k";

	for (unsigned int i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		for (unsigned int a = 0; a < ALLOCATORS; a++)
			if (present[a])
				held_shrink(&held[a], percents[i]);
		for (unsigned int threads = 1; threads <= BENCH_CPUS; threads++) {
			rows(bytes, frame, ORDER_RANDOM, percents[i], threads);
			if (percents[i] == 50)
				rows(bytes, frame, ORDER_PAIR, percents[i], threads);
		}
	}
}

static void compare(uint64_t bytes, enum page_size size)
{
	for (unsigned int a = 0; a < ALLOCATORS; a++) {
		present[a] = (size == SIZE_4K || allocators[a]->get_2m != NULL) &&
			     held_take_all(&held[a], allocators[a], bytes, size);
		if (!present[a] && size == SIZE_4K)
			printf("# time: %s is left out at %s: what it touches does not fit\n",
			       allocators[a]->name, size_name(bytes));
	}
	fills(bytes, size);
	for (unsigned int a = 0; a < ALLOCATORS; a++)
		if (present[a])
			held_end(&held[a]);
}

int main(void)
{
	team_start();
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		compare(sizes[i], SIZE_4K);
	compare(4 * GIB, SIZE_2M);
	return 0;
}
