/* SPDX-License-Identifier: MIT */
/*
 * PVALIDATE, RMPADJUST, RMPQUERY. Order of faults [snp-arch 10]: mode, CPL,
 * VMPL of PVALIDATE, registers, target VMPL, translation, RMP.
 */
#include "model.h"

#define ADJUST_DEFINED 0x1ffffULL /* RDX: 7:0 VMPL, 15:8 mask, 16 VMSA */
#define ADJUST_VMSA 0x10000ULL
#define QUERY_DEFINED 0xffULL /* RDX on input: the VMPL */
#define MASK_DEFINED 0xfU     /* bit 4 needs VmplSSS, which is not offered */
#define READ_ACCESS (SNP_NPF_U | SNP_NPF_FINAL)

/* The operand page, found: its entry, and whether 2M can be done on it. */
struct target {
	struct snp_rmp_entry *entry;
	bool is_2m;
};

static struct snp_result trap(enum snp_trap kind)
{
	return (struct snp_result){ .trap = kind };
}

static struct snp_result code(enum snp_code value)
{
	return (struct snp_result){ .eax = value };
}

static struct snp_result nested_fault(const struct snp_operand *at, uint64_t error)
{
	return (struct snp_result){ .trap = SNP_TRAP_NPF, .error = error, .gpa = at->gpa };
}

static struct snp_result not_validated(struct snp *m, const struct snp_operand *at)
{
	m->count.vc_404++;
	return (struct snp_result){
		.trap = SNP_TRAP_VC,
		.error = SNP_VC_NOT_VALIDATED,
		.gpa = at->gpa,
	};
}

static bool va_aligned(const struct snp_operand *at, bool want_2m)
{
	return (at->va & ((want_2m ? SNP_2M : SNP_PAGE) - 1)) == 0;
}

static bool leaf_fits(const struct snp_operand *at, bool want_2m)
{
	return !want_2m || (at->map_bytes >= SNP_2M && (at->gpa & (SNP_2M - 1)) == 0);
}

/*
 * Translation and the RMP check without Validated and VMPL. A trap or a code
 * other than 0 is final.
 */
static struct snp_result find(struct snp *m, const struct snp_operand *at, bool want_2m,
			      struct target *t)
{
	uint64_t enc = at->cbit ? SNP_NPF_ENC : 0;
	struct model_map map;

	if (at->page_fault)
		return trap(SNP_TRAP_PF);
	if (!leaf_fits(at, want_2m))
		return code(SNP_FAIL_INPUT);
	if (!model_find(m, at->gpa, &map))
		return nested_fault(at, READ_ACCESS | enc);
	t->entry = at->cbit ? rmp_owned(m, map.spa, at->gpa) : NULL;
	if (t->entry == NULL)
		return nested_fault(at, READ_ACCESS | SNP_NPF_P | SNP_NPF_RMP | enc);
	t->is_2m = t->entry->size_2m && map.can_map_2m;
	return code(SNP_OK);
}

static struct snp_result smash_first(const struct snp_operand *at)
{
	return nested_fault(at,
			    READ_ACCESS | SNP_NPF_P | SNP_NPF_RMP | SNP_NPF_ENC | SNP_NPF_SIZEM);
}

static struct snp_result pvalidate(struct snp *m, unsigned int cpu, const struct snp_operand *at,
				   uint32_t ecx, uint32_t edx)
{
	bool want_2m = (ecx & 1) != 0;
	struct snp_result r;
	struct target t;

	if (at->cpl != 0 || m->vcpu[cpu].vmpl != 0)
		return trap(SNP_TRAP_GP);
	if ((ecx | edx) > 1 || !va_aligned(at, want_2m))
		return code(SNP_FAIL_INPUT);
	r = find(m, at, want_2m, &t);
	if (r.trap != SNP_NO_TRAP || r.eax != 0)
		return r;
	if (!want_2m && t.entry->size_2m)
		return smash_first(at);
	if (want_2m && !t.is_2m)
		return code(SNP_FAIL_SIZEMISMATCH);
	r.carry = t.entry->validated == edx;
	if (!r.carry) {
		t.entry->validated = edx & 1;
		model_changed(m, at->gpa, want_2m ? SNP_2M : SNP_PAGE);
	}
	return r;
}

struct snp_result snp_pvalidate(struct snp *m, unsigned int cpu, const struct snp_operand *at,
				uint32_t ecx, uint32_t edx)
{
	struct snp_result r = pvalidate(m, cpu, at, ecx, edx);

	if (r.trap != SNP_NO_TRAP)
		return r;
	if (r.eax != 0)
		m->count.pvalidate_failed++;
	else if (r.carry)
		m->count.pvalidate_unchanged++;
	else
		m->count.pvalidate_ok++;
	return r;
}

/* Forms that no revision of the manual refuses [snp-arch 1.3]. */
static bool mask_legal(unsigned int mask)
{
	if ((mask & ~MASK_DEFINED) != 0 || (mask != 0 && (mask & SNP_PERM_R) == 0))
		return false;
	return (mask & SNP_PERM_XS) == 0 || (mask & SNP_PERM_XU) != 0;
}

static enum snp_code adjust_registers(const struct snp_operand *at, uint64_t rcx, uint64_t rdx,
				      unsigned int vmpl)
{
	unsigned int target = rdx & 0xff, mask = (rdx >> 8) & 0xff;

	if (rcx > 1 || (rdx & ~ADJUST_DEFINED) != 0 || !va_aligned(at, rcx == 1))
		return SNP_FAIL_INPUT;
	if (target >= SNP_VMPLS || !mask_legal(mask))
		return SNP_FAIL_INPUT;
	return target <= vmpl ? SNP_FAIL_PERMISSION : SNP_OK;
}

static struct snp_result rmpadjust(struct snp *m, unsigned int cpu, const struct snp_operand *at,
				   uint64_t rcx, uint64_t rdx)
{
	unsigned int vmpl = m->vcpu[cpu].vmpl;
	uint8_t mask = (rdx >> 8) & 0xff;
	bool want_2m = (rcx & 1) != 0;
	enum snp_code refused;
	struct snp_result r;
	struct target t;

	if (!at->long_mode)
		return trap(SNP_TRAP_UD);
	if (at->cpl != 0)
		return trap(SNP_TRAP_GP);
	refused = adjust_registers(at, rcx, rdx, vmpl);
	if (refused != SNP_OK)
		return code(refused);
	r = find(m, at, want_2m, &t);
	if (r.trap != SNP_NO_TRAP || r.eax != 0)
		return r;
	if (!want_2m && t.entry->size_2m)
		return smash_first(at);
	if (!t.entry->validated)
		return not_validated(m, at);
	if (want_2m && !t.is_2m)
		return code(SNP_FAIL_SIZEMISMATCH);
	if ((mask & ~t.entry->perm[vmpl]) != 0)
		return code(SNP_FAIL_PERMISSION);
	/* A VMSA that runs. The manual's table has no such row: UNSURE. */
	if (t.entry->in_use)
		return code(SNP_FAIL_INUSE);
	t.entry->perm[rdx & 0xff] = mask;
	if (vmpl == 0)
		t.entry->vmsa = (rdx & ADJUST_VMSA) != 0;
	model_changed(m, at->gpa, want_2m ? SNP_2M : SNP_PAGE);
	return r;
}

struct snp_result snp_rmpadjust(struct snp *m, unsigned int cpu, const struct snp_operand *at,
				uint64_t rcx, uint64_t rdx)
{
	struct snp_result r = rmpadjust(m, cpu, at, rcx, rdx);

	if (r.trap == SNP_NO_TRAP && r.eax == 0)
		m->count.rmpadjust_ok++;
	else if (r.trap == SNP_NO_TRAP)
		m->count.rmpadjust_failed++;
	return r;
}

struct snp_result snp_rmpquery(struct snp *m, unsigned int cpu, const struct snp_operand *at,
			       uint64_t rdx)
{
	struct snp_result r;
	struct target t;

	if (!at->long_mode)
		return trap(SNP_TRAP_UD);
	if (at->cpl != 0)
		return trap(SNP_TRAP_GP);
	if ((rdx & ~QUERY_DEFINED) != 0 || rdx >= SNP_VMPLS || rdx <= m->vcpu[cpu].vmpl ||
	    !va_aligned(at, false))
		return code(SNP_FAIL_PERMISSION);
	r = find(m, at, false, &t);
	if (r.trap != SNP_NO_TRAP)
		return r;
	if (!t.entry->validated)
		return not_validated(m, at);
	r.rcx = t.entry->size_2m;
	r.rdx = rdx | (uint64_t)t.entry->perm[rdx] << 8 | (t.entry->vmsa ? ADJUST_VMSA : 0);
	return r;
}

static bool even_parity(uint32_t value)
{
	value ^= value >> 4;
	value ^= value >> 2;
	value ^= value >> 1;
	return (value & 1) == 0;
}

/* As a compare of EAX with 0: OF and AF 0 [snp-arch 10]. */
uint64_t snp_flags(const struct snp_result *r)
{
	uint64_t flags = r->carry ? 1 : 0;

	if (even_parity(r->eax & 0xff))
		flags |= 1U << 2; /* PF */
	if (r->eax == 0)
		flags |= 1U << 6; /* ZF */
	if ((r->eax >> 31) != 0)
		flags |= 1U << 7; /* SF */
	return flags;
}
