/* SPDX-License-Identifier: MIT */
/* Section 6.1: 2 MiB entries, and a host that has the other size. */
#include "conf.h"

#define CHOSEN 5U /* the page that is taken out */
#define LAST (PAGES_2M - 1)

/* The pages that are looked at one by one. */
static const unsigned int some[] = { 0, 1, CHOSEN, 63, 64, 255, 256, 510, LAST };
#define SOME (sizeof(some) / sizeof(some[0]))

static bool all_zero(uint64_t gpa)
{
	for (unsigned int i = 0; i < PAGES_2M; i++)
		if (!page_zero(page_private(gpa + i * PAGE_4K)))
			return false;
	return true;
}

static bool some_work(uint64_t gpa)
{
	for (unsigned int i = 0; i < SOME; i++)
		if (!trap_works(gpa + some[i] * PAGE_4K))
			return false;
	return true;
}

static bool some_fault(uint64_t gpa)
{
	for (unsigned int i = 0; i < SOME; i++)
		if (!trap_not_validated(gpa + some[i] * PAGE_4K))
			return false;
	return true;
}

static void fill(uint64_t gpa)
{
	for (unsigned int i = 0; i < SOME; i++)
		page_fill(page_private(gpa + some[i] * PAGE_4K), 100 + i);
}

static bool filled(uint64_t gpa, unsigned int but)
{
	for (unsigned int i = 0; i < SOME; i++)
		if (some[i] != but && !page_filled(page_private(gpa + some[i] * PAGE_4K), 100 + i))
			return false;
	return true;
}

static uint64_t large(void)
{
	uint64_t gpa = mem_private_2m();

	need(list_one(gpa | PV_2M | PV_VALIDATE) == OK, "validating 2 MiB");
	return gpa;
}

/* Of which one page is not validated. */
static uint64_t with_hole(void)
{
	uint64_t gpa = large();

	fill(gpa);
	need(list_rescind(gpa + CHOSEN * PAGE_4K) == OK, "rescinding 4 KiB of it");
	return gpa;
}

static void validate(const struct rule *r)
{
	uint64_t gpa = mem_private_2m();

	check(some_fault(gpa), "no #VC 0x404 before");
	expect_rule(list_one(gpa | PV_2M | PV_VALIDATE), r, "PVALIDATE");
	check_eq(*list_ca().next, 1, "next");
	check(some_work(gpa), "not all of it is open");
}

static void zeroed(const struct rule *r)
{
	uint64_t gpa = page_take_2m();

	(void)r;
	(void)list_one(gpa | PV_2M | PV_IGNORE_CF);
	need(ghcb_psc(gpa / PAGE_2M, 1, PSC_SHARED, true), "page state change: shared");
	for (unsigned int i = 0; i < PAGES_2M; i++)
		page_fill(page_shared(gpa + i * PAGE_4K), i);
	need(ghcb_psc(gpa / PAGE_2M, 1, PSC_PRIVATE, true), "page state change: private");
	check_eq(list_one(gpa | PV_2M | PV_VALIDATE), OK, "PVALIDATE");
	check(all_zero(gpa), "not all of it is zero");
}

static void rescind(const struct rule *r)
{
	uint64_t gpa = large();

	fill(gpa);
	expect_rule(list_one(gpa | PV_2M), r, "PVALIDATE");
	check_eq(*list_ca().next, 1, "next");
	check(some_fault(gpa), "not all of it faults");
	check_eq(list_one(gpa | PV_2M | PV_VALIDATE), OK, "validating again");
	check(all_zero(gpa), "what was in it is back");
}

static void again(const struct rule *r)
{
	uint64_t gpa = large();

	fill(gpa);
	expect_rule(list_one(gpa | PV_2M | PV_VALIDATE | r->a), r, "PVALIDATE");
	check(filled(gpa, PAGES_2M) || (r->a != 0 && !options.strict && all_zero(gpa)),
	      "the contents have changed");
}

static void rescind_again(const struct rule *r)
{
	uint64_t gpa = large();

	need(list_one(gpa | PV_2M) == OK, "rescinding");
	expect_rule(list_one(gpa | PV_2M | r->a), r, "PVALIDATE");
	check(some_fault(gpa), "not all of it faults");
}

static void small_in_large(const struct rule *r)
{
	uint64_t gpa = large(), chosen = gpa + CHOSEN * PAGE_4K;

	fill(gpa);
	expect_rule(list_validate(chosen), r, "validating 4 KiB of it");
	check(filled(gpa, PAGES_2M), "the contents have changed");
}

static void hole(const struct rule *r)
{
	uint64_t gpa = with_hole();

	(void)r;
	check(trap_not_validated(gpa + CHOSEN * PAGE_4K), "the hole does not fault");
	check(filled(gpa, CHOSEN), "its neighbours have changed");
	check_eq(list_validate(gpa + CHOSEN * PAGE_4K), OK, "validating the hole");
	check(page_zero(page_private(gpa + CHOSEN * PAGE_4K)), "the hole is not zero");
	check(filled(gpa, CHOSEN) && some_work(gpa), "not all is open and as it was");
}

static void hole_mismatch(const struct rule *r)
{
	uint64_t gpa = with_hole();

	expect_rule(list_one(gpa | PV_2M | r->a), r, "PVALIDATE");
	check_eq(*list_ca().next, 0, "next");
	check(filled(gpa, CHOSEN) && trap_not_validated(gpa + CHOSEN * PAGE_4K),
	      "something has changed");
}

static void small_host(const struct rule *r)
{
	uint64_t gpa = mem_small_2m();

	expect_rule(list_one(gpa | PV_2M | PV_VALIDATE), r, "PVALIDATE");
	check_eq(*list_ca().next, 0, "next");
	check(some_fault(gpa), "some of it is validated");
}

/* What Linux does after a size mismatch. */
static void in_pieces(uint64_t gpa, uint64_t flags)
{
	struct list l = mem_list(0, 0);

	list_begin(&l);
	list_add_run(&l, gpa, LIST_MAX, flags);
	check_eq(list_run(&l), OK, "511 entries of 4 KiB");
	check_eq(*l.next, LIST_MAX, "next");
	check_eq(list_one((gpa + LAST * PAGE_4K) | flags), OK, "the 512th");
}

static void pieces(const struct rule *r)
{
	uint64_t gpa = mem_small_2m();

	(void)r;
	expect(list_one(gpa | PV_2M | PV_VALIDATE), R_SIZE, "2 MiB at once");
	in_pieces(gpa, PV_VALIDATE);
	check(all_zero(gpa) && some_work(gpa), "not all of it is open and zero");
	expect(list_one(gpa | PV_2M), R_SIZE, "rescinding 2 MiB at once");
	check(some_work(gpa), "some of it is gone");
	in_pieces(gpa, PV_RESCIND);
	check(some_fault(gpa), "not all of it faults");
}

/* Validated as 2 MiB, rescinded page by page. */
static void large_in_pieces(const struct rule *r)
{
	uint64_t gpa = large();

	(void)r;
	in_pieces(gpa, PV_RESCIND);
	check(some_fault(gpa), "not all of it faults");
}

static void mismatch_in_list(const struct rule *r)
{
	uint64_t region = mem_small_2m(), before = mem_private(), after = mem_private();
	struct list l = mem_list(0, 0);

	list_begin(&l);
	list_add(&l, before | PV_VALIDATE);
	list_add(&l, region | PV_2M | PV_VALIDATE);
	list_add(&l, after | PV_VALIDATE);
	expect_rule(list_run(&l), r, "PVALIDATE");
	check_eq(*l.next, 1, "next");
	check(trap_works(before), "the entry before it is not done");
	check(trap_not_validated(after), "the entry behind it is done");
	*l.next = 2;
	check_eq(list_run(&l), OK, "going on behind it");
	check(trap_works(after) && *l.next == 3, "the rest is not done");
}

/* Not at 2 MiB, for size and address both. */
static void misaligned(const struct rule *r)
{
	uint64_t gpa = mem_private_2m();

	expect_rule(list_one((gpa + r->b) | PV_2M | r->a), r, "PVALIDATE");
	check_eq(*list_ca().next, 0, "next");
	check(some_fault(gpa), "something was validated");
}

static void mixed(const struct rule *r)
{
	uint64_t region = mem_private_2m(), old = large(), page = mem_private(), gone = mem_valid();
	struct list l = mem_list(0, 0);

	list_begin(&l);
	list_add(&l, page | PV_VALIDATE);
	list_add(&l, region | PV_2M | PV_VALIDATE);
	list_add(&l, gone | PV_RESCIND);
	list_add(&l, old | PV_2M | PV_RESCIND);
	list_add(&l, gone | PV_VALIDATE);
	expect_rule(list_run(&l), r, "PVALIDATE");
	check_eq(*l.next, 5, "next");
	check(trap_works(page) && some_work(region) && some_fault(old) && trap_works(gone),
	      "not all of it is done");
}

static void high(const struct rule *r)
{
	(void)r;
	if (!boot_is_ram(HIGH_RAM + PAGE_2M, HIGH_RAM + 2 * PAGE_2M))
		skip("no RAM above 4 GiB");
	(void)list_one((HIGH_RAM + PAGE_2M) | PV_2M | PV_IGNORE_CF);
	need(ghcb_psc(HIGH_RAM / PAGE_2M + 1, 1, PSC_PRIVATE, true), "page state change");
	check_eq(list_one((HIGH_RAM + PAGE_2M) | PV_2M | PV_VALIDATE), OK, "PVALIDATE");
	check_eq(list_one((HIGH_RAM + PAGE_2M) | PV_2M), OK, "rescinding");
}

static const struct rule rules[] = {
	{ "6.1", "2 MiB: validate, all of it is open", validate, R_OK, .each = EACH_FORM },
	{ "6.1", "2 MiB: validate, all of it is zero, whatever was in it", zeroed },
	{ "6.1", "2 MiB: rescind, all of it faults", rescind, R_OK },
	{ "6.1", "2 MiB: validate again: unchanged", again, R_UNCHANGED },
	{ "6.1", "2 MiB: validate again, ignoring CF: success", again, R_OK, .a = PV_IGNORE_CF },
	{ "6.1", "2 MiB: rescind again: unchanged", rescind_again, R_UNCHANGED },
	{ "6.1", "2 MiB: rescind again, ignoring CF: success", rescind_again, R_OK,
	  .a = PV_IGNORE_CF },
	{ "6.1", "2 MiB: validating 4 KiB in it: unchanged", small_in_large, R_UNCHANGED },
	{ "6.1", "2 MiB: rescinding 4 KiB in it leaves the rest alone", hole },
	{ "6.1", "2 MiB: rescinded page by page", large_in_pieces },
	{ "6.1", "2 MiB with a hole: rescind: size mismatch", hole_mismatch, R_SIZE },
	{ "6.1", "2 MiB with a hole: rescind, ignoring CF: size mismatch", hole_mismatch, R_SIZE,
	  .a = PV_IGNORE_CF },
	{ "6.1", "2 MiB with a hole: validate: size mismatch", hole_mismatch, R_SIZE,
	  .a = PV_VALIDATE },
	{ "6.1", "2 MiB that the host has as 512 pages: size mismatch", small_host, R_SIZE,
	  .each = EACH_FORM },
	{ "6.1", "2 MiB after a size mismatch: 512 entries", pieces },
	{ "6.1", "2 MiB: size mismatch in the middle of a list", mismatch_in_list, R_SIZE },
	{ "6.1", "2 MiB at +4 KiB: refused", misaligned, R_PARAMETER, .a = PV_VALIDATE,
	  .b = PAGE_4K },
	{ "6.1", "2 MiB at +1 MiB: refused", misaligned, R_PARAMETER, .a = PV_VALIDATE,
	  .b = PAGE_2M / 2 },
	{ "6.1", "2 MiB at the last page of one: refused", misaligned, R_PARAMETER,
	  .a = PV_VALIDATE, .b = PAGE_2M - PAGE_4K },
	{ "6.1", "2 MiB at +4 KiB, rescind: refused", misaligned, R_PARAMETER, .b = PAGE_4K },
	{ "6.1", "both sizes, both actions in one list", mixed, R_OK, .each = EACH_FORM },
	{ "6.1", "2 MiB above 4 GiB", high },
};

GROUP(page_2m);
