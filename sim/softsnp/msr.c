/* SPDX-License-Identifier: MIT */
/*
 * MSRs of SEV, answered without #VC as on hardware, and EFER, whose SVME TCG
 * needs set; writes that reach other CPUs by the APIC (apic.c). What else
 * exits is a #VC; most MSRs do not exit.
 */
#include "softsnp.h"
#include <string.h>

#define SEV_STATUS_BASE 3U /* SEV, SEV-ES */
#define VMSA_SEV_FEATURES 0x3b0U
#define PERMISSIONS_C0000000 0x800U /* bytes into the bitmap, 2 bits an MSR */
#define WRITES 2U
#define ALL 3U
#define PERMISSIONS_C0010000 0x1000U

static void intercept(uint8_t *bitmap, uint32_t index, unsigned int what)
{
	uint32_t bit = (index & 0x1fff) * 2, base = 0;

	if (index >= 0xc0010000U)
		base = PERMISSIONS_C0010000;
	else if (index >= 0xc0000000U)
		base = PERMISSIONS_C0000000;
	bitmap[base + bit / 8] |= (uint8_t)(what << bit % 8);
}

void msr_permissions(uint8_t *bitmap)
{
	intercept(bitmap, MSR_EFER, ALL);
	intercept(bitmap, MSR_VM_CR, ALL);
	intercept(bitmap, MSR_HSAVE, ALL);
	intercept(bitmap, MSR_GHCB, ALL);
	intercept(bitmap, MSR_SEV_STATUS, ALL);
	intercept(bitmap, MSR_APIC_BASE, WRITES);
	intercept(bitmap, MSR_X2APIC_ICR, WRITES);
}

static void write_efer(struct cpu *c, uint64_t value)
{
	uint64_t lma = c->v->efer & EFER_LMA;

	if ((c->v->cr0 & CR0_PG) == 0) {
		c->lme = (value & EFER_LME) != 0;
		value &= ~EFER_LME;
	} else if (((value ^ c->v->efer) & EFER_LME) != 0) {
		vc_inject(c, VECTOR_GP, true, 0);
		return;
	}
	c->v->efer = (value & ~EFER_LMA) | lma | EFER_SVM;
}

static void write(struct cpu *c, uint32_t index, uint64_t value)
{
	if (index == MSR_EFER)
		write_efer(c, value);
	else if (index == MSR_GHCB)
		machine.snp.vcpu[c->id].ghcb_msr[cpu_vmpl(c)] = value;
	else if (index == MSR_SEV_STATUS || !apic_msr_write(index, value))
		vc_inject(c, VECTOR_GP, true, 0);
}

static uint64_t read(struct cpu *c, uint32_t index)
{
	const struct snp_vcpu *vcpu = &machine.snp.vcpu[c->id];

	if (index == MSR_EFER)
		return c->v->efer | (c->lme ? EFER_LME : 0);
	if (index == MSR_GHCB)
		return vcpu->ghcb_msr[vcpu->vmpl];
	return load64(mem_at(vcpu->vmsa_spa[vcpu->vmpl]) + VMSA_SEV_FEATURES) << 2 |
	       SEV_STATUS_BASE;
}

static bool answered_here(uint32_t index)
{
	return index == MSR_EFER || index == MSR_GHCB || index == MSR_SEV_STATUS ||
	       index == MSR_APIC_BASE || index == MSR_X2APIC_ICR;
}

void msr_access(struct cpu *c)
{
	uint32_t index = (uint32_t)c->gpr[RCX];

	if (c->v->cpl != 0 || !answered_here(index)) {
		vc_deliver(c, EXIT_MSR);
		return;
	}
	if (c->v->info1 != 0) {
		write(c, index, (uint32_t)c->gpr[RAX] | c->gpr[RDX] << 32);
	} else {
		uint64_t value = read(c, index);

		c->gpr[RAX] = (uint32_t)value;
		c->gpr[RDX] = value >> 32;
	}
	if ((c->v->event_inject & EVENT_VALID) == 0)
		exit_skip(c, 2);
}
