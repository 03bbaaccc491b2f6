/* SPDX-License-Identifier: MIT */
/* The firmware's allocator through its public header; and one that does nothing. */
#include "bench.h"
#include "empty.h"

#include <svsm/frame.h>

#define START (1ULL << 39)

unsigned int ours_cpus = BENCH_CPUS;

static uint64_t regions;
static shared8 *region, *owner;
static struct frame_row *row;
static struct frame_cpu *own[BENCH_CPUS];

static void release(void)
{
	memory_put((void *)region, regions);
	memory_put((void *)owner, regions * ROWS_PER_2M);
	memory_put(row, regions * ROWS_PER_2M * sizeof(*row));
}

/* All of the range is accepted, as sm/accept.c would do it one by one. */
static bool setup(uint64_t frames)
{
	pa_t at;

	regions = frames / FRAMES_PER_2M;
	region = memory_get(regions);
	owner = memory_get(regions * ROWS_PER_2M);
	row = memory_get(regions * ROWS_PER_2M * sizeof(*row));
	frame_init(pa(START), regions * PAGE_2M, region, owner, row, ours_cpus);
	for (unsigned int i = 0; i < BENCH_CPUS; i++)
		own[i] = frame_cpu(i);
	while (frame_grow(&at) == OK)
		frame_grown(own[0], at, true);
	return true;
}

static uint64_t get(unsigned int cpu)
{
	pa_t frame;

	return frame_alloc(own[cpu], &frame) == OK ? frame.raw : 0;
}

static void put(unsigned int cpu, uint64_t frame)
{
	if (frame_free(own[cpu], pa(frame)) != OK)
		fail("a frame that is held cannot be freed");
}

static uint64_t get_2m(unsigned int cpu)
{
	pa_t frame;

	return frame_alloc_2m(own[cpu], &frame) == OK ? frame.raw : 0;
}

static void put_2m(unsigned int cpu, uint64_t frame)
{
	if (frame_free_2m(own[cpu], pa(frame)) != OK)
		fail("a 2 MiB frame that is held cannot be freed");
}

const struct allocator allocator_ours = { "ours", setup, get, put, get_2m, put_2m, release };

static bool none_setup(uint64_t frames)
{
	(void)frames;
	return true;
}

static uint64_t none_get(unsigned int cpu)
{
	pa_t frame = pa(START);

	return empty_alloc(own[cpu], &frame) == OK ? frame.raw : 0;
}

static void none_put(unsigned int cpu, uint64_t frame)
{
	if (empty_free(own[cpu], pa(frame)) != OK)
		fail("empty_free has failed");
}

static void none_end(void)
{
}

const struct allocator allocator_none = { "none",   none_setup, none_get, none_put,
					  none_get, none_put,	none_end };
