/* SPDX-License-Identifier: MIT */
/* Locked read-modify-writes by operation. Built with bench's own svsm/atomic.h, which counts. */
#include "bench.h"

#include <svsm/frame.h>

#include <stdio.h>

#define PAIRS 200000U
#define SIZE (64 * MIB)

uint64_t bench_locked;

static const struct allocator *const ours = &allocator_ours;

static void row(const char *name, uint64_t operations)
{
	printf("locked/%s %.4f rmw/op\n", name, (double)bench_locked / (double)operations);
	bench_locked = 0;
}

static uint64_t row_of(uint64_t frame)
{
	return frame / ROW_BYTES;
}

/* Those of the row that CPU 0 owns, which is the last one's; or those of all others. */
static void free_rows(const struct held *h, bool own, const char *name)
{
	uint64_t last = row_of(h->frame[h->count - 1]), operations = 0;

	bench_locked = 0;
	for (uint64_t i = 0; i < h->count; i++) {
		if ((row_of(h->frame[i]) == last) != own)
			continue;
		ours->put(0, h->frame[i]);
		operations++;
	}
	row(name, operations);
}

static void fresh(void)
{
	struct held h;
	uint64_t taken = 0;

	if (!ours->setup(SIZE / PAGE_4K))
		fail("cannot be set up");
	bench_locked = 0;
	while (ours->get(0) != 0)
		taken++;
	row("alloc-from-fresh-rows", taken);
	ours->end();
	if (!held_take_all(&h, ours, SIZE, SIZE_4K))
		fail("cannot be set up");
	free_rows(&h, true, "free-into-own-row");
	free_rows(&h, false, "free-other");
	memory_put(h.frame, h.places * sizeof(*h.frame));
	ours->end();
}

/* Puts of all rows at random: one each, but in the own row; what is above one is the get's. */
static void steady(uint64_t bytes, unsigned int percent)
{
	struct held h;
	char name[64];

	if (!held_take_all(&h, ours, bytes, SIZE_4K))
		fail("cannot be set up");
	held_shrink(&h, percent);
	churn(&h, ORDER_RANDOM, PAIRS, 0, 1);
	bench_locked = 0;
	churn(&h, ORDER_RANDOM, PAIRS, 0, 1);
	snprintf(name, sizeof(name), "random-pair/%s/%u%%", size_name(bytes), percent);
	row(name, PAIRS);
	held_end(&h);
}

int main(void)
{
	fresh();
	steady(64 * MIB, 50);
	steady(64 * MIB, 90);
	steady(4 * GIB, 50);
	steady(4 * GIB, 90);
	return 0;
}
