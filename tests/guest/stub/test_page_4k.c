/* SPDX-License-Identifier: MIT */
/* The life of a 4 KiB page: shared, private, validated, rescinded, shared [svsm 6.1]. */
#include "stub.h"

#define RET_OPCODE 0xc3U

/* One call, so that `next` of a refused list of one can be seen. */
static void refused(uint64_t entry, uint64_t result, const char *text)
{
	struct list l = list_ca();

	check_eq(list_one(entry), result, "[svsm 6.1] %s", text);
	check_eq(*l.next, 0, "[svsm 6.1] and next is the entry's index");
}

static void first_validation(uint64_t gpa)
{
	page_fill(page_shared(gpa), 1);
	check(page_filled(page_shared(gpa), 1),
	      "[snp-arch 3] a page not assigned is shared memory");
	check(ghcb_psc_msr(gpa, PSC_PRIVATE), "[ghcb 4] MSR page state change: private");
	check(trap_not_validated(gpa), "[snp-arch 3.3] not validated: #VC 0x404 with CR2");
	check_eq(list_validate(gpa), OK, "[svsm 6.1] validate");
	check_eq(*list_ca().next, 1, "[svsm 6.1] and next is the count");
	check(page_zero(page_private(gpa)), "[svsm 6.1] the page is zero, whatever was in it");
	check(trap_works(gpa), "[svsm 6.1] the page can be read and written");
	*(volatile uint8_t *)page_private(gpa) = RET_OPCODE;
	probe_fetch(page_private(gpa));
	check_eq(trap.vector, TRAP_NONE, "[svsm 6.1] the page can be executed");
}

static void twice(uint64_t gpa)
{
	page_fill(page_private(gpa), 2);
	refused(gpa | PV_VALIDATE, UNCHANGED, "validate again: unchanged is an error");
	check(page_filled(page_private(gpa), 2), "[svsm 6.1] and the contents are as they were");
	check_eq(list_one(gpa | PV_VALIDATE | PV_IGNORE_CF), OK,
		 "[svsm 6.1] validate again, ignoring CF");
	check_eq(*list_ca().next, 1, "[svsm 6.1] and next is the count");
	check(page_filled(page_private(gpa), 2), "[svsm 6.1] and the contents are as they were");
	check(trap_works(gpa), "[svsm 6.1] and the page is still open");
}

static void rescind(uint64_t gpa)
{
	probe_read(page_private(gpa)); /* the translation is cached */
	check_eq(list_rescind(gpa), OK, "[svsm 6.1] rescind");
	check_eq(*list_ca().next, 1, "[svsm 6.1] and next is the count");
	check(trap_not_validated(gpa), "[svsm 6.1] then #VC 0x404 with CR2");
	refused(gpa, UNCHANGED, "rescind again: unchanged is an error");
	check_eq(list_one(gpa | PV_IGNORE_CF), OK, "[svsm 6.1] rescind again, ignoring CF");
	check(trap_not_validated(gpa), "[svsm 6.1] still #VC 0x404");
	check_eq(list_validate(gpa), OK, "[svsm 6.1] validate, never made shared");
	check(page_zero(page_private(gpa)), "[svsm 6.1] the page is zero again");
}

static void back_to_shared(uint64_t gpa)
{
	check_eq(list_rescind(gpa), OK, "[svsm 6.1] rescind, to share it");
	check(ghcb_psc(gpa / PAGE_4K, 1, PSC_SHARED, false),
	      "[ghcb 5.4] page state change: shared");
	page_fill(page_shared(gpa), 3);
	check(page_filled(page_shared(gpa), 3), "[snp-arch 3] and it is shared memory");
	check(ghcb_psc(gpa / PAGE_4K, 1, PSC_PRIVATE, false),
	      "[ghcb 5.4] page state change: private");
	check_eq(list_validate(gpa), OK, "[svsm 6.1] validate what was shared");
	check(page_zero(page_private(gpa)), "[svsm 6.1] and it is zero");
}

/* Where addresses end or look like none. */
static void edges(void)
{
	static const uint64_t low[] = { 0, 0x1000, 0xf000, 0x7f000, 0xc0000, 0xff000 };
	uint64_t last = boot.ram_end - PAGE_4K;

	for (unsigned int i = 0; i < sizeof(low) / sizeof(low[0]); i++) {
		check(ghcb_psc_msr(low[i], PSC_PRIVATE) && list_validate(low[i]) == OK,
		      "[svsm 6.1] validate page %#lx", low[i]);
		check(page_zero(page_private(low[i])) && trap_works(low[i]),
		      "[svsm 6.1] page %#lx is zero and open", low[i]);
		check_eq(list_rescind(low[i]), OK, "[svsm 6.1] rescind page %#lx", low[i]);
		check(trap_not_validated(low[i]), "[svsm 6.1] page %#lx faults", low[i]);
	}
	check(ghcb_psc_msr(last, PSC_PRIVATE) && list_validate(last) == OK,
	      "[svsm 6.1] validate the last page of RAM");
	check(page_zero(page_private(last)) && trap_works(last), "[svsm 6.1] it is zero and open");
}

/* Rights of further VMPLs do not outlive the page [svsm 6.1]. */
static void other_vmpl(uint64_t gpa)
{
	const void *page = page_private(gpa);
	uint64_t next = boot.vmpl + 1, permissions = 0;

	if (next >= VMPLS || (boot.sev_leaf & CPUID_SEV_RMPQUERY) == 0)
		return;
	check_eq(probe_rmpadjust(page, 0, next | PERM_RWX << 8), 0,
		 "[snp-arch 2] the next VMPL is given the page");
	check(probe_rmpquery(page, next, &permissions) == 0 && permissions == PERM_RWX,
	      "[snp-arch 2] and has it");
	check(list_rescind(gpa) == OK && list_validate(gpa) == OK,
	      "[svsm 6.1] rescind and validate");
	check(probe_rmpquery(page, next, &permissions) == 0 && permissions == 0,
	      "[svsm 6.1] the next VMPL has no rights any more");
}

void test_page_4k(void)
{
	uint64_t gpa = page_take_4k();

	first_validation(gpa);
	twice(gpa);
	rescind(gpa);
	back_to_shared(gpa);
	edges();
	other_vmpl(gpa);
}
