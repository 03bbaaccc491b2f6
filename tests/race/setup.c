/* SPDX-License-Identifier: MIT */
/*
 * Records to begin with. Rows are mostly used, so that the words in play are
 * few: three regions of SVSM memory, one of the guest's.
 */
#include "race.h"

#include <range.h>

unsigned int frame_regions;
bool in_flux;

static void region(unsigned int i, enum region state)
{
	memory.region[i].raw = (uint8_t)state;
}

static void free_in(unsigned int row, uint64_t ready, uint64_t returned)
{
	memory.frame_row[row].ready.raw = ready;
	memory.frame_row[row].returned.raw = returned;
}

/* By an allocation while nothing else is free. */
static void owns(unsigned int i, unsigned int row)
{
	struct memory before = memory;
	pa_t frame;

	for (unsigned int k = 0; k < ROWS; k++)
		free_in(k, k == row ? 2 : 0, 0);
	CHECK(frame_alloc(frame_cpu(i), &frame) == OK && memory.owner[row].raw != 0);
	before.owner[row] = memory.owner[row];
	memory = before;
}

/* Was split before and joined: its rows still say that all is free. */
static void rested(unsigned int i)
{
	for (unsigned int row = i * ROWS_PER_2M; row < (i + 1) * ROWS_PER_2M; row++)
		free_in(row, ~0ULL, 0);
	free_in(i * ROWS_PER_2M, 0, ~0ULL);
}

/* Region 0 split and used up; 1 and 2 are 2 MiB frames of CPU 0 and 1. */
static void frames_used(void)
{
	frame_regions = 3;
	in_flux = false;
	range_count = 0;
	frame_init(pa(FRAME_BASE), frame_regions * PAGE_2M, memory.region, memory.owner,
		   memory.frame_row, cpus);
	region(0, REGION_SPLIT);
	region(1, REGION_USED);
	region(2, REGION_USED);
	rested(1);
	rested(2);
}

static void few(void)
{
	frames_used();
	free_in(0, 0x21, 0);
	free_in(2, 0, 8);
}

static void one(void)
{
	frames_used();
	free_in(2, 8, 0);
}

static void owned(void)
{
	frames_used();
	free_in(1, 4, 0);
	free_in(2, 0, 8);
	owns(0, 0);
	owns(1, 1);
}

/* In region 1, which a walk passes once: CPU 0 looks first where the free frame
 * is. */
static void late(void)
{
	pa_t frame;

	frames_used();
	region(1, REGION_SPLIT);
	for (unsigned int i = ROWS_PER_2M; i < 2 * ROWS_PER_2M; i++)
		free_in(i, 0, 0);
	owns(0, ROWS_PER_2M + 2);
	CHECK(frame_alloc(frame_cpu(0), &frame) == ERR_NO_MEMORY);
	free_in(ROWS_PER_2M + 2, 0x20, 0);
}

static void none(void)
{
	frames_used();
	owns(0, 1);
}

/* Only the frame at the 2 MiB boundary: none for a VMSA. */
static void boundary(void)
{
	frames_used();
	free_in(0, 1, 0);
	owns(0, 0);
}

static void whole(void)
{
	frames_used();
	region(0, REGION_READY);
	rested(0);
	in_flux = true;
}

static void all_but_mine(void)
{
	frames_used();
	for (unsigned int i = 0; i < ROWS_PER_2M; i++)
		free_in(i, ~0ULL, 0);
	free_in(1, ~0x700ULL, 0);
	in_flux = true;
}

static void joinable(void)
{
	frames_used();
	for (unsigned int i = 0; i < ROWS_PER_2M; i++)
		free_in(i, ~0ULL, 0);
	free_in(3, ~0xfULL, 0xf);
	free_in(7, 0, ~0ULL);
	owns(1, 3);
	in_flux = true;
}

static void spare(void)
{
	frames_used();
	region(0, REGION_USED);
	rested(0);
	CHECK(frame_free_2m(frame_cpu(0), pa(FRAME_BASE)) == OK);
	in_flux = true;
}

static void ungrown(void)
{
	frames_used();
	region(2, REGION_NONE);
	in_flux = true;
}

static void guest(enum region state, uint64_t taken, uint64_t ready)
{
	few();
	CHECK(page_add_range(pa(GUEST_BASE), PAGE_2M, memory.guest, 1, memory.page_row) == OK);
	memory.guest[0].raw = (uint8_t)state;
	if (state != REGION_SPLIT)
		return;
	for (unsigned int i = 0; i < ROWS_PER_2M; i++) {
		memory.page_row[i].taken.raw = taken;
		memory.page_row[i].ready.raw = ready;
	}
}

static void guest_none(void)
{
	guest(REGION_NONE, 0, 0);
}

static void guest_all(void)
{
	guest(REGION_READY, 0, 0);
}

/* Was split before, so that its rows are at rest. */
static void guest_rested(void)
{
	guest(REGION_SPLIT, ~0ULL, 0);
	memory.guest[0].raw = REGION_READY;
}

static void split_none(void)
{
	guest(REGION_SPLIT, 0, 0);
}

static void split_all(void)
{
	guest(REGION_SPLIT, ~0ULL, ~0ULL);
}

static void split_mixed(void)
{
	guest(REGION_SPLIT, ~0ULL, ~0ULL);
	memory.page_row[0].taken.raw = memory.page_row[0].ready.raw = ~8ULL;
}

static void split_claimed(void)
{
	guest(REGION_SPLIT, ~0ULL, ~0ULL);
	memory.page_row[1].ready.raw = ~0x700ULL;
}

const struct setup setups[] = {
	{ "few", few, ALIKE | FRAMES | MINE | MINE_2M },
	{ "one", one, ALIKE | FRAMES | MINE },
	{ "owned", owned, FRAMES | MINE | MINE_2M },
	{ "late", late, FRAMES | LATE | SOAK },
	{ "none", none, FRAMES | MINE },
	{ "boundary", boundary, FRAMES | MINE },
	{ "whole", whole, SOAK | ALIKE | FRAMES | JOINING | MINE_2M },
	{ "all-but-mine", all_but_mine, ALIKE | FRAMES | MINE | JOINING },
	{ "joinable", joinable, SOAK | FRAMES | JOINING },
	{ "spare", spare, SOAK | FRAMES | JOINING | MINE_2M },
	{ "ungrown", ungrown, ALIKE | FRAMES | MINE | UNGROWN },
	{ "guest-none", guest_none, ALIKE | GUEST },
	{ "guest-all", guest_all, SOAK | ALIKE | GUEST },
	{ "guest-rested", guest_rested, SOAK | ALIKE | GUEST },
	{ "split-none", split_none, ALIKE | GUEST },
	{ "split-all", split_all, ALIKE | GUEST },
	{ "split-mixed", split_mixed, ALIKE | SOAK | GUEST },
	{ "split-claimed", split_claimed, ALIKE | GUEST | CLAIMED },
};
const unsigned int setup_count = sizeof(setups) / sizeof(setups[0]);
