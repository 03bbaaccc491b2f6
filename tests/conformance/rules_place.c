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

#define PLACE_RULE(section, words, f, results, ...)                                                \
	{                                                                                          \
		section, words, f, results, .needs = NEED_DEPOSIT, __VA_ARGS__                     \
	}
/* Of either call: where its list or buffer may not be. */
#define PLACE_RULES(section, what, call)                                                           \
	PLACE_RULE(section, what " misaligned by 4", misaligned_list, R_PARAMETER, .a = 4,         \
		   .b = (call)),                                                                   \
		PLACE_RULE(section, what " misaligned by 1", misaligned_list, R_PARAMETER, .a = 1, \
			   .b = (call)),                                                           \
		PLACE_RULE(section, what " in a page not validated", list_not_valid, R_ADDRESS,    \
			   .b = (call)),                                                           \
		PLACE_RULE(section, what " in a shared page", list_not_valid, R_ADDRESS, .a = 1,   \
			   .b = (call)),                                                           \
		PLACE_RULE(section, what " in a page rescinded", list_not_valid, R_ADDRESS,        \
			   .a = 2, .b = (call)),                                                   \
		PLACE_RULE(section, what, bad_list, R_ADDRESS, .each = EACH_BAD_4K, .b = (call))

static const struct rule rules[] = {
	PLACE_RULES("6.4", "list", CORE_DEPOSIT_MEM),
	PLACE_RULE("6.5", "no room for an entry", misaligned_list, R_PARAMETER, .a = 0xff8,
		   .b = CORE_WITHDRAW_MEM),
	PLACE_RULES("6.5", "buffer", CORE_WITHDRAW_MEM),
};

GROUP(place);
