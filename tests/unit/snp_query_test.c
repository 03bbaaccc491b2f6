/* SPDX-License-Identifier: MIT */
/* RMPQUERY, the flags, and the VMPL0 probe of Linux [snp-arch 2.3, 2.5, 10]. */
#include "snp_rig.h"
#include "test.h"

static struct snp_result query(struct snp *m, uint64_t gpa, uint64_t rdx)
{
	struct snp_operand at = rig_operand(gpa);

	return snp_rmpquery(m, 0, &at, rdx);
}

declare_test(snp_rmpquery_answers)
{
	struct snp *m = rig_new();
	struct snp_result r;

	rig_make(m, RIG_VALID);
	rig_grant(m, RIG_PAGE, 2, 0x5, true);
	r = query(m, RIG_PAGE, 2);
	check(r.trap == SNP_NO_TRAP && r.eax == 0 && !r.carry);
	check_eq(r.rdx, 0x10502);
	check_eq(r.rcx, 0);
	check_eq(query(m, RIG_PAGE, 1).rdx, 0x10001);
	rig_make(m, RIG_VALID_2M);
	r = query(m, RIG_REGION + 0x4000, 3);
	check_eq(r.rdx, 3);
	check_eq(r.rcx, 1);
}

declare_test(snp_rmpquery_refuses)
{
	static const struct {
		unsigned int vmpl;
		uint64_t rdx;
	} refused[] = {
		{ 0, 0 }, { 0, 4 }, { 0, 0x101 }, { 1, 1 }, { 2, 1 }, { 0, 1ULL << 32 | 1 }
	};
	struct snp *m = rig_new();
	struct snp_operand at = rig_operand(RIG_PAGE);
	struct snp_result r;

	rig_make(m, RIG_VALID);
	for (unsigned int i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		m->vcpu[0].vmpl = refused[i].vmpl;
		r = query(m, RIG_PAGE, refused[i].rdx);
		check(r.trap == SNP_NO_TRAP && r.eax == 2 && r.rcx == 0 && r.rdx == 0);
	}
	m->vcpu[0].vmpl = 0;
	at.va += 8;
	check_eq(snp_rmpquery(m, 0, &at, 1).eax, 2);
	at = rig_operand(RIG_PAGE);
	at.cpl = 3;
	check_eq(snp_rmpquery(m, 0, &at, 1).trap, SNP_TRAP_GP);
	at.long_mode = false;
	check_eq(snp_rmpquery(m, 0, &at, 1).trap, SNP_TRAP_UD);
	at = rig_operand(RIG_PAGE);
	at.page_fault = true;
	check_eq(snp_rmpquery(m, 0, &at, 1).trap, SNP_TRAP_PF);
}

declare_test(snp_rmpquery_faults)
{
	static const struct {
		enum rig_state state;
		enum snp_trap trap;
	} rows[] = {
		{ RIG_FRESH, SNP_TRAP_VC },	 { RIG_FRESH_2M, SNP_TRAP_VC },
		{ RIG_SHARED, SNP_TRAP_NPF },	 { RIG_FOREIGN, SNP_TRAP_NPF },
		{ RIG_IMMUTABLE, SNP_TRAP_NPF }, { RIG_MOVED, SNP_TRAP_NPF },
		{ RIG_OUTSIDE, SNP_TRAP_NPF },	 { RIG_NOWHERE, SNP_TRAP_NPF },
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct snp *m = rig_new();
		uint64_t gpa = rig_make(m, rows[i].state);
		struct snp_result r = query(m, gpa, 1);

		check_eq(i << 8 | r.trap, i << 8 | rows[i].trap);
		check(r.rcx == 0 && r.rdx == 0);
	}
}

/* As a compare of EAX with 0. */
declare_test(snp_flags_table)
{
	static const struct {
		uint32_t eax;
		bool carry;
		uint64_t flags;
	} rows[] = {
		{ 0, false, 0x44 }, { 0, true, 0x45 }, { 1, false, 0 }, { 2, false, 0 },
		{ 3, false, 0x4 },  { 6, false, 0x4 }, { 7, false, 0 }, { 1U << 31, false, 0x84 },
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct snp_result r = { .eax = rows[i].eax, .carry = rows[i].carry };

		check_eq(i << 8 | snp_flags(&r), i << 8 | rows[i].flags);
	}
}

/* RMPADJUST of an own page for VMPL1: 0 at VMPL0 only. */
declare_test(snp_vmpl0_probe)
{
	struct snp *m = rig_new();
	struct snp_operand at = rig_operand(RIG_PAGE);

	rig_make(m, RIG_VALID);
	rig_grant(m, RIG_PAGE, 1, 0xf, false);
	m->vcpu[0].vmpl = 1;
	check_eq(snp_rmpadjust(m, 0, &at, 0, 1).eax, 2);
	check_eq(snp_rmp(m, RIG_PAGE)->perm[1], 0xf);
	m->vcpu[0].vmpl = 0;
	check_eq(snp_rmpadjust(m, 0, &at, 0, 1).eax, 0);
	check_eq(snp_rmp(m, RIG_PAGE)->perm[1], 0);
}
