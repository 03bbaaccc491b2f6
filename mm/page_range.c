/* SPDX-License-Identifier: MIT */
/* The ranges of the guest's memory, set up at boot. */
#include "range.h"

struct range ranges[PAGE_RANGES];
unsigned int range_count;

uint64_t page_regions(pa_t start, uint64_t bytes)
{
	return align_up(start.raw + bytes, PAGE_2M) / PAGE_2M - start.raw / PAGE_2M;
}

/* The largest first: most pages are found at once. */
static void insert(const struct range *new)
{
	unsigned int i = range_count++;

	for (; i > 0 && ranges[i - 1].bytes < new->bytes; i--)
		ranges[i] = ranges[i - 1];
	ranges[i] = *new;
}

enum err page_add_range(pa_t start, uint64_t bytes, shared8 *region, struct page_row *row)
{
	uint64_t end = start.raw + bytes;

	if (end <= start.raw || !is_aligned(start.raw | bytes, PAGE_4K))
		return ERR_ADDRESS;
	for (unsigned int i = 0; i < range_count; i++) {
		if (start.raw < ranges[i].start + ranges[i].bytes && ranges[i].start < end)
			return ERR_ADDRESS;
	}
	if (range_count == PAGE_RANGES)
		return ERR_NO_MEMORY;
	insert(&(struct range){
		.start = start.raw,
		.bytes = bytes,
		.regions = (uint64_t)region - start.raw / PAGE_2M,
		.rows = (uint64_t)row - start.raw / PAGE_2M * ROWS_PER_2M * sizeof(*row),
	});
	return OK;
}

enum err page_fill(pa_t start, uint64_t bytes)
{
	const struct range *r = find(start, bytes);

	CHECK(is_aligned(start.raw | bytes, PAGE_2M));
	if (r == NULL)
		return ERR_ADDRESS;
	for (uint64_t i = 0; i < bytes / PAGE_2M; i++)
		region_store(region_of(r, start) + i, REGION_READY);
	return OK;
}
