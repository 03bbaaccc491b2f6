/* SPDX-License-Identifier: MIT */
/*
 * The record of page state, the guest's half: the steps on a range whose
 * regions and rows hold anything. Where a page's byte and row are is address
 * arithmetic by way of integers, which range.c shows to be these indices.
 */
#include "prove.h"

#include "mm/range.h"

#define REGIONS 1U
#define START (3 * PAGE_2M)

static shared8 record_region[REGIONS];
static struct page_row record_row[REGIONS * ROWS_PER_2M];

#define region_of(r, page) (&record_region[((page).raw - (r)->start) / PAGE_2M])
#define row_of(r, page) (&record_row[((page).raw - (r)->start) / ROW_BYTES])
#define rows_of(r, page) row_of(r, pa(align_down((page).raw, PAGE_2M)))

struct range ranges[PAGE_RANGES];
unsigned int range_count;

#include "mm/page.c"
#include "mm/page_batch.c"

NO_STOP

static enum err add_range(void)
{
	ranges[0] = (struct range){ .start = START, .bytes = REGIONS * PAGE_2M };
	range_count = 1;
	havoc(record_region);
	havoc(record_row);
	return OK;
}

static bool inside(uint64_t page, uint64_t bytes)
{
	return page >= START && page - START <= REGIONS * PAGE_2M - bytes;
}

static bool is_error(enum err err)
{
	return err == ERR_ADDRESS || err == ERR_BUSY || err == ERR_STATE || err == ERR_RMP;
}

static enum page_state any_end(void)
{
	any(bool, guest);

	return guest ? PAGE_GUEST : PAGE_NONE;
}

/* What the record says of a frame, by its words alone. */
static enum page_state state_of(const shared8 *regions, const struct page_row *rows, uint64_t page)
{
	uint64_t at = (page - START) / PAGE_4K;
	const struct page_row *r = &rows[at / ROW_FRAMES];

	switch (regions[at / FRAMES_PER_2M]) {
	case REGION_NONE:
		return PAGE_NONE;
	case REGION_READY:
		return PAGE_GUEST;
	case REGION_SPLIT:
		if ((r->ready >> at % ROW_FRAMES & 1) != 0)
			return PAGE_GUEST;
		return (r->taken >> at % ROW_FRAMES & 1) != 0 ? PAGE_USED : PAGE_NONE;
	default:
		return PAGE_USED;
	}
}

/* "ready" never without "taken" in what is split. */
static void assume_sound(void)
{
	for (unsigned int i = 0; i < REGIONS * ROWS_PER_2M; i++)
		assume((record_row[i].ready & ~record_row[i].taken) == 0);
}

void page_state_total(void)
{
	any(uint64_t, page);
	enum page_state state;
	enum err err = add_range();

	err = page_state(pa(page), &state);
	prove(err == (inside(page, PAGE_4K) ? OK : ERR_ADDRESS));
	prove(err != OK || state == state_of(record_region, record_row, page));
}

/* A claim of 4 KiB: in flight and back, or an error; no other frame's state is touched. */
void page_claim_4k(void)
{
	shared8 regions[REGIONS];
	struct page_row rows[REGIONS * ROWS_PER_2M];
	any(uint64_t, page);
	any(uint64_t, other);
	enum page_state from = any_end(), to = any_end();
	enum err err = add_range();

	assume_sound();
	assume(page % PAGE_4K == 0 && other % PAGE_4K == 0 && inside(other, PAGE_4K));
	for (unsigned int i = 0; i < REGIONS; i++)
		regions[i] = record_region[i];
	for (unsigned int i = 0; i < REGIONS * ROWS_PER_2M; i++)
		rows[i] = record_row[i];
	err = page_claim(pa(page), SIZE_4K, from);
	prove(err == OK || (is_error(err) && err != ERR_RMP));
	prove(implies(!inside(page, PAGE_4K), err == ERR_ADDRESS));
	if (err != OK) {
		prove(state_of(record_region, record_row, other) == state_of(regions, rows, other));
		return;
	}
	prove(inside(page, PAGE_4K) && state_of(regions, rows, page) == from);
	prove(state_of(record_region, record_row, page) == PAGE_USED);
	prove(other == page ||
	      state_of(record_region, record_row, other) == state_of(regions, rows, other));
	page_settle(pa(page), SIZE_4K, to);
	prove(state_of(record_region, record_row, page) == to);
	prove(other == page ||
	      state_of(record_region, record_row, other) == state_of(regions, rows, other));
}

/* Whole regions: the one there is, and any address that is none. */
void page_claim_2m(void)
{
	any(uint64_t, frame);
	enum page_state from = any_end(), to = any_end();
	enum page_state before;
	enum err err = add_range();

	assume_sound();
	assume(frame % PAGE_4K == 0 && inside(frame, PAGE_4K));
	before = state_of(record_region, record_row, frame);
	err = page_claim(pa(START), SIZE_2M, from);
	prove(err == OK || (is_error(err) && err != ERR_NO_MEMORY && err != ERR_ADDRESS));
	if (err != OK) {
		prove(state_of(record_region, record_row, frame) == before);
		return;
	}
	prove(before == from && state_of(record_region, record_row, frame) == PAGE_USED);
	page_settle(pa(START), SIZE_2M, to);
	prove(state_of(record_region, record_row, frame) == to);
}
