/* SPDX-License-Identifier: MIT */
/* Good lists: their places and lengths, `next`, INCOMPLETE, the same page twice [svsm 6.1]. */
#include "stub.h"

#define PAGE_OF(gpa) ((gpa) & ~(PAGE_4K - 1))

static void prepare(uint64_t *pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		pages[i] = page_take_4k();
		if (!ghcb_psc_msr(pages[i], PSC_PRIVATE))
			check_bail("page state change refused");
	}
}

/* The longest list behind the calling area, and the shortest at the end of a page. */
static void places(void)
{
	uint64_t region = page_take_2m(), page = page_take_list(), one;
	struct list l = list_ca(), end = list_at(page + PAGE_4K - 16);
	bool works = true;

	check(ghcb_psc(region / PAGE_4K, PAGES_2M, PSC_PRIVATE, false),
	      "[ghcb 5.4] page state change: private");
	list_begin(&l);
	list_add_run(&l, region, LIST_MAX_CA, PV_VALIDATE);
	check_eq(list_run(&l), OK, "[svsm 1.1] 510 entries behind the calling area");
	check_eq(*l.next, LIST_MAX_CA, "[svsm 6.1] and next is the count");
	for (unsigned int i = 0; i < LIST_MAX_CA; i++)
		works &= page_zero(page_private(region + i * PAGE_4K));
	check(works, "[svsm 6.1] all of them are open and zero");
	check(trap_not_validated(region + LIST_MAX_CA * PAGE_4K), "[svsm 6.1] the next one is not");
	prepare(&one, 1);
	list_begin(&end);
	list_add(&end, one | PV_VALIDATE);
	check_eq(list_run(&end), OK, "[svsm 6.1] a list that ends with its page");
	check(trap_works(one), "[svsm 6.1] and it is done");
}

static void only_next_changes(void)
{
	struct list l = list_at(page_take_list() + 0x108);
	uint64_t pages[3];
	bool same = true;

	prepare(pages, 3);
	page_fill(page_private(PAGE_OF(l.gpa)), 4);
	list_begin(&l);
	for (unsigned int i = 0; i < 3; i++)
		list_add(&l, pages[i] | PV_VALIDATE);
	check_eq(list_run(&l), OK, "[svsm 6.1] a list in the middle of a page");
	for (unsigned int i = 0; i < 3; i++)
		same &= l.entry[i] == (pages[i] | PV_VALIDATE);
	check(same && *l.count == 3 && *l.reserved == 0 && *l.next == 3,
	      "[svsm 6.1] and nothing of it but next has changed");
}

/* Linux does not clear the header's upper half: no known SVSM looks at it. */
static void upper_half(void)
{
	struct list l = list_ca();
	uint64_t page;

	prepare(&page, 1);
	list_begin(&l);
	list_add(&l, page | PV_VALIDATE);
	*l.reserved = 0x80000001;
	check_eq(list_run(&l), OK, "[svsm 6.1] the header's upper half is not looked at");
	check(*l.reserved == 0x80000001 && *l.next == 1, "[svsm 6.1] nor changed");
}

/* Entries before `next` are history, whatever they say. */
static void starts_at_next(void)
{
	struct list l = list_ca();
	uint64_t pages[4];

	prepare(pages, 4);
	list_begin(&l);
	list_add(&l, pages[0] | PV_VALIDATE);
	list_add(&l, boot.svsm_base | 0xff0);
	list_add(&l, pages[2] | PV_VALIDATE);
	list_add(&l, pages[3] | PV_VALIDATE);
	*l.next = 2;
	check_eq(list_run(&l), OK, "[svsm 6.1] next 2 of 4: begins there");
	check_eq(*l.next, 4, "[svsm 6.1] and next is the count");
	check(trap_not_validated(pages[0]), "[svsm 6.1] entries before it are left alone");
	check(trap_works(pages[2]) && trap_works(pages[3]), "[svsm 6.1] the others are done");
}

static void same_page(void)
{
	struct list l = list_ca();
	uint64_t page;

	prepare(&page, 1);
	list_begin(&l);
	list_add(&l, page | PV_VALIDATE);
	list_add(&l, page | PV_VALIDATE);
	check_eq(list_run(&l), UNCHANGED, "[svsm 6.1] the same page validated twice in a list");
	check(*l.next == 1 && trap_works(page), "[svsm 6.1] the second entry is refused");
	page_fill(page_private(page), 5);
	list_begin(&l);
	list_add(&l, page);
	list_add(&l, page | PV_VALIDATE);
	check_eq(list_run(&l), OK, "[svsm 6.1] rescinded and validated in one list");
	check(*l.next == 2 && page_zero(page_private(page)), "[svsm 6.1] it is open and zero");
	list_begin(&l);
	list_add(&l, page);
	list_add(&l, page | PV_VALIDATE);
	list_add(&l, page);
	check_eq(list_run(&l), OK, "[svsm 6.1] rescinded, validated, rescinded in one list");
	check(*l.next == 3 && trap_not_validated(page), "[svsm 6.1] it faults");
	list_begin(&l);
	list_add(&l, page);
	list_add(&l, page | PV_VALIDATE);
	check_eq(list_run(&l), UNCHANGED, "[svsm 6.1] rescind what is not validated, first of two");
	check(*l.next == 0 && trap_not_validated(page), "[svsm 6.1] the second entry is not done");
}

/* A list that takes away the page it lies in: any answer, as long as one comes. */
static void own_page(void)
{
	uint64_t page;
	struct list l;
	uint64_t result;

	prepare(&page, 1);
	check_eq(list_validate(page), OK, "[svsm 6.1] a page for a list");
	l = list_at(page);
	list_begin(&l);
	list_add(&l, page | PV_VALIDATE);
	result = list_call(&l);
	check(result == UNCHANGED || result == INVALID_ADDRESS,
	      "[svsm 6.1] validate the list's own page: unchanged, or refused");
	check(*l.next == 0 && l.entry[0] == (page | PV_VALIDATE),
	      "[svsm 6.1] and the list is as it was");
	list_begin(&l);
	list_add(&l, page);
	result = list_call(&l);
	check(result == OK || result == INVALID_ADDRESS,
	      "[svsm 6.1] rescind the list's own page: done, or refused");
	if (result == OK) {
		check(trap_not_validated(page), "[svsm 6.1] it was done");
	} else {
		check(trap_works(page) && *l.next == 0, "[svsm 6.1] it was refused");
		list_rescind(page);
	}
	check_eq(list_call(&l), INVALID_ADDRESS, "[svsm 6.1] and a list there is refused");
}

#define LARGE 12U

/* More to zero than one call may take. */
static void incomplete(void)
{
	struct list l = list_ca();
	uint64_t first = page_take_2m(), gpa = first;
	unsigned int before = list_incomplete;
	bool works = true;

	for (unsigned int i = 1; i < LARGE; i++)
		gpa = page_take_2m();
	check(gpa == first + (LARGE - 1) * PAGE_2M &&
		      ghcb_psc(first / PAGE_2M, LARGE, PSC_PRIVATE, true),
	      "[ghcb 5.4] page state change of 24 MiB: private");
	list_begin(&l);
	for (unsigned int i = 0; i < LARGE; i++)
		list_add(&l, (first + i * PAGE_2M) | PV_2M | PV_VALIDATE);
	check_eq(list_run(&l), OK, "[svsm 6.1] validate 12 times 2 MiB");
	check_eq(*l.next, LARGE, "[svsm 6.1] and next is the count");
	for (unsigned int i = 0; i < LARGE; i++)
		works &= page_zero(page_private(first + i * PAGE_2M + PAGE_2M - PAGE_4K));
	check(works, "[svsm 6.1] all of it is open");
	list_begin(&l);
	for (unsigned int i = 0; i < LARGE; i++)
		list_add(&l, (first + i * PAGE_2M) | PV_2M);
	check_eq(list_run(&l), OK, "[svsm 6.1] rescind 12 times 2 MiB");
	check(list_incomplete > before,
	      "[svsm 6.1] 24 MiB are more than one call takes: INCOMPLETE");
	check(!list_lost_count, "[svsm 6.1] INCOMPLETE always comes with progress");
}

void test_list(void)
{
	places();
	only_next_changes();
	upper_half();
	starts_at_next();
	same_page();
	own_page();
	incomplete();
}
