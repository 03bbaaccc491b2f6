/* SPDX-License-Identifier: MIT */
/* Lists whose form is wrong: INVALID_PARAMETER, and `next` tells the truth [svsm 6.1]. */
#include "stub.h"

#define OFF_END 0xff0U

static uint64_t page; /* for the lists */

static const struct {
	unsigned int offset, count, next;
	const char *text;
} headers[] = {
	{ 0, 0, 0, "count 0" },
	{ 0, 0, 1, "count 0, next 1" },
	{ 0, 1, 1, "next 1 of 1" },
	{ 0, 1, 2, "next 2 of 1" },
	{ 0, 2, 0xffff, "next 0xffff of 2" },
	{ 0, 512, 0, "512 entries at a page's start" },
	{ 0, 0xffff, 0, "65535 entries" },
	{ 0, 0xffff, 0xfffe, "65535 entries, the last is next" },
	{ 8, 511, 0, "511 entries at offset 8" },
	{ OFF_END, 2, 0, "2 entries where the page has room for 1" },
	{ OFF_END, 2, 1, "the same, next 1" },
	{ OFF_END + 8, 1, 0, "1 entry where the page has room for the header" },
};

static void bad_headers(void)
{
	for (unsigned int i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct list l = list_at(page + headers[i].offset);
		uint64_t good = page_take_4k();

		page_fill(page_private(page), 0);
		*l.count = (uint16_t)headers[i].count;
		*l.next = (uint16_t)headers[i].next;
		*l.reserved = 0;
		if (headers[i].offset <= OFF_END) {
			l.entry[0] = good | PV_VALIDATE;
			ghcb_psc_msr(good, PSC_PRIVATE);
		}
		check_eq(list_call(&l), INVALID_PARAMETER, "[svsm 6.1] list: %s", headers[i].text);
		check(*l.next == headers[i].next &&
			      (headers[i].offset > OFF_END || trap_not_validated(good)),
		      "[svsm 6.1] and next is unchanged and nothing was done");
	}
}

static void put(uint64_t at, uint64_t value, unsigned int bytes)
{
	volatile uint8_t *p = page_private(at);

	for (unsigned int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

/* Lists that are good but for where they are. */
static void bad_alignment(void)
{
	static const unsigned int offsets[] = { 1, 2, 4, 7, 0x7fc, 0xfef };
	uint64_t good = page_take_4k();

	ghcb_psc_msr(good, PSC_PRIVATE);
	for (unsigned int i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		put(page + offsets[i], 1, 8);
		put(page + offsets[i] + 8, good | PV_VALIDATE, 8);
		check_eq(call_core(CORE_PVALIDATE, page + offsets[i], 0, 0, 0), INVALID_PARAMETER,
			 "[svsm 6.1] list at page offset %#x", offsets[i]);
	}
	check(trap_not_validated(good), "[svsm 6.1] and none was worked through");
	check_eq(call_core(CORE_PVALIDATE, page + 0xfff, 0, 0, 0), INVALID_PARAMETER,
		 "[svsm 6.1] list at page offset 0xfff");
}

static const struct {
	uint64_t flags;
	const char *text;
} entries[] = {
	{ PV_VALIDATE | 2, "page size 2" },
	{ PV_VALIDATE | 3, "page size 3" },
	{ 2, "rescind, page size 2" },
	{ 3, "rescind, page size 3" },
	{ PV_VALIDATE | 0x010, "reserved bit 4" },
	{ PV_VALIDATE | 0x020, "reserved bit 5" },
	{ PV_VALIDATE | 0x040, "reserved bit 6" },
	{ PV_VALIDATE | 0x080, "reserved bit 7" },
	{ PV_VALIDATE | 0x100, "reserved bit 8" },
	{ PV_VALIDATE | 0x200, "reserved bit 9" },
	{ PV_VALIDATE | 0x400, "reserved bit 10" },
	{ PV_VALIDATE | 0x800, "reserved bit 11" },
	{ 0x800, "rescind, reserved bit 11" },
	{ PV_2M | PV_VALIDATE | 0x1000, "2 MiB at +4 KiB" },
	{ PV_2M | PV_VALIDATE | 0x100000, "2 MiB at +1 MiB" },
	{ PV_2M | 0x1000, "rescind, 2 MiB at +4 KiB" },
};

/* Good, bad, good. Whether the list is refused as a whole or at the bad entry, next says it. */
static void in_the_middle(uint64_t bad, const char *text)
{
	struct list l = list_at(page);
	uint64_t first = page_take_4k(), last = page_take_4k();

	ghcb_psc_msr(first, PSC_PRIVATE);
	ghcb_psc_msr(last, PSC_PRIVATE);
	list_begin(&l);
	list_add(&l, first | PV_VALIDATE);
	list_add(&l, bad);
	list_add(&l, last | PV_VALIDATE);
	check_eq(list_run(&l), INVALID_PARAMETER, "[svsm 6.1] entry: %s", text);
	if (*l.next == 0)
		check(trap_not_validated(first) && trap_not_validated(last),
		      "[svsm 6.1] next 0: nothing was done");
	else
		check(*l.next == 1 && trap_works(first) && trap_not_validated(last),
		      "[svsm 6.1] next 1: what is before it was done, what is behind not");
}

static void bad_entries(void)
{
	uint64_t region = page_take_2m();

	for (unsigned int i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		in_the_middle(region | entries[i].flags, entries[i].text);
}

void test_list_bad(void)
{
	page = page_take_list();
	bad_headers();
	bad_alignment();
	bad_entries();
}
