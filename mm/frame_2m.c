/* SPDX-License-Identifier: MIT */
/* 2 MiB frames: a CPU's spare one, free ones, and split regions of which all is free. */
#include "frames.h"

/* The region with that 2 MiB frame; not of the range: frames.regions. */
static uint64_t region_of(pa_t frame)
{
	uint64_t bytes = frame.raw - frames.start;
	uint64_t region = bytes >> 21 | bytes << 43;

	return region < frames.regions ? region : frames.regions;
}

static void disown_rows(struct frame_cpu *me, uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i++)
		shared8_store(&frames.owner[i], 0);
	gave(me);
}

static bool all_free(uint64_t index)
{
	return frame_free_in(&frames.row[index]) == EVERY_FRAME;
}

/*
 * Looked at before anything is owned: a CPU that fails has given nothing, or
 * two of them could make each other walk again for ever.
 */
static bool is_free(uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i++) {
		if (shared8_load(&frames.owner[i]) != 0 || !all_free(i))
			return false;
	}
	return true;
}

/* In ascending order: of two CPUs, only the one that owns the first goes on. */
static uint64_t own_rows(struct frame_cpu *me, uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i++) {
		uint8_t nobody = 0;

		if (!shared8_cas(&frames.owner[i], &nobody, me->tag))
			return i;
	}
	return end;
}

static bool are_all_free(uint64_t first, uint64_t end)
{
	while (first < end && all_free(first))
		first++;
	return first == end;
}

/* Owns every row, looks again, and nobody can hold a frame of the region. */
static bool join(struct frame_cpu *me, uint64_t region)
{
	uint64_t first = region * ROWS_PER_2M, end = first + ROWS_PER_2M, owned;
	bool joined;

	if (!is_free(first, end))
		return false;
	owned = own_rows(me, first, end);
	joined = owned == end && region_load(&frames.region[region]) == REGION_SPLIT &&
		 are_all_free(first, end);
	if (joined)
		region_store(&frames.region[region], REGION_USED);
	if (owned != first)
		disown_rows(me, first, owned);
	return joined;
}

/* Free ones first; to join costs, and takes what 4 KiB frames were to come from. */
static uint64_t walk(struct frame_cpu *me, bool joining)
{
	for (uint64_t i = 0; i < frames.regions; i++) {
		enum region now = region_load(&frames.region[me->at_2m]);
		uint64_t region = me->at_2m;

		if (++me->at_2m == frames.regions)
			me->at_2m = 0;
		if (now == REGION_READY &&
		    region_step(&frames.region[region], REGION_READY, REGION_USED))
			return region;
		if (joining && now == REGION_SPLIT && join(me, region))
			return region;
	}
	return frames.regions;
}

/* Not inline: the fast path has nothing to save then. */
__attribute__((noinline)) static uint64_t find(struct frame_cpu *me)
{
	uint64_t given, region = walk(me, false);

	if (region != frames.regions)
		return region;
	disown(me);
	do {
		given = frame_given(me);
		region = walk(me, true);
	} while (region == frames.regions && frame_given(me) != given);
	return region;
}

enum err frame_alloc_2m(struct frame_cpu *me, pa_t *frame)
{
	uint64_t region = region_of(pa(me->spare));

	if (region != frames.regions) {
		region_store(&frames.region[region], REGION_USED);
		me->spare = FRAME_NO_SPARE;
	} else {
		region = find(me);
		if (region == frames.regions)
			return ERR_NO_MEMORY;
	}
	*frame = region_address(region);
	return OK;
}

enum err frame_free_2m(struct frame_cpu *me, pa_t frame)
{
	uint64_t region = region_of(frame);

	if (region == frames.regions)
		return ERR_ADDRESS;
	if (me->spare != FRAME_NO_SPARE) {
		if (!region_step(&frames.region[region], REGION_USED, REGION_READY))
			return ERR_STATE;
		gave(me);
		return OK;
	}
	if (region_load(&frames.region[region]) != REGION_USED)
		return ERR_STATE;
	region_store(&frames.region[region], REGION_SPARE);
	me->spare = frame.raw;
	return OK;
}
