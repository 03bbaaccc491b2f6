/* SPDX-License-Identifier: MIT */
/* The size of the record, and how much of it is written while regions are uniform. */
#include "bench.h"

#include <svsm/frame.h>
#include <svsm/page.h>

#include <stdio.h>
#include <string.h>

#define GUEST (4 * GIB)
#define GUEST_AT (4 * GIB)
#define SVSM GIB
#define SVSM_AT (1ULL << 39)
#define NOISE 0xa5

static void row(const char *name, uint64_t bytes, uint64_t memory)
{
	printf("table/%s %.4f bits/frame\n", name,
	       (double)bytes * 8 / ((double)memory / (double)PAGE_4K));
}

static uint64_t differing(const void *memory, uint64_t bytes, uint8_t from)
{
	const uint8_t *byte = memory;
	uint64_t count = 0;

	for (uint64_t i = 0; i < bytes; i++)
		count += byte[i] != from;
	return count;
}

static void settled(pa_t page, enum page_size size, enum page_state from, enum page_state to)
{
	if (page_claim(page, size, from) != OK)
		fail("a claim fails");
	page_settle(page, size, to);
}

/* The rows hold noise, so that a byte written is seen. */
static void guest(void)
{
	uint64_t regions = page_region_bytes(pa(GUEST_AT), GUEST);
	uint64_t row_bytes =
		page_regions(pa(GUEST_AT), GUEST) * ROWS_PER_2M * sizeof(struct page_row);
	shared8 *region = memory_get(regions);
	struct page_row *rows = memory_get(row_bytes);

	memset(rows, NOISE, row_bytes);
	if (page_add_range(pa(GUEST_AT), GUEST, region, regions, rows) != OK)
		fail("no range");
	row("guest-reserved", regions + row_bytes, GUEST);
	for (uint64_t at = 0; at < GUEST; at += PAGE_2M)
		settled(pa(GUEST_AT + at), SIZE_2M, PAGE_NONE, PAGE_GUEST);
	row("guest-touched-uniform",
	    differing((const void *)region, regions, 0) + differing(rows, row_bytes, NOISE), GUEST);
	for (uint64_t at = 0; at < GUEST; at += PAGE_2M)
		settled(pa(GUEST_AT + at), SIZE_4K, PAGE_GUEST, PAGE_NONE);
	row("guest-touched-all-split",
	    differing((const void *)region, regions, 0) + differing(rows, row_bytes, NOISE), GUEST);
}

static void svsm(void)
{
	uint64_t regions = SVSM / PAGE_2M, owners = regions * ROWS_PER_2M;
	uint64_t row_bytes = owners * sizeof(struct frame_row);
	shared8 *region = memory_get(regions), *owner = memory_get(owners);
	struct frame_row *rows = memory_get(row_bytes);
	pa_t at;

	memset(rows, NOISE, row_bytes);
	frame_init(pa(SVSM_AT), SVSM, region, owner, rows, 1);
	row("svsm-reserved", regions + owners + row_bytes, SVSM);
	while (frame_grow(&at) == OK)
		frame_grown(frame_cpu(0), at, true);
	while (frame_alloc_2m(frame_cpu(0), &at) == OK)
		continue;
	row("svsm-touched-uniform",
	    differing((const void *)region, regions, 0) +
		    differing((const void *)owner, owners, 0) + differing(rows, row_bytes, NOISE),
	    SVSM);
}

int main(void)
{
	frame_init(pa(SVSM_AT), 0, NULL, NULL, NULL, 1);
	guest();
	svsm();
	return 0;
}
