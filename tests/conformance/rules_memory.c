/* SPDX-License-Identifier: MIT */
/* Sections 6.4 and 6.5: DEPOSIT_MEM, WITHDRAW_MEM, MEM_AVAILABLE. */
#include "conf.h"

#define CA_AVAILABLE 1U
#define LENT 4U

static uint64_t deposit(const struct list *l)
{
	return call_core(CORE_DEPOSIT_MEM, l->gpa, 0, 0, 0);
}

static uint64_t withdraw(uint64_t buffer)
{
	return call_core(CORE_WITHDRAW_MEM, buffer, 0, 0, 0);
}

static uint64_t deposit_one(uint64_t entry)
{
	struct list l = mem_list(0, 0);

	list_begin(&l);
	list_add(&l, entry);
	return deposit(&l);
}

static bool available(void)
{
	return ((volatile uint8_t *)page_private(call_ca))[CA_AVAILABLE] == 1;
}

void call_take_back(void)
{
	struct list l = mem_list(1, 0);

	for (unsigned int i = 0; i < 64; i++) {
		need(withdraw(l.gpa) == OK, "WITHDRAW_MEM");
		if (*l.count == 0)
			return;
	}
	give_up("WITHDRAW_MEM does not come to an end");
}

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

static void comes_back(const struct rule *r)
{
	struct list l = mem_list(1, 0);
	uint64_t page = mem_valid();
	unsigned int found = 0;

	(void)r;
	call_take_back();
	page_fill(page_private(page), 7);
	check_eq(deposit_one(page), OK, "DEPOSIT_MEM");
	check_eq(withdraw(l.gpa), OK, "WITHDRAW_MEM");
	for (unsigned int i = 0; i < *l.count; i++)
		found += l.entry[i] == page;
	check_eq(found, 1, "how often the page is in the buffer");
	mem_is_ordinary(page, "the page");
}

/* What the SVSM kept in it is not for the guest. */
static void comes_back_clean(const struct rule *r)
{
	uint64_t page = mem_valid();

	(void)r;
	page_fill(page_private(page), 7);
	need(deposit_one(page) == OK, "DEPOSIT_MEM");
	call_take_back();
	check(page_zero(page_private(page)) || page_filled(page_private(page), 7),
	      "zero, or as it was lent");
}

static void comes_back_zero(const struct rule *r)
{
	uint64_t page = mem_valid();

	(void)r;
	page_fill(page_private(page), 7);
	need(deposit_one(page) == OK, "DEPOSIT_MEM");
	call_take_back();
	check(page_zero(page_private(page)), "zero");
}

static void deposits_2m(const struct rule *r)
{
	uint64_t page = mem_private_2m();

	need(list_validate(page | PV_2M) == OK, "validating 2 MiB");
	expect_rule(deposit_one(page | PV_2M), r, "DEPOSIT_MEM");
	mem_is_closed(page, "the first lent page");
	mem_is_closed(page + PAGE_2M - PAGE_4K, "the last lent page");
	call_take_back();
	check(trap_works(page) && trap_works(page + PAGE_2M - PAGE_4K), "the guest's again");
}

/* Bits of an entry: `a` is or-ed to a good one. */
static void bad_bits(const struct rule *r)
{
	uint64_t page = mem_valid();

	expect_rule(deposit_one(page | r->a), r, "DEPOSIT_MEM");
	check_eq(*mem_list(0, 0).next, 0, "next");
	mem_is_ordinary(page, "the page");
}

static void bad_entry(const struct rule *r)
{
	expect(deposit_one(bad_page.gpa | r->a), r->accept | bad_page.also, "DEPOSIT_MEM");
	check_eq(*mem_list(0, 0).next, 0, "next");
}

static void not_the_guests(const struct rule *r)
{
	uint64_t page = r->a == 0 ? mem_private() : r->a == 1 ? mem_shared() : call_ca;

	expect_rule(deposit_one(page), r, "DEPOSIT_MEM");
	check(call_works(), "calls work");
}

/* All of the 2 MiB or nothing: one page of them is not the guest's. */
static void deposits_hole(const struct rule *r)
{
	uint64_t page = mem_private_2m(), hole = page + r->a * PAGE_4K;

	need(list_one(page | PV_2M | PV_VALIDATE) == OK, "validating 2 MiB");
	need(list_rescind(hole) == OK, "rescinding a page of it");
	expect_rule(deposit_one(page | PV_2M), r, "DEPOSIT_MEM");
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
	check_eq(deposit_one(page[0] | PV_2M), OK, "the first");
	check_eq(deposit_one(page[1] | PV_2M), OK, "the second");
	for (unsigned int i = 0; i < 2; i++) {
		expect_rule(deposit_one(page[2] | PV_2M), r, "the third");
		expect_rule(deposit_one(boot.svsm_base), r, "one that would be refused besides");
	}
	check(trap_works(page[2]), "the third is the guest's");
	call_take_back();
	check_eq(deposit_one(page[2] | PV_2M), OK, "the third, with room again");
	call_take_back();
}

static void lent_twice(const struct rule *r)
{
	uint64_t page = mem_valid();

	need(deposit_one(page) == OK, "DEPOSIT_MEM");
	expect_rule(deposit_one(page), r, "DEPOSIT_MEM again");
	call_take_back();
	check(trap_works(page), "the page comes back");
}

/* A lent page named in PVALIDATE, REMAP_CA and as a list. */
static void lent_named(const struct rule *r)
{
	uint64_t page = mem_valid(), result;

	need(deposit_one(page) == OK, "DEPOSIT_MEM");
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
		result = withdraw(page);
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
	expect_rule(deposit(&l), r, "DEPOSIT_MEM");
	check_eq(*l.next, r->b, "next");
	mem_is_ordinary(page, "the page");
}

static void misaligned_list(const struct rule *r)
{
	uint64_t page = mem_valid(), at = mem_list(0, 0).gpa + r->a;
	const uint64_t good[] = { 1, page };
	volatile uint8_t *to = page_private(at);

	/* Good but for where it is. */
	for (unsigned int i = 0; i < sizeof(good) && r->a + i < PAGE_4K; i++)
		to[i] = ((const uint8_t *)good)[i];
	expect_rule(call_core((uint32_t)r->b, at, 0, 0, 0), r, "the call");
	mem_is_ordinary(page, "the page");
}

static void bad_list(const struct rule *r)
{
	expect(call_core((uint32_t)r->b, bad_page.gpa, 0, 0, 0), r->accept | bad_page.also,
	       "the call");
	check(call_works(), "calls work");
}

/* Not validated, shared, rescinded. */
static void list_not_valid(const struct rule *r)
{
	uint64_t page = r->a == 1 ? mem_shared() : r->a == 2 ? mem_valid() : mem_private();

	need(r->a != 2 || list_rescind(page) == OK, "rescinding");
	expect_rule(call_core((uint32_t)r->b, page, 0, 0, 0), r, "the call");
	check(r->a == 1 || trap_not_validated(page), "it does not fault any more");
}

static void resumes(const struct rule *r)
{
	struct list l = mem_list(0, 0);
	uint64_t page[2] = { mem_valid(), mem_valid() };

	list_begin(&l);
	list_add(&l, page[0]);
	list_add(&l, page[1]);
	*l.next = 1;
	expect_rule(deposit(&l), r, "DEPOSIT_MEM");
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
	expect_rule(deposit(&l), r, "DEPOSIT_MEM");
	check_eq(*l.next, 1, "next");
	mem_is_closed(page[0], "the first, lent,");
	check(trap_works(page[1]), "the third is not");
	call_take_back();
}

/* ---- 6.5 --------------------------------------------------------------- */

static void nothing_there(const struct rule *r)
{
	struct list l = mem_list(1, 0);

	call_take_back();
	*l.count = 77;
	l.entry[0] = 0x1234;
	expect_rule(withdraw(l.gpa), r, "WITHDRAW_MEM");
	check_eq(*l.count, 0, "count");
	check_eq(l.entry[0], 0x1234, "what is behind the end of the list");
}

/* In the caller's own calling area, behind what has a meaning there; never over it. */
static void buffer_in_area(const struct rule *r)
{
	struct list l = list_at(call_ca + r->a);
	uint64_t page = mem_valid();

	need(deposit_one(page) == OK, "DEPOSIT_MEM");
	*l.count = 0;
	expect_rule(withdraw(l.gpa), r, "WITHDRAW_MEM");
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
		need(deposit_one(page[i]) == OK, "DEPOSIT_MEM");
	}
	expect_rule(withdraw(l.gpa), r, "WITHDRAW_MEM");
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
	need(deposit_one(mem_valid()) == OK, "DEPOSIT_MEM");
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
	need(deposit_one(mem_valid()) == OK, "DEPOSIT_MEM");
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
	need(deposit_one(mem_valid()) == OK, "DEPOSIT_MEM");
	check_eq(ap_call(ap, CORE_QUERY_PROTOCOL, 1, 0, 0), OK, "the second vCPU's call");
	check(!told_at(ap->ca), "MEM_AVAILABLE in the second vCPU's calling area");
	check_eq(ap_call(ap, CORE_WITHDRAW_MEM, mem_list(1, 0).gpa, 0, 0), OK, "its WITHDRAW_MEM");
	check(!told_at(ap->ca), "and then");
	check(call_works() && !available(), "MEM_AVAILABLE of the first, all taken back");
}

#define DEPOSIT_RULE(words, f, results, ...)                                                       \
	{                                                                                          \
		"6.4", words, f, results, .needs = NEED_DEPOSIT, __VA_ARGS__                       \
	}
#define WITHDRAW_RULE(words, f, results, ...)                                                      \
	{                                                                                          \
		"6.5", words, f, results, .needs = NEED_DEPOSIT, __VA_ARGS__                       \
	}

static const struct rule deposit_rules[] = {
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
	DEPOSIT_RULE("list misaligned by 4", misaligned_list, R_PARAMETER, .a = 4,
		     .b = CORE_DEPOSIT_MEM),
	DEPOSIT_RULE("list misaligned by 1", misaligned_list, R_PARAMETER, .a = 1,
		     .b = CORE_DEPOSIT_MEM),
	DEPOSIT_RULE("list in a page not validated", list_not_valid, R_ADDRESS,
		     .b = CORE_DEPOSIT_MEM),
	DEPOSIT_RULE("list in a shared page", list_not_valid, R_ADDRESS, .a = 1,
		     .b = CORE_DEPOSIT_MEM),
	DEPOSIT_RULE("list in a page rescinded", list_not_valid, R_ADDRESS, .a = 2,
		     .b = CORE_DEPOSIT_MEM),
	DEPOSIT_RULE("list", bad_list, R_ADDRESS, .each = EACH_BAD_4K, .b = CORE_DEPOSIT_MEM),
};

const struct group group_deposit = { deposit_rules,
				     sizeof(deposit_rules) / sizeof(deposit_rules[0]) };

static const struct rule withdraw_rules[] = {
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
	WITHDRAW_RULE("no room for an entry", misaligned_list, R_PARAMETER, .a = 0xff8,
		      .b = CORE_WITHDRAW_MEM),
	WITHDRAW_RULE("buffer misaligned by 4", misaligned_list, R_PARAMETER, .a = 4,
		      .b = CORE_WITHDRAW_MEM),
	WITHDRAW_RULE("buffer misaligned by 1", misaligned_list, R_PARAMETER, .a = 1,
		      .b = CORE_WITHDRAW_MEM),
	WITHDRAW_RULE("buffer in a page not validated", list_not_valid, R_ADDRESS,
		      .b = CORE_WITHDRAW_MEM),
	WITHDRAW_RULE("buffer in a shared page", list_not_valid, R_ADDRESS, .a = 1,
		      .b = CORE_WITHDRAW_MEM),
	WITHDRAW_RULE("buffer in a page rescinded", list_not_valid, R_ADDRESS, .a = 2,
		      .b = CORE_WITHDRAW_MEM),
	WITHDRAW_RULE("buffer", bad_list, R_ADDRESS, .each = EACH_BAD_4K, .b = CORE_WITHDRAW_MEM),
	{ "2", "MEM_AVAILABLE moves with the calling area", told_where_it_moves,
	  .needs = NEED_DEPOSIT },
	{ "2", "MEM_AVAILABLE is the startup vCPU's alone", told_to_one,
	  .needs = NEED_CPU2 | NEED_DEPOSIT | NEED_STRICT },
	{ "2", "MEM_AVAILABLE says whether there is something to withdraw", told,
	  .needs = NEED_DEPOSIT },
};

const struct group group_withdraw = { withdraw_rules,
				      sizeof(withdraw_rules) / sizeof(withdraw_rules[0]) };
