/* SPDX-License-Identifier: MIT */
/* What the files of the allocator share. */
#pragma once
#include "record.h"

#include <svsm/frame.h>

#define EVERY_FRAME (~0ULL)

/* Written at boot by one CPU, then only read. */
struct frame_memory {
	uint64_t start, frames, regions;
	unsigned int cpus;
	shared8 *region; /* one for 2 MiB */
	shared8 *owner;	 /* one for a row: 0, or the tag of the CPU whose it is */
	struct frame_row *row;
};
extern struct frame_memory frames;

static inline pa_t region_address(uint64_t region)
{
	return pa(frames.start + region * PAGE_2M);
}

/*
 * The free frames of a row. In this order: what the owner takes over is in
 * `ready` before it leaves `returned`, so that a free frame is always seen.
 */
static inline uint64_t frame_free_in(const struct frame_row *row)
{
	uint64_t returned = shared64_load(&row->returned);

	return returned | shared64_load(&row->ready);
}

/* Something has become free for all. Counted after the fact: see frame_given(). */
static inline void gave(struct frame_cpu *me)
{
	shared64_store(&me->given, shared64_load(&me->given) + 1);
}

/*
 * How often the other CPUs have given. When this has not changed over a walk
 * that found nothing, there was a moment at which nothing was there to find.
 */
uint64_t frame_given(const struct frame_cpu *me);

/* Which frames of its row a CPU may take: for a VMSA not the one at a 2 MiB boundary. */
static inline uint64_t allowed(uint64_t base, bool vmsa)
{
	return vmsa && is_aligned(base, PAGE_2M) ? EVERY_FRAME << 1 : EVERY_FRAME;
}

/* Gets a row with a free frame that is allowed. False: there is none (frame.h). */
bool frame_refill(struct frame_cpu *me, bool vmsa);

extern struct frame_row frame_no_row; /* nothing is ever free in it */

static inline void own_none(struct frame_cpu *me)
{
	me->owner = NULL;
	me->row = &frame_no_row;
}

static inline void own(struct frame_cpu *me, uint64_t row)
{
	me->owner = &frames.owner[row];
	me->row = &frames.row[row];
	me->base = frames.start + row * ROW_BYTES;
}

/* Gives the CPU's row back, with what is free in it. */
static inline void disown(struct frame_cpu *me)
{
	if (me->owner == NULL)
		return;
	shared8_store(me->owner, 0);
	own_none(me);
	gave(me);
}
