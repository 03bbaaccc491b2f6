/* SPDX-License-Identifier: MIT */
/* REMAP_CA: the calling area moves, and what it leaves is ordinary memory [svsm 6.0]. */
#include "stub.h"

#define QUERY_CORE 1ULL
#define CORE_VERSIONS 0x0000000100000001ULL

static uint64_t take_valid(void)
{
	uint64_t gpa = page_take_4k();

	if (!ghcb_psc_msr(gpa, PSC_PRIVATE) || list_validate(gpa) != OK)
		check_bail("no page");
	return gpa;
}

static bool calls_work(void)
{
	return call_core(CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0, REG_RCX) == OK &&
	       call_last.out.rcx == CORE_VERSIONS;
}

static uint64_t remap(uint64_t gpa)
{
	return call_core(CORE_REMAP_CA, gpa, 0, 0, 0);
}

static volatile uint8_t *pending(uint64_t ca)
{
	return (volatile uint8_t *)page_private(ca) + CA_PENDING;
}

/* The old place is not looked at any more. */
static void old_place(uint64_t old)
{
	struct call c;

	*pending(old) = 1;
	call_set(&c, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0);
	c.pending = 0;
	call_run(&c, call_form);
	check(call_changed(&c) == 0 && *pending(old) == 1,
	      "[svsm 6.0] CALL_PENDING at the old place starts nothing");
	*pending(old) = 0;
	check_eq(list_rescind(old), OK, "[svsm 6.0] the old page is ordinary: rescind");
	check(trap_not_validated(old), "[svsm 6.0] it faults");
	check_eq(list_validate(old), OK, "[svsm 6.0] the old page is ordinary: validate");
	check(page_zero(page_private(old)), "[svsm 6.0] it is zero");
}

static void guarded(uint64_t page, uint64_t flags, const char *text)
{
	check_eq(list_one(page | flags), INVALID_ADDRESS, "[svsm 6.0] calling area: %s", text);
	check(*list_ca().next == 0 && calls_work(), "[svsm 6.0] next is exact, calls work");
}

static void new_place(void)
{
	guarded(call_ca, PV_RESCIND, "rescind");
	guarded(call_ca, PV_VALIDATE, "validate");
	guarded(call_ca, PV_VALIDATE | PV_IGNORE_CF, "validate, ignoring CF");
	guarded(call_ca & ~(PAGE_2M - 1), PV_2M, "rescind the 2 MiB around it");
	guarded(call_ca & ~(PAGE_2M - 1), PV_2M | PV_VALIDATE, "validate the 2 MiB around it");
}

static void move(enum form form)
{
	uint64_t old = call_ca, new = take_valid();

	call_form = form;
	page_fill(page_private(new), 6);
	*pending(new) = 1;
	check_eq(remap(new), OK, "[svsm 6.0] REMAP_CA (form %u)", form);
	check_eq(*pending(new), 0, "[svsm 6.0] the new CALL_PENDING is 0");
	call_ca = new;
	check(calls_work(), "[svsm 6.0] calls go through the new place");
	old_place(old);
	new_place();
	call_form = FORM_GHCB;
}

/* In the middle of a validated 2 MiB page. */
static void inside_2m(void)
{
	uint64_t region = page_take_2m(), inside = region + 7 * PAGE_4K;

	check(ghcb_psc(region / PAGE_2M, 1, PSC_PRIVATE, true) &&
		      list_one(region | PV_2M | PV_VALIDATE) == OK,
	      "[svsm 6.1] a validated 2 MiB page");
	check_eq(remap(inside), OK, "[svsm 6.0] REMAP_CA into it");
	call_ca = inside;
	new_place();
	check_eq(list_rescind(inside + PAGE_4K), OK, "[svsm 6.1] its neighbour is ordinary");
	check(trap_works(inside + 2 * PAGE_4K), "[svsm 6.1] other neighbours are open");
	check_eq(remap(boot.caa), OK, "[svsm 6.0] REMAP_CA back to the first place");
	call_ca = boot.caa;
	check(calls_work(), "[svsm 6.0] calls work");
	check_eq(list_rescind(inside), OK, "[svsm 6.0] the page it was in is ordinary");
}

static void misaligned(void)
{
	static const unsigned int offsets[] = { 1, 8, 0x800, 0xff8, 0xfff };
	uint64_t page = take_valid();

	for (unsigned int i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		check_eq(remap(page + offsets[i]), INVALID_PARAMETER,
			 "[svsm 6.0] REMAP_CA to page offset %#x", offsets[i]);
	check(calls_work(), "[svsm 6.0] the calling area is where it was");
}

static void refused(uint64_t gpa, const char *text)
{
	check_eq(remap(gpa), INVALID_ADDRESS, "[svsm 6.0] REMAP_CA to %#lx: %s", gpa, text);
	check(calls_work(), "[svsm 6.0] the calling area is where it was");
}

static void bad_places(void)
{
	const struct bad *bad;
	uint64_t good = take_valid(), not_valid = page_take_4k();
	unsigned int count = bad_addresses(&bad, PAGE_4K, good);

	page_fill(page_private(good), 8);
	for (unsigned int i = 0; i < count; i++)
		if (bad[i].gpa != call_ca)
			refused(bad[i].gpa, bad[i].text);
	check(page_filled(page_private(good), 8), "[svsm 6.0] nothing was written to the page");
	ghcb_psc_msr(not_valid, PSC_PRIVATE);
	refused(not_valid, "page not validated");
	refused(page_take_4k(), "page never assigned");
}

/* UNSURE in the specification: a success or a refusal, but nothing in between. */
static void same_place(void)
{
	uint64_t result = remap(call_ca);

	check(result == OK || result == INVALID_ADDRESS, "[svsm 6.0] REMAP_CA to where it is");
	check(calls_work(), "[svsm 6.0] calls work");
}

void test_remap(void)
{
	move(FORM_MSR);
	move(FORM_GHCB);
	misaligned();
	bad_places();
	same_place();
	inside_2m();
}
