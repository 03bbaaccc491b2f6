/* SPDX-License-Identifier: MIT */
/* A vCPU's TLB grants until it is flushed the right way [snp-arch 2.4]. */
#include "snp_rig.h"
#include "test.h"

#define RWX 0xf

static enum snp_outcome try(struct snp *m, unsigned int cpu, uint64_t gpa,
			    enum snp_access_kind kind)
{
	return snp_access(m, cpu, gpa, true, kind).outcome;
}

/* A page that VMPL1 of both vCPUs has read and written; then all rights go. */
static struct snp *revoked(void)
{
	struct snp *m = rig_new();

	m->vcpus = 2;
	rig_make(m, RIG_VALID);
	rig_grant(m, RIG_PAGE, 1, RWX, false);
	for (unsigned int cpu = 0; cpu < 2; cpu++) {
		m->vcpu[cpu].vmpl = 1;
		check_eq(try(m, cpu, RIG_PAGE, SNP_WRITE), SNP_ACCESS_OK);
	}
	m->vcpu[0].vmpl = 0;
	rig_grant(m, RIG_PAGE, 1, 0, false);
	m->vcpu[0].vmpl = 1;
	return m;
}

declare_test(snp_tlb_stale_entry_grants)
{
	struct snp *m = revoked();

	check_eq(try(m, 0, RIG_PAGE + 0x10, SNP_WRITE), SNP_ACCESS_OK);
	check_eq(try(m, 1, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
	check_eq(snp_check(m, 1, RIG_PAGE, true, SNP_READ).outcome, SNP_ACCESS_NPF);
	/* the shared alias is another translation */
	check_eq(snp_access(m, 0, RIG_PAGE, false, SNP_WRITE).outcome, SNP_ACCESS_NPF);
}

declare_test(snp_tlb_invlpg_is_local)
{
	struct snp *m = revoked();

	snp_invlpg(m, 0, RIG_PAGE + SNP_PAGE);
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
	snp_invlpg(m, 0, RIG_PAGE);
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_NPF);
	check_eq(try(m, 1, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
}

declare_test(snp_tlb_flush_is_local)
{
	struct snp *m = revoked();

	snp_flush(m, 0);
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_NPF);
	check_eq(try(m, 1, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
}

declare_test(snp_tlb_broadcast)
{
	struct snp *m = revoked();

	snp_invlpgb_tlbsync(m);
	check_eq(m->count.flush_all, 1);
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_NPF);
	check_eq(try(m, 1, RIG_PAGE, SNP_READ), SNP_ACCESS_NPF);
}

/* INVLPGB alone promises nothing; nor does TLBSYNC alone. */
declare_test(snp_tlb_broadcast_needs_both)
{
	struct snp *m = revoked();

	snp_tlbsync(m, 0);
	check_eq(try(m, 1, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
	snp_invlpgb(m, 0);
	check_eq(try(m, 1, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
	snp_tlbsync(m, 1);
	check_eq(try(m, 1, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
	check_eq(m->count.flush_all, 0);
	snp_tlbsync(m, 0);
	check_eq(try(m, 1, RIG_PAGE, SNP_READ), SNP_ACCESS_NPF);
	check_eq(m->count.flush_all, 1);
}

declare_test(snp_tlb_unvalidated_page_stays_readable)
{
	struct snp *m = rig_new();
	struct snp_operand at = rig_operand(RIG_PAGE);

	rig_make(m, RIG_VALID);
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
	check_eq(snp_pvalidate(m, 0, &at, 0, 0).eax, 0);
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
	snp_invlpg(m, 0, RIG_PAGE);
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_VC);
}

/* Rights that were added are seen without a flush: a refusing entry is walked again. */
declare_test(snp_tlb_more_rights_at_once)
{
	struct snp *m = rig_new();

	rig_make(m, RIG_VALID);
	rig_grant(m, RIG_PAGE, 1, 0x1, false);
	m->vcpu[0].vmpl = 1;
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
	check_eq(try(m, 0, RIG_PAGE, SNP_WRITE), SNP_ACCESS_NPF);
	m->vcpu[0].vmpl = 0;
	rig_grant(m, RIG_PAGE, 1, RWX, false);
	m->vcpu[0].vmpl = 1;
	check_eq(try(m, 0, RIG_PAGE, SNP_WRITE), SNP_ACCESS_OK);
}

/* One entry covers 2M; another VMPL's entry is not used. */
declare_test(snp_tlb_reach_and_vmpl)
{
	struct snp *m = rig_new();
	struct snp_fault f;

	rig_make(m, RIG_VALID_2M);
	check_eq(try(m, 0, RIG_REGION + 0x1000, SNP_WRITE), SNP_ACCESS_OK);
	check_eq(snp_psmash(m, RIG_REGION), SNP_OK);
	snp_rmp(m, RIG_REGION + 0x100000)->validated = 0;
	f = snp_access(m, 0, RIG_REGION + 0x100008, true, SNP_READ);
	check_eq(f.outcome, SNP_ACCESS_OK);
	check_eq(f.spa, RIG_REGION + 0x100008);
	check_eq(try(m, 0, RIG_REGION + SNP_2M, SNP_READ), SNP_ACCESS_NPF);
	m->vcpu[0].vmpl = 1;
	check_eq(try(m, 0, RIG_REGION + 0x1000, SNP_READ), SNP_ACCESS_NPF);
}

/* 64 later translations push the stale one out. */
declare_test(snp_tlb_is_finite)
{
	struct snp *m = revoked();

	for (uint64_t i = 0; i < SNP_TLB_ENTRIES - 1; i++)
		snp_access(m, 0, RIG_SKEWED + i * SNP_PAGE, false, SNP_READ);
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_OK);
	snp_access(m, 0, RIG_SKEWED + 0x100000, false, SNP_READ);
	check_eq(try(m, 0, RIG_PAGE, SNP_READ), SNP_ACCESS_NPF);
}
