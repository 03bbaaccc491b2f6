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
	const struct range *r = find(page, count * PAGE_4K);
	unsigned int i = 0;

	if (r != NULL && page_claim_frames(r, page, count, from) == OK)
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
	while (count > 0) {
		const struct range *r = find(page, PAGE_4K);
		unsigned int n = in_row(page, count);

		CHECK(r != NULL);
		settle_mask(row_of(r, page), run_mask(page, n), to);
		page = pa_add(page, n * PAGE_4K);
		count -= n;
	}
}

/*
 * The frame of a page in `r`, if its region is split. Most of what a request
 * costs for pages that are anywhere is this, so it is short and inline. The low
 * 12 bits of `word` make no difference.
 */
static inline bool claim_near(const struct range *r, pa_t word, enum page_state from,
			      struct page_row **row)
{
	if (word.raw - r->start >= r->bytes || region_load(region_of(r, word)) != REGION_SPLIT)
		return false;
	*row = row_of(r, word);
	return claim_bit(*row, bit_of(word), from);
}

static bool claim_far(pa_t page, enum page_state from, struct page_row **row)
{
	const struct range *r = find(page, PAGE_4K);

	if (r == NULL || page_claim_frames(r, page, 1, from) != OK)
		return false;
	*row = row_of(r, page);
	return true;
}

/* With `from` known to the compiler; most pages are in the largest range. */
static inline unsigned int claim_list(const uint64_t *word, uint64_t tag, uint64_t count,
				      enum page_state from, struct page_row **row)
{
	uint64_t i = 0;

	for (; i < count && word[i] % PAGE_4K == tag; i++) {
		if (!claim_near(ranges, pa(word[i]), from, &row[i]) &&
		    !claim_far(pa(word[i] - tag), from, &row[i]))
			break;
	}
	return (unsigned int)i;
}

static inline bool claim_region_near(const struct range *r, pa_t page, enum page_state from)
{
	uint64_t at = page.raw - r->start;

	return at < r->bytes && r->bytes - at >= PAGE_2M &&
	       region_step(region_of(r, page), uniform(from), REGION_USED);
}

static unsigned int claim_regions(const uint64_t *word, uint64_t tag, uint64_t count,
				  enum page_state from)
{
	uint64_t i = 0;

	for (; i < count && word[i] % PAGE_2M == tag; i++) {
		pa_t page = pa(word[i] - tag);

		if (!claim_region_near(ranges, page, from) && page_claim(page, SIZE_2M, from) != OK)
			break;
	}
	return (unsigned int)i;
}

unsigned int page_claim_list(const uint64_t *word, uint64_t tag, enum page_size size,
			     unsigned int count, enum page_state from, struct page_row **row)
{
	if (size == SIZE_2M)
		return claim_regions(word, tag, count, from);
	return from == PAGE_GUEST ? claim_list(word, tag, count, PAGE_GUEST, row)
				  : claim_list(word, tag, count, PAGE_NONE, row);
}

static inline void settle_rows(const uint64_t *word, unsigned int count, enum page_state to,
			       struct page_row *const *row)
{
#pragma GCC unroll 8
	for (uint64_t i = 0; i < count; i++)
		settle_bit(row[i], bit_of(pa(word[i])), to);
}

static inline const struct range *find_near(pa_t page)
{
	const struct range *r =
		page.raw - ranges->start < ranges->bytes ? ranges : find(page, PAGE_4K);

	CHECK(r != NULL);
	return r;
}

static void settle_words(const uint64_t *word, unsigned int count, enum page_state to)
{
	for (uint64_t i = 0; i < count; i++) {
		pa_t page = pa(word[i]);

		settle_bit(row_of(find_near(page), page), bit_of(page), to);
	}
}

static void settle_regions(const uint64_t *word, unsigned int count, enum page_state to)
{
	for (uint64_t i = 0; i < count; i++) {
		pa_t page = pa(word[i]);

		settle_region(region_of(find_near(page), page), to);
	}
}

void page_settle_list(const uint64_t *word, enum page_size size, unsigned int count,
		      enum page_state to, struct page_row *const *row)
{
	if (size == SIZE_2M)
		settle_regions(word, count, to);
	else if (row == NULL)
		settle_words(word, count, to);
	else if (to == PAGE_GUEST)
		settle_rows(word, count, PAGE_GUEST, row);
	else
		settle_rows(word, count, PAGE_NONE, row);
}
