/* SPDX-License-Identifier: MIT */
/* Sections 6.4, 6.5: where the list of DEPOSIT_MEM and the buffer of WITHDRAW_MEM may not lie. */
#include "conf.h"

static void misaligned_list(const struct rule *r)
{
	uint64_t page = mem_valid(), at = mem_list(0, 0).gpa + r->a;
	volatile uint8_t *to = page_private(at);

	/* Good but for where it is: one entry. */
	for (unsigned int i = 0; i < 16 && r->a + i < PAGE_4K; i++)
		to[i] = (uint8_t)((i < 8 ? 1 : page) >> i % 8 * 8);
	expect_rule(call_core((uint32_t)r->b, at, 0, 0, 0), r, "the call");
	mem_is_ordinary(page, "the page");
}

/* Not validated, shared, rescinded. */
static void list_not_valid(const struct rule *r)
{
	uint64_t page = r->a == 1 ? mem_shared() : r->a == 2 ? mem_valid() : mem_private();

	need(r->a != 2 || list_rescind(page) == OK, "rescinding");
	expect_rule(call_core((uint32_t)r->b, page, 0, 0, 0), r, "the call");
	check(r->a == 1 || trap_not_validated(page), "it does not fault any more");
}

static void bad_list(const struct rule *r)
{
	expect(call_core((uint32_t)r->b, bad_page.gpa, 0, 0, 0), r->accept | bad_page.also,
	       "the call");
	check(call_works(), "calls work");
}

#define DEPOSIT_RULE(words, f, results, ...)                                                       \
	{                                                                                          \
		"6.4", words, f, results, .needs = NEED_DEPOSIT, __VA_ARGS__                       \
	}
#define WITHDRAW_RULE(words, f, results, ...)                                                      \
	{                                                                                          \
		"6.5", words, f, results, .needs = NEED_DEPOSIT, __VA_ARGS__                       \
	}

static const struct rule rules[] = {
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
};

GROUP(place);
