/* SPDX-License-Identifier: MIT */
/* Sections 3.4, 6.1: addresses that PVALIDATE may not touch, as entries and as the list's own. */
#include "conf.h"

/* Good, bad, good: refused at the bad one. */
static void entry(const struct rule *r)
{
	static uint64_t first, last;
	struct list l = mem_list(0, 0);
	uint64_t result;

	if (first == 0) {
		first = mem_private();
		last = mem_private();
	}
	list_begin(&l);
	list_add(&l, first | PV_VALIDATE);
	list_add(&l, bad_page.gpa | r->a);
	list_add(&l, last | PV_VALIDATE);
	result = list_run(&l);
	expect_rule(result, r, "PVALIDATE");
	if (result != OK) {
		check_eq(*l.next, 1, "next");
		check(trap_works(first), "the entry before it is not done");
		check(trap_not_validated(last), "the entry behind it is done");
	}
	list_one(first | PV_IGNORE_CF);
	list_one(last | PV_IGNORE_CF);
}

/* Pages that follow each other, the first two RAM. */
static void over_the_end(const struct rule *r)
{
	uint64_t end = boot.ram_end;
	struct list l = mem_list(0, 0);

	for (unsigned int i = 1; i <= 2; i++)
		mem_make_private(end - i * PAGE_4K);
	list_begin(&l);
	list_add_run(&l, end - 2 * PAGE_4K, 5, PV_VALIDATE);
	expect_rule(list_run(&l), r, "PVALIDATE");
	check_eq(*l.next, 2, "next");
	check(trap_works(end - 2 * PAGE_4K) && trap_works(end - PAGE_4K), "RAM is not open");
	list_begin(&l);
	list_add_run(&l, end - 2 * PAGE_4K, 5, PV_RESCIND);
	expect_rule(list_run(&l), r, "PVALIDATE, rescind");
	check_eq(*l.next, 2, "next");
	check(trap_not_validated(end - 2 * PAGE_4K) && trap_not_validated(end - PAGE_4K),
	      "RAM does not fault");
}

static void list_refused(const struct rule *r)
{
	expect(call_core(CORE_PVALIDATE, bad_page.gpa, 0, 0, 0), r->accept, "PVALIDATE");
}

/* Inside a page, where the page alone decides. */
static void list_inside(const struct rule *r)
{
	expect_rule(call_core(CORE_PVALIDATE, r->a == 0 ? boot.svsm_base + 0x800 : UINT64_MAX - 7,
			      0, 0, 0),
		    r, "PVALIDATE");
}

static void list_in(const struct rule *r)
{
	uint64_t page = mem_private(), at;
	struct list l;

	if (r->a == 0) {
		at = mem_private();
	} else {
		at = mem_shared();
		l = list_at(at);
		l.count = page_shared(at);
		*l.count = 1;
		*(volatile uint64_t *)((uint8_t *)page_shared(at) + 8) = page | PV_VALIDATE;
	}
	expect_rule(call_core(CORE_PVALIDATE, at, 0, 0, 0), r, "PVALIDATE");
	check(trap_not_validated(page), "the list was worked through");
}

static void list_rescinded(const struct rule *r)
{
	uint64_t page = mem_private(), at = mem_valid();
	struct list l = list_at(at);

	list_begin(&l);
	list_add(&l, page | PV_VALIDATE);
	need(list_rescind(at) == OK, "rescinding the list's page");
	expect_rule(call_core(CORE_PVALIDATE, at, 0, 0, 0), r, "PVALIDATE");
	check(trap_not_validated(page), "the list was worked through");
}

/* Bits that are no address are not dropped: the page without them is as it was. */
static void bits_kept(const struct rule *r)
{
	uint64_t good = mem_private();

	expect_rule(list_one(good | r->a | PV_VALIDATE), r, "PVALIDATE");
	check(trap_not_validated(good), "the page without the bit is open");
	check_eq(list_validate(good), OK, "the page without the bit");
}

static void c_bit_kept(const struct rule *r)
{
	const struct rule with_c = { .accept = r->accept, .a = boot.c_bit };

	bits_kept(&with_c);
}

/* The image and what the SVSM allocates first: save areas among it. */
#define SCAN_PAGES 512U

static void scan(const struct rule *r)
{
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < SCAN_PAGES; i++) {
		uint64_t gpa = boot.svsm_base + i * PAGE_4K;

		if (i * PAGE_4K >= boot.svsm_size)
			break;
		if (r->a == 0)
			wrong += list_rescind(gpa) != INVALID_ADDRESS;
		else if (r->a == 1)
			wrong += list_validate(gpa) != INVALID_ADDRESS;
		else
			wrong += call_core(CORE_PVALIDATE, gpa, 0, 0, 0) != INVALID_ADDRESS;
	}
	check_eq(wrong, 0, "pages that were not refused with INVALID_ADDRESS");
	check(call_works(), "the SVSM does not answer any more");
}

#define ENTRIES(text, kind, bits)                                                                  \
	{                                                                                          \
		"6.1", text, entry, R_ADDRESS, .each = kind, .a = bits                             \
	}

static const struct rule rules[] = {
	ENTRIES("validate 4 KiB", EACH_BAD_4K, PV_VALIDATE),
	ENTRIES("rescind 4 KiB", EACH_BAD_4K, PV_RESCIND),
	ENTRIES("validate 2 MiB", EACH_BAD_2M, PV_2M | PV_VALIDATE),
	ENTRIES("rescind 2 MiB", EACH_BAD_2M, PV_2M | PV_RESCIND),
	{ "6.1", "a run of pages over the end of RAM", over_the_end, R_ADDRESS,
	  .needs = NEED_E820 },
	{ "3.4", "list", list_refused, R_ADDRESS, .each = EACH_BAD_4K },
	{ "3.4", "list inside a page of the SVSM", list_inside, R_ADDRESS },
	{ "3.4", "list in the last 8 bytes of all", list_inside, R_ADDRESS | R_PARAMETER,
	  .strict = R_ADDRESS, .a = 1 },
	{ "3.4", "list in a page not validated", list_in, R_ADDRESS },
	{ "3.4", "list in a shared page", list_in, R_ADDRESS, .a = 1 },
	{ "3.4", "list in a page rescinded", list_rescinded, R_ADDRESS },
	{ "3.4", "entry: the C-bit is not dropped", c_bit_kept, R_ADDRESS },
	{ "3.4", "entry: bit 52 is not dropped", bits_kept, R_ADDRESS, .a = 1ULL << 52 },
	{ "3.4", "entry: bit 63 is not dropped", bits_kept, R_ADDRESS, .a = 1ULL << 63 },
	{ "6.1", "the SVSM's first 2 MiB: no page can be rescinded", scan, R_ADDRESS },
	{ "6.1", "the SVSM's first 2 MiB: no page can be validated", scan, R_ADDRESS, .a = 1 },
	{ "3.4", "the SVSM's first 2 MiB: no list lies there", scan, R_ADDRESS, .a = 2 },
};

GROUP(address);
