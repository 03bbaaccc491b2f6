/* SPDX-License-Identifier: MIT */
/* Section 6.4: DEPOSIT_MEM. */
#include "conf.h"

#define LENT 4U

static void deposits(const struct rule *r)
{
	struct list l = mem_list(0, (unsigned int)r->a);
	uint64_t page[LENT];
	struct call c;

	list_begin(&l);
	for (unsigned int i = 0; i < LENT; i++) {
		page[i] = mem_valid();
		list_add(&l, page[i]);
	}
	call_set(&c, CORE_DEPOSIT_MEM, l.gpa, 0x11, 0x22);
	call_clean(&c, 0);
	expect_rule(c.out.rax, r, "DEPOSIT_MEM");
	check_eq(*l.next, LENT, "next");
	for (unsigned int i = 0; i < LENT; i++)
		mem_is_closed(page[i], "a lent page");
	call_take_back();
	for (unsigned int i = 0; i < LENT; i++)
		check(trap_works(page[i]), "page %u is the guest's again", i);
}

static void deposits_2m(const struct rule *r)
{
	uint64_t page = mem_private_2m();

	need(list_validate(page | PV_2M) == OK, "validating 2 MiB");
	expect_rule(call_deposit(page | PV_2M), r, "DEPOSIT_MEM");
	mem_is_closed(page, "the first lent page");
	mem_is_closed(page + PAGE_2M - PAGE_4K, "the last lent page");
	call_take_back();
	check(trap_works(page) && trap_works(page + PAGE_2M - PAGE_4K), "the guest's again");
}

/* Bits of an entry: `a` is or-ed to a good one. */
static void bad_bits(const struct rule *r)
{
	uint64_t page = mem_valid();

	expect_rule(call_deposit(page | r->a), r, "DEPOSIT_MEM");
	check_eq(*mem_list(0, 0).next, 0, "next");
	mem_is_ordinary(page, "the page");
}

static void bad_entry(const struct rule *r)
{
	expect(call_deposit(bad_page.gpa | r->a), r->accept | bad_page.also, "DEPOSIT_MEM");
	check_eq(*mem_list(0, 0).next, 0, "next");
}

static void not_the_guests(const struct rule *r)
{
	uint64_t page = r->a == 0 ? mem_private() : r->a == 1 ? mem_shared() : call_ca;

	expect_rule(call_deposit(page), r, "DEPOSIT_MEM");
	check(call_works(), "calls work");
}

/* All of the 2 MiB or nothing: one page of them is not the guest's. */
static void deposits_hole(const struct rule *r)
{
	uint64_t page = mem_private_2m(), hole = page + r->a * PAGE_4K;

	need(list_one(page | PV_2M | PV_VALIDATE) == OK, "validating 2 MiB");
	need(list_rescind(hole) == OK, "rescinding a page of it");
	expect_rule(call_deposit(page | PV_2M), r, "DEPOSIT_MEM");
	check_eq(*mem_list(0, 0).next, 0, "next");
	check(trap_not_validated(hole), "the hole does not fault");
	for (unsigned int i = 0; i < PAGES_2M; i += 73)
		if (i != r->a)
			mem_is_ordinary(page + i * PAGE_4K, "a page around it");
	need(list_validate(hole) == OK, "validating the hole");
}

/* Two of 2 MiB are as much as Turnstile takes. */
static void too_much(const struct rule *r)
{
	uint64_t page[3];

	call_take_back();
	for (unsigned int i = 0; i < 3; i++) {
		page[i] = mem_private_2m();
		need(list_one(page[i] | PV_2M | PV_VALIDATE) == OK, "validating 2 MiB");
	}
	check_eq(call_deposit(page[0] | PV_2M), OK, "the first");
	check_eq(call_deposit(page[1] | PV_2M), OK, "the second");
	for (unsigned int i = 0; i < 2; i++) {
		expect_rule(call_deposit(page[2] | PV_2M), r, "the third");
		expect_rule(call_deposit(boot.svsm_base), r, "one that would be refused besides");
	}
	check(trap_works(page[2]), "the third is the guest's");
	call_take_back();
	check_eq(call_deposit(page[2] | PV_2M), OK, "the third, with room again");
	call_take_back();
}

static void lent_twice(const struct rule *r)
{
	uint64_t page = mem_valid();

	need(call_deposit(page) == OK, "DEPOSIT_MEM");
	expect_rule(call_deposit(page), r, "DEPOSIT_MEM again");
	call_take_back();
	check(trap_works(page), "the page comes back");
}

/* A lent page named in PVALIDATE, REMAP_CA and as a list. */
static void lent_named(const struct rule *r)
{
	uint64_t page = mem_valid(), result;

	need(call_deposit(page) == OK, "DEPOSIT_MEM");
	switch (r->a) {
	case 0:
		result = list_rescind(page);
		break;
	case 1:
		result = list_validate(page);
		break;
	case 2:
		result = call_remap(page);
		break;
	default:
		result = call_withdraw(page);
		break;
	}
	expect_rule(result, r, "the call");
	call_take_back();
	check(trap_works(page), "the page comes back");
}

/* The list's header: a count, b next. */
static void bad_header(const struct rule *r)
{
	struct list l = mem_list(0, (unsigned int)r->c);
	uint64_t page = mem_valid();

	list_begin(&l);
	list_add(&l, page);
	*l.count = (uint16_t)r->a;
	*l.next = (uint16_t)r->b;
	expect_rule(call_core(CORE_DEPOSIT_MEM, l.gpa, 0, 0, 0), r, "DEPOSIT_MEM");
	check_eq(*l.next, r->b, "next");
	mem_is_ordinary(page, "the page");
}

static void resumes(const struct rule *r)
{
	struct list l = mem_list(0, 0);
	uint64_t page[2] = { mem_valid(), mem_valid() };

	list_begin(&l);
	list_add(&l, page[0]);
	list_add(&l, page[1]);
	*l.next = 1;
	expect_rule(call_core(CORE_DEPOSIT_MEM, l.gpa, 0, 0, 0), r, "DEPOSIT_MEM");
	check_eq(*l.next, 2, "next");
	check(trap_works(page[0]), "the first is not lent");
	mem_is_closed(page[1], "the second");
	call_take_back();
}

static void stops_at_bad(const struct rule *r)
{
	struct list l = mem_list(0, 0);
	uint64_t page[2] = { mem_valid(), mem_valid() };

	list_begin(&l);
	list_add(&l, page[0]);
	list_add(&l, boot.svsm_base);
	list_add(&l, page[1]);
	expect_rule(call_core(CORE_DEPOSIT_MEM, l.gpa, 0, 0, 0), r, "DEPOSIT_MEM");
	check_eq(*l.next, 1, "next");
	mem_is_closed(page[0], "the first, lent,");
	check(trap_works(page[1]), "the third is not");
	call_take_back();
}

#define DEPOSIT_RULE(words, f, results, ...)                                                       \
	{                                                                                          \
		"6.4", words, f, results, .needs = NEED_DEPOSIT, __VA_ARGS__                       \
	}
static const struct rule rules[] = {
	DEPOSIT_RULE("four pages", deposits, R_OK),
	DEPOSIT_RULE("a list in the middle of a page", deposits, R_OK, .a = 0x800),
	DEPOSIT_RULE("a list that ends with its page", deposits, R_OK, .a = PAGE_4K - 8 - LENT * 8),
	DEPOSIT_RULE("2 MiB", deposits_2m, R_OK),
	DEPOSIT_RULE("the list is resumed at next", resumes, R_OK),
	DEPOSIT_RULE("a bad entry: what is before it stays lent", stops_at_bad, R_ADDRESS),
	DEPOSIT_RULE("page size 2", bad_bits, R_PARAMETER, .a = 2),
	DEPOSIT_RULE("page size 3", bad_bits, R_PARAMETER, .a = 3),
	DEPOSIT_RULE("reserved bit 2", bad_bits, R_PARAMETER, .a = 4),
	DEPOSIT_RULE("reserved bit 3", bad_bits, R_PARAMETER, .a = 8),
	DEPOSIT_RULE("reserved bit 11", bad_bits, R_PARAMETER, .a = 0x800),
	DEPOSIT_RULE("2 MiB, misaligned", bad_bits, R_PARAMETER, .a = PV_2M),
	DEPOSIT_RULE("entry", bad_entry, R_ADDRESS, .each = EACH_BAD_4K),
	DEPOSIT_RULE("entry of 2 MiB", bad_entry, R_ADDRESS, .each = EACH_BAD_2M, .a = PV_2M),
	DEPOSIT_RULE("a page that is not validated", not_the_guests, R_ADDRESS, .a = 0),
	DEPOSIT_RULE("a shared page", not_the_guests, R_ADDRESS, .a = 1),
	DEPOSIT_RULE("the caller's calling area", not_the_guests, R_ADDRESS, .a = 2),
	DEPOSIT_RULE("2 MiB with a hole at its start", deposits_hole, R_ADDRESS, .a = 0),
	DEPOSIT_RULE("2 MiB with a hole in the middle", deposits_hole, R_ADDRESS, .a = 300),
	DEPOSIT_RULE("2 MiB with a hole at its end", deposits_hole, R_ADDRESS, .a = PAGES_2M - 1),
	{ "6.4", "more than the SVSM takes", too_much, R_REQUEST,
	  .needs = NEED_DEPOSIT | NEED_STRICT },
	DEPOSIT_RULE("a page twice", lent_twice, R_ADDRESS),
	DEPOSIT_RULE("a lent page is rescinded", lent_named, R_ADDRESS, .a = 0),
	DEPOSIT_RULE("a lent page is validated", lent_named, R_ADDRESS, .a = 1),
	DEPOSIT_RULE("a lent page becomes the calling area", lent_named, R_ADDRESS | R_PARAMETER,
		     .strict = R_ADDRESS, .a = 2),
	DEPOSIT_RULE("a lent page is the buffer of WITHDRAW_MEM", lent_named, R_ADDRESS, .a = 3),
	DEPOSIT_RULE("count 0", bad_header, R_PARAMETER, .a = 0, .b = 0),
	DEPOSIT_RULE("next is count", bad_header, R_PARAMETER, .a = 1, .b = 1),
	DEPOSIT_RULE("next is above count", bad_header, R_PARAMETER, .a = 1, .b = 2),
	DEPOSIT_RULE("one entry more than the page has room for", bad_header, R_PARAMETER, .a = 512,
		     .b = 0),
	DEPOSIT_RULE("a list over the end of its page", bad_header, R_PARAMETER, .a = 2, .b = 0,
		     .c = PAGE_4K - 16),
};

GROUP(deposit);
