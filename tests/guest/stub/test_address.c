/* SPDX-License-Identifier: MIT */
/* Addresses that PVALIDATE may not touch, as entries and as the list's own [svsm 3.4, 6.1]. */
#include "stub.h"

static uint64_t take_private(void)
{
	uint64_t gpa = page_take_4k();

	if (!ghcb_psc_msr(gpa, PSC_PRIVATE))
		check_bail("page state change refused");
	return gpa;
}

/* Good, bad, good: refused at the bad one. The pages serve again. */
static void entry(const struct bad *bad, uint64_t flags, const char *kind)
{
	static uint64_t first, last;
	struct list l = list_ca();

	if (first == 0) {
		first = take_private();
		last = take_private();
	}
	list_begin(&l);
	list_add(&l, first | PV_VALIDATE);
	list_add(&l, bad->gpa | flags);
	list_add(&l, last | PV_VALIDATE);
	check_eq(list_run(&l), INVALID_ADDRESS, "[svsm 6.1] %s %#lx: %s", kind, bad->gpa,
		 bad->text);
	check(*l.next == 1 && trap_works(first) && trap_not_validated(last),
	      "[svsm 6.1] next 1: what is before it was done, what is behind not");
	list_one(first | PV_IGNORE_CF);
	list_one(last | PV_IGNORE_CF);
}

static void entries_4k(void)
{
	const struct bad *bad;
	uint64_t good = take_private();
	unsigned int count = bad_addresses(&bad, PAGE_4K, good);

	for (unsigned int i = 0; i < count; i++) {
		entry(&bad[i], PV_VALIDATE, "validate 4K");
		entry(&bad[i], PV_RESCIND, "rescind 4K");
		entry(&bad[i], PV_VALIDATE | PV_IGNORE_CF, "validate 4K, ignoring CF");
	}
	check(trap_not_validated(good), "[svsm 3.4] bits above the address are not dropped");
	check_eq(list_validate(good), OK, "[svsm 3.4] the address without them is good");
}

static void entries_2m(void)
{
	const struct bad *bad;
	uint64_t good = page_take_2m();
	unsigned int count = bad_addresses(&bad, PAGE_2M, good);

	ghcb_psc(good / PAGE_2M, 1, PSC_PRIVATE, true);
	for (unsigned int i = 0; i < count; i++) {
		entry(&bad[i], PV_2M | PV_VALIDATE, "validate 2M");
		entry(&bad[i], PV_2M | PV_RESCIND, "rescind 2M");
	}
	check(trap_not_validated(good), "[svsm 3.4] bits above the address are not dropped");
	check_eq(list_one(good | PV_2M | PV_VALIDATE), OK,
		 "[svsm 3.4] the address without them is good");
}

static void list_refused(uint64_t gpa, const char *text)
{
	check_eq(call_core(CORE_PVALIDATE, gpa, 0, 0, 0), INVALID_ADDRESS,
		 "[svsm 3.4] list at %#lx: %s", gpa, text);
}

static void lists(void)
{
	const struct bad *bad;
	uint64_t good = page_take_list(), page = take_private(), shared = page_take_4k();
	struct list l = list_at(good), s = list_at(shared);
	unsigned int count = bad_addresses(&bad, PAGE_4K, good);

	list_begin(&l);
	list_add(&l, page | PV_VALIDATE);
	for (unsigned int i = 0; i < count; i++)
		if (bad[i].gpa != call_ca)
			list_refused(bad[i].gpa, bad[i].text);
	list_refused(boot.svsm_base + 0x800, "inside a page of the SVSM");
	list_refused(UINT64_MAX - 7, "last 8 bytes of all");
	list_refused(boot.ram_end - PAGE_4K + 8 + PAGE_4K, "behind RAM");
	check(*l.next == 0 && trap_not_validated(page), "[svsm 3.4] no list was worked through");
	list_refused(page, "page not validated");
	s.count = page_shared(shared);
	*s.count = 1;
	list_refused(shared, "shared page");
	list_refused(page_take_4k(), "page never assigned");
	check_eq(list_run(&l), OK, "[svsm 3.4] the list is good");
}

#define SCAN_PAGES 1024U

/* The image and what the SVSM allocates first: save areas among it. */
static void scan(void)
{
	unsigned int list = 0, entry = 0, ca = 0;

	for (unsigned int i = 0; i < SCAN_PAGES; i++) {
		uint64_t gpa = boot.svsm_base + i * PAGE_4K;

		list += call_core(CORE_PVALIDATE, gpa, 0, 0, 0) == INVALID_ADDRESS;
		entry += list_rescind(gpa) == INVALID_ADDRESS;
		ca += call_core(CORE_REMAP_CA, gpa, 0, 0, 0) == INVALID_ADDRESS;
	}
	check_eq(list, SCAN_PAGES, "[svsm 3.4] the SVSM's first 4 MiB: no list there");
	check_eq(entry, SCAN_PAGES, "[svsm 3.4] the SVSM's first 4 MiB: nothing to rescind");
	check_eq(ca, SCAN_PAGES, "[svsm 3.4] the SVSM's first 4 MiB: no calling area there");
}

/* A list over the calling area's first bytes: CALL_PENDING is its count, 1. Any one answer. */
static void list_over_pending(void)
{
	uint64_t page = take_private(), result;
	struct list l = list_at(call_ca);

	list_begin(&l);
	l.entry[0] = page | PV_VALIDATE;
	result = list_call(&l);
	check(result == OK || result == INVALID_ADDRESS || result == INVALID_PARAMETER,
	      "[svsm 6.1] a list over CALL_PENDING: done, or refused");
	check(result == OK ? trap_works(page) : trap_not_validated(page),
	      "[svsm 6.1] and so it is");
	list_begin(&l);
}

void test_address(void)
{
	entries_4k();
	entries_2m();
	lists();
	list_over_pending();
	scan();
}
