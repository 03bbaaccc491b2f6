/* SPDX-License-Identifier: MIT */
/*
 * Run by callgrind, which collects inside the allocators' functions only: from
 * the first instruction of a function to its return. Every dump is a row: its
 * name, and how many operations, or pairs of them, it is of.
 */
#include "counts.h"

#include <svsm/frame.h>

#include <stdio.h>
#include <valgrind/callgrind.h>

#define PAIRS 30000U
#define WARM_UP 300000U
#define MOST_WARM_UP 2000000U

static const unsigned int percents[] = { 99, 90, 50, 10 };
static const uint64_t sizes[] = { 16 * MIB, 64 * MIB, 4 * GIB, 64 * GIB };
static const uint64_t worst_sizes[] = { 16 * MIB, 256 * MIB, 4 * GIB, 64 * GIB };

void count_begin(void)
{
	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
}

void count_end(const char *name, uint64_t operations)
{
	char text[96];

	snprintf(text, sizeof(text), "%s %lu", name, operations);
	CALLGRIND_DUMP_STATS_AT(text);
	CALLGRIND_STOP_INSTRUMENTATION;
}

static void count_churn(const struct held *h, enum order order, const char *prefix,
			const char *when, unsigned int percent)
{
	char name[80];

	snprintf(name, sizeof(name), "%s/%s%s/%s/%u%%", prefix, order_name[order], when,
		 size_name(h->places * (h->get == h->a->get_2m ? PAGE_2M : PAGE_4K)), percent);
	count_begin();
	churn(h, order, PAIRS, 0, 1);
	count_end(name, PAIRS);
}

/*
 * Right after frames chosen by chance were freed; then in the steady state, when
 * every free frame has been handed out once. At 64 GiB that is so from 90 % on.
 */
static void count_orders(const struct held *h, const char *prefix, unsigned int percent)
{
	uint64_t round = h->places - h->count;

	count_churn(h, ORDER_RANDOM, prefix, "-at-first", percent);
	churn(h, ORDER_RANDOM, round < MOST_WARM_UP ? round : MOST_WARM_UP, 0, 1);
	for (enum order order = 0; order < ORDERS; order++) {
		churn(h, order, WARM_UP, 0, 1);
		count_churn(h, order, prefix, "", percent);
	}
}

static void count_fills(const struct allocator *a, uint64_t bytes, enum page_size size,
			const char *prefix)
{
	struct held h;

	if (!held_take_all(&h, a, bytes, size))
		fail("cannot be set up");
	for (unsigned int i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		held_shrink(&h, percents[i]);
		if (h.count != 0 && h.count != h.places)
			count_orders(&h, prefix, percents[i]);
	}
	held_end(&h);
}

/* What two functions cost that do nothing but return. */
static void count_empty(void)
{
	const struct held h = { .get = allocator_none.get, .put = allocator_none.put };

	count_begin();
	churn(&h, ORDER_PAIR, PAIRS, 0, 1);
	count_end("empty/pair", PAIRS);
}

int main(void)
{
	count_empty();
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		count_fills(&allocator_ours, sizes[i], SIZE_4K, "ir/4k");
		count_fills(&allocator_ours, sizes[i], SIZE_2M, "ir/2m");
		count_fills(&allocator_bitmap, sizes[i], SIZE_4K, "ir/4k-bitmap");
	}
	ours_cpus = FRAME_CPUS;
	count_fills(&allocator_ours, 4 * GIB, SIZE_4K, "ir/4k-64cpus");
	for (unsigned int i = 0; i < sizeof(worst_sizes) / sizeof(worst_sizes[0]); i++)
		count_worst(worst_sizes[i]);
	return 0;
}
