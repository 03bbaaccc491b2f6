/* SPDX-License-Identifier: MIT */
/*
 * HLT. With interrupts off it is the end: nothing can wake the guest. With
 * interrupts on it runs again un-intercepted but with INTR intercepted, so
 * that it waits without the interrupt being taken, then passes behind HLT.
 */
#include "softsnp.h"

void halt_exit(struct cpu *c)
{
	c->count.hlt++;
	if (cpu_vmpl(c) == 0)
		report_fatal(c, "VMPL0 halts");
	if ((c->v->rflags & RFLAGS_IF) == 0) {
		say("the guest at VMPL%u has powered off", cpu_vmpl(c));
		report_stop(STATUS_OFF);
	}
	c->waiting = true;
	c->hlt_rip = c->v->rip;
	c->v->intercept1 = (c->v->intercept1 & ~I1_HLT) | I1_INTR;
}

void halt_interrupt(struct cpu *c)
{
	if (!c->waiting)
		report_fatal(c, "VMPL%u: an interrupt exits", cpu_vmpl(c));
	c->waiting = false;
	c->v->intercept1 = (c->v->intercept1 & ~I1_INTR) | I1_HLT;
	if (c->v->rip == c->hlt_rip)
		exit_skip(c, 1);
}
