/* SPDX-License-Identifier: MIT */
/*
 * A guest for tests/bench: says what comes next, "bench: NAME COUNT", then makes
 * SVSM calls that the platform counts. Built on the stub guest's files.
 */
#include "guest/stub/stub.h"

#define QUERIES 8U
#define SCATTERED (64 * PAGE_4K + PAGE_4K) /* a row and a page on: no two in one row */

_Noreturn void stub_main(void);

static struct list list;

static void announce(const char *what, unsigned int count)
{
	say("bench: %s %u", what, count);
}

static void run(const char *what, unsigned int count)
{
	announce(what, count);
	if (list_run(&list) != OK)
		check_bail(what);
}

static void fill(uint64_t gpa, unsigned int count, uint64_t stride, uint64_t flags)
{
	list_begin(&list);
	for (unsigned int i = 0; i < count; i++)
		list_add(&list, (gpa + i * stride) | flags);
}

struct kind {
	uint64_t stride, size;
	const char *first, *validate, *rescind;
};
static const struct kind scattered = { SCATTERED, PV_4K, "first-scattered", "validate-scattered",
				       "rescind-scattered" };
static const struct kind contiguous = { PAGE_4K, PV_4K, "first-contiguous", "validate-contiguous",
					"rescind-contiguous" };
static const struct kind whole = { PAGE_2M, PV_2M, "first-2m", "validate-2m", "rescind-2m" };

/* Where nothing was validated yet, the first time differs: regions are split. */
static void measure(const struct kind *k, uint64_t gpa, unsigned int count)
{
	fill(gpa, count, k->stride, k->size | PV_VALIDATE);
	run(k->first, count);
	fill(gpa, count, k->stride, k->size | PV_RESCIND);
	run(k->rescind, count);
	fill(gpa, count, k->stride, k->size | PV_VALIDATE);
	run(k->validate, count);
}

/* The hypervisor assigns so many regions, by 4K or by 2M. */
static uint64_t assign(unsigned int regions, bool is_2m)
{
	uint64_t gpa = page_take_2m();

	for (unsigned int i = 1; i < regions; i++)
		(void)page_take_2m();
	if (!ghcb_psc(gpa / (is_2m ? PAGE_2M : PAGE_4K), regions * (is_2m ? 1 : PAGES_2M),
		      PSC_PRIVATE, is_2m))
		check_bail("page state change");
	return gpa;
}

static void queries(void)
{
	announce("query", QUERIES);
	for (unsigned int i = 0; i < QUERIES; i++)
		call_core(CORE_QUERY_PROTOCOL, 1, 0, 0, REG_RCX);
	announce("none", 0);
}

static void lists(void)
{
	static const unsigned int counts[] = { 1, 8, 64, LIST_MAX };

	for (unsigned int i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		uint64_t regions = (counts[i] * SCATTERED + PAGE_2M) / PAGE_2M;

		measure(&scattered, assign((unsigned int)regions, false), counts[i]);
		measure(&contiguous, assign(1, false), counts[i]);
	}
	measure(&whole, assign(1, true), 1);
	measure(&whole, assign(8, true), 8);
}

void stub_main(void)
{
	guest_begin();
	list = list_at(page_take_list());
	if (trap_works(page_take_4k())) {
		say("bench: all memory is accepted");
		check_end();
	}
	queries();
	lists();
	check(true, "every list was served");
	check_end();
}
