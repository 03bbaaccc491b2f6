/* SPDX-License-Identifier: MIT */
/* Many pages of one request: those that follow each other, row by row, and any. */
#include "range.h"

/* How many of `count` pages lie in the page's row. */
static inline unsigned int in_row(pa_t page, unsigned int count)
{
	unsigned int room = ROW_FRAMES - bit_of(page);

	return count < room ? count : room;
}

/* The pages of one row: at once if they can be, else one by one until one fails. */
static unsigned int claim_some(pa_t page, unsigned int count, enum page_state from)
{
	struct place place;
	unsigned int i = 0;

	if (find(page, count * PAGE_4K, &place) &&
	    page_claim_frames(&place, page, count, from) == OK)
		return count;
	while (i < count && page_claim(pa_add(page, i * PAGE_4K), SIZE_4K, from) == OK)
		i++;
	return i;
}

unsigned int page_claim_run(pa_t page, unsigned int count, enum page_state from)
{
	unsigned int done = 0;

	while (done < count) {
		pa_t at = pa_add(page, done * PAGE_4K);
		unsigned int n = in_row(at, count - done), claimed = claim_some(at, n, from);

		done += claimed;
		if (claimed < n)
			break;
	}
	return done;
}

void page_settle_run(pa_t page, unsigned int count, enum page_state to)
{
	struct place place;

	while (count > 0) {
		unsigned int n = in_row(page, count);

		CHECK(find(page, PAGE_4K, &place));
		settle_mask(row_of(&place, page), run_mask(page, n), to);
		page = pa_add(page, n * PAGE_4K);
		count -= n;
	}
}

unsigned int page_claim_list(const pa_t *page, unsigned int count, enum page_state from,
			     struct page_row **row)
{
	for (unsigned int i = 0; i < count; i++) {
		struct place place;

		if (!find(page[i], PAGE_4K, &place) ||
		    page_claim_frames(&place, page[i], 1, from) != OK)
			return i;
		row[i] = row_of(&place, page[i]);
	}
	return count;
}

void page_settle_list(const pa_t *page, unsigned int count, enum page_state to,
		      struct page_row *const *row)
{
	for (unsigned int i = 0; i < count; i++)
		settle_bit(row[i], bit_of(page[i]), to);
}
