/* SPDX-License-Identifier: MIT */
/* Section 6.1: the life of a 4 KiB page. */
#include "conf.h"

#define RET_OPCODE 0xc3U
#define BELOW_HOLE 0xa0000ULL

/* A page validated with what the hypervisor had left in it. */
static uint64_t validated(void)
{
	uint64_t gpa = mem_shared();

	page_fill(page_shared(gpa), 1);
	need(ghcb_psc_msr(gpa, PSC_PRIVATE), "page state change");
	need(list_validate(gpa) == OK, "validating");
	return gpa;
}

static void validate(const struct rule *r)
{
	expect_rule(list_validate(mem_private()), r, "PVALIDATE");
	check_eq(*list_ca().next, 1, "next");
	check_eq(*list_ca().count, 1, "count");
}

static void faults_before(const struct rule *r)
{
	(void)r;
	check(trap_not_validated(mem_private()), "no #VC 0x404 with CR2");
}

static void zeroed(const struct rule *r)
{
	(void)r;
	check(page_zero(page_private(validated())), "the page is not zero");
}

static void readable(const struct rule *r)
{
	probe_read((uint8_t *)page_private(validated()) + 0xff8);
	check_eq(trap.vector, TRAP_NONE, "a read");
	(void)r;
}

static void writable(const struct rule *r)
{
	uint64_t *at = page_private(validated());

	(void)r;
	probe_write(at, 0x1122334455667788);
	check_eq(trap.vector, TRAP_NONE, "a write");
	check_eq(probe_read(at), 0x1122334455667788, "what is read then");
}

static void executable(const struct rule *r)
{
	uint8_t *at = page_private(validated());

	(void)r;
	probe_write((uint64_t *)(void *)at, RET_OPCODE);
	probe_fetch(at);
	check_eq(trap.vector, TRAP_NONE, "a fetch");
}

static void again(const struct rule *r)
{
	uint64_t gpa = validated();
	bool kept;

	page_fill(page_private(gpa), 2);
	expect_rule(list_one(gpa | r->a), r, "PVALIDATE");
	check_eq(*list_ca().next, r->accept == R_OK ? 1 : 0, "next");
	kept = page_filled(page_private(gpa), 2);
	check(kept || (!options.strict && r->accept == R_OK && page_zero(page_private(gpa))),
	      "the contents have changed");
	check(trap_works(gpa), "the page is not open any more");
}

static uint64_t rescinded(void)
{
	uint64_t gpa = validated();

	page_fill(page_private(gpa), 3); /* the translation is cached */
	need(list_rescind(gpa) == OK, "rescinding");
	return gpa;
}

static void rescind(const struct rule *r)
{
	expect_rule(list_rescind(validated()), r, "PVALIDATE");
	check_eq(*list_ca().next, 1, "next");
}

static void unreadable(const struct rule *r)
{
	uint8_t *at = (uint8_t *)page_private(rescinded()) + 0x128;

	if (r->a == 0)
		probe_read(at);
	else if (r->a == 1)
		probe_write((uint64_t *)(void *)at, 1);
	else
		probe_fetch(at);
	check_eq(trap.vector, VECTOR_VC, "the vector");
	check_eq(trap.error, VC_NOT_VALIDATED, "its error code");
	check_eq(trap.cr2, (uintptr_t)at, "CR2");
}

static void rescind_again(const struct rule *r)
{
	uint64_t gpa = rescinded();

	expect_rule(list_one(gpa | r->a), r, "PVALIDATE");
	check_eq(*list_ca().next, r->accept == R_OK ? 1 : 0, "next");
	check(trap_not_validated(gpa), "it does not fault any more");
}

static void never_validated(const struct rule *r)
{
	uint64_t gpa = mem_private();

	expect_rule(list_one(gpa | r->a), r, "PVALIDATE");
	check(trap_not_validated(gpa), "it does not fault any more");
}

static void anew(const struct rule *r)
{
	uint64_t gpa = rescinded();

	(void)r;
	check_eq(list_validate(gpa), OK, "validating again");
	check(page_zero(page_private(gpa)), "what was in it is back");
}

static void back_to_shared(const struct rule *r)
{
	uint64_t gpa = rescinded();

	(void)r;
	check(ghcb_psc_msr(gpa, PSC_SHARED), "page state change: shared");
	page_fill(page_shared(gpa), 4);
	check(page_filled(page_shared(gpa), 4), "it is not shared memory");
	check(ghcb_psc_msr(gpa, PSC_PRIVATE), "page state change: private");
	check(trap_not_validated(gpa), "it is validated without a call");
	check_eq(list_validate(gpa), OK, "validating what was shared");
	check(page_zero(page_private(gpa)), "it is not zero");
}

/* Rights of less privileged VMPLs: none after a validation, none left by a rescission. */
static void rights_below(const struct rule *r)
{
	uint64_t gpa = validated(), next = boot.vmpl + 1, rights = 0;
	const void *page = page_private(gpa);

	if (next >= VMPLS || (boot.sev_leaf & CPUID_SEV_RMPQUERY) == 0)
		skip("no VMPL below, or no RMPQUERY");
	if (r->a != 0) {
		need(probe_rmpadjust(page, 0, next | PERM_RWX << 8) == 0, "RMPADJUST");
		need(probe_rmpquery(page, next, &rights) == 0 && rights == PERM_RWX, "RMPQUERY");
		need(list_rescind(gpa) == OK && list_validate(gpa) == OK, "rescind, validate");
	}
	check_eq(probe_rmpquery(page, next, &rights), 0, "RMPQUERY");
	check_eq(rights, 0, "rights of the VMPL below");
}

static void place(uint64_t gpa)
{
	bool rom_area = gpa >= 0xc0000 && gpa < 0x100000; /* RAM that no map names */

	if (!boot_is_ram(gpa, gpa + PAGE_4K) && !(rom_area && options.strict))
		skip("no RAM there");
	mem_make_shared(gpa);
	page_fill(page_shared(gpa), 8); /* what may be left behind is not zero */
	need(ghcb_psc_msr(gpa, PSC_PRIVATE), "page state change");
	check_eq(list_validate(gpa), OK, "validating");
	if (gpa < BELOW_HOLE || gpa >= 0x100000 || options.strict)
		check(page_zero(page_private(gpa)), "it is not zero");
	check(trap_works(gpa), "it is not open");
	check_eq(list_rescind(gpa), OK, "rescinding");
	check(trap_not_validated(gpa), "it does not fault");
}

static void fixed_place(const struct rule *r)
{
	place(r->a);
}

static void last_place(const struct rule *r)
{
	(void)r;
	place(boot.ram_end - PAGE_4K);
}

static void neighbours(const struct rule *r)
{
	uint64_t a, b, c;

	(void)r;
	do {
		a = mem_valid();
		b = mem_valid();
		c = mem_valid();
	} while (b != a + PAGE_4K || c != b + PAGE_4K);
	page_fill(page_private(a), 5);
	page_fill(page_private(c), 6);
	check_eq(list_rescind(b), OK, "rescinding");
	check(page_filled(page_private(a), 5) && page_filled(page_private(c), 6),
	      "a neighbour has changed");
	check_eq(list_validate(b), OK, "validating");
	check(page_filled(page_private(a), 5) && page_filled(page_private(c), 6),
	      "a neighbour has changed");
}

#define PLACE(text, gpa)                                                                           \
	{                                                                                          \
		"6.1", text, fixed_place, .a = gpa                                                 \
	}

static const struct rule rules[] = {
	{ "6.1", "validate: success, next = 1", validate, R_OK, .each = EACH_FORM },
	{ "6.1", "validate: before it, the page faults with #VC 0x404", faults_before },
	{ "6.1", "validate: the page is zero, whatever was in it", zeroed },
	{ "6.1", "validate: the page can be read", readable },
	{ "6.1", "validate: the page can be written", writable },
	{ "6.1", "validate: the page can be executed", executable },
	{ "6.1", "validate what is validated: unchanged, nothing happens", again, R_UNCHANGED,
	  .a = PV_VALIDATE },
	{ "6.1", "validate what is validated, ignoring CF: success, still open", again, R_OK,
	  .a = PV_VALIDATE | PV_IGNORE_CF },
	{ "6.1", "rescind: success, next = 1", rescind, R_OK, .each = EACH_FORM },
	{ "6.1", "rescind: page unreadable afterwards", unreadable, .a = 0 },
	{ "6.1", "rescind: page unwritable afterwards", unreadable, .a = 1 },
	{ "6.1", "rescind: page not executable afterwards", unreadable, .a = 2 },
	{ "6.1", "rescind what is rescinded: unchanged", rescind_again, R_UNCHANGED },
	{ "6.1", "rescind what is rescinded, ignoring CF: success", rescind_again, R_OK,
	  .a = PV_IGNORE_CF },
	{ "6.1", "rescind what was never validated: unchanged", never_validated, R_UNCHANGED },
	{ "6.1", "validate again without sharing: zero", anew },
	{ "6.1", "private, shared, private: faults, then zero", back_to_shared },
	{ "6.1", "validate: VMPLs below the caller's get no rights", rights_below },
	{ "6.1", "rescind: VMPLs below the caller's keep no rights", rights_below, .a = 1 },
	{ "6.1", "validate and rescind leave neighbours alone", neighbours },
	PLACE("validate and rescind page 0", 0),
	PLACE("validate and rescind page 0x1000", 0x1000),
	PLACE("validate and rescind the page below 0x80000", 0x7f000),
	PLACE("validate and rescind page 0xc0000", 0xc0000),
	PLACE("validate and rescind page 0xff000", 0xff000),
	PLACE("validate and rescind the first page above 4 GiB", HIGH_RAM),
	{ "6.1", "validate and rescind the last page of RAM", last_place },
};

GROUP(page_4k);
