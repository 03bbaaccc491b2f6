/* SPDX-License-Identifier: MIT */
/* Section 6.1: good lists: where they lie, `next`, going on, the same page twice. */
#include "conf.h"

#define LARGE 12U /* 24 MiB */

static void prepare(uint64_t *pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		pages[i] = mem_private();
}

/* As many entries as fit from `offset` on. */
static void full(const struct list *l, unsigned int offset)
{
	uint64_t region = mem_small_2m();
	unsigned int count = (unsigned int)((PAGE_4K - offset - LIST_HEADER) / 8);
	bool open = true;

	list_begin(l);
	list_add_run(l, region, count, PV_VALIDATE);
	check_eq(list_run(l), OK, "PVALIDATE");
	check_eq(*l->next, count, "next");
	for (unsigned int i = 0; i < count; i++)
		open &= page_zero(page_private(region + i * PAGE_4K));
	check(open, "not all of them are open and zero");
	check(trap_not_validated(region + count * PAGE_4K), "the page behind them is open");
}

static void full_page(const struct rule *r)
{
	struct list l = mem_list(0, (unsigned int)r->a);

	full(&l, (unsigned int)r->a);
}

static void full_ca(const struct rule *r)
{
	struct list l = list_ca();

	(void)r;
	full(&l, 8);
}

static void rest_of_list(const struct rule *r)
{
	struct list l = mem_list(0, 0x108);
	volatile uint64_t *page = page_private(l.gpa - 0x108);
	uint64_t pages[3];
	unsigned int changed = 0;

	(void)r;
	prepare(pages, 3);
	page_fill((void *)(uintptr_t)page, 4);
	list_begin(&l);
	for (unsigned int i = 0; i < 3; i++)
		list_add(&l, pages[i] | PV_VALIDATE);
	check_eq(list_run(&l), OK, "PVALIDATE");
	for (unsigned int i = 0; i < PAGE_4K / 8; i++)
		if ((i < 0x21 || i >= 0x25) && page[i] != (4 + i) * 0x9e3779b97f4a7c15ULL)
			changed++;
	check_eq(changed, 0, "words around the list that have changed");
	for (unsigned int i = 0; i < 3; i++)
		check_eq(l.entry[i], pages[i] | PV_VALIDATE, "entry %u", i);
	check(*l.count == 3 && *l.next == 3, "count or next");
	check_eq(*l.reserved, 0, "the reserved word");
}

/* Linux does not clear it; no known SVSM looks at it. */
static void reserved_word(const struct rule *r)
{
	struct list l = mem_list(0, 0);

	list_begin(&l);
	list_add(&l, mem_private() | PV_VALIDATE);
	*l.reserved = 0x80000001;
	expect_rule(list_run(&l), r, "PVALIDATE");
	check_eq(*l.reserved, 0x80000001, "the reserved word");
}

/* Entries before `next` are history, whatever they say. */
static void starts_at_next(const struct rule *r)
{
	struct list l = mem_list(0, 0);
	uint64_t pages[4];

	prepare(pages, 4);
	list_begin(&l);
	list_add(&l, pages[0] | PV_VALIDATE);
	list_add(&l, boot.svsm_base | 0xff0);
	list_add(&l, pages[2] | PV_VALIDATE);
	list_add(&l, pages[3] | PV_VALIDATE);
	*l.next = (uint16_t)r->a;
	check_eq(list_run(&l), OK, "PVALIDATE");
	check_eq(*l.next, 4, "next");
	check(trap_not_validated(pages[0]), "an entry before next was done");
	check(r->a != 2 || trap_works(pages[2]), "the entry at next is not done");
	check(trap_works(pages[3]), "the last entry is not done");
}

static void goes_on(const struct rule *r)
{
	struct list l = mem_list(0, 0);
	uint64_t pages[4];

	prepare(pages, 4);
	list_begin(&l);
	list_add(&l, pages[0] | PV_VALIDATE);
	list_add(&l, boot.svsm_base | PV_VALIDATE);
	list_add(&l, pages[2] | PV_VALIDATE);
	list_add(&l, pages[3] | PV_VALIDATE);
	expect_rule(list_run(&l), r, "PVALIDATE");
	check_eq(*l.next, 1, "next");
	expect_rule(list_run(&l), r, "the same again: the first entry is not done twice");
	check_eq(*l.next, 1, "next");
	l.entry[1] = pages[1] | PV_VALIDATE;
	check_eq(list_run(&l), OK, "with the entry corrected");
	check_eq(*l.next, 4, "next");
	for (unsigned int i = 0; i < 4; i++)
		check(trap_works(pages[i]), "entry %u is not done", i);
}

static void handed_in_again(const struct rule *r)
{
	struct list l = mem_list(0, 0);

	list_begin(&l);
	list_add(&l, mem_private() | PV_VALIDATE);
	check_eq(list_run(&l), OK, "PVALIDATE");
	expect_rule(list_call(&l), r, "the finished list");
	check_eq(*l.next, 1, "next");
}

static void ignoring_cf(const struct rule *r)
{
	struct list l = mem_list(0, 0);
	uint64_t fresh = mem_private(), done = mem_valid();

	page_fill(page_private(done), 5);
	list_begin(&l);
	list_add(&l, done | PV_VALIDATE | PV_IGNORE_CF);
	list_add(&l, fresh | PV_VALIDATE | PV_IGNORE_CF);
	list_add(&l, fresh | PV_VALIDATE);
	expect_rule(list_run(&l), r, "PVALIDATE");
	check_eq(*l.next, 2, "next");
	check(trap_works(fresh) && trap_works(done), "not both are open");
}

/* Pairs of actions on one page. `a`: entry words, four bits each, the first lowest. */
static void same_page(const struct rule *r)
{
	uint64_t page = mem_private(), flags = r->a;
	struct list l = mem_list(0, 0);
	unsigned int count = 0;

	list_begin(&l);
	for (; count < r->b; count++, flags >>= 4)
		list_add(&l, page | (flags & 0xc));
	expect_rule(list_run(&l), r, "PVALIDATE");
	check_eq(*l.next, r->accept == R_OK ? count : r->c >> 1, "next");
	if ((r->c & 1) != 0)
		check(trap_works(page) && page_zero(page_private(page)), "it is not open and zero");
	else
		check(trap_not_validated(page), "it does not fault");
}

static void refilled(const struct rule *r)
{
	uint64_t page = mem_valid();
	struct list l = mem_list(0, 0);
	unsigned int busy = call_count.busy;

	(void)r;
	page_fill(page_private(page), 6);
	list_begin(&l);
	list_add(&l, page | PV_RESCIND);
	list_add(&l, page | PV_VALIDATE);
	check_eq(list_run(&l), OK, "PVALIDATE");
	check_eq(*l.next, 2, "next");
	check(page_zero(page_private(page)), "what was in it is still there");
	check(!options.strict || call_count.busy == busy, "BUSY, though nobody else is there");
}

/* A list that takes away the page it lies in: any answer, as long as one comes. */
static void own_page(const struct rule *r)
{
	uint64_t page = mem_valid(), result;
	struct list l = list_at(page);

	list_begin(&l);
	list_add(&l, page | r->a);
	result = list_call(&l);
	expect_rule(result, r, "PVALIDATE");
	if (result == OK && r->a == PV_RESCIND)
		check(trap_not_validated(page), "it was not done");
	else
		check(trap_works(page), "it was done");
}

static void over_pending(const struct rule *r)
{
	uint64_t page = mem_private(), result;
	struct list l = list_at(call_ca);

	list_begin(&l);
	l.entry[0] = page | PV_VALIDATE;
	result = list_call(&l);
	expect_rule(result, r, "PVALIDATE");
	list_begin(&l);
	check(result == OK ? trap_works(page) : trap_not_validated(page), "and so it is not");
}

static uint64_t many(struct list *l, uint64_t flags, uint64_t first)
{
	*l = mem_list(0, 0);
	list_begin(l);
	for (unsigned int i = 0; i < LARGE; i++)
		list_add(l, (first + i * PAGE_2M) | PV_2M | flags);
	return list_run(l);
}

/* More to zero than one call need take. */
static void incomplete(const struct rule *r)
{
	unsigned int before = list_incomplete;
	uint64_t first = mem_private_2m(), gpa = first;
	bool open = true;
	struct list l;

	for (unsigned int i = 1; i < LARGE; i++)
		gpa = mem_private_2m();
	need(gpa == first + (LARGE - 1) * PAGE_2M, "24 MiB in one piece");
	list_lost_count = false;
	check_eq(many(&l, PV_VALIDATE, first), OK, "validating 24 MiB");
	check_eq(*l.next, LARGE, "next");
	for (unsigned int i = 0; i < LARGE; i++)
		open &= page_zero(page_private(first + (i + 1) * PAGE_2M - PAGE_4K));
	check(open, "not all of it is open");
	check_eq(many(&l, PV_RESCIND, first), OK, "rescinding 24 MiB");
	check_eq(*l.next, LARGE, "next");
	check(trap_not_validated(first) && trap_not_validated(gpa), "not all of it faults");
	check(!list_lost_count, "INCOMPLETE without progress, or at the end");
	check(r->a == 0 || list_incomplete > before, "never INCOMPLETE");
}

/* The list says what the registers do not: RCX may be the same for two lists. */
static void list_is_read_anew(const struct rule *r)
{
	struct list l = mem_list(0, 0);
	uint64_t pages[2];

	(void)r;
	prepare(pages, 2);
	for (unsigned int i = 0; i < 2; i++) {
		list_begin(&l);
		list_add(&l, pages[i] | PV_VALIDATE);
		check_eq(list_run(&l), OK, "list %u", i);
		check(trap_works(pages[i]), "list %u is not done", i);
	}
}

#define FULL(text, offset)                                                                         \
	{                                                                                          \
		"6.1", text, full_page, .a = offset                                                \
	}
/* Results, the actions of the entries, their count; the index left in next, and whether open. */
#define SAME(text, accept, actions, count, at, open)                                               \
	{                                                                                          \
		"6.1", text, same_page, accept, .a = actions, .b = count, .c = (at) << 1 | (open)  \
	}

static const struct rule rules[] = {
	FULL("511 entries in a page of their own", 0),
	{ "6.1", "510 entries behind the calling area", full_ca },
	FULL("510 entries from offset 8", 8),
	FULL("full list from offset 0x10", 0x10),
	FULL("full list from offset 0x7f8", 0x7f8),
	FULL("full list from offset 0xc00", 0xc00),
	FULL("2 entries at the end of the page", 0xfe8),
	FULL("1 entry at the end of the page", 0xff0),
	{ "6.1", "nothing of the page but next changes", rest_of_list },
	{ "6.1", "the header's reserved word", reserved_word, R_OK | R_PARAMETER, .strict = R_OK },
	{ "6.1", "a list with next 2 begins there", starts_at_next, .a = 2 },
	{ "6.1", "a list with next at the last entry", starts_at_next, .a = 3 },
	{ "6.1", "behind a failure: goes on where it was", goes_on, R_ADDRESS },
	{ "6.1", "a finished list handed in again: refused", handed_in_again, R_PARAMETER },
	{ "6.1", "ignoring CF holds for its entry alone", ignoring_cf, R_UNCHANGED },
	SAME("a page validated twice in a list", R_UNCHANGED, 0x44, 2, 1U, 1U),
	SAME("a page validated twice in a list, ignoring CF", R_OK, 0xc4, 2, 2U, 1U),
	SAME("a page validated and rescinded in a list", R_OK, 0x04, 2, 2U, 0U),
	SAME("validated, rescinded, validated in a list", R_OK, 0x404, 3, 3U, 1U),
	SAME("validated, rescinded twice in a list", R_UNCHANGED, 0x004, 3, 2U, 0U),
	SAME("rescinding what is not validated, first of two", R_UNCHANGED, 0x40, 2, 0U, 0U),
	{ "6.1", "a page rescinded and validated in a list is zero", refilled },
	{ "6.1", "a list that rescinds its own page: done or refused", own_page, R_OK | R_ADDRESS,
	  .a = PV_RESCIND },
	{ "6.1", "a list that validates its own page: unchanged or refused", own_page,
	  R_UNCHANGED | R_ADDRESS, .a = PV_VALIDATE },
	{ "6.1", "a list over CALL_PENDING: done or refused", over_pending,
	  R_OK | R_ADDRESS | R_PARAMETER },
	{ "6.1", "24 MiB: INCOMPLETE until it is done, each with progress", incomplete },
	{ "6.1", "24 MiB are more than one call takes", incomplete, .a = 1, .needs = NEED_STRICT },
	{ "6.1", "two lists at one place", list_is_read_anew, .each = EACH_FORM },
};

GROUP(list);
