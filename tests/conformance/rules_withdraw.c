/* SPDX-License-Identifier: MIT */
/* Section 6.5: WITHDRAW_MEM; MEM_AVAILABLE. */
#include "conf.h"

#define CA_AVAILABLE 1U
#define LENT 4U

static bool available(void)
{
	return ((volatile uint8_t *)page_private(call_ca))[CA_AVAILABLE] == 1;
}

static void comes_back(const struct rule *r)
{
	struct list l = mem_list(1, 0);
	uint64_t page = mem_valid();
	unsigned int found = 0;

	(void)r;
	call_take_back();
	page_fill(page_private(page), 7);
	check_eq(call_deposit(page), OK, "DEPOSIT_MEM");
	check_eq(call_withdraw(l.gpa), OK, "WITHDRAW_MEM");
	for (unsigned int i = 0; i < *l.count; i++)
		found += l.entry[i] == page;
	check_eq(found, 1, "how often the page is in the buffer");
	mem_is_ordinary(page, "the page");
}

static uint64_t lent_and_back(void)
{
	uint64_t page = mem_valid();

	page_fill(page_private(page), 7);
	need(call_deposit(page) == OK, "DEPOSIT_MEM");
	call_take_back();
	return page;
}

/* What the SVSM kept in it is not for the guest. */
static void comes_back_clean(const struct rule *r)
{
	uint64_t page = lent_and_back();

	(void)r;
	check(page_zero(page_private(page)) || page_filled(page_private(page), 7),
	      "zero, or as it was lent");
}

static void comes_back_zero(const struct rule *r)
{
	(void)r;
	check(page_zero(page_private(lent_and_back())), "zero");
}

static void nothing_there(const struct rule *r)
{
	struct list l = mem_list(1, 0);

	call_take_back();
	*l.count = 77;
	l.entry[0] = 0x1234;
	expect_rule(call_withdraw(l.gpa), r, "WITHDRAW_MEM");
	check_eq(*l.count, 0, "count");
	check_eq(l.entry[0], 0x1234, "what is behind the end of the list");
}

/* In the caller's own calling area, behind what has a meaning there; never over it. */
static void buffer_in_area(const struct rule *r)
{
	struct list l = list_at(call_ca + r->a);
	uint64_t page = mem_valid();

	need(call_deposit(page) == OK, "DEPOSIT_MEM");
	*l.count = 0;
	expect_rule(call_withdraw(l.gpa), r, "WITHDRAW_MEM");
	if (r->a != 0) {
		check_eq(*l.count, 1, "count");
		check_eq(l.entry[0], page, "the page");
		mem_is_ordinary(page, "the page");
	}
	check(call_works(), "calls work");
	call_take_back();
}

/* As many as fit to the end of the page. */
static void buffer_room(const struct rule *r)
{
	struct list l = mem_list(1, (unsigned int)r->a);
	uint64_t page[LENT];
	unsigned int room = (unsigned int)((PAGE_4K - r->a) / 8 - 1);

	call_take_back();
	for (unsigned int i = 0; i < LENT; i++) {
		page[i] = mem_valid();
		need(call_deposit(page[i]) == OK, "DEPOSIT_MEM");
	}
	expect_rule(call_withdraw(l.gpa), r, "WITHDRAW_MEM");
	check_eq(*l.count, room < LENT ? room : LENT, "count");
	for (unsigned int i = 0; i < *l.count && i < LENT; i++)
		check(trap_works(l.entry[i]), "entry %u is the guest's", i);
	call_take_back();
	for (unsigned int i = 0; i < LENT; i++)
		check(trap_works(page[i]), "page %u has come back", i);
}

static void told(const struct rule *r)
{
	(void)r;
	call_take_back();
	need(call_works(), "a call");
	check(!available(), "MEM_AVAILABLE with nothing lent");
	need(call_deposit(mem_valid()) == OK, "DEPOSIT_MEM");
	check(available(), "MEM_AVAILABLE with a page lent");
	call_take_back();
	check(!available(), "MEM_AVAILABLE with all taken back");
}

static bool told_at(uint64_t ca)
{
	return ((volatile uint8_t *)page_private(ca))[CA_AVAILABLE] == 1;
}

/* It goes with the calling area. */
static void told_where_it_moves(const struct rule *r)
{
	uint64_t new = mem_valid();

	(void)r;
	need(call_deposit(mem_valid()) == OK, "DEPOSIT_MEM");
	check_eq(call_remap(new), OK, "REMAP_CA");
	call_ca = new;
	need(call_works(), "a call");
	check(available(), "MEM_AVAILABLE at the new place");
	call_take_back();
	check(!available(), "and with all taken back");
}

/* "Kept on the startup vCPU's CA". */
static void told_to_one(const struct rule *r)
{
	struct ap *ap = ap_start();

	(void)r;
	need(call_deposit(mem_valid()) == OK, "DEPOSIT_MEM");
	check_eq(ap_call(ap, CORE_QUERY_PROTOCOL, 1, 0, 0), OK, "the second vCPU's call");
	check(!told_at(ap->ca), "MEM_AVAILABLE in the second vCPU's calling area");
	check_eq(ap_call(ap, CORE_WITHDRAW_MEM, mem_list(1, 0).gpa, 0, 0), OK, "its WITHDRAW_MEM");
	check(!told_at(ap->ca), "and then");
	check(call_works() && !available(), "MEM_AVAILABLE of the first, all taken back");
}

#define WITHDRAW_RULE(words, f, results, ...)                                                      \
	{                                                                                          \
		"6.5", words, f, results, .needs = NEED_DEPOSIT, __VA_ARGS__                       \
	}

static const struct rule rules[] = {
	WITHDRAW_RULE("a lent page comes back, ordinary", comes_back, 0),
	WITHDRAW_RULE("it comes back with nothing of the SVSM's in it", comes_back_clean, 0),
	{ "6.5", "it comes back zero", comes_back_zero, .needs = NEED_DEPOSIT | NEED_STRICT },
	WITHDRAW_RULE("nothing to return: count 0, the rest of the buffer unchanged", nothing_there,
		      R_OK),
	WITHDRAW_RULE("room for one entry", buffer_room, R_OK, .a = 0xff0),
	WITHDRAW_RULE("room for three entries", buffer_room, R_OK, .a = 0xfe0),
	WITHDRAW_RULE("a page for the buffer", buffer_room, R_OK, .a = 0),
	WITHDRAW_RULE("a buffer behind the calling area", buffer_in_area, R_OK, .a = 8),
	WITHDRAW_RULE("a buffer over the calling area", buffer_in_area, R_ADDRESS | R_PARAMETER,
		      .strict = R_ADDRESS, .a = 0),
	{ "2", "MEM_AVAILABLE moves with the calling area", told_where_it_moves,
	  .needs = NEED_DEPOSIT },
	{ "2", "MEM_AVAILABLE is the startup vCPU's alone", told_to_one,
	  .needs = NEED_CPU2 | NEED_DEPOSIT | NEED_STRICT },
	{ "2", "MEM_AVAILABLE says whether there is something to withdraw", told,
	  .needs = NEED_DEPOSIT },
};

GROUP(withdraw);
