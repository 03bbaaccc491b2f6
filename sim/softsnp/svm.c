/* SPDX-License-Identifier: MIT */
/* The VMCBs, one for each VMPL of a vCPU, and the loop that runs them. */
#include "port.h"
#include "softsnp.h"
#include <string.h>

#define IOPM_PAGES 3U
#define MSRPM_PAGES 2U
#define PAT_RESET 0x0007040600070406ULL
#define CALIBRATION_GPA 0x1000U
#define CALIBRATION_NOPS 100U
#define CALIBRATION_VMPL 3U

static struct vmcb *new_vmcb(const uint8_t *iopm, const uint8_t *msrpm, unsigned int vmpl)
{
	struct vmcb *v = mem_pages(1);

	v->cr_write = 1U << 0;
	v->exceptions = 1U << VECTOR_UD;
	v->intercept1 = I1_NMI | I1_CPUID | I1_HLT | I1_INVLPGA | I1_IOIO | I1_MSR | I1_SHUTDOWN;
	v->intercept2 = I2_SVM;
	v->iopm = (uint64_t)(uintptr_t)iopm;
	v->msrpm = (uint64_t)(uintptr_t)msrpm;
	v->asid = 1 + vmpl;
	v->nested = 1;
	/* Restricted injection: interrupts wait for the host's IF, which is 0. */
	v->vintr = vmpl == 0 ? VINTR_MASKING : 0;
	v->pat = PAT_RESET;
	return v;
}

void svm_init(struct cpu *c)
{
	uint8_t *iopm = mem_pages(IOPM_PAGES), *msrpm = mem_pages(MSRPM_PAGES);

	memset(iopm, 0xff, IOPM_PAGES * SNP_PAGE);
	msr_permissions(msrpm);
	c->host_save = (uint64_t)(uintptr_t)mem_pages(1);
	for (unsigned int vmpl = 0; vmpl < SNP_VMPLS; vmpl++)
		c->vmcb[vmpl] = new_vmcb(iopm, msrpm, vmpl);
	c->v = c->vmcb[0];
}

void svm_enable(const struct cpu *c)
{
	host_wrmsr(MSR_HSAVE, c->host_save);
}

void svm_select_view(struct cpu *c)
{
	c->v->nested_cr3 = npt_root(cpu_vmpl(c), walk_is_paged(c));
}

/* The ticks of a guest that executes `nops` and a VMMCALL. */
static uint64_t measure(struct cpu *c, uint8_t *code, unsigned int nops)
{
	static const uint8_t vmmcall[3] = { 0x0f, 0x01, 0xd9 };
	struct vmcb *v = c->vmcb[CALIBRATION_VMPL];
	struct segment flat = { 8, 0xc9b, 0xffffffff, 0 };
	uint64_t gpr[GPRS] = { 0 }, ticks = 0;

	memset(code, 0x90, nops);
	memcpy(code + nops, vmmcall, sizeof(vmmcall));
	v->cs = flat;
	flat.attributes = 0xc93;
	v->ds = v->es = v->ss = v->fs = v->gs = flat;
	v->cr0 = CR0_PE | CR0_ET;
	v->efer = EFER_SVM;
	v->rflags = 2;
	v->dr7 = 0x400;
	v->rip = CALIBRATION_GPA;
	v->nested_cr3 = npt_root(CALIBRATION_VMPL, false);
	if (svm_enter(v, gpr, &ticks) != EXIT_VMMCALL)
		report_fatal(NULL, "VMRUN does not work here: exit %#lx", v->exit_code);
	return ticks;
}

/*
 * What the TSC counts around VMRUN besides the guest's instructions, the
 * exiting one included in the guest's. Without -icount the TSC is a clock.
 */
void svm_calibrate(struct cpu *c)
{
	uint8_t *code = mem_pages(1);
	uint64_t few, many;

	npt_map(CALIBRATION_VMPL, false, CALIBRATION_GPA, (uint64_t)(uintptr_t)code, NPT_X);
	(void)measure(c, code, 0);
	few = measure(c, code, 0);
	many = measure(c, code, CALIBRATION_NOPS);
	npt_drop(CALIBRATION_GPA, SNP_PAGE);
	machine.enter_cost = few - 1;
	if (machine.options.icount && many - few != CALIBRATION_NOPS) {
		say("the TSC does not count instructions (%lu for %u): none are reported",
		    many - few, CALIBRATION_NOPS);
		machine.options.icount = false;
	}
}

/* Without the lock. An NMI that made it exit is still to be taken. */
static uint64_t enter(struct cpu *c)
{
	static const bool only_take = true;
	uint64_t ticks = 0;

	__atomic_store_n(&c->in_guest, true, __ATOMIC_SEQ_CST);
	smp_unlock();
	if (svm_enter(c->v, c->gpr, &ticks) == EXIT_NMI)
		svm_sleep(&only_take);
	__atomic_store_n(&c->in_guest, false, __ATOMIC_SEQ_CST);
	smp_lock();
	return ticks;
}

/* Has the lock. */
_Noreturn void svm_run(struct cpu *c)
{
	for (;;) {
		struct snp_rmp_entry *vmsa;
		uint64_t ticks;

		turns_wait(c);
		ap_prepare(c);
		lie_prepare(c);
		vmsa = snp_rmp(&machine.snp, c->vmsa_spa);
		vmsa->in_use = 1;
		c->v->rax = c->gpr[RAX];
		c->v->rsp = c->gpr[RSP];
		ticks = enter(c);
		vmsa->in_use = 0;
		c->v->event_inject = 0;
		c->gpr[RAX] = c->v->rax;
		c->gpr[RSP] = c->v->rsp;
		c->count.exits[cpu_vmpl(c)]++;
		calls_account(c, ticks - machine.enter_cost);
		exit_handle(c);
	}
}
