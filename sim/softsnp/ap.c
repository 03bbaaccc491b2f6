/* SPDX-License-Identifier: MIT */
/*
 * What a vCPU runs: the VMSA that is loaded, the one that AP_CREATION of
 * another vCPU gave it, or nothing. Hardware loads and stores a VMSA at every
 * entry and exit; here it stays loaded until another one is, or the vCPU
 * sleeps. What VMRUN looks at is looked at every time.
 */
#include "softsnp.h"

#define VMSA_VMPL 0xcaU
#define VMSA_EFER 0xd0U

static struct snp_vcpu *vcpu_of(const struct cpu *c)
{
	return &machine.snp.vcpu[c->id];
}

/* The loaded VMSA is still one, and may run. */
static bool loaded(const struct cpu *c)
{
	const struct snp_rmp_entry *e;

	if (c->vmsa_spa == 0)
		return false;
	e = snp_rmp(&machine.snp, c->vmsa_spa);
	return e->assigned && e->vmsa && e->validated && e->gpa == c->vmsa_gpa &&
	       (load64(mem_at(c->vmsa_spa) + VMSA_EFER) & EFER_SVM) != 0;
}

void ap_store(struct cpu *c)
{
	if (loaded(c))
		vmsa_store(c, c->vmsa_spa);
	c->vmsa_spa = 0;
	halt_forget(c);
}

static void stop(struct cpu *c, const char *why)
{
	say("vCPU %u: VMPL%u cannot be entered: VMRUN says %s", c->id, cpu_vmpl(c), why);
	vcpu_of(c)->started = false;
}

/* The VMSA says which VMPL it is. */
void ap_load(struct cpu *c)
{
	const struct snp_vcpu *vcpu = vcpu_of(c);
	unsigned int to = vcpu->vmpl;
	uint64_t spa = vcpu->vmsa_spa[to];
	int refused = snp_vmrun_check(&machine.snp, spa, vcpu->vmsa_gpa[to]);

	if (refused != 0) {
		stop(c, refused == -1 ? "INVALID" : "BUSY");
		return;
	}
	if (mem_at(spa)[VMSA_VMPL] != to) {
		stop(c, "nothing, but the VMSA is another VMPL's");
		return;
	}
	c->halted = false;
	c->v = c->vmcb[to];
	c->vmsa_spa = spa;
	c->vmsa_gpa = vcpu->vmsa_gpa[to];
	vmsa_load(c, spa);
	svm_select_view(c);
}

/* The end, when no vCPU is left that could do anything for another. */
static void check_end(struct cpu *c)
{
	struct cpu *halted = NULL;

	for (unsigned int i = 0; i < machine.cpus; i++) {
		if (machine.snp.vcpu[i].started || machine.snp.vcpu[i].created)
			return;
		if (machine.cpu[i].halted)
			halted = &machine.cpu[i];
	}
	if (halted == NULL)
		report_fatal(c, "VMPL%u waits, and no vCPU is left to wake it", cpu_vmpl(c));
	say("the guest at VMPL%u has powered off", cpu_vmpl(halted));
	report_stop(STATUS_OFF);
}

static void sleep(struct cpu *c)
{
	check_end(c);
	smp_unlock();
	while (!__atomic_load_n(&c->wake, __ATOMIC_ACQUIRE))
		svm_sleep(&c->wake);
	smp_lock();
	c->wake = false;
}

void ap_prepare(struct cpu *c)
{
	for (;;) {
		enum snp_exit next = snp_next(&machine.snp, c->id);

		if (next == SNP_RESUME && loaded(c))
			return;
		if (next == SNP_RESUME)
			stop(c, "INVALID");
		ap_store(c);
		if (next == SNP_WAIT)
			sleep(c);
		if (next == SNP_SWITCH) {
			calls_end(c);
			ap_load(c);
		}
	}
}

void ap_wake(struct snp *m, unsigned int cpu)
{
	(void)m;
	smp_wake(&machine.cpu[cpu]);
}
