/* SPDX-License-Identifier: MIT */
/*
 * Histories that make one operation of ours as long as it gets: everything is
 * split, and what is wanted is where the walk comes last, or nowhere.
 */
#include "counts.h"

#include <svsm/frame.h>

#include <stdio.h>

static uint64_t size;

static void end(const char *what)
{
	char name[64];

	snprintf(name, sizeof(name), "worst/%s/%s", what, size_name(size));
	count_end(name, 1);
}

static void count_get(uint64_t (*get)(unsigned int cpu), const char *what, bool found)
{
	bool got;

	count_begin();
	got = get(0) != 0;
	end(what);
	if (got != found)
		fail(what);
}

static void count_put(void (*put)(unsigned int cpu, uint64_t frame), uint64_t frame,
		      const char *what)
{
	count_begin();
	put(0, frame);
	end(what);
}

/* Of the region at which the walk of CPU 0 ends, after all has been taken in order. */
static uint64_t last_region(const struct held *h)
{
	return align_down(h->frame[h->count - 1], PAGE_2M) - PAGE_2M;
}

static void worst_4k(const struct held *h)
{
	const struct allocator *a = h->a;

	a->put(1, last_region(h) + PAGE_2M - PAGE_4K);
	count_get(a->get, "alloc-4k-in-the-last-row", true);
	a->put(1, h->frame[0]);
	count_put(a->put, h->frame[1], "free-4k-other");
	a->get(0);
	a->get(0);
	count_get(a->get, "alloc-4k-refused", false);
}

/* Of every region all is free but the last frame, so that eight rows are looked at. */
static void worst_2m(const struct held *h)
{
	const struct allocator *a = h->a;

	for (uint64_t i = 0; i < h->count; i++)
		if (!is_aligned(h->frame[i] + PAGE_4K, PAGE_2M))
			a->put(1, h->frame[i]);
	count_get(a->get_2m, "alloc-2m-refused", false);
	a->put(1, last_region(h) + PAGE_2M - PAGE_4K);
	count_get(a->get_2m, "alloc-2m-joined-last", true);
	count_put(a->put_2m, last_region(h), "free-2m-spare");
}

void count_worst(uint64_t bytes)
{
	struct held h;

	size = bytes;
	if (!held_take_all(&h, &allocator_ours, bytes, SIZE_4K))
		fail("cannot be set up");
	worst_4k(&h);
	worst_2m(&h);
	memory_put(h.frame, h.places * sizeof(*h.frame));
	h.a->end();
}
