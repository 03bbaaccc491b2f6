/* SPDX-License-Identifier: MIT */
/* Section 2: the calling area. */
#include "conf.h"

#define QUERY_CORE 1ULL

static volatile uint8_t *area(void)
{
	return page_private(call_ca);
}

static void reserved_value(const struct rule *r)
{
	struct call c;

	call_set(&c, CORE_QUERY_PROTOCOL, QUERY_CORE, 0x22, 0x33);
	c.pending = (uint8_t)r->a;
	call_clean(&c, 0);
	expect_rule(c.out.rax, r, "the call");
	check(call_works(), "no call works behind it");
}

/* Nor is a list worked through. */
static void reserved_value_list(const struct rule *r)
{
	uint64_t page = mem_private();
	struct list l = mem_list(0, 0);
	struct call c;

	list_begin(&l);
	list_add(&l, page | PV_VALIDATE);
	call_set(&c, CORE_PVALIDATE, l.gpa, 0, 0);
	c.pending = (uint8_t)r->a;
	call_clean(&c, 0);
	expect_rule(c.out.rax, r, "the call");
	check(*l.next == 0 && trap_not_validated(page), "the list was worked through");
}

static void cleared(const struct rule *r)
{
	struct call c;

	call_set(&c, r->a, r->b, 0, 0);
	call_clean(&c, REG_RCX);
	expect_rule(c.out.rax, r, "the call");
	check_eq(area()[CA_PENDING], 0, "CALL_PENDING in the page");
}

static void rest_of_page(const struct rule *r)
{
	volatile uint8_t *ca = area();
	bool same = true;

	(void)r;
	for (unsigned int i = 8; i < PAGE_4K; i++)
		ca[i] = (uint8_t)(i * 7);
	check(call_works(), "the call");
	for (unsigned int i = 8; i < PAGE_4K; i++) {
		same &= ca[i] == (uint8_t)(i * 7);
		ca[i] = 0;
	}
	check(same, "a byte behind the first 8 has changed");
}

/* "The guest writes 0; the SVSM need not check." */
static void reserved_bytes(const struct rule *r)
{
	volatile uint8_t *ca = area();
	struct call c;

	for (unsigned int i = 3; i < 8; i++)
		ca[i] = 0x5a;
	call_set(&c, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0);
	call_run(&c, call_form);
	for (unsigned int i = 3; i < 8; i++)
		ca[i] = 0;
	expect_rule(c.out.rax, r, "the call");
	check_eq(c.left, 0, "CALL_PENDING");
}

static void mem_available(const struct rule *r)
{
	(void)r;
	check(call_works() && area()[CA_MEM_AVAILABLE] <= 1, "neither 0 nor 1");
}

static void mem_available_zero(const struct rule *r)
{
	(void)r;
	check(call_works(), "the call");
	check_eq(area()[CA_MEM_AVAILABLE], 0, "MEM_AVAILABLE");
}

static const struct rule rules[] = {
	{ "2", "CALL_PENDING 2 is refused", reserved_value, R_FORMAT, .a = 2, .each = EACH_FORM },
	{ "2", "CALL_PENDING 3 is refused", reserved_value, R_FORMAT, .a = 3, .each = EACH_FORM },
	{ "2", "CALL_PENDING 0x80 is refused", reserved_value, R_FORMAT, .a = 0x80,
	  .each = EACH_FORM },
	{ "2", "CALL_PENDING 0x81 is refused", reserved_value, R_FORMAT, .a = 0x81,
	  .each = EACH_FORM },
	{ "2", "CALL_PENDING 0xff is refused", reserved_value, R_FORMAT, .a = 0xff,
	  .each = EACH_FORM },
	{ "2", "CALL_PENDING 2: a list is not worked through", reserved_value_list, R_FORMAT,
	  .a = 2, .each = EACH_FORM },
	{ "2", "CALL_PENDING is 0 after a success", cleared, R_OK, .a = CORE_QUERY_PROTOCOL,
	  .b = QUERY_CORE, .each = EACH_FORM },
	{ "2", "CALL_PENDING is 0 after a refusal", cleared, R_PARAMETER, .a = CORE_PVALIDATE,
	  .b = 1, .each = EACH_FORM },
	{ "2", "CALL_PENDING is 0 after an unknown call", cleared, R_CALL, .a = 0x7fff,
	  .each = EACH_FORM },
	{ "2", "CALL_PENDING is 0 after an unknown protocol", cleared, R_PROTOCOL,
	  .a = 0x7fffULL << 32, .each = EACH_FORM },
	{ "2", "the page behind byte 8 is the guest's", rest_of_page, .each = EACH_FORM },
	{ "2", "reserved bytes 3 to 7 need not be looked at", reserved_bytes,
	  R_OK | R_FORMAT | R_PARAMETER, .strict = R_OK, .each = EACH_FORM },
	{ "2", "MEM_AVAILABLE is 0 or 1", mem_available },
	{ "2", "MEM_AVAILABLE is 0 as long as nothing was deposited", mem_available_zero,
	  .needs = NEED_STRICT },
};

GROUP(area);
