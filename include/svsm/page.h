/* SPDX-License-Identifier: MIT */
/*
 * The record of page state, the guest's half: every 4 KiB frame of the
 * guest's memory. The SVSM's own frames are in the same record, see frame.h.
 *
 * A byte for every 2 MiB region says what the whole region is, or that it is
 * split; then two bits a frame, 128 bytes a region, hold. So a 2 MiB page is
 * one step, and memory for a region's frames is touched only when it is split.
 *
 * A step is one atomic instruction on that record and waits for nobody. Every
 * change of the real page lies between a claim (-> PAGE_USED, in flight) and
 * a settle; whoever meets a page in flight gets ERR_BUSY. Splitting a region
 * has all of it in flight for a moment. Any vCPU may call. [DESIGN 5]
 */
#pragma once
#include <svsm/atomic.h>
#include <svsm/err.h>
#include <svsm/types.h>

#define PAGE_RANGES 32U

/* A page withdrawn from the guest for good stays PAGE_USED: nobody settles it. */
enum page_state {
	PAGE_NONE,  /* not validated */
	PAGE_USED,  /* in flight, or a VMSA or calling area, or the SVSM's */
	PAGE_GUEST, /* validated, the guest's */
	PAGE_FREE,  /* validated, the SVSM's, free: only in the SVSM's own range */
};

/* A row: 64 frames of a split region, a bit each in both words. */
struct page_row {
	shared64 taken; /* 0: PAGE_NONE */
	shared64 ready; /* with taken: PAGE_GUEST; taken alone: PAGE_USED */
};
#define ROW_FRAMES 64U
#define ROWS_PER_2M (FRAMES_PER_2M / ROW_FRAMES)
#define ROW_BYTES (ROW_FRAMES * PAGE_4K)

/* How many 2 MiB regions a range that is not empty touches: 8 times as many rows its record has. */
uint64_t page_regions(pa_t start, uint64_t bytes);

/*
 * How many bytes these regions best have, for page_add_range(): a power of two, and at least
 * a page, so that vCPUs at work in neighbouring regions change no cache line of each other's.
 */
uint64_t page_region_bytes(pa_t start, uint64_t bytes);

/*
 * The byte of region n, n = address / 2 MiB, is at n * PAGE_SPREAD modulo their number, a
 * power of two: odd, so none share a byte. In 4 KiB no two of any 58 that follow each other share a
 * cache line of 64 bytes.
 */
#define PAGE_SPREAD 353U

/*
 * Adds [start, start + bytes), 4 KiB aligned, to the record, all PAGE_NONE.
 * `region` is `region_bytes` zeroed bytes, a power of two, at least one for each
 * region it touches; `row` its rows, which hold anything. What no range covers is not memory: a
 * hole such as 0xA0000-0xBFFFF is made by two ranges. Boot only; ERR_ADDRESS when empty, not
 * aligned or overlapping, ERR_NO_MEMORY when the table of ranges is full.
 */
must_check enum err page_add_range(pa_t start, uint64_t bytes, shared8 *region,
				   uint64_t region_bytes, struct page_row *row);

/* ERR_ADDRESS when not wholly inside a range added. */
must_check enum err page_state(pa_t page, enum page_state *state);

/*
 * from (PAGE_NONE or PAGE_GUEST) -> PAGE_USED for every frame of the page, or
 * nothing. ERR_ADDRESS: not wholly inside a range. ERR_BUSY: a frame is
 * PAGE_USED. ERR_STATE: every frame is in the other state. ERR_RMP: frames of
 * different states (2 MiB only): treat as a size mismatch.
 */
must_check enum err page_claim(pa_t page, enum page_size size, enum page_state from);

/* PAGE_USED -> to (PAGE_NONE or PAGE_GUEST). The caller holds the claim. */
void page_settle(pa_t page, enum page_size size, enum page_state to);

/*
 * As page_claim of 4 KiB pages that follow each other, until one fails:
 * returns how many were claimed. Those within a row are claimed in one step.
 */
unsigned int page_claim_run(pa_t page, unsigned int count, enum page_state from);
void page_settle_run(pa_t page, unsigned int count, enum page_state to);

/*
 * The same for pages anywhere: at word[i] - tag, up to the first word of which
 * the low bits are not the tag: 12, or 21 for 2 MiB pages. Where 4 KiB pages
 * were found goes to row[], as many as were claimed; settling is faster with it.
 */
unsigned int page_claim_list(const uint64_t *word, uint64_t tag, enum page_size size,
			     unsigned int count, enum page_state from, struct page_row **row);
void page_settle_list(const uint64_t *word, enum page_size size, unsigned int count,
		      enum page_state to, struct page_row *const *row);

/*
 * Boot only, before another vCPU runs: the frames of [start, start + bytes),
 * 2 MiB aligned and all PAGE_NONE, become PAGE_GUEST without a claim.
 * ERR_ADDRESS when not wholly inside a range.
 */
must_check enum err page_fill(pa_t start, uint64_t bytes);
