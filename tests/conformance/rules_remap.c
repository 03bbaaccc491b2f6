/* SPDX-License-Identifier: MIT */
/* Section 6.0: REMAP_CA. */
#include "conf.h"

#define QUERY_CORE 1ULL
#define INSIDE 7U

static volatile uint8_t *pending(uint64_t ca)
{
	return (volatile uint8_t *)page_private(ca) + CA_PENDING;
}

/* To a new page; returns it. */
static uint64_t move(void)
{
	uint64_t new = mem_valid();

	need(call_remap(new) == OK, "REMAP_CA");
	call_ca = new;
	return new;
}

static void moves(const struct rule *r)
{
	uint64_t new = mem_valid();

	expect_rule(call_remap(new), r, "REMAP_CA");
	call_ca = new;
	check(call_works(), "no call through the new place");
}

static void there_and_back(const struct rule *r)
{
	uint64_t home = call_ca, other = move();

	(void)r;
	for (unsigned int i = 0; i < 10; i++) {
		uint64_t to = i % 2 == 0 ? home : other;

		check_eq(call_remap(to), OK, "REMAP_CA number %u", i);
		call_ca = to;
	}
	check(call_works(), "no call at the end");
}

static void new_cleared(const struct rule *r)
{
	uint64_t new = mem_valid();
	volatile uint8_t *p = pending(new);

	for (unsigned int i = 0; i < PAGE_4K; i++)
		p[i] = (uint8_t)(i + 1);
	check_eq(call_remap(new), OK, "REMAP_CA");
	call_ca = new;
	check_eq(p[CA_PENDING], 0, "CALL_PENDING of the new calling area");
	if (r->a != 0)
		for (unsigned int i = 1; i < 8; i++)
			check_eq(p[i], 0, "byte %u of the new calling area", i);
	else
		for (unsigned int i = 8; i < PAGE_4K; i++)
			if (p[i] != (uint8_t)(i + 1)) {
				check(false, "byte %u of the new page has changed", i);
				return;
			}
}

static void old_cleared(const struct rule *r)
{
	uint64_t old = call_ca, new = mem_valid();
	struct call c;

	call_set(&c, CORE_REMAP_CA, new, 0, 0);
	call_run(&c, call_form);
	check_eq(c.out.rax, OK, "REMAP_CA");
	check_eq(c.left, 0, "CALL_PENDING of the old calling area");
	if (c.out.rax == OK)
		call_ca = new;
	check_eq(*pending(old), 0, "and later");
	(void)r;
}

static void old_is_idle(const struct rule *r)
{
	uint64_t old = call_ca;
	struct call c;

	(void)r;
	move();
	*pending(old) = 1;
	call_set(&c, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0);
	c.pending = 0;
	call_run(&c, call_form);
	check(call_changed(&c) == 0, "a call was made at the old place");
	check_eq(*pending(old), 1, "CALL_PENDING at the old place");
	*pending(old) = 0;
}

static void old_is_ordinary(const struct rule *r)
{
	uint64_t old = move();

	(void)r;
	move();
	mem_is_ordinary(old, "the old page");
}

static void new_is_taken(const struct rule *r)
{
	move();
	expect_rule(list_one((call_ca & ~r->b) | r->a), r, "the list");
	check_eq(*list_ca().next, 0, "next");
	check(call_works(), "calls work");
}

static void misaligned(const struct rule *r)
{
	uint64_t new = mem_valid();

	expect_rule(call_remap(new + r->a), r, "REMAP_CA");
	check(call_works(), "the calling area is where it was");
}

static void refused(const struct rule *r)
{
	uint64_t result = call_remap(bad_page.gpa);

	if (result == OK) {
		call_ca = bad_page.gpa;
		give_up("REMAP_CA succeeds");
	}
	expect(result, r->accept, "REMAP_CA");
	check(call_works(), "the calling area is where it was");
}

static void not_backed(const struct rule *r)
{
	uint64_t gpa = r->a == 0 ? mem_private() : mem_shared();

	expect_rule(call_remap(gpa), r, "REMAP_CA");
	check(call_works(), "the calling area is where it was");
}

static void rescinded(const struct rule *r)
{
	uint64_t gpa = mem_valid();

	need(list_rescind(gpa) == OK, "rescind");
	expect_rule(call_remap(gpa), r, "REMAP_CA");
	check(call_works(), "the calling area is where it was");
}

static void refusal_writes_nothing(const struct rule *r)
{
	uint64_t page = mem_valid();

	(void)r;
	page_fill(page_private(page), 3);
	expect(call_remap(page + 8), R_PARAMETER, "REMAP_CA");
	expect(call_remap(page | boot.c_bit), R_ADDRESS | R_PARAMETER, "REMAP_CA with the C-bit");
	check(page_filled(page_private(page), 3), "the page has changed");
	mem_is_ordinary(page, "a page that was refused");
}

/* What it means is UNSURE; that calls work behind it is not. */
static void same_place(const struct rule *r)
{
	expect_rule(call_remap(call_ca), r, "REMAP_CA");
	check(call_works(), "calls work");
}

static void inside_2m(const struct rule *r)
{
	uint64_t region = mem_private_2m(), inside = region + INSIDE * PAGE_4K;

	(void)r;
	need(list_one(region | PV_2M | PV_VALIDATE) == OK, "validating 2 MiB");
	check_eq(call_remap(inside), OK, "REMAP_CA into validated 2 MiB");
	call_ca = inside;
	check(call_works(), "no call there");
	check_eq(list_rescind(inside + PAGE_4K), OK, "rescinding its neighbour");
	check(trap_works(inside + 2 * PAGE_4K), "another neighbour is not open");
	check_eq(call_remap(boot.caa), OK, "REMAP_CA back");
	call_ca = boot.caa;
	mem_is_ordinary(inside, "the page it was in");
}

static void above_4g(const struct rule *r)
{
	(void)r;
	if (!boot_is_ram(HIGH_RAM, HIGH_RAM + PAGE_2M))
		skip("no RAM above 4 GiB");
	mem_make_private(HIGH_RAM + PAGE_4K);
	need(list_validate(HIGH_RAM + PAGE_4K) == OK, "validating a page above 4 GiB");
	check_eq(call_remap(HIGH_RAM + PAGE_4K), OK, "REMAP_CA");
	call_ca = HIGH_RAM + PAGE_4K;
	check(call_works(), "no call there");
}

#define MISALIGNED(text, offset)                                                                   \
	{                                                                                          \
		"6.0", text, misaligned, R_PARAMETER, .a = offset                                  \
	}
/* AMD's range check of PVALIDATE does not name calling areas; a guest that rescinds its own is
 * lost. */
#define TAKEN(text, flags, mask)                                                                   \
	{                                                                                          \
		"6.0", text, new_is_taken, R_ADDRESS, .needs = NEED_STRICT, .a = flags, .b = mask  \
	}

static const struct rule rules[] = {
	{ "6.0", "the calling area moves, calls go through the new place", moves, R_OK,
	  .each = EACH_FORM },
	{ "6.0", "there and back, ten times", there_and_back, .each = EACH_FORM },
	{ "6.0", "the new CALL_PENDING is 0, the page behind byte 8 untouched", new_cleared,
	  .each = EACH_FORM },
	{ "6.0", "all 8 bytes of the new calling area are 0", new_cleared, .a = 1,
	  .needs = NEED_STRICT },
	{ "6.0", "the old CALL_PENDING is 0", old_cleared, .each = EACH_FORM },
	{ "6.0", "CALL_PENDING at the old place starts nothing", old_is_idle, .each = EACH_FORM },
	{ "6.0", "the old page is an ordinary one", old_is_ordinary },
	TAKEN("the new page cannot be rescinded", PV_RESCIND, 0),
	TAKEN("the new page cannot be rescinded, ignoring CF", PV_IGNORE_CF, 0),
	TAKEN("the new page cannot be validated", PV_VALIDATE, 0),
	TAKEN("the new page cannot be validated, ignoring CF", PV_VALIDATE | PV_IGNORE_CF, 0),
	TAKEN("the 2 MiB around it cannot be rescinded", PV_2M, PAGE_2M - 1),
	TAKEN("the 2 MiB around it cannot be validated", PV_2M | PV_VALIDATE, PAGE_2M - 1),
	MISALIGNED("misaligned by 1", 1),
	MISALIGNED("misaligned by 8", 8),
	MISALIGNED("misaligned by 0x800", 0x800),
	MISALIGNED("misaligned by 0xff8", 0xff8),
	MISALIGNED("misaligned by 0xfff", 0xfff),
	{ "6.0", "unusable", refused, R_ADDRESS, .each = EACH_BAD_4K },
	{ "6.0", "unusable: a page not validated", not_backed, R_ADDRESS },
	{ "6.0", "unusable: a shared page", not_backed, R_ADDRESS, .a = 1 },
	{ "6.0", "unusable: a page rescinded", rescinded, R_ADDRESS },
	{ "6.0", "a refusal writes nothing", refusal_writes_nothing },
	{ "6.0", "to where it is: done or refused, calls work", same_place, R_OK | R_ADDRESS,
	  .strict = R_OK, .each = EACH_FORM },
	{ "6.0", "in the middle of validated 2 MiB", inside_2m },
	{ "6.0", "above 4 GiB", above_4g },
};

GROUP(remap);
