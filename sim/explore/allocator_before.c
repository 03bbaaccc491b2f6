/* SPDX-License-Identifier: MIT */
/*
 * How the frames are at first. Rows are mostly in hands of nobody that takes
 * part, so that the words in play are few.
 */
#include "allocator.h"

#define ALL ~0ULL

static unsigned int cpus;

static void region_is(unsigned int region, uint8_t is)
{
	shared8_store(&allocator->region[region], is);
}

static void row_is(unsigned int row, uint64_t ready, uint64_t returned)
{
	shared64_store(&allocator->row[row].ready, ready);
	shared64_store(&allocator->row[row].returned, returned);
}

static void give_hand(unsigned int cpu, unsigned int frame)
{
	struct allocator_cpu *c = &allocator->cpu[cpu];

	c->hand[c->hands++] = (uint16_t)frame;
}

/* That region is whole, or was once: its rows say that all is free. */
static void has_rested(unsigned int region)
{
	for (unsigned int i = region * ROWS_PER_2M; i < (region + 1) * ROWS_PER_2M; i++)
		row_is(i, ALL, 0);
	row_is(region * ROWS_PER_2M, 0, ALL);
}

/* Region 0 is split and used up, the others are frames of CPUs 0 and 1. */
static void all_used(void)
{
	frame_init(pa(FRAMES_AT), REGIONS * PAGE_2M, allocator->region, allocator->owner,
		   allocator->row, cpus);
	region_is(0, REGION_IS_SPLIT);
	for (unsigned int region = 1; region < REGIONS; region++) {
		region_is(region, REGION_IS_USED);
		has_rested(region);
		allocator->cpu[region - 1].regions = (uint8_t)(1U << region);
	}
}

/* Each has a frame of the second row. */
static void all_in_hands(void)
{
	all_used();
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		give_hand(cpu, ROW_FRAMES + 8 + cpu);
}

/* By taking a frame while no other is free; that one is nobody's then. */
static void let_own(unsigned int cpu, unsigned int row)
{
	pa_t frame;

	row_is(row, 2, 0);
	CHECK(frame_alloc(frame_cpu(cpu), &frame) == OK &&
	      shared8_load(&allocator->owner[row]) != 0);
}

/* A free frame in each of two rows, and one that another CPU has given back. */
static void few(void)
{
	all_in_hands();
	row_is(0, 0x21, 0);
	row_is(2, 0, 8);
}

/* CPU 0 has used up its row, CPU 1's is where all have a frame. */
static void owned(void)
{
	all_in_hands();
	let_own(0, 0);
	let_own(1, 1);
	row_is(1, 4, 0);
	row_is(2, 0, 8);
}

/* The one that begins 2 MiB, in the row of CPU 0. */
static void boundary(void)
{
	all_in_hands();
	let_own(0, 0);
	row_is(0, 1, 0);
}

/* A CPU that has no row any more, and looks into that one first. */
static void let_begin_at(unsigned int cpu, unsigned int row)
{
	pa_t frame;

	let_own(cpu, row);
	CHECK(frame_alloc(frame_cpu(cpu), &frame) == ERR_NO_MEMORY);
}

/*
 * In region 1, which a walk passes once. CPU 0 has frames of two rows, and looks
 * into the later one first; the last CPU looks first into the row after these,
 * where one is free.
 */
static void late(void)
{
	const unsigned int row = ROWS_PER_2M + 1;

	all_used();
	region_is(0, REGION_IS_USED);
	has_rested(0);
	allocator->cpu[0].regions = 1;
	region_is(1, REGION_IS_SPLIT);
	for (unsigned int i = ROWS_PER_2M; i < 2 * ROWS_PER_2M; i++)
		row_is(i, 0, 0);
	let_begin_at(0, row + 1);
	let_begin_at(cpus - 1, row + 2);
	row_is(row + 2, 2, 0);
	give_hand(0, (row + 1) * ROW_FRAMES + 8);
	give_hand(0, row * ROW_FRAMES + 8);
}

static void whole(void)
{
	all_used();
	region_is(0, REGION_IS_FREE);
	has_rested(0);
}

/* All of region 0 is free; a row of it is CPU 1's. */
static void joinable(void)
{
	all_used();
	let_own(1, 3);
	for (unsigned int i = 0; i < ROWS_PER_2M; i++)
		row_is(i, ALL, 0);
	row_is(3, ~0xfULL, 0xf);
	row_is(7, 0, ALL);
}

/* What is free is in no hand; all else is. */
static void note_used(void)
{
	for (unsigned int i = 0; i < ROWS; i++) {
		const uint8_t region = shared8_load(&allocator->region[i / ROWS_PER_2M]);

		if (region == REGION_IS_SPLIT)
			allocator->used[i] = ~(shared64_load(&allocator->row[i].ready) |
					       shared64_load(&allocator->row[i].returned));
		else
			allocator->used[i] = region == REGION_IS_FREE ? 0 : ALL;
	}
}

void allocator_before(const struct explore_config *c)
{
	static void (*const builds[])(void) = { few, owned, boundary, late, whole, joinable };

	cpus = c->cpus;
	for (unsigned int i = 0; i < sizeof(builds) / sizeof(builds[0]); i++)
		if ((c->before & BEFORE_ALLOCATOR) == BEFORE_FEW << i)
			builds[i]();
	note_used();
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		allocator->cpu[cpu].frame = NO_FRAME;
}
