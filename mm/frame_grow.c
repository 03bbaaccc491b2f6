/* SPDX-License-Identifier: MIT */
/* Regions that are not for allocation, and memory that is not accepted yet. */
#include "frames.h"

static uint64_t region_of(pa_t at)
{
	return (at.raw - frames.start) / PAGE_2M;
}

void frame_fix(pa_t start, uint64_t bytes)
{
	CHECK(is_aligned((start.raw - frames.start) | bytes, PAGE_2M));
	for (uint64_t i = 0; i < bytes / PAGE_2M; i++)
		region_store(&frames.region[region_of(start) + i], REGION_FIXED);
}

enum err frame_grow(pa_t *region)
{
	for (uint64_t i = 0; i < frames.regions; i++) {
		if (region_load(&frames.region[i]) != REGION_NONE ||
		    !region_step(&frames.region[i], REGION_NONE, REGION_BUSY))
			continue;
		*region = region_address(i);
		return OK;
	}
	return ERR_NO_MEMORY;
}

void frame_grown(struct frame_cpu *me, pa_t region, bool accepted)
{
	region_store(&frames.region[region_of(region)], accepted ? REGION_READY : REGION_NONE);
	if (accepted)
		gave(me);
}
