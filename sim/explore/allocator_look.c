/* SPDX-License-Identifier: MIT */
/*
 * What must be so of the frames, from the record's words alone: none is in a
 * hand and free, none is lost, and a call is refused one only if at some moment
 * of it there was none outside other CPUs' rows, spare frames and calls.
 */
#include "allocator.h"

#define ALL ~0ULL

static unsigned int cpus(void)
{
	return host.snp.vcpus;
}

static uint64_t free_in(unsigned int row)
{
	return shared64_load(&allocator->row[row].ready) |
	       shared64_load(&allocator->row[row].returned);
}

/* ---- was there one for it? ---- */

/* What is in other CPUs' calls: whole regions, and frames of each row. */
struct hidden {
	uint32_t regions;
	uint64_t frames[ROWS];
};

static void hide(const struct allocator_cpu *c, enum explore_frames call, struct hidden *hidden)
{
	const unsigned int given = frame_number(c->frame);

	hidden->regions |= c->changed_regions;
	for (unsigned int i = 0; i < ROWS; i++)
		hidden->frames[i] |= (c->changed_rows >> i & 1) != 0 ? ALL : 0;
	if (call == FRAME_GIVE || call == FRAME_GIVE_NEWEST)
		hidden->frames[given / ROW_FRAMES] |= 1ULL << given % ROW_FRAMES;
	if (call == FRAME_GIVE_2M)
		hidden->regions |= 1U << given / FRAMES_PER_2M;
}

static bool is_in_rows(unsigned int me, unsigned int region, enum explore_frames call,
		       const struct hidden *hidden)
{
	unsigned int whole = 0;

	for (unsigned int i = region * ROWS_PER_2M; i < (region + 1) * ROWS_PER_2M; i++) {
		const uint8_t owner = shared8_load(&allocator->owner[i]);
		const uint64_t free = free_in(i) & ~hidden->frames[i];
		const bool is_first = i % ROWS_PER_2M == 0;

		if (owner != 0 && owner != frame_cpu(me)->tag)
			continue;
		if (call == FRAME_TAKE && free != 0)
			return true;
		if (call == FRAME_TAKE_VMSA && (is_first ? free & ~1ULL : free) != 0)
			return true;
		whole += free == ALL;
	}
	return whole == ROWS_PER_2M;
}

static bool is_there(unsigned int me, enum explore_frames call)
{
	struct hidden hidden = { 0 };

	for (unsigned int cpu = 0; cpu < cpus(); cpu++)
		if (cpu != me && world_busy(cpu))
			hide(&allocator->cpu[cpu], allocator_call(cpu), &hidden);
	for (unsigned int i = 0; i < REGIONS; i++) {
		const uint8_t now = shared8_load(&allocator->region[i]);

		if (now == REGION_IS_SPARE && frame_cpu(me)->spare == frame_at(i * FRAMES_PER_2M))
			return true;
		if ((hidden.regions >> i & 1) != 0)
			continue;
		if (now == REGION_IS_FREE ||
		    (now == REGION_IS_SPLIT && is_in_rows(me, i, call, &hidden)))
			return true;
	}
	return false;
}

/* ---- is the frame free? ---- */

static bool is_being_given(unsigned int frame)
{
	for (unsigned int cpu = 0; cpu < cpus(); cpu++) {
		const enum explore_frames call = allocator_call(cpu);
		const unsigned int given = frame_number(allocator->cpu[cpu].frame);

		if ((call == FRAME_GIVE || call == FRAME_GIVE_NEWEST) && given == frame)
			return true;
		if (call == FRAME_GIVE_2M && given / FRAMES_PER_2M == frame / FRAMES_PER_2M)
			return true;
	}
	return false;
}

/* A region that is being split or joined is nobody's to take from. */
static void note_frame(struct allocator_cpu *c)
{
	const unsigned int frame = frame_number(c->frame);
	const uint8_t region = shared8_load(&allocator->region[frame / FRAMES_PER_2M]);

	c->was_free |= !is_used(frame);
	c->was_used |= is_used(frame) || is_being_given(frame) || region == REGION_IS_USED ||
		       region == REGION_IS_BUSY;
}

void allocator_note(void)
{
	for (unsigned int cpu = 0; cpu < cpus(); cpu++) {
		const enum explore_frames call = allocator_call(cpu);
		struct allocator_cpu *c = &allocator->cpu[cpu];

		if (call <= FRAME_TAKE_2M)
			c->saw_nothing |= !is_there(cpu, call);
		else if (call == FRAME_LOOK)
			note_frame(c);
	}
}

/* ---- at any time ---- */

const char *allocator_look(void)
{
	for (unsigned int i = 0; i < ROWS; i++)
		if (shared8_load(&allocator->region[i / ROWS_PER_2M]) == REGION_IS_SPLIT &&
		    (free_in(i) & allocator->used[i]) != 0)
			return "a frame is in a hand, and free";
	return NULL;
}

/* ---- at rest ---- */

static uint64_t is_free_at_rest(unsigned int row)
{
	switch (shared8_load(&allocator->region[row / ROWS_PER_2M])) {
	case REGION_IS_FREE:
	case REGION_IS_SPARE:
		return ALL;
	case REGION_IS_SPLIT:
		return free_in(row);
	default:
		return 0;
	}
}

static const char *look_at_row(unsigned int i)
{
	const struct frame_row *row = &allocator->row[i];
	const uint8_t region = shared8_load(&allocator->region[i / ROWS_PER_2M]);

	if (region == REGION_IS_BUSY)
		return "at rest, a region is on its way";
	if (region != REGION_IS_SPLIT && shared8_load(&allocator->owner[i]) != 0)
		return "at rest, a row that is none has an owner";
	if (region == REGION_IS_SPLIT &&
	    (shared64_load(&row->ready) & shared64_load(&row->returned)) != 0)
		return "at rest, a frame is free twice";
	if ((is_free_at_rest(i) & allocator->used[i]) != 0)
		return "at rest, a frame is in a hand, and free";
	return (is_free_at_rest(i) | allocator->used[i]) != ALL ? "at rest, a frame is lost" : NULL;
}

/* The firmware's own answer. */
static bool is_state_right(unsigned int frame)
{
	const uint8_t region = shared8_load(&allocator->region[frame / FRAMES_PER_2M]);
	const enum page_state is = is_used(frame) ? PAGE_USED : PAGE_FREE;
	enum page_state now;

	return frame_state(pa(frame_at(frame)), &now) == OK &&
	       now == (region == REGION_IS_NONE ? PAGE_NONE : is);
}

/* One CPU after the other takes what it can. */
static const char *use_up(void)
{
	pa_t at;

	for (unsigned int cpu = 0; cpu < cpus(); cpu++)
		while (frame_alloc(frame_cpu(cpu), &at) == OK) {
			const unsigned int frame = frame_number(at.raw);

			if (at.raw - FRAMES_AT >= FRAMES * PAGE_4K || is_used(frame))
				return "at rest, a frame can be had that is not free";
			allocator->used[frame / ROW_FRAMES] |= 1ULL << frame % ROW_FRAMES;
		}
	for (unsigned int i = 0; i < ROWS; i++)
		if (allocator->used[i] != ALL)
			return "at rest, a free frame cannot be had";
	return NULL;
}

const char *allocator_rest(void)
{
	const char *wrong = NULL;

	for (unsigned int i = 0; i < ROWS && wrong == NULL; i++)
		wrong = look_at_row(i);
	for (unsigned int i = 0; i < FRAMES && wrong == NULL; i++)
		if (!is_state_right(i))
			wrong = "at rest, frame_state() is wrong";
	return wrong != NULL ? wrong : use_up();
}
