/* SPDX-License-Identifier: MIT */
/*
 * Section 3.4, "would fault": a page that the guest had validated and the
 * host has taken since, so that the SVSM knows no better than that it is the
 * guest's. A call that names it is refused, and nothing stays behind.
 */
#include "conf.h"

enum named { AS_LIST, AS_CA, AS_VMSA, AS_NEW_CA, AS_BUFFER, AS_LOAN, AS_ENTRY };

static uint64_t name(uint64_t page, const struct rule *r)
{
	switch ((enum named)r->a) {
	case AS_LIST:
		return call_core(CORE_PVALIDATE, page + r->b, 0, 0, 0);
	case AS_CA:
		return call_remap(page);
	case AS_VMSA:
		return vcpu_create(page, mem_valid(), ap_id);
	case AS_NEW_CA:
		return vcpu_create(ap_vmsa(), page, ap_id);
	case AS_BUFFER:
		return call_withdraw(page + r->b);
	case AS_LOAN:
		return call_deposit(page);
	default:
		return list_one(page | r->b);
	}
}

/* Twice: what the first has claimed would be in flight for the second, or the SVSM's. */
static void named(const struct rule *r)
{
	uint64_t page = mem_taken();

	for (unsigned int i = 0; i < 2; i++) {
		unsigned int busy = call_count.busy;

		expect_rule(name(page, r), r, i == 0 ? "the call" : "the same again");
		check_eq(call_count.busy, busy, "answers of BUSY");
		check(trap_not_validated(page), "it does not fault any more");
		check(call_works(), "calls work");
	}
}

/* What was to be written there is not lost: it comes back another time. */
static void buffer(const struct rule *r)
{
	uint64_t lent = mem_valid(), page = mem_taken();
	struct list l = mem_list(0, 0);

	call_take_back();
	need(call_deposit(lent) == OK, "DEPOSIT_MEM");
	expect_rule(call_withdraw(page + r->b), r, "WITHDRAW_MEM");
	mem_is_closed(lent, "what is lent");
	need(call_withdraw(l.gpa) == OK, "WITHDRAW_MEM");
	check(*l.count == 1 && l.entry[0] == lent, "it does not come back");
	mem_is_ordinary(lent, "what was lent");
}

/* Among good ones: what is before it is done, what is behind it is not. */
static void in_a_list(const struct rule *r)
{
	uint64_t page[3] = { mem_valid(), mem_taken(), mem_valid() };
	struct list l = mem_list(0, 0);

	list_begin(&l);
	for (unsigned int i = 0; i < 3; i++)
		list_add(&l, page[i]);
	expect_rule(r->a == 0 ? list_run(&l) : call_core(CORE_DEPOSIT_MEM, l.gpa, 0, 0, 0), r,
		    "the call");
	check_eq(*l.next, 1, "next");
	if (r->a == 0)
		check(trap_not_validated(page[0]), "the entry before it is not done");
	else
		mem_is_closed(page[0], "what is lent");
	if (r->a != 0)
		call_take_back();
	mem_is_ordinary(page[2], "the page behind it");
}

/* One page of 2 MiB: the others are as they were. */
static void in_2m(const struct rule *r)
{
	uint64_t region = mem_private_2m(), hole = region + r->b * PAGE_4K;
	struct list l = list_ca();

	need(list_one(region | PV_2M | PV_VALIDATE) == OK, "validating 2 MiB");
	mem_take(hole);
	list_begin(&l);
	list_add(&l, region | PV_2M);
	expect_rule(r->a == 0 ? list_run(&l) : call_core(CORE_DEPOSIT_MEM, l.gpa, 0, 0, 0), r,
		    "the call");
	check_eq(*l.next, 0, "next");
	check(trap_not_validated(hole), "it does not fault any more");
	for (unsigned int i = 1; i < PAGES_2M; i += 73)
		mem_is_ordinary(region + i * PAGE_4K, "a page around it");
}

#define TAKEN(words, needed, as, results, own, ...)                                                \
	{                                                                                          \
		"3.4", "taken by the host: " words, named, results, .strict = own, .a = as,        \
								    .needs = needed, __VA_ARGS__   \
	}
#define ANY_ERROR (R_ADDRESS | R_PARAMETER | R_REQUEST | R_OTHER)

static const struct rule rules[] = {
	TAKEN("a list there", 0, AS_LIST, R_ADDRESS, R_ADDRESS),
	TAKEN("a list at its end", 0, AS_LIST, R_ADDRESS, R_ADDRESS, .b = 0xff0),
	TAKEN("the calling area is moved there", 0, AS_CA, R_ADDRESS, R_ADDRESS),
	TAKEN("a save area", NEED_CREATE, AS_VMSA, ANY_ERROR, R_OTHER | R_ADDRESS),
	TAKEN("a buffer there", NEED_DEPOSIT, AS_BUFFER, R_ADDRESS, R_ADDRESS),
	TAKEN("a buffer at its end", NEED_DEPOSIT, AS_BUFFER, R_ADDRESS, R_ADDRESS, .b = 0xff0),
	TAKEN("it is lent", NEED_DEPOSIT, AS_LOAN, ANY_ERROR, R_OTHER),
	TAKEN("it is rescinded", 0, AS_ENTRY, ANY_ERROR | R_UNCHANGED, R_OTHER, .b = PV_RESCIND),
	{ "6.5", "taken by the host: a buffer, and a page to come back", buffer, R_ADDRESS,
	  .needs = NEED_DEPOSIT },
	{ "6.1", "taken by the host: rescinded between two others", in_a_list, ANY_ERROR,
	  .strict = R_OTHER },
	{ "6.1", "taken by the host: 2 MiB of which it has a page", in_2m, ANY_ERROR | R_SIZE,
	  .strict = R_SIZE, .b = 300 },
	{ "6.4", "taken by the host: 2 MiB of which it has a page", in_2m, ANY_ERROR | R_SIZE,
	  .strict = R_OTHER, .needs = NEED_DEPOSIT, .a = 1, .b = 300 },
	{ "6.4", "taken by the host: lent between two others", in_a_list, ANY_ERROR,
	  .strict = R_OTHER, .needs = NEED_DEPOSIT, .a = 1 },
};

GROUP(taken);
