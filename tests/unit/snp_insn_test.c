/* SPDX-License-Identifier: MIT */
/* PVALIDATE and RMPADJUST: codes, faults and their order [snp-arch 2.3, 2.4, 10]. */
#include "snp_rig.h"
#include "test.h"

#include <string.h>

#define NPF_ 0x100000004ULL /* user, final */
#define NPF_RMP (NPF_ | 0x80000001ULL)
#define ENC 0x400000000ULL
#define SIZEM 0x800000000ULL
#define VMSA 0x10000ULL
#define ADJUST(vmpl, mask) ((vmpl) | (uint64_t)(mask) << 8)

/* How the operand differs from a plain one: 64-bit, CPL 0, C=1, 2M leaf. */
struct twist {
	uint64_t va, gpa;
	unsigned int vmpl, cpl;
	bool leaf_4k, no_cbit, legacy, page_fault;
};

struct row {
	enum rig_state state;
	uint64_t rcx, rdx;
	struct twist twist;
	enum snp_trap trap;
	uint64_t error;
	uint32_t eax;
	bool carry;
};

static struct snp_operand operand(uint64_t gpa, const struct twist *t)
{
	struct snp_operand at = rig_operand(gpa + t->gpa);

	at.va += t->va;
	at.cpl = t->cpl;
	at.map_bytes = t->leaf_4k ? SNP_PAGE : SNP_2M;
	at.cbit = !t->no_cbit;
	at.long_mode = !t->legacy;
	at.page_fault = t->page_fault;
	return at;
}

static const struct row pvalidates[] = {
	{ .state = RIG_FRESH, .rdx = 1 },
	{ .state = RIG_VALID, .rdx = 0 },
	{ .state = RIG_VALID, .rdx = 1, .carry = true },
	{ .state = RIG_FRESH, .rdx = 0, .carry = true },
	{ .state = RIG_FRESH_2M, .rcx = 1, .rdx = 1 },
	{ .state = RIG_VALID_2M, .rcx = 1, .rdx = 0 },
	{ .state = RIG_VALID_2M, .rcx = 1, .rdx = 1, .carry = true },
	{ .state = RIG_FRESH, .rdx = 1, .twist = { .legacy = true } },
	{ .state = RIG_FRESH, .rdx = 1, .twist = { .leaf_4k = true } },
	/* CPL and VMPL before anything */
	{ .state = RIG_FRESH, .rdx = 9, .twist = { .cpl = 3 }, .trap = SNP_TRAP_GP },
	{ .state = RIG_FRESH, .rdx = 1, .twist = { .cpl = 1 }, .trap = SNP_TRAP_GP },
	{ .state = RIG_FRESH, .rdx = 1, .twist = { .vmpl = 1 }, .trap = SNP_TRAP_GP },
	{ .state = RIG_VALID, .rdx = 9, .twist = { .vmpl = 3 }, .trap = SNP_TRAP_GP },
	/* registers before the translation */
	{ .state = RIG_FRESH, .rcx = 2, .rdx = 1, .eax = 1 },
	{ .state = RIG_FRESH, .rdx = 2, .eax = 1 },
	{ .state = RIG_FRESH, .rdx = 1, .twist = { .va = 8 }, .eax = 1 },
	{ .state = RIG_FRESH_2M, .rcx = 1, .rdx = 1, .twist = { .va = SNP_PAGE }, .eax = 1 },
	{ .state = RIG_FRESH, .rdx = 2, .twist = { .page_fault = true }, .eax = 1 },
	{ .state = RIG_FRESH, .rdx = 1, .twist = { .page_fault = true }, .trap = SNP_TRAP_PF },
	/* 2M asked of a smaller mapping or a smaller entry */
	{ .state = RIG_FRESH_2M, .rcx = 1, .rdx = 1, .twist = { .leaf_4k = true }, .eax = 1 },
	{ .state = RIG_FRESH_2M,
	  .rcx = 1,
	  .rdx = 1,
	  .twist = { .gpa = SNP_PAGE, .va = -SNP_PAGE },
	  .eax = 1 },
	{ .state = RIG_SPLIT_2M, .rcx = 1, .rdx = 0, .eax = 6 },
	/* 4K asked of a 2M entry: the host splits */
	{ .state = RIG_FRESH_2M, .rdx = 1, .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC | SIZEM },
	{ .state = RIG_SPLIT_2M, .rdx = 0, .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC | SIZEM },
	/* the page */
	{ .state = RIG_SHARED, .rdx = 1, .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC },
	{ .state = RIG_FOREIGN, .rdx = 1, .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC },
	{ .state = RIG_MOVED, .rdx = 1, .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC },
	{ .state = RIG_IMMUTABLE, .rdx = 0, .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC },
	{ .state = RIG_OUTSIDE, .rdx = 1, .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC },
	{ .state = RIG_NOWHERE, .rdx = 1, .trap = SNP_TRAP_NPF, .error = NPF_ | ENC },
	{ .state = RIG_FRESH,
	  .rdx = 1,
	  .twist = { .no_cbit = true },
	  .trap = SNP_TRAP_NPF,
	  .error = NPF_RMP },
};

static void compare(unsigned int i, const struct snp_result *r, const struct row *row)
{
	check_eq((uint64_t)i << 56 | r->trap, (uint64_t)i << 56 | row->trap);
	check_eq((uint64_t)i << 56 | r->error, (uint64_t)i << 56 | row->error);
	check_eq((uint64_t)i << 56 | r->eax, (uint64_t)i << 56 | row->eax);
	check_eq((uint64_t)i << 56 | r->carry, (uint64_t)i << 56 | row->carry);
}

declare_test(snp_pvalidate_table)
{
	for (unsigned int i = 0; i < sizeof(pvalidates) / sizeof(pvalidates[0]); i++) {
		const struct row *row = &pvalidates[i];
		struct snp *m = rig_new();
		uint64_t gpa = rig_make(m, row->state);
		struct snp_rmp_entry *e = snp_rmp(m, gpa), before = { 0 };
		struct snp_operand at = operand(gpa, &row->twist);
		struct snp_result r;

		if (e != NULL)
			before = *e;
		memset(&m->count, 0, sizeof(m->count));
		m->vcpu[0].vmpl = row->twist.vmpl;
		r = snp_pvalidate(m, 0, &at, (uint32_t)row->rcx, (uint32_t)row->rdx);
		compare(i, &r, row);
		if (row->trap == SNP_NO_TRAP && row->eax == 0)
			before.validated = row->rdx & 1;
		check(e == NULL || memcmp(e, &before, sizeof(before)) == 0);
		check_eq(m->count.pvalidate_unchanged, row->carry);
		check_eq(m->count.pvalidate_failed, row->eax != 0);
		check_eq(m->count.pvalidate_ok,
			 row->trap == SNP_NO_TRAP && row->eax == 0 && !row->carry);
	}
}

/* A 2M request on a 4K entry. */
declare_test(snp_pvalidate_size_mismatch)
{
	struct snp *m = rig_new();
	struct snp_operand at = rig_operand(RIG_REGION);
	struct snp_result r;

	check(snp_page_state(m, RIG_REGION, false, true));
	r = snp_pvalidate(m, 0, &at, 1, 1);
	check(r.trap == SNP_NO_TRAP && r.eax == 6 && !r.carry);
	check(!snp_rmp(m, RIG_REGION)->validated);
	rig_accept(m, RIG_REGION, false);
	r = snp_rmpadjust(m, 0, &at, 1, ADJUST(1U, 1U));
	check(r.trap == SNP_NO_TRAP && r.eax == 6);
	check_eq(snp_rmp(m, RIG_REGION)->perm[1], 0);
}

static const struct row adjusts[] = {
	{ .state = RIG_VALID, .rdx = ADJUST(1, 0xf) },
	{ .state = RIG_VALID, .rdx = ADJUST(3, 0) },
	{ .state = RIG_VALID, .rdx = ADJUST(2, 0x1) | VMSA },
	{ .state = RIG_VALID_2M, .rcx = 1, .rdx = ADJUST(1, 0x3) },
	{ .state = RIG_VALID, .rdx = ADJUST(2, 0x1), .twist = { .vmpl = 1 } },
	/* mode, CPL */
	{ .state = RIG_VALID,
	  .rdx = ADJUST(1, 0xf),
	  .twist = { .legacy = true, .cpl = 3 },
	  .trap = SNP_TRAP_UD },
	{ .state = RIG_VALID, .rdx = ADJUST(9, 0), .twist = { .cpl = 3 }, .trap = SNP_TRAP_GP },
	/* registers, target VMPL, translation */
	{ .state = RIG_VALID, .rcx = 2, .rdx = ADJUST(1, 1), .eax = 1 },
	{ .state = RIG_VALID, .rcx = 1ULL << 32, .rdx = ADJUST(1, 1), .eax = 1 },
	{ .state = RIG_VALID, .rdx = ADJUST(1, 1) | 1 << 17, .eax = 1 },
	{ .state = RIG_VALID, .rdx = ADJUST(1, 1), .twist = { .va = 1 }, .eax = 1 },
	{ .state = RIG_VALID_2M,
	  .rcx = 1,
	  .rdx = ADJUST(1, 1),
	  .twist = { .va = SNP_PAGE },
	  .eax = 1 },
	{ .state = RIG_VALID, .rdx = ADJUST(4, 1), .eax = 1 },
	{ .state = RIG_VALID, .rdx = ADJUST(1, 0x10), .eax = 1 }, /* shadow stack */
	{ .state = RIG_VALID, .rdx = ADJUST(1, 0x21), .eax = 1 },
	{ .state = RIG_VALID, .rdx = ADJUST(1, 0x81), .eax = 1 },
	{ .state = RIG_VALID, .rdx = ADJUST(1, 0x2), .eax = 1 }, /* write without read */
	{ .state = RIG_VALID, .rdx = ADJUST(1, 0x4), .eax = 1 },
	{ .state = RIG_VALID, .rdx = ADJUST(1, 0x9), .eax = 1 }, /* supervisor without user */
	{ .state = RIG_VALID, .rdx = ADJUST(0, 0x2), .eax = 1 },
	{ .state = RIG_VALID, .rdx = ADJUST(0, 0xf), .eax = 2 },
	{ .state = RIG_VALID, .rdx = ADJUST(1, 0), .twist = { .vmpl = 1 }, .eax = 2 },
	{ .state = RIG_VALID, .rdx = ADJUST(1, 0), .twist = { .vmpl = 2 }, .eax = 2 },
	{ .state = RIG_NOWHERE, .rdx = ADJUST(0, 0), .eax = 2 },
	{ .state = RIG_VALID, .rdx = ADJUST(0, 0), .twist = { .page_fault = true }, .eax = 2 },
	{ .state = RIG_VALID,
	  .rdx = ADJUST(1, 0),
	  .twist = { .page_fault = true },
	  .trap = SNP_TRAP_PF },
	{ .state = RIG_VALID_2M,
	  .rcx = 1,
	  .rdx = ADJUST(1, 1),
	  .twist = { .leaf_4k = true },
	  .eax = 1 },
	/* the page; Validated before size mismatch and rights */
	{ .state = RIG_SHARED, .rdx = ADJUST(1, 1), .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC },
	{ .state = RIG_FOREIGN, .rdx = ADJUST(1, 1), .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC },
	{ .state = RIG_MOVED, .rdx = ADJUST(1, 1), .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC },
	{ .state = RIG_IMMUTABLE,
	  .rdx = ADJUST(1, 1),
	  .trap = SNP_TRAP_NPF,
	  .error = NPF_RMP | ENC },
	{ .state = RIG_OUTSIDE, .rdx = ADJUST(1, 1), .trap = SNP_TRAP_NPF, .error = NPF_RMP | ENC },
	{ .state = RIG_NOWHERE, .rdx = ADJUST(1, 1), .trap = SNP_TRAP_NPF, .error = NPF_ | ENC },
	{ .state = RIG_VALID,
	  .rdx = ADJUST(1, 1),
	  .twist = { .no_cbit = true },
	  .trap = SNP_TRAP_NPF,
	  .error = NPF_RMP },
	{ .state = RIG_VALID_2M,
	  .rdx = ADJUST(1, 1),
	  .trap = SNP_TRAP_NPF,
	  .error = NPF_RMP | ENC | SIZEM },
	{ .state = RIG_FRESH, .rdx = ADJUST(1, 1), .trap = SNP_TRAP_VC, .error = 0x404 },
	{ .state = RIG_FRESH,
	  .rdx = ADJUST(2, 0xf),
	  .twist = { .vmpl = 1 },
	  .trap = SNP_TRAP_VC,
	  .error = 0x404 },
	{ .state = RIG_SPLIT_2M, .rcx = 1, .rdx = ADJUST(1, 1), .eax = 6 },
	/* VMPL1 has R and W here */
	{ .state = RIG_VALID, .rdx = ADJUST(2, 0x3), .twist = { .vmpl = 1 } },
	{ .state = RIG_VALID, .rdx = ADJUST(2, 0x7), .twist = { .vmpl = 1 }, .eax = 2 },
};

declare_test(snp_rmpadjust_table)
{
	for (unsigned int i = 0; i < sizeof(adjusts) / sizeof(adjusts[0]); i++) {
		const struct row *row = &adjusts[i];
		struct snp *m = rig_new();
		uint64_t gpa = rig_make(m, row->state);
		struct snp_rmp_entry *e = snp_rmp(m, gpa), want = { 0 };
		struct snp_operand at = operand(gpa, &row->twist);
		struct snp_result r;

		if (e != NULL) {
			e->perm[1] = row->twist.vmpl == 1 ? 0x3 : 0x1;
			e->perm[2] = 0xf;
			want = *e;
		}
		memset(&m->count, 0, sizeof(m->count));
		m->vcpu[0].vmpl = row->twist.vmpl;
		r = snp_rmpadjust(m, 0, &at, row->rcx, row->rdx);
		compare(i, &r, row);
		if (row->trap == SNP_NO_TRAP && row->eax == 0) {
			want.perm[row->rdx & 3] = (row->rdx >> 8) & 0xf;
			want.vmsa = (row->rdx & VMSA) != 0;
		}
		check(e == NULL || memcmp(e, &want, sizeof(want)) == 0);
		check_eq(m->count.rmpadjust_failed, row->eax != 0);
		check_eq(m->count.rmpadjust_ok, row->trap == SNP_NO_TRAP && row->eax == 0);
		check_eq(m->count.vc_404, row->trap == SNP_TRAP_VC);
	}
}

/* Only VMPL0 makes or unmakes a VMSA; for others the bit does nothing. */
declare_test(snp_rmpadjust_vmsa_bit)
{
	struct snp *m = rig_new();
	struct snp_operand at = rig_operand(RIG_PAGE);
	const struct snp_rmp_entry *e = snp_rmp(m, RIG_PAGE);

	rig_make(m, RIG_VALID);
	rig_grant(m, RIG_PAGE, 1, 0xf, false);
	m->vcpu[0].vmpl = 1;
	check_eq(snp_rmpadjust(m, 0, &at, 0, ADJUST(2U, 1U) | VMSA).eax, 0);
	check(!e->vmsa && e->perm[2] == 1);
	m->vcpu[0].vmpl = 0;
	rig_grant(m, RIG_PAGE, 1, 0xf, true);
	m->vcpu[0].vmpl = 1;
	check_eq(snp_rmpadjust(m, 0, &at, 0, ADJUST(2U, 0U)).eax, 0);
	check(e->vmsa);
	m->vcpu[0].vmpl = 0;
	rig_grant(m, RIG_PAGE, 1, 0, false);
	check(!e->vmsa);
}

/* Neither instruction flushes; both tell the embedder. */
declare_test(snp_insn_tells_of_changes)
{
	struct snp *m = rig_new();
	struct snp_operand at = rig_operand(RIG_REGION);

	rig_make(m, RIG_FRESH_2M);
	rig_log.changed = 0;
	rig_accept(m, RIG_REGION, true);
	check_eq(rig_log.changed, 1);
	check_eq(rig_log.changed_bytes, SNP_2M);
	snp_pvalidate(m, 0, &at, 1, 1);
	check_eq(rig_log.changed, 1);
	rig_grant(m, RIG_REGION, 1, 1, false);
	check_eq(rig_log.changed, 2);
	check_eq(rig_log.changed_gpa, RIG_REGION);
}
