/* SPDX-License-Identifier: MIT */
/*
 * Control register writes that exit: CR0 always, as paging decides which
 * nested tables are used; CR3 at VMPL0 once it serves a guest. EFER.LME is
 * kept out of the VMCB while paging is off: TCG leaves the host with paging
 * off when such a guest exits with CR4.PAE clear.
 */
#include "softsnp.h"

#define CR0_TS (1ULL << 3)
#define MSW_BITS 0xfULL

static void set_cr0(struct cpu *c, uint64_t value)
{
	struct vmcb *v = c->v;
	bool on = (value & CR0_PG) != 0, was_on = (v->cr0 & CR0_PG) != 0;

	if (on && !was_on && c->lme) {
		if ((v->cr4 & CR4_PAE) == 0 || (value & CR0_PE) == 0) {
			vc_inject(c, VECTOR_GP, true, 0);
			return;
		}
		v->efer |= EFER_LME | EFER_LMA;
	} else if (!on && was_on) {
		v->efer &= ~(EFER_LME | EFER_LMA);
	}
	v->cr0 = value | CR0_ET;
}

static void set(struct cpu *c, unsigned int control, uint64_t value)
{
	if (c->guest_entered && cpu_vmpl(c) == 0)
		c->protect.cr_writes++;
	if (control == 0)
		set_cr0(c, value);
	else
		c->v->cr3 = value & ~(1ULL << 63);
}

void cr_write(struct cpu *c)
{
	uint8_t b[15];
	unsigned int rex = 0, at = 0, modrm;
	uint64_t rip = c->v->rip;

	c->count.cr0_writes++;
	(void)walk_code(c, b);
	if (b[0] >> 4 == 4 && (c->v->cs.attributes & SEG_LONG) != 0)
		rex = b[at++];
	modrm = b[at + 2];
	if (b[at] == 0x0f && b[at + 1] == 0x22) {
		exit_skip(c, at + 3);
		set(c, modrm >> 3 & 7, c->gpr[(modrm & 7) | (rex << 3 & 8)]);
	} else if (b[at] == 0x0f && b[at + 1] == 0x06) {
		exit_skip(c, at + 2);
		set(c, 0, c->v->cr0 & ~CR0_TS);
	} else if (b[at] == 0x0f && b[at + 1] == 0x01 && modrm >> 3 == (3U << 3 | 6)) {
		exit_skip(c, at + 3); /* LMSW cannot clear PE */
		set(c, 0,
		    (c->v->cr0 & ~(MSW_BITS & ~CR0_PE)) |
			    (c->gpr[(modrm & 7) | (rex << 3 & 8)] & MSW_BITS));
	} else {
		report_fatal(c, "VMPL%u: a control register write that soft-SNP cannot decode",
			     cpu_vmpl(c));
	}
	if ((c->v->event_inject & EVENT_VALID) != 0)
		c->v->rip = rip;
}
