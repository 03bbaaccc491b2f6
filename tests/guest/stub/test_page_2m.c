/* SPDX-License-Identifier: MIT */
/* 2 MiB entries, and what happens when the RMP has the other size [svsm 6.1, snp-arch 2.3]. */
#include "stub.h"

#define LAST (PAGES_2M - 1)
#define CHOSEN 5U /* the page that is taken out */

/* The pages that are looked at one by one. */
static const unsigned int some[] = { 0, 1, CHOSEN, 63, 64, 255, 256, 510, LAST };
#define SOME (sizeof(some) / sizeof(some[0]))

static uint64_t page_of(uint64_t gpa, unsigned int i)
{
	return gpa + i * PAGE_4K;
}

static void fill_shared(uint64_t gpa)
{
	for (unsigned int i = 0; i < PAGES_2M; i++)
		page_fill(page_shared(page_of(gpa, i)), i);
}

static bool all_zero(uint64_t gpa)
{
	for (unsigned int i = 0; i < PAGES_2M; i++)
		if (!page_zero(page_private(page_of(gpa, i))))
			return false;
	return true;
}

static bool some_work(uint64_t gpa)
{
	for (unsigned int i = 0; i < SOME; i++)
		if (!trap_works(page_of(gpa, some[i])))
			return false;
	return true;
}

static bool some_not_validated(uint64_t gpa)
{
	for (unsigned int i = 0; i < SOME; i++)
		if (!trap_not_validated(page_of(gpa, some[i])))
			return false;
	return true;
}

static void fill_some(uint64_t gpa)
{
	for (unsigned int i = 0; i < SOME; i++)
		page_fill(page_private(page_of(gpa, some[i])), 100 + i);
}

static bool some_filled(uint64_t gpa, unsigned int but)
{
	for (unsigned int i = 0; i < SOME; i++)
		if (some[i] != but && !page_filled(page_private(page_of(gpa, some[i])), 100 + i))
			return false;
	return true;
}

static void mismatch(uint64_t entry, const char *text)
{
	check_eq(list_one(entry), SIZE_MISMATCH, "[svsm 6.1] %s: size mismatch", text);
	check_eq(*list_ca().next, 0, "[svsm 6.1] and next is the entry's index");
}

static void whole(uint64_t gpa)
{
	fill_shared(gpa);
	check(ghcb_psc(gpa / PAGE_2M, 1, PSC_PRIVATE, true),
	      "[ghcb 5.4] page state change of 2 MiB: private");
	check(some_not_validated(gpa), "[snp-arch 3.3] 2 MiB not validated: #VC 0x404");
	check_eq(list_one(gpa | PV_2M | PV_VALIDATE), OK, "[svsm 6.1] validate 2 MiB");
	check_eq(*list_ca().next, 1, "[svsm 6.1] and next is the count");
	check(all_zero(gpa), "[svsm 6.1] all of it is zero");
	check(some_work(gpa), "[svsm 6.1] 4 KiB accesses work in all of it");
	fill_some(gpa);
	check_eq(list_one(gpa | PV_2M | PV_VALIDATE), UNCHANGED, "[svsm 6.1] validate 2 MiB again");
	check_eq(list_one(gpa | PV_2M | PV_VALIDATE | PV_IGNORE_CF), OK,
		 "[svsm 6.1] validate 2 MiB again, ignoring CF");
	check(some_filled(gpa, PAGES_2M), "[svsm 6.1] and the contents are as they were");
	check_eq(list_one(gpa | PV_2M), OK, "[svsm 6.1] rescind 2 MiB");
	check(some_not_validated(gpa), "[svsm 6.1] then all of it faults");
	check_eq(list_one(gpa | PV_2M), UNCHANGED, "[svsm 6.1] rescind 2 MiB again");
	check_eq(list_one(gpa | PV_2M | PV_IGNORE_CF), OK,
		 "[svsm 6.1] rescind 2 MiB again, ignoring CF");
	check_eq(list_one(gpa | PV_2M | PV_VALIDATE), OK, "[svsm 6.1] validate 2 MiB anew");
	check(all_zero(gpa), "[svsm 6.1] all of it is zero again");
}

/* A validated 2 MiB page out of which one of 4 KiB is taken: the host splits it. */
static void split(uint64_t gpa)
{
	uint64_t chosen = page_of(gpa, CHOSEN);

	fill_some(gpa);
	check_eq(list_validate(chosen), UNCHANGED, "[svsm 6.1] validate 4 KiB in validated 2 MiB");
	check(some_filled(gpa, PAGES_2M), "[svsm 6.1] and the contents are as they were");
	check_eq(list_rescind(chosen), OK, "[svsm 6.1] rescind 4 KiB in validated 2 MiB");
	check(trap_not_validated(chosen), "[svsm 6.1] it faults");
	check(some_filled(gpa, CHOSEN), "[svsm 6.1] its neighbours are as they were");
	mismatch(gpa | PV_2M, "rescind 2 MiB with a hole");
	mismatch(gpa | PV_2M | PV_VALIDATE, "validate 2 MiB with a hole");
	mismatch(gpa | PV_2M | PV_IGNORE_CF, "rescind 2 MiB with a hole, ignoring CF");
	check(some_filled(gpa, CHOSEN) && trap_not_validated(chosen),
	      "[svsm 6.1] nothing has changed");
	check_eq(list_validate(chosen), OK, "[svsm 6.1] validate the hole");
	check(page_zero(page_private(chosen)), "[svsm 6.1] it is zero");
	mismatch(gpa | PV_2M, "rescind 2 MiB that the host keeps as 512 pages");
	check(some_filled(gpa, CHOSEN) && some_work(gpa),
	      "[svsm 6.1] all of it is open and as it was");
}

/* What Linux does after a size mismatch: 512 entries of 4 KiB. */
static void in_pieces(uint64_t gpa, uint64_t flags, const char *text)
{
	struct list l = list_at(page_take_list());

	list_begin(&l);
	list_add_run(&l, gpa, LIST_MAX, flags);
	check_eq(list_run(&l), OK, "[svsm 6.1] %s: 511 entries of 4 KiB in one list", text);
	check_eq(*l.next, LIST_MAX, "[svsm 6.1] and next is the count");
	check_eq(list_one(page_of(gpa, LAST) | flags), OK, "[svsm 6.1] %s: the 512th", text);
}

static void small_rmp(uint64_t gpa)
{
	fill_shared(gpa);
	check(ghcb_psc(gpa / PAGE_4K, PAGES_2M, PSC_PRIVATE, false),
	      "[ghcb 5.4] page state change of 512 pages: private");
	mismatch(gpa | PV_2M | PV_VALIDATE, "validate 2 MiB that the host keeps as 512 pages");
	check(some_not_validated(gpa), "[svsm 6.1] none of it is validated");
	in_pieces(gpa, PV_VALIDATE, "validate");
	check(all_zero(gpa), "[svsm 6.1] all of it is zero");
	check(some_work(gpa), "[svsm 6.1] and open");
	mismatch(gpa | PV_2M, "rescind 2 MiB that was validated in pieces");
	check(some_work(gpa), "[svsm 6.1] and it is still open");
	in_pieces(gpa, PV_RESCIND, "rescind");
	check(some_not_validated(gpa), "[svsm 6.1] all of it faults");
}

/* A mismatch in the middle: before it done, behind it not, and the list can go on. */
static void in_a_list(void)
{
	uint64_t region = page_take_2m(), before = page_take_4k(), after = page_take_4k();
	struct list l = list_ca();

	check(ghcb_psc(region / PAGE_4K, PAGES_2M, PSC_PRIVATE, false) &&
		      ghcb_psc(before / PAGE_4K, 2, PSC_PRIVATE, false),
	      "[ghcb 5.4] page state change: private");
	list_begin(&l);
	list_add(&l, before | PV_VALIDATE);
	list_add(&l, region | PV_2M | PV_VALIDATE);
	list_add(&l, after | PV_VALIDATE);
	check_eq(list_run(&l), SIZE_MISMATCH, "[svsm 6.1] mismatch in the middle of a list");
	check_eq(*l.next, 1, "[svsm 6.1] and next is its index");
	check(trap_works(before), "[svsm 6.1] the entry before it is done");
	check(trap_not_validated(after), "[svsm 6.1] the entry behind it is not");
	*l.next = 2;
	check_eq(list_run(&l), OK, "[svsm 6.1] the guest goes on behind it");
	check(trap_works(after) && *l.next == 3, "[svsm 6.1] and the rest is done");
}

void test_page_2m(void)
{
	uint64_t gpa = page_take_2m();

	whole(gpa);
	split(gpa);
	in_pieces(gpa, PV_RESCIND, "rescind a split page");
	check(some_not_validated(gpa), "[svsm 6.1] all of it faults");
	small_rmp(page_take_2m());
	in_a_list();
	if (boot_is_ram(HIGH_RAM, HIGH_RAM + PAGE_2M))
		whole(HIGH_RAM);
}
