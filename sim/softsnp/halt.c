/* SPDX-License-Identifier: MIT */
/*
 * HLT. With interrupts off nothing can wake the guest but AP_CREATION by
 * another vCPU; when no other is awake it is the end (ap.c). With interrupts on it runs again
 * un-intercepted but with INTR intercepted, so that it waits without the interrupt being taken,
 * then passes behind HLT.
 */
#include "softsnp.h"

void halt_exit(struct cpu *c)
{
	c->count.hlt++;
	if (cpu_vmpl(c) == 0)
		report_fatal(c, "VMPL0 halts");
	if ((c->v->rflags & RFLAGS_IF) == 0) {
		c->halted = true;
		machine.snp.vcpu[c->id].started = machine.snp.vcpu[c->id].leaving = false;
		return;
	}
	c->waiting = true;
	c->hlt_rip = c->v->rip;
	c->v->intercept1 = (c->v->intercept1 & ~I1_HLT) | I1_INTR;
}

void halt_interrupt(struct cpu *c)
{
	if (!c->waiting)
		report_fatal(c, "VMPL%u: an interrupt exits", cpu_vmpl(c));
	halt_forget(c);
	if (c->v->rip == c->hlt_rip)
		exit_skip(c, 1);
}

/* TCG has passed HLT when it waits in it: then it has to wait again. */
void halt_called(struct cpu *c)
{
	if (c->waiting)
		c->v->rip = c->hlt_rip;
}

void halt_forget(struct cpu *c)
{
	c->waiting = false;
	c->v->intercept1 = (c->v->intercept1 & ~I1_INTR) | I1_HLT;
}
