/* SPDX-License-Identifier: MIT */
/*
 * Events that a hostile hypervisor injects into VMPL0: INJECT=. One, at an
 * entry of VMPL0 or so many instructions behind it; or, INJECT=all, every
 * vector, type and error code flag in turn, one an entry. VMRUN has its rules
 * for them, which INJECT_FORCE=1 leaves out: the firmware's handlers are to be
 * seen, which on a real host cannot be reached.
 */
#include "softsnp.h"

#define SEV_FEATURES 0x3b0U /* in the VMSA [snp-arch 8] */
#define EVENTS 0x1000U	    /* bits 11:0 of EVENTINJ: vector, type, error code is there */
#define VECTORS_EXCEPTION 32U
#define BY_VECTOR 8U /* no type */
#define DR6_STEP (1ULL << 14)

static uint64_t event_of(const struct options *o)
{
	uint64_t error = o->inject_error != 0 ? EVENT_ERROR | o->inject_error << 32 : 0;
	uint64_t vector = o->inject;

	if (o->inject_type != BY_VECTOR)
		return EVENT_VALID | error | (uint64_t)o->inject_type << 8 | vector;
	if (vector == VECTOR_NMI)
		return EVENT_VALID | EVENT_NMI | vector;
	if (vector < VECTORS_EXCEPTION)
		return EVENT_VALID | EVENT_EXCEPTION | error | vector;
	return EVENT_VALID | EVENT_INTERRUPT | vector;
}

/* TCG knows no #VC: soft-SNP delivers it. */
static void deliver(struct cpu *c, uint64_t event)
{
	c->v->exit_int = 0;
	if ((event & (EVENT_TYPE | 0xff)) == (EVENT_EXCEPTION | VECTOR_VC))
		vc_deliver(c, event >> 32);
	else
		c->v->event_inject = event;
	c->lie.delivered++;
}

static bool is_taken(struct cpu *c, uint64_t event)
{
	const uint8_t *vmsa = snp_gpa_memory(&machine.snp, c->vmsa_gpa);

	if (machine.options.inject_force)
		return true;
	return vmsa != NULL && snp_event_allowed(load64(vmsa + SEV_FEATURES), event);
}

static void inject(struct cpu *c, uint64_t event)
{
	if (is_taken(c, event)) {
		deliver(c, event);
		return;
	}
	c->lie.refused++;
}

static void inject_one(struct cpu *c)
{
	const struct options *o = &machine.options;

	say("injects vector %u into VMPL0, rip %#lx", o->inject, c->v->rip);
	inject(c, event_of(o));
	if (c->lie.refused != 0)
		say("VMRUN refuses it (VMEXIT_INVALID): VMPL0 goes on without");
}

/* One instruction, then #DB. */
static void step(struct cpu *c)
{
	c->lie.stepping = true;
	c->v->rflags |= RFLAGS_TF;
	c->v->exceptions |= 1U << VECTOR_DB;
}

bool lie_stepped(struct cpu *c)
{
	if (!c->lie.stepping)
		return false;
	c->v->dr6 &= ~DR6_STEP;
	if (--c->lie.steps != 0)
		return true;
	c->lie.stepping = false;
	c->v->rflags &= ~RFLAGS_TF;
	c->v->exceptions &= ~(1U << VECTOR_DB);
	inject_one(c);
	return true;
}

void lie_prepare(struct cpu *c)
{
	const struct options *o = &machine.options;
	uint64_t entry = c->count.exits[0] + 1;

	if (o->inject_at == 0 || c->id != o->inject_cpu || cpu_vmpl(c) != 0 ||
	    c->v->event_inject != 0)
		return;
	if (o->inject_all && entry >= o->inject_at && c->lie.next < EVENTS) {
		inject(c, EVENT_VALID | c->lie.next++);
	} else if (!o->inject_all && entry == o->inject_at) {
		c->lie.steps = o->inject_step;
		if (c->lie.steps == 0)
			inject_one(c);
		else
			step(c);
	}
}
