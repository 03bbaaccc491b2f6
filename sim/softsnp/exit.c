/* SPDX-License-Identifier: MIT */
/* Every #VMEXIT, and what happens to the event it may have interrupted. */
#include "softsnp.h"

#define VECTOR_EXTERNAL 32U

void exit_skip(struct cpu *c, unsigned int bytes)
{
	c->v->rip += bytes;
	if ((c->v->efer & EFER_LMA) == 0 || (c->v->cs.attributes & SEG_LONG) == 0)
		c->v->rip &= 0xffffffff;
	c->v->int_state = 0;
}

/*
 * The event is delivered again. TCG reports an interrupted interrupt as an
 * exception; an INT instruction is executed again instead.
 */
static void redeliver(struct cpu *c)
{
	uint64_t event = c->v->exit_int;

	if ((event & EVENT_VALID) == 0 || (c->v->event_inject & EVENT_VALID) != 0 ||
	    (event & EVENT_TYPE) == EVENT_SOFTWARE)
		return;
	if ((event & 0xff) >= VECTOR_EXTERNAL)
		event &= ~(EVENT_TYPE | EVENT_ERROR);
	c->v->event_inject = event;
}

void exit_switch(struct cpu *c, unsigned int from)
{
	c->count.switches++;
	if (from == 0 && !c->guest_entered) {
		c->guest_entered = true;
		c->count.boot_zeroing = c->zeroing.repetitions;
		protect_start(c);
	}
	if (cpu_vmpl(c) == 0)
		calls_begin(c);
	else
		calls_end(c);
	ap_load(c);
}

static void exception(struct cpu *c, unsigned int vector)
{
	if (vector == VECTOR_UD) {
		insn_undefined(c);
	} else if (vector == VECTOR_PF) {
		if (!protect_fault(c, c->v->info2, c->v->info1))
			vc_inject_pf(c, c->v->info2, (uint32_t)c->v->info1);
	} else if (vector != VECTOR_DB || (!protect_stepped(c) && !lie_stepped(c))) {
		vc_inject(c, vector, false, 0);
	}
}

static void shutdown(struct cpu *c)
{
	struct snp_vcpu *vcpu = &machine.snp.vcpu[c->id];

	if (vcpu->leaving) {
		vcpu->leaving = false;
		return;
	}
	say("VMPL%u: triple fault", cpu_vmpl(c));
	report_stop(STATUS_RESET);
}

static void dispatch(struct cpu *c)
{
	uint64_t code = c->v->exit_code;

	switch (code) {
	case EXIT_CR0_WRITE:
	case EXIT_CR3_WRITE:
		cr_write(c);
		break;
	case EXIT_NMI:
		halt_called(c);
		break;
	case EXIT_INTR:
		halt_interrupt(c);
		break;
	case EXIT_HLT:
		halt_exit(c);
		break;
	case EXIT_CPUID:
	case EXIT_IOIO:
		vc_deliver(c, code);
		break;
	case EXIT_MSR:
		msr_access(c);
		break;
	case EXIT_VMMCALL:
		insn_vmmcall(c);
		break;
	case EXIT_SHUTDOWN:
		shutdown(c);
		break;
	case EXIT_NPF:
		fault_nested(c);
		break;
	default:
		if (code - EXIT_EXCEPTION < 32)
			exception(c, (unsigned int)(code - EXIT_EXCEPTION));
		else if (code == EXIT_INVLPGA || (code >= EXIT_VMRUN && code <= EXIT_SKINIT))
			vc_inject(c, VECTOR_UD, false, 0);
		else
			report_fatal(c, "VMPL%u: exit %#lx is not handled", cpu_vmpl(c), code);
		break;
	}
}

void exit_handle(struct cpu *c)
{
	struct vmcb *ran = c->v;

	if (machine.options.trace)
		say("trace: vCPU %u VMPL%u exit %#lx info %#lx %#lx rip %#lx rax %#lx", c->id,
		    cpu_vmpl(c), ran->exit_code, ran->info1, ran->info2, ran->rip, c->gpr[RAX]);
	if (ran->exit_code != EXIT_NPF)
		c->fault_repeats = 0;
	fault_check_root_alias(c);
	dispatch(c);
	if (c->v == ran)
		redeliver(c);
	svm_select_view(c);
}
