/* SPDX-License-Identifier: MIT */
/*
 * The guest's half of the record. Three rules keep it whole:
 *
 * Rest: while a region is not split, its rows say "all in flight" (taken ~0,
 * ready 0), or were never used. So a vCPU that still believes it split fails.
 * Open last: a split writes the word that stays as it is first; the other one
 * opens the row, for late vCPUs too, and is not written again.
 * Publish last: REGION_SPLIT follows the rows; x86 keeps stores in order.
 */
#include "range.h"

static enum page_state row_state(const struct page_row *row, uint64_t mask)
{
	if ((shared64_load(&row->ready) & mask) != 0)
		return PAGE_GUEST;
	return (shared64_load(&row->taken) & mask) != 0 ? PAGE_USED : PAGE_NONE;
}

enum err page_state(pa_t page, enum page_state *state)
{
	const struct range *r = find(page, PAGE_4K);

	if (r == NULL)
		return ERR_ADDRESS;
	switch (region_load(region_of(r, page))) {
	case REGION_NONE:
		*state = PAGE_NONE;
		break;
	case REGION_READY:
		*state = PAGE_GUEST;
		break;
	case REGION_SPLIT:
		*state = row_state(row_of(r, page), run_mask(page, 1));
		break;
	default:
		*state = PAGE_USED;
		break;
	}
	return OK;
}

/* Opens a row of which all frames are in state `from`, but those of `claimed`: in flight. */
static void open_row(struct page_row *row, enum page_state from, uint64_t claimed)
{
	if (from == PAGE_GUEST) {
		shared64_store(&row->taken, ALL);
		shared64_store(&row->ready, ~claimed);
	} else {
		shared64_store(&row->ready, 0);
		shared64_store(&row->taken, claimed);
	}
}

/*
 * Splits a region that is wholly `from`, with the frames of `mask` in the
 * page's row claimed. ERR_BUSY: it is not `from` any more.
 */
static enum err split(const struct range *r, pa_t page, uint64_t mask, enum page_state from)
{
	const struct page_row *mine = row_of(r, page);
	struct page_row *row = rows_of(r, page);

	if (!region_step(region_of(r, page), uniform(from), REGION_USED))
		return ERR_BUSY;
	for (unsigned int i = 0; i < ROWS_PER_2M; i++)
		open_row(&row[i], from, &row[i] == mine ? mask : 0);
	region_store(region_of(r, page), REGION_SPLIT);
	return OK;
}

/* The frames of `mask`, all or none. Tried again only when another frame has changed. */
static bool claim_mask(struct page_row *row, uint64_t mask, enum page_state from)
{
	shared64 *word = from == PAGE_GUEST ? &row->ready : &row->taken;
	uint64_t seen = shared64_load(word);
	uint64_t want = from == PAGE_GUEST ? mask : 0;

	do {
		if ((seen & mask) != want)
			return false;
	} while (!shared64_cas(word, &seen, seen ^ mask));
	return true;
}

/* Why a frame of a split region was not claimed. */
static enum err row_error(const struct page_row *row, uint64_t mask, enum page_state from)
{
	enum page_state now = row_state(row, mask);

	return now == PAGE_USED || now == from ? ERR_BUSY : ERR_STATE;
}

/* Why a region that is not split was not claimed. */
static enum err region_error(enum region now, enum page_state from)
{
	return now == REGION_USED || now == uniform(from) ? ERR_BUSY : ERR_STATE;
}

enum err page_claim_frames(const struct range *r, pa_t page, unsigned int count,
			   enum page_state from)
{
	struct page_row *row = row_of(r, page);
	uint64_t mask = run_mask(page, count);
	enum region now = region_load(region_of(r, page));
	bool claimed;

	if (now != REGION_SPLIT)
		return now == uniform(from) ? split(r, page, mask, from) : region_error(now, from);
	claimed = count == 1 ? claim_bit(row, bit_of(page), from) : claim_mask(row, mask, from);
	return claimed ? OK : row_error(row, mask, from);
}

/* Why 512 frames could not be claimed. Looks again: the answer may be newer than the failure. */
static enum err rows_error(const struct page_row *row, enum page_state from)
{
	enum page_state first = row_state(&row[0], 1);
	bool mixed = false;

	for (unsigned int i = 0; i < ROWS_PER_2M; i++) {
		uint64_t ready = shared64_load(&row[i].ready);
		uint64_t taken = shared64_load(&row[i].taken);

		if ((taken & ~ready) != 0)
			return ERR_BUSY;
		mixed |= ready != (first == PAGE_GUEST ? ALL : 0);
	}
	if (mixed)
		return ERR_RMP;
	return first == from ? ERR_BUSY : ERR_STATE;
}

/* The rows in ascending order: of two claims, one is first at the lowest common row. */
static enum err claim_rows(struct page_row *row, enum page_state from)
{
	for (unsigned int i = 0; i < ROWS_PER_2M; i++) {
		if (claim_mask(&row[i], ALL, from))
			continue;
		while (i-- > 0)
			shared64_store(from == PAGE_GUEST ? &row[i].ready : &row[i].taken,
				       from == PAGE_GUEST ? ALL : 0);
		return rows_error(row, from);
	}
	return OK;
}

static enum err claim_2m(const struct range *r, pa_t page, enum page_state from)
{
	shared8 *region = region_of(r, page);
	enum region now = region_load(region);

	if (now == REGION_SPLIT)
		return claim_rows(rows_of(r, page), from);
	if (now == uniform(from) && region_step(region, now, REGION_USED))
		return OK;
	return region_error(now, from);
}

enum err page_claim(pa_t page, enum page_size size, enum page_state from)
{
	const struct range *r = find(page, size_bytes(size));

	CHECK((from == PAGE_NONE || from == PAGE_GUEST) && is_aligned(page.raw, size_bytes(size)));
	if (r == NULL)
		return ERR_ADDRESS;
	return size == SIZE_2M ? claim_2m(r, page, from) : page_claim_frames(r, page, 1, from);
}

void page_settle(pa_t page, enum page_size size, enum page_state to)
{
	const struct range *r = find(page, size_bytes(size));

	CHECK(r != NULL && (to == PAGE_NONE || to == PAGE_GUEST));
	if (size == SIZE_2M)
		settle_region(region_of(r, page), to);
	else
		settle_mask(row_of(r, page), run_mask(page, 1), to);
}
