/* SPDX-License-Identifier: MIT */
/* Where the record of a guest page is: for the files of page.h only. */
#pragma once
#include "record.h"

#include <svsm/frame.h>
#include <svsm/page.h>

#define ALL (~0ULL)

/* Written at boot by one CPU, then only read. */
struct range {
	uint64_t start, bytes;
	uint64_t first; /* number of the first 2 MiB region it touches */
	shared8 *region;
	struct page_row *row;
	pa_t row_at;
};
extern struct range ranges[PAGE_RANGES];
extern unsigned int range_count;

/* One 2 MiB region of a range. */
struct place {
	const struct range *range;
	uint64_t index;
};

/* False when [page, page + bytes) is not inside one range. */
static inline bool find(pa_t page, uint64_t bytes, struct place *place)
{
	for (unsigned int i = 0; i < range_count; i++) {
		const struct range *r = &ranges[i];

		if (page.raw - r->start >= r->bytes)
			continue;
		*place = (struct place){ r, page.raw / PAGE_2M - r->first };
		return r->bytes - (page.raw - r->start) >= bytes;
	}
	return false;
}

static inline shared8 *region_of(const struct place *p)
{
	return &p->range->region[p->index];
}

static inline struct page_row *row_of(const struct place *p, pa_t page)
{
	return &p->range->row[p->index * ROWS_PER_2M + page.raw / ROW_BYTES % ROWS_PER_2M];
}

static inline unsigned int bit_of(pa_t page)
{
	return (unsigned int)(page.raw / PAGE_4K % ROW_FRAMES);
}

static inline uint64_t run_mask(pa_t page, unsigned int count)
{
	return ALL >> (ROW_FRAMES - count) << bit_of(page);
}

static inline pa_t rows_at(const struct place *p)
{
	return pa_add(p->range->row_at, p->index * ROWS_PER_2M * sizeof(struct page_row));
}

/* The bits are the claim's holder's alone: no compare is needed. */
static inline void settle_mask(struct page_row *row, uint64_t mask, enum page_state to)
{
	CHECK((shared64_load(&row->taken) & ~shared64_load(&row->ready) & mask) == mask);
	if (to == PAGE_GUEST)
		shared64_or(&row->ready, mask);
	else
		shared64_and(&row->taken, ~mask);
}

static inline void settle_bit(struct page_row *row, unsigned int bit, enum page_state to)
{
	CHECK(to == PAGE_GUEST ? !shared64_set(&row->ready, bit)
			       : shared64_clear(&row->taken, bit));
}

/* `count` frames of one row from the page on: all or none. */
enum err page_claim_frames(const struct place *p, pa_t page, unsigned int count,
			   enum page_state from);
