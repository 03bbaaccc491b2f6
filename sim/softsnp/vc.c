/* SPDX-License-Identifier: MIT */
/*
 * Exceptions for the guest. #VC is delivered in software, because TCG pushes
 * no error code for vector 29; the others by EVENTINJ.
 */
#include "softsnp.h"
#include <string.h>

#define GATE_INTERRUPT 14U
#define GATE_TRAP 15U
#define TSS_RSP0 4U
#define TSS_IST1 0x24U
#define CODE_64 0xa9bU /* flat 64-bit code, DPL 0 */
#define CODE_32 0xc9bU
#define DATA 0xc93U

struct gate {
	uint64_t target;
	uint16_t selector;
	unsigned int ist, type;
	bool present;
};

static struct gate gate_of(uint64_t low, uint64_t high)
{
	return (struct gate){
		.target = (low & 0xffff) | (low >> 48) << 16 | high << 32,
		.selector = (uint16_t)(low >> 16),
		.ist = low >> 32 & 7,
		.type = low >> 40 & 15,
		.present = (low >> 47 & 1) != 0,
	};
}

static struct gate read_gate(struct cpu *c, unsigned int bytes)
{
	uint64_t raw[2] = { 0, 0 };
	struct gate g;

	if (c->v->idtr.limit < bytes * (VECTOR_VC + 1) - 1 ||
	    !walk_read(c, c->v->idtr.base + (uint64_t)bytes * VECTOR_VC, raw, bytes))
		report_fatal(c, "VMPL%u has no IDT for a #VC", cpu_vmpl(c));
	g = gate_of(raw[0], raw[1]);
	if (!g.present || (g.type != GATE_INTERRUPT && g.type != GATE_TRAP))
		report_fatal(c, "VMPL%u has no gate for a #VC", cpu_vmpl(c));
	return g;
}

static void enter_handler(struct cpu *c, const struct gate *g, uint32_t code)
{
	c->v->rip = g->target;
	c->v->cs = (struct segment){ g->selector & 0xfffcU, (uint16_t)code, 0xffffffff, 0 };
	c->v->rflags &= ~(RFLAGS_TF | RFLAGS_NT | RFLAGS_RF);
	if (g->type == GATE_INTERRUPT)
		c->v->rflags &= ~RFLAGS_IF;
	c->v->cpl = 0;
}

static uint64_t stack_for(struct cpu *c, const struct gate *g)
{
	uint64_t at = c->v->tr.base, stack = c->gpr[RSP];

	if (g->ist == 0 && c->v->cpl == 0)
		return stack & ~15ULL;
	at += g->ist != 0 ? TSS_IST1 + 8 * (g->ist - 1) : TSS_RSP0;
	if (!walk_read(c, at, &stack, sizeof(stack)))
		report_fatal(c, "VMPL%u has no TSS for a #VC", cpu_vmpl(c));
	return stack & ~15ULL;
}

static void deliver_64(struct cpu *c, uint64_t error)
{
	struct gate g = read_gate(c, 16);
	uint64_t frame[6] = {
		error,	     c->v->rip,	       c->v->cs.selector, c->v->rflags | RFLAGS_RF,
		c->gpr[RSP], c->v->ss.selector
	};
	uint64_t stack = stack_for(c, &g) - sizeof(frame);

	if (!walk_write(c, stack, frame, sizeof(frame)))
		report_fatal(c, "VMPL%u has no stack for a #VC: %#lx", cpu_vmpl(c), stack);
	if (c->v->cpl != 0)
		c->v->ss = (struct segment){ 0, DATA, 0xffffffff, 0 };
	c->gpr[RSP] = stack;
	enter_handler(c, &g, CODE_64);
}

/* Flat 32-bit code at CPL 0: what firmware runs before it has page tables. */
static void deliver_32(struct cpu *c, uint64_t error)
{
	struct gate g = read_gate(c, 8);
	uint32_t frame[4] = { (uint32_t)error, (uint32_t)c->v->rip, c->v->cs.selector,
			      (uint32_t)c->v->rflags | (uint32_t)RFLAGS_RF };
	uint32_t stack = (uint32_t)c->gpr[RSP] - (uint32_t)sizeof(frame);

	if (c->v->cpl != 0 || !walk_write(c, c->v->ss.base + stack, frame, sizeof(frame)))
		report_fatal(c, "VMPL%u has no stack for a #VC: %#x", cpu_vmpl(c), stack);
	g.target &= 0xffffffff;
	c->gpr[RSP] = stack;
	enter_handler(c, &g, CODE_32);
}

static void count(struct cpu *c, uint64_t error)
{
	c->count.vc[cpu_vmpl(c)]++;
	if (error == EXIT_CPUID)
		c->count.vc_cpuid++;
	else if (error == EXIT_IOIO)
		c->count.vc_ioio++;
	else if (error == EXIT_MSR)
		c->count.vc_msr++;
	else
		c->count.vc_other++;
}

static void no_event_pending(struct cpu *c, unsigned int vector)
{
	if ((c->v->exit_int & EVENT_VALID) != 0)
		report_fatal(c, "VMPL%u: exception %u while event %#lx was being delivered",
			     cpu_vmpl(c), vector, c->v->exit_int);
}

void vc_deliver(struct cpu *c, uint64_t error)
{
	struct snp_vcpu *vcpu = &machine.snp.vcpu[c->id];

	if (vcpu->leaving) { /* it asks for something: another VMSA takes its place */
		vcpu->leaving = false;
		return;
	}
	no_event_pending(c, VECTOR_VC);
	count(c, error);
	c->v->int_state = 0;
	if ((c->v->efer & EFER_LMA) != 0)
		deliver_64(c, error);
	else if ((c->v->cr0 & CR0_PE) != 0)
		deliver_32(c, error);
	else
		report_fatal(c, "VMPL%u: #VC %#lx in real mode", cpu_vmpl(c), error);
}

void vc_inject(struct cpu *c, unsigned int vector, bool has_error, uint32_t error)
{
	no_event_pending(c, vector);
	c->v->event_inject = vector | EVENT_EXCEPTION | EVENT_VALID;
	if (has_error)
		c->v->event_inject |= EVENT_ERROR | (uint64_t)error << 32;
}

void vc_inject_pf(struct cpu *c, uint64_t cr2, uint32_t error)
{
	c->count.pf_injected++;
	c->v->cr2 = cr2;
	vc_inject(c, VECTOR_PF, true, error);
}
