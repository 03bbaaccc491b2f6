/* SPDX-License-Identifier: MIT */
/* Where the record of a page is: addresses as integers against plain indices. */
#include "prove.h"

#include "mm/page_range.c"

NO_STOP

/* A power of two that is enough for any memory. */
#define ALL_REGIONS (1ULL << 44)

/* Up to three ranges, as page_add_range() takes them. */
static unsigned int any_ranges(uint64_t start[3], uint64_t bytes[3])
{
	unsigned int added = 0;

	for (unsigned int i = 0; i < 3; i++) {
		any(uint64_t, first);
		any(uint64_t, length);
		enum err err = page_add_range(pa(first), length, NULL, ALL_REGIONS, NULL);

		prove(err == OK || err == ERR_ADDRESS);
		if (err != OK)
			continue;
		start[added] = first;
		bytes[added++] = length;
	}
	return added;
}

/* Found exactly when one of them holds all of it; ranges are apart, see below. */
void range_find(void)
{
	any(uint64_t, page);
	any(bool, large);
	uint64_t size = large ? PAGE_2M : PAGE_4K;
	const struct range *r;
	bool holds = false;

	havoc(ranges);
	range_count = 2;
	assume(page % PAGE_4K == 0);
	for (unsigned int i = 0; i < 2; i++) {
		assume(ranges[i].start + ranges[i].bytes > ranges[i].start);
		for (unsigned int j = 0; j < i; j++)
			assume(ranges[i].start + ranges[i].bytes <= ranges[j].start ||
			       ranges[j].start + ranges[j].bytes <= ranges[i].start);
		holds |= page >= ranges[i].start && ranges[i].bytes >= size &&
			 page - ranges[i].start <= ranges[i].bytes - size;
	}
	r = find(pa(page), size);
	prove((r != NULL) == holds);
	prove(r == NULL || (page - r->start < r->bytes && r->bytes - (page - r->start) >= size));
}

/* Ranges never meet, and the largest comes first. */
void range_apart(void)
{
	uint64_t start[3], bytes[3];
	unsigned int added = any_ranges(start, bytes);

	for (unsigned int i = 1; i < added; i++) {
		prove(ranges[i - 1].bytes >= ranges[i].bytes);
		for (unsigned int j = 0; j < i; j++)
			prove(!meet(ranges[i].start, ranges[i].bytes, ranges[j].start,
				    ranges[j].bytes));
	}
}

/* A power of two, and enough. */
void range_region_bytes(void)
{
	any(uint64_t, start);
	any(uint64_t, bytes);
	uint64_t size;

	assume((start | bytes) % PAGE_4K == 0 && start + bytes > start);
	assume(start + bytes <= 1ULL << 52);
	size = page_region_bytes(pa(start), bytes);
	prove((size & (size - 1)) == 0 && size >= page_regions(pa(start), bytes));
}

/* region_of() and row_of() in whole numbers: a byte and a row of the page's alone, in their arrays.
 */
void range_index(void)
{
	any(uint64_t, start);
	any(uint64_t, bytes);
	any(uint64_t, page);
	any(uint64_t, other);
	any(uint64_t, regions);
	any(uint64_t, rows);
	any(unsigned int, bits);
	uint64_t skipped = start / PAGE_2M, first, size;
	struct range r;

	assume((start | bytes) % PAGE_4K == 0 && bytes > 0 && start + bytes > start);
	assume(start + bytes <= 1ULL << 52 && regions < 1ULL << 60 && rows < 1ULL << 60);
	assume(page >= start && page < start + bytes);
	assume(other >= start && other < start + bytes && other / PAGE_2M != page / PAGE_2M);
	assume(bits < 32);
	size = 1ULL << bits;
	assume(size >= page_regions(pa(start), bytes));
	range_count = 0;
	prove(page_add_range(pa(start), bytes, (shared8 *)regions, size, (struct page_row *)rows) ==
	      OK);
	r = ranges[0];
	prove((uint64_t)region_of(&r, pa(page)) - regions < size);
	prove(region_of(&r, pa(page)) != region_of(&r, pa(other)));
	first = r.rows + page / ROW_BYTES * sizeof(struct page_row);
	prove(first == rows + (page / ROW_BYTES - skipped * ROWS_PER_2M) * sizeof(struct page_row));
	prove((first - rows) / sizeof(struct page_row) <
	      page_regions(pa(start), bytes) * ROWS_PER_2M);
}

/* Of 1 to 64 frames in a row: so many bits from the page's on. */
void range_mask(void)
{
	any(uint64_t, page);
	any(unsigned int, count);
	any(unsigned int, bit);
	unsigned int first = (unsigned int)(page >> 12 & 63);

	assume(count >= 1 && count <= ROW_FRAMES - first && bit < 64);
	prove(bit_of(pa(page)) == first);
	prove((run_mask(pa(page), count) >> bit & 1) == (bit >= first && bit < first + count));
}

/* Two regions filled at boot, never one beyond the range. */
void range_fill(void)
{
	any(uint64_t, page);
	any(uint64_t, bytes);
	static shared8 region[3];
	enum err err;

	ranges[0] = (struct range){ .start = 0, .bytes = 3 * PAGE_2M, .regions = 0 };
	range_count = 1;
	assume((page | bytes) % PAGE_2M == 0 && bytes > 3 * PAGE_2M);
	err = page_fill(pa(page), bytes);
	prove(err == ERR_ADDRESS && region[0] == 0);
}
