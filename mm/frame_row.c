/* SPDX-License-Identifier: MIT */
/*
 * How a CPU comes by a row. Its owner byte is taken by one locked
 * instruction; only then is it known that the region is split and stays so:
 * whoever joins a region has to own all its rows. Everything else in a row is
 * plain for its owner.
 */
#include "frames.h"

/* What others have returned becomes the owner's. Never in neither word: a double free shows. */
static uint64_t merge(struct frame_row *row)
{
	uint64_t ready = shared64_load(&row->ready);
	uint64_t returned = shared64_load(&row->returned);

	if (returned == 0)
		return ready;
	ready |= returned;
	shared64_store(&row->ready, ready);
	shared64_and(&row->returned, ~returned);
	return ready;
}

/* `free`: what has been seen free in it. */
static bool take_row(struct frame_cpu *me, uint64_t index, uint64_t free, bool vmsa)
{
	uint64_t fits = allowed(frames.start + index * ROW_BYTES, vmsa);
	shared8 *owner = &frames.owner[index];
	uint8_t nobody = 0;

	if ((free & fits) == 0 || shared8_load(owner) != 0 || !shared8_cas(owner, &nobody, me->tag))
		return false;
	own(me, index);
	/* Behind the fence: it may have been joined meanwhile. */
	if (region_load(&frames.region[index / ROWS_PER_2M]) == REGION_SPLIT &&
	    (merge(me->row) & fits) != 0) {
		me->at = index;
		return true;
	}
	disown(me);
	return false;
}

/* The region's rows from `index` on. */
static inline bool take_from(struct frame_cpu *me, uint64_t index, bool vmsa)
{
	const struct frame_row *row = &frames.row[index];

	do {
		uint64_t free = frame_free_in(row++);

		if (free != 0 && take_row(me, index, free, vmsa))
			return true;
	} while (++index % ROWS_PER_2M != 0);
	return false;
}

/* A region that is the CPU's alone and free becomes eight free rows. */
static bool split(struct frame_cpu *me, uint64_t region, bool vmsa)
{
	struct frame_row *row = &frames.row[region * ROWS_PER_2M];

	for (unsigned int i = 0; i < ROWS_PER_2M; i++) {
		shared64_store(&row[i].ready, EVERY_FRAME);
		shared64_store(&row[i].returned, 0);
	}
	region_store(&frames.region[region], REGION_SPLIT);
	gave(me);
	return take_from(me, region * ROWS_PER_2M, vmsa);
}

static bool split_spare(struct frame_cpu *me, bool vmsa)
{
	uint64_t region = (me->spare - frames.start) / PAGE_2M;

	me->spare = FRAME_NO_SPARE;
	return split(me, region, vmsa);
}

/* Its spare frame first: a CPU has one 2 MiB frame at a time, also while it splits it. */
static bool take_free(struct frame_cpu *me, uint64_t region, bool vmsa)
{
	if (me->spare != FRAME_NO_SPARE && split_spare(me, vmsa))
		return true;
	/* Others may have been faster in all rows of the spare one. */
	return region_step(&frames.region[region], REGION_READY, REGION_BUSY) &&
	       split(me, region, vmsa);
}

/* All rows once, from the one found last on; in its region those before it come last. */
static bool walk(struct frame_cpu *me, bool vmsa)
{
	uint64_t index = me->at;

	for (uint64_t i = 0; i <= frames.regions; i++) {
		enum region now = region_load(&frames.region[index / ROWS_PER_2M]);

		if (now == REGION_SPLIT && take_from(me, index, vmsa))
			return true;
		if (now == REGION_READY && take_free(me, index / ROWS_PER_2M, vmsa))
			return true;
		index = align_down(index + ROWS_PER_2M, ROWS_PER_2M);
		if (index == frames.regions * ROWS_PER_2M)
			index = 0;
	}
	return me->spare != FRAME_NO_SPARE && split_spare(me, vmsa);
}

bool frame_refill(struct frame_cpu *me, bool vmsa)
{
	uint64_t given;

	if ((merge(me->row) & allowed(me->base, vmsa)) != 0)
		return true;
	disown(me);
	if (walk(me, vmsa))
		return true;
	do {
		given = frame_given(me);
		if (walk(me, vmsa))
			return true;
	} while (frame_given(me) != given);
	return false;
}
