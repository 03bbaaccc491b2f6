/* SPDX-License-Identifier: MIT */
/* The allocator on two regions whose record holds anything, one CPU of two at work. */
#include "prove.h"

#include "mm/frame.c"
#include "mm/frame_row.c"
#define region_of frame_2m_region_of
#define is_free frame_2m_is_free
#define walk frame_2m_walk
#include "mm/frame_2m.c"
#undef region_of
#undef walk
#undef is_free
#include "mm/frame_grow.c"

NO_STOP

#define REGIONS 1U
#define ROWS (REGIONS * ROWS_PER_2M)
#define START (1ULL << 39)
#define BYTES (REGIONS * PAGE_2M)

static shared8 regions[REGIONS], owners[ROWS];
static struct frame_row rows[ROWS];
static struct frame_cpu *me;

/*
 * One CPU's, of two; it may own a row, in which no bit is in both words, and
 * have the spare region, or the other one has it.
 */
static void any_frames(void)
{
	any(unsigned int, mine);
	any(bool, owns);
	any(bool, spare);

	frame_init(pa(START), BYTES, regions, owners, rows, 2);
	havoc(regions);
	havoc(rows);
	havoc(owners);
	me = frame_cpu(0);
	for (unsigned int i = 0; i < ROWS; i++)
		assume((rows[i].ready & rows[i].returned) == 0 && owners[i] != me->tag);
	for (unsigned int i = 0; i < REGIONS; i++)
		assume(regions[i] <= REGION_FIXED);
	if (spare && regions[0] == REGION_SPARE)
		me->spare = START;
	if (!owns)
		return;
	assume(mine < ROWS && regions[mine / ROWS_PER_2M] == REGION_SPLIT);
	owners[mine] = me->tag;
	own(me, mine);
	me->at = mine;
}

static bool free_by_words(uint64_t frame)
{
	uint64_t at = (frame - START) / PAGE_4K;
	const struct frame_row *r = &rows[at / ROW_FRAMES];

	switch (regions[at / FRAMES_PER_2M]) {
	case REGION_READY:
	case REGION_SPARE:
		return true;
	case REGION_SPLIT:
		return ((r->ready | r->returned) >> at % ROW_FRAMES & 1) != 0;
	default:
		return false;
	}
}

static bool inside(uint64_t frame)
{
	return frame % PAGE_4K == 0 && frame >= START && frame - START < BYTES;
}

void frame_state_total(void)
{
	any(uint64_t, frame);
	enum page_state state;
	enum err err;

	any_frames();
	err = frame_state(pa(frame), &state);
	prove(err == (inside(frame) ? OK : ERR_ADDRESS));
	prove(err != OK || (state == PAGE_FREE) == free_by_words(frame));
}

/* Given back once: then it is free. Anything else is an error that changes nothing. */
void frame_free_total(void)
{
	any(uint64_t, frame);
	any(uint64_t, other);
	bool was, others;
	enum err err;

	any_frames();
	assume(inside(other));
	others = free_by_words(other);
	was = inside(frame) && free_by_words(frame);
	err = frame_free(me, pa(frame));
	prove(err == OK || err == ERR_ADDRESS || err == ERR_STATE);
	prove((err == ERR_ADDRESS) == !inside(frame));
	prove(implies(was, err == ERR_STATE));
	prove(implies(err == OK, free_by_words(frame)));
	prove((err == OK && other == frame) || free_by_words(other) == others);
}

void frame_2m_total(void)
{
	any(uint64_t, back);
	bool others;
	pa_t frame;
	enum err err;

	any_frames();
	others = regions[0] == REGION_SPARE && me->spare == FRAME_NO_SPARE;
	err = frame_alloc_2m(me, &frame);
	prove(err == OK || err == ERR_NO_MEMORY);
	prove(implies(others, err == ERR_NO_MEMORY && regions[0] == REGION_SPARE));
	if (err == OK) {
		prove(inside(frame.raw) && frame.raw % PAGE_2M == 0);
		prove(regions[(frame.raw - START) / PAGE_2M] == REGION_USED);
	}
	err = frame_free_2m(me, pa(back));
	prove(err == OK || err == ERR_ADDRESS || err == ERR_STATE);
	prove((err == ERR_ADDRESS) == !(inside(back) && back % PAGE_2M == 0));
}

void frame_grow_total(void)
{
	any(bool, accepted);
	pa_t region;
	enum err err;

	any_frames();
	err = frame_grow(&region);
	prove(err == OK || err == ERR_NO_MEMORY);
	if (err == OK) {
		prove(inside(region.raw) && region.raw % PAGE_2M == 0);
		frame_grown(me, region, accepted);
	}
}

/* Against the definition: two intervals meet. */
void frame_overlaps_total(void)
{
	any(uint64_t, page);
	any(bool, large);
	enum page_size size = large ? SIZE_2M : SIZE_4K;

	any_frames();
	assume(page % PAGE_4K == 0 && page < UINT64_MAX - PAGE_2M);
	prove(frame_overlaps(pa(page), size) == meet(page, size_bytes(size), START, BYTES));
}
