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
	uint64_t regions; /* where its regions' bytes are */
	uint64_t spread;  /* one less than how many these are, a power of two */
	/* Where row 0 of all memory would be: the start need not be taken off. */
	uint64_t rows;
};
extern struct range ranges[PAGE_RANGES];
extern unsigned int range_count;

/* NULL when [page, page + bytes) is not inside one range. */
static inline const struct range *find(pa_t page, uint64_t bytes)
{
	for (unsigned int i = 0; i < range_count; i++) {
		const struct range *r = &ranges[i];

		if (page.raw - r->start < r->bytes)
			return r->bytes - (page.raw - r->start) >= bytes ? r : NULL;
	}
	return NULL;
}

static inline shared8 *region_of(const struct range *r, pa_t page)
{
	return (shared8 *)(r->regions + (page.raw / PAGE_2M * PAGE_SPREAD & r->spread));
}

static inline struct page_row *row_of(const struct range *r, pa_t page)
{
	return (struct page_row *)(r->rows + page.raw / ROW_BYTES * sizeof(struct page_row));
}

/* The first row of the page's region. */
static inline struct page_row *rows_of(const struct range *r, pa_t page)
{
	return row_of(r, pa(align_down(page.raw, PAGE_2M)));
}

static inline unsigned int bit_of(pa_t page)
{
	return (unsigned int)(page.raw / PAGE_4K % ROW_FRAMES);
}

static inline uint64_t run_mask(pa_t page, unsigned int count)
{
	return ALL >> (ROW_FRAMES - count) << bit_of(page);
}

/* One frame is one instruction, which fails by changing nothing. */
static inline bool claim_bit(struct page_row *row, unsigned int bit, enum page_state from)
{
	return from == PAGE_GUEST ? shared64_clear(&row->ready, bit)
				  : !shared64_set(&row->taken, bit);
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

/* What a region's byte is when all of it is in that state. */
static inline enum region uniform(enum page_state state)
{
	return state == PAGE_GUEST ? REGION_READY : REGION_NONE;
}

/* A split region of which every frame is claimed is at rest: it is joined here. */
static inline void settle_region(shared8 *region, enum page_state to)
{
	if (!region_step(region, REGION_USED, uniform(to)))
		CHECK(region_step(region, REGION_SPLIT, uniform(to)));
}

/* `count` frames of one row from the page on: all or none. */
enum err page_claim_frames(const struct range *r, pa_t page, unsigned int count,
			   enum page_state from);
