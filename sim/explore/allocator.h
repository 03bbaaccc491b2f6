/* SPDX-License-Identifier: MIT */
/*
 * The third machine that is explored: the SVSM's frame allocator by itself, on
 * three regions, called by each CPU as the rest of the firmware calls it.
 */
#pragma once
#include "explore.h"

#include <svsm/frame.h>

#define REGIONS 3U
#define ROWS (REGIONS * ROWS_PER_2M)
#define FRAMES (REGIONS * FRAMES_PER_2M)
#define FRAMES_AT 0x80000000ULL
#define HAND 6U /* frames of 4 KiB that a CPU can have */
#define NO_FRAME ~0ULL

struct allocator_cpu {
	uint64_t frame; /* that its call is about; or was, last */
	uint16_t hand[HAND];
	uint8_t hands;	 /* how many; the oldest is first */
	uint8_t regions; /* frames of 2 MiB that it has: bits */
	enum err err;	 /* of its call */
	enum page_state state;
	/* Of its call, from its begin on: */
	uint32_t changed_rows, changed_regions; /* whose byte it has changed: bits */
	bool saw_nothing;			/* at some moment there was no frame for it */
	bool was_free, was_used;		/* at some moment its frame was */
};

/* What is the firmware's of it comes first: all that it shares but for its CPUs' blocks. */
struct allocator {
	struct frame_row row[ROWS];
	shared8 owner[ROWS];
	shared8 region[REGIONS];
	uint64_t used[ROWS]; /* frames in somebody's hand, or not accepted: bits */
	struct allocator_cpu cpu[EXPLORE_CPUS];
};
extern struct allocator *allocator;

/* What a region's byte says, from mm/record.h. */
enum {
	REGION_IS_NONE,
	REGION_IS_USED,
	REGION_IS_BUSY,
	REGION_IS_FREE,
	REGION_IS_SPLIT,
	REGION_IS_SPARE
};

static inline uint64_t frame_at(unsigned int frame)
{
	return FRAMES_AT + frame * PAGE_4K;
}

static inline unsigned int frame_number(uint64_t at)
{
	return (unsigned int)((at - FRAMES_AT) / PAGE_4K);
}

static inline bool is_used(unsigned int frame)
{
	return (allocator->used[frame / ROW_FRAMES] >> frame % ROW_FRAMES & 1) != 0;
}

/* The call that the CPU is in the middle of; FRAME_CALLS: none. */
enum explore_frames allocator_call(unsigned int cpu);

/* ---- how it is at first (allocator_before.c) ---- */

void allocator_before(const struct explore_config *c);

/* ---- what must be so (allocator_look.c) ---- */

/* After each step: what was so at some moment of each CPU's call. */
void allocator_note(void);
/* NULL, or what is not so at any time. */
const char *allocator_look(void);
/* The same when no CPU is in a call. The memory is used up by it. */
const char *allocator_rest(void);
