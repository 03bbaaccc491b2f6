/* SPDX-License-Identifier: MIT */
/* What a region's byte says: for page.c and frame.c only. */
#pragma once
#include <svsm/atomic.h>
#include <svsm/types.h>

enum region {
	REGION_NONE = 0,  /* not validated */
	REGION_USED = 1,  /* in flight; in the SVSM's range: a 2 MiB frame in use */
	REGION_BUSY = 2,  /* the SVSM's, being split or accepted */
	REGION_READY = 3, /* the guest's; in the SVSM's range: free */
	REGION_SPLIT = 4, /* its rows tell */
	REGION_SPARE = 5, /* free, but a CPU's own */
	REGION_FIXED = 6, /* the SVSM's for good: the image, rows */
};

static inline enum region region_load(const shared8 *region)
{
	return (enum region)shared8_load(region);
}

static inline void region_store(shared8 *region, enum region to)
{
	shared8_store(region, (uint8_t)to);
}

/* The step from -> to of a whole region; false when it is not in `from`. */
static inline bool region_step(shared8 *region, enum region from, enum region to)
{
	uint8_t seen = (uint8_t)from;

	return shared8_cas(region, &seen, (uint8_t)to);
}
