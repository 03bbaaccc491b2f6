/* SPDX-License-Identifier: MIT */
/* Pages between private and shared, and the answers to #NPF. */
#include "snp_rig.h"
#include "test.h"

#include <string.h>

#define ENC_RMP 0x480000005ULL
#define SIZEM 0x800000000ULL

static bool mostly_noise(const uint8_t *page)
{
	unsigned int same = 0;

	for (unsigned int at = 8; at < SNP_PAGE; at += 8)
		same += rig_get(page + at, 8) == rig_get(page + at - 8, 8);
	return same == 0;
}

declare_test(snp_page_state_4k)
{
	struct snp *m = rig_new();
	uint8_t *page = snp_gpa_memory(m, RIG_PAGE);
	const struct snp_rmp_entry *e = snp_rmp(m, RIG_PAGE);

	memset(page, 7, SNP_PAGE);
	check(snp_page_state(m, RIG_PAGE, false, true));
	check(e->assigned && !e->validated && e->gpa == RIG_PAGE && e->asid == 1);
	check(mostly_noise(page));
	check_eq(m->count.psc_private, 1);
	check_eq(rig_log.changed_gpa, RIG_PAGE);

	rig_accept(m, RIG_PAGE, false);
	memset(page, 7, SNP_PAGE);
	check(snp_page_state(m, RIG_PAGE, false, false));
	check(!e->assigned && !e->validated);
	check(mostly_noise(page));
	check_eq(m->count.psc_shared, 1);
	check_eq(rig_get(snp_gpa_memory(m, RIG_PAGE + SNP_PAGE), 8), 0);
}

/* Asking for the state a page is in changes nothing, contents neither. */
declare_test(snp_page_state_again)
{
	struct snp *m = rig_new();
	uint8_t *page = snp_gpa_memory(m, RIG_PAGE);

	rig_make(m, RIG_VALID);
	memset(page, 7, SNP_PAGE);
	check(snp_page_state(m, RIG_PAGE, false, true));
	check(snp_rmp(m, RIG_PAGE)->validated && page[100] == 7);
	check(snp_page_state(m, RIG_PAGE + SNP_PAGE, false, false));
	check_eq(rig_get(page + SNP_PAGE, 8), 0);
	check_eq(m->count.psc_private, 1);
	check_eq(m->count.psc_shared, 0);
}

declare_test(snp_page_state_2m)
{
	struct snp *m = rig_new();

	check(snp_page_state(m, RIG_REGION, true, true));
	check(snp_rmp(m, RIG_REGION)->size_2m && !snp_rmp(m, RIG_REGION + SNP_PAGE)->assigned);
	check_eq(m->count.psc_private, 512);
	check(mostly_noise(snp_gpa_memory(m, RIG_REGION + 0x1ff000)));
	check(snp_page_state(m, RIG_REGION, true, true));
	check_eq(m->count.psc_private, 512);
	check(snp_page_state(m, RIG_REGION, true, false));
	check_eq(m->count.psc_shared, 512);
	check_eq(m->count.psmash, 0);
	check(!snp_rmp(m, RIG_REGION)->assigned && !snp_rmp(m, RIG_REGION)->size_2m);
}

/* 2M goes piecewise where one entry cannot do it. */
declare_test(snp_page_state_2m_piecewise)
{
	struct snp *m = rig_new();

	rig_make(m, RIG_VALID);
	check(snp_page_state(m, 0x200000, true, true));
	check(snp_rmp(m, RIG_PAGE)->validated); /* as it was */
	check(snp_rmp(m, 0x200000)->assigned && !snp_rmp(m, 0x200000)->size_2m);
	check(snp_rmp(m, 0x3ff000)->assigned && snp_rmp(m, 0x3ff000)->gpa == 0x3ff000);
	check_eq(m->count.psc_private, 512);
	check(snp_page_state(m, 0x200000, true, false));
	check(!snp_rmp(m, RIG_PAGE)->assigned && !snp_rmp(m, 0x3ff000)->assigned);
	check_eq(m->count.psc_shared, 512);

	check(snp_page_state(m, RIG_SKEWED, true, true)); /* spa not congruent */
	check(!snp_rmp_head(m, 0x801000)->size_2m && snp_rmp(m, 0x801000)->gpa == RIG_SKEWED);
}

/* A page shared inside a 2M entry: PSMASH first; the others keep all. */
declare_test(snp_page_state_splits)
{
	struct snp *m = rig_new();

	rig_make(m, RIG_VALID_2M);
	check(snp_page_state(m, RIG_REGION + 0x5000, false, false));
	check_eq(m->count.psmash, 1);
	check(!snp_rmp(m, RIG_REGION + 0x5000)->assigned);
	check(snp_rmp(m, RIG_REGION + 0x4000)->validated);
	check(snp_rmp(m, RIG_REGION)->validated && !snp_rmp(m, RIG_REGION)->size_2m);
}

declare_test(snp_page_state_refused)
{
	static const struct {
		enum rig_state state;
		bool private_ok, shared_ok;
	} rows[] = {
		{ RIG_FOREIGN, false, false },	 { RIG_MOVED, false, false },
		{ RIG_IMMUTABLE, false, false }, { RIG_OUTSIDE, false, false },
		{ RIG_NOWHERE, false, false },	 { RIG_SHARED, true, true },
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct snp *m = rig_new();
		uint64_t gpa = rig_make(m, rows[i].state);

		check_eq(i << 8 | snp_page_state(m, gpa, false, false), i << 8 | rows[i].shared_ok);
		check_eq(i << 8 | snp_page_state(m, gpa, false, true), i << 8 | rows[i].private_ok);
		check(!snp_page_state(m, gpa + 8, false, true));
	}
	check(!snp_page_state(rig_new(), RIG_PAGE, true, true));
}

declare_test(snp_page_state_vmsa_in_use)
{
	struct snp *m = rig_new();

	rig_vmsa(m, RIG_PAGE, 0);
	m->vcpu[0].vmsa_spa[0] = m->vcpu[0].vmsa_gpa[0] = RIG_PAGE;
	check_eq(snp_vmrun(m, 0), 0);
	check(!snp_page_state(m, RIG_PAGE, false, false));
	snp_vmexit(m, 0);
	check(snp_page_state(m, RIG_PAGE, false, false));
}

/* The generator is deterministic, and two pages differ. */
declare_test(snp_scramble_deterministic)
{
	uint64_t first[2];

	for (unsigned int i = 0; i < 2; i++) {
		struct snp *m = rig_new();

		check(snp_page_state(m, RIG_PAGE, false, true));
		check(snp_page_state(m, RIG_PAGE + SNP_PAGE, false, true));
		first[i] = rig_get(snp_gpa_memory(m, RIG_PAGE), 8);
		check(first[i] != rig_get(snp_gpa_memory(m, RIG_PAGE + SNP_PAGE), 8));
	}
	check_eq(first[0], first[1]);
}

/* Unassigned memory used as private is converted, as KVM does; no more. */
declare_test(snp_nested_fault_on_demand)
{
	struct snp *m = rig_new();
	struct snp_fault f = snp_check(m, 0, RIG_PAGE + 8, true, SNP_READ);
	struct snp_operand at = rig_operand(RIG_PAGE);
	struct snp_result r;

	at.cbit = false; /* PVALIDATE through a shared mapping */
	r = snp_pvalidate(m, 0, &at, 0, 1);
	check(r.trap == SNP_TRAP_NPF && !snp_nested_fault(m, r.gpa, r.error));
	check(!snp_rmp(m, RIG_PAGE)->assigned);
	check(snp_nested_fault(m, f.gpa, f.error));
	check_eq(snp_check(m, 0, RIG_PAGE, true, SNP_READ).outcome, SNP_ACCESS_VC);
	check(!snp_nested_fault(m, RIG_PAGE, ENC_RMP)); /* ours already */
	f = snp_check(m, 0, RIG_PAGE, false, SNP_WRITE);
	check(!snp_nested_fault(m, f.gpa, f.error)); /* shared write to it */
	f = snp_check(m, 0, RIG_NO_SLOT, true, SNP_READ);
	check(!snp_nested_fault(m, f.gpa, f.error));
	f = snp_check(m, 0, RIG_UNCOVERED, true, SNP_READ);
	check(!snp_nested_fault(m, f.gpa, f.error));
}

/* PVALIDATE of a 4K page inside a 2M entry: split, then retried. */
declare_test(snp_nested_fault_smashes)
{
	struct snp *m = rig_new();
	struct snp_operand at = rig_operand(RIG_REGION + 0x6000);
	struct snp_result r;

	rig_make(m, RIG_FRESH_2M);
	r = snp_pvalidate(m, 0, &at, 0, 1);
	check(r.trap == SNP_TRAP_NPF && (r.error & SIZEM) != 0 && r.gpa == at.gpa);
	check(snp_nested_fault(m, r.gpa, r.error));
	r = snp_pvalidate(m, 0, &at, 0, 1);
	check(r.trap == SNP_NO_TRAP && r.eax == 0 && !r.carry);
	check(!snp_rmp(m, RIG_REGION)->validated);
	check(!snp_nested_fault(m, RIG_PAGE, ENC_RMP | SIZEM)); /* nothing to split */
}
