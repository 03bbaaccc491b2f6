/* SPDX-License-Identifier: MIT */
/* Section 6.1: lists and entries whose form is wrong. */
#include "conf.h"

#define LAST_PLACE 0xff0U /* where a list of one entry ends with its page */

/* Count `b`, next `c`, at offset `a`. */
static void header(const struct rule *r)
{
	struct list l = mem_list(0, (unsigned int)r->a);
	uint64_t good = mem_private();

	page_fill(page_private(l.gpa & ~(PAGE_4K - 1)), 0);
	*l.count = (uint16_t)r->b;
	*l.next = (uint16_t)r->c;
	*l.reserved = 0;
	if (r->a <= LAST_PLACE)
		l.entry[0] = good | PV_VALIDATE;
	expect_rule(list_call(&l), r, "PVALIDATE");
	check_eq(*l.next, r->c, "next");
	check_eq(*l.count, r->b, "count");
	check(trap_not_validated(good), "an entry was done");
}

static void put(uint64_t at, uint64_t value, unsigned int bytes)
{
	volatile uint8_t *p = page_private(at);

	for (unsigned int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

/* Good but for where it is. */
static void misaligned(const struct rule *r)
{
	uint64_t at = mem_list(0, 0).gpa + r->a, good = mem_private();

	if (r->a <= PAGE_4K - 16) {
		put(at, 1, 8);
		put(at + 8, good | PV_VALIDATE, 8);
	}
	expect_rule(call_core(CORE_PVALIDATE, at, 0, 0, 0), r, "PVALIDATE");
	check(trap_not_validated(good), "it was worked through");
}

/*
 * One bad entry among good ones, at each place. A list may be refused as a
 * whole, or at the bad entry: next tells.
 */
static void entry(const struct rule *r)
{
	uint64_t region = mem_private_2m();

	for (unsigned int place = 0; place < 3; place++) {
		uint64_t pages[3] = { mem_private(), mem_private(), mem_private() };
		struct list l = mem_list(0, 0);

		list_begin(&l);
		for (unsigned int i = 0; i < 3; i++)
			list_add(&l, i == place ? region | r->a : pages[i] | PV_VALIDATE);
		expect_rule(list_run(&l), r, "PVALIDATE");
		check(*l.next == 0 || *l.next == place, "next is %u, the bad entry is %u",
		      (unsigned int)*l.next, place);
		for (unsigned int i = 0; i < 3; i++)
			if (i != place)
				check(i < *l.next ? trap_works(pages[i])
						  : trap_not_validated(pages[i]),
				      "page %u is not as next says", i);
	}
	check(trap_not_validated(region), "the bad entry was done");
}

/* The same with a page that is open: it stays so. */
static void entry_rescind(const struct rule *r)
{
	uint64_t page = mem_valid();

	page_fill(page_private(page), 7);
	expect_rule(list_one(page | r->a), r, "PVALIDATE");
	check_eq(*list_ca().next, 0, "next");
	check(page_filled(page_private(page), 7), "the page has changed");
}

#define HEADER(text, offset, count, next)                                                          \
	{                                                                                          \
		"6.1", text, header, R_PARAMETER, .a = offset, .b = count, .c = next               \
	}
#define MISALIGNED(text, offset)                                                                   \
	{                                                                                          \
		"6.1", text, misaligned, R_PARAMETER, .a = offset                                  \
	}
#define ENTRY(text, bits)                                                                          \
	{                                                                                          \
		"6.1", text, entry, R_PARAMETER, .a = PV_VALIDATE | (bits)                         \
	}
#define RESCIND(text, bits)                                                                        \
	{                                                                                          \
		"6.1", text, entry_rescind, R_PARAMETER, .a = bits                                 \
	}

static const struct rule rules[] = {
	HEADER("list: count 0", 0, 0, 0),
	HEADER("list: count 0, next 1", 0, 0, 1),
	HEADER("list: next = count = 1", 0, 1, 1),
	HEADER("list: next 2 of 1", 0, 1, 2),
	HEADER("list: next 0xffff of 2", 0, 2, 0xffff),
	HEADER("list: 512 entries from a page's start", 0, 512, 0),
	HEADER("list: 65535 entries", 0, 0xffff, 0),
	HEADER("list: 65535 entries, the last is next", 0, 0xffff, 0xfffe),
	HEADER("list: 511 entries from offset 8", 8, 511, 0),
	HEADER("list: 511 entries from offset 8, the last is next", 8, 511, 510),
	HEADER("list: one entry too many from offset 0x800", 0x800, 256, 0),
	HEADER("list: 2 entries where the page has room for 1", LAST_PLACE, 2, 0),
	HEADER("list: 2 entries where the page has room for 1, next 1", LAST_PLACE, 2, 1),
	HEADER("list: 1 entry where the page has room for the header", 0xff8, 1, 0),
	MISALIGNED("list: at page offset 1", 1),
	MISALIGNED("list: at page offset 2", 2),
	MISALIGNED("list: at page offset 4", 4),
	MISALIGNED("list: at page offset 7", 7),
	MISALIGNED("list: at page offset 0x7fc", 0x7fc),
	MISALIGNED("list: at page offset 0xfef", 0xfef),
	MISALIGNED("list: across the page's end, at 0xffc", 0xffc),
	MISALIGNED("list: at page offset 0xfff", 0xfff),
	ENTRY("entry: page size 2", 2),
	ENTRY("entry: page size 3", 3),
	ENTRY("entry: reserved bit 4", 0x10),
	ENTRY("entry: reserved bit 5", 0x20),
	ENTRY("entry: reserved bit 6", 0x40),
	ENTRY("entry: reserved bit 7", 0x80),
	ENTRY("entry: reserved bit 8", 0x100),
	ENTRY("entry: reserved bit 9", 0x200),
	ENTRY("entry: reserved bit 10", 0x400),
	ENTRY("entry: reserved bit 11", 0x800),
	ENTRY("entry: reserved bit 4, ignoring CF", 0x18),
	ENTRY("entry: page size 3, ignoring CF", 0xb),
	RESCIND("entry: rescind, page size 2", 2),
	RESCIND("entry: rescind, page size 3", 3),
	RESCIND("entry: rescind, reserved bit 4", 0x10),
	RESCIND("entry: rescind, reserved bit 11", 0x800),
	RESCIND("entry: rescind, all reserved bits", 0xff0),
};

GROUP(list_bad);
