/* SPDX-License-Identifier: MIT */
/* The ranges of the guest's memory, set up at boot. */
#include "range.h"

struct range ranges[PAGE_RANGES];
unsigned int range_count;

uint64_t page_regions(pa_t start, uint64_t bytes)
{
	return (start.raw + bytes - 1) / PAGE_2M - start.raw / PAGE_2M + 1;
}

uint64_t page_region_bytes(pa_t start, uint64_t bytes)
{
	uint64_t regions = page_regions(start, bytes), size = PAGE_4K;

	while (size < regions)
		size *= 2;
	return size;
}

/* The largest first: most pages are found at once. */
static void insert(const struct range *new)
{
	unsigned int i = range_count++;

	for (; i > 0 && ranges[i - 1].bytes < new->bytes; i--)
		ranges[i] = ranges[i - 1];
	ranges[i] = *new;
}

enum err page_add_range(pa_t start, uint64_t bytes, shared8 *region, uint64_t region_bytes,
			struct page_row *row)
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
	CHECK(region_bytes >= page_regions(start, bytes) &&
	      (region_bytes & (region_bytes - 1)) == 0);
	insert(&(struct range){
		.start = start.raw,
		.bytes = bytes,
		.regions = (uint64_t)region,
		.spread = region_bytes - 1,
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
	for (uint64_t at = 0; at < bytes; at += PAGE_2M)
		region_store(region_of(r, pa_add(start, at)), REGION_READY);
	return OK;
}
