/* SPDX-License-Identifier: MIT */
/*
 * How a CPU comes by a row. Its owner byte is taken by one locked
 * instruction; only then is it known that the region is split and stays so:
 * whoever joins a region has to own all its rows. Everything else in a row is
 * plain for its owner.
 */
#include "frames.h"

void frame_release(struct frame_cpu *me)
{
	if (me->owner == NULL)
		return;
	shared8_store(me->owner, 0);
	frame_own(me, NULL);
	gave(me);
}

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

static bool take_row(struct frame_cpu *me, uint64_t index, bool vmsa)
{
	const struct frame_row *row = &frames.row[index];
	shared8 *owner = &frames.owner[index];
	uint64_t fits = allowed(frames.start + index * ROW_BYTES, vmsa);
	uint8_t nobody = 0;

	if (shared8_load(owner) != 0 ||
	    ((shared64_load(&row->ready) | shared64_load(&row->returned)) & fits) == 0)
		return false;
	if (!shared8_cas(owner, &nobody, me->tag))
		return false;
	frame_own(me, owner);
	/* Behind the fence: it may have been joined meanwhile. */
	if (region_load(&frames.region[index / ROWS_PER_2M]) == REGION_SPLIT &&
	    (merge(me->row) & fits) != 0)
		return true;
	frame_release(me);
	return false;
}

static bool take_in(struct frame_cpu *me, uint64_t region, bool vmsa)
{
	for (uint64_t i = 0; i < ROWS_PER_2M; i++) {
		if (take_row(me, region * ROWS_PER_2M + i, vmsa)) {
			me->at = region;
			return true;
		}
	}
	return false;
}

/* A region that is the CPU's alone and free becomes eight free rows. */
static bool split(struct frame_cpu *me, uint64_t region, bool vmsa)
{
	struct frame_row *row = &frames.row[region * ROWS_PER_2M];

	for (unsigned int i = 0; i < ROWS_PER_2M; i++) {
		shared64_store(&row[i].returned, 0);
		shared64_store(&row[i].ready, EVERY_FRAME);
	}
	region_store(&frames.region[region], REGION_SPLIT);
	gave(me);
	return take_in(me, region, vmsa);
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
	if (me->spare != FRAME_NO_SPARE)
		return split_spare(me, vmsa);
	return region_step(&frames.region[region], REGION_READY, REGION_USED) &&
	       split(me, region, vmsa);
}

/* Once round, from where a row was found last. */
static bool walk(struct frame_cpu *me, bool vmsa)
{
	uint64_t region = me->at;

	for (uint64_t i = 0; i < frames.regions; i++) {
		enum region now = region_load(&frames.region[region]);

		if (now == REGION_SPLIT && take_in(me, region, vmsa))
			return true;
		if (now == REGION_READY && take_free(me, region, vmsa))
			return true;
		if (++region == frames.regions)
			region = 0;
	}
	return me->spare != FRAME_NO_SPARE && split_spare(me, vmsa);
}

bool frame_refill(struct frame_cpu *me, bool vmsa)
{
	uint64_t given;

	if ((merge(me->row) & allowed(me->base, vmsa)) != 0)
		return true;
	frame_release(me);
	do {
		given = frame_given(me);
		if (walk(me, vmsa))
			return true;
	} while (frame_given(me) != given);
	return false;
}
