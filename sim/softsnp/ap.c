/* SPDX-License-Identifier: MIT */
/*
 * What a vCPU runs: the VMSA that is loaded, the one that AP_CREATION of
 * another vCPU gave it, or nothing. Hardware loads and stores a VMSA at every
 * entry and exit; here it stays loaded until another one is, or the vCPU
 * sleeps. What VMRUN looks at is looked at every time.
 */
#include "port.h"
#include "softsnp.h"

#define MOMENT 6000000000ULL /* TSC ticks, a second or more */
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

static void keep(struct cpu *c)
{
	if (!c->stored && loaded(c))
		vmsa_store(c, c->vmsa_spa);
	c->stored = true;
}

void ap_store(struct cpu *c)
{
	keep(c);
	c->vmsa_spa = 0;
	halt_forget(c);
}

static void stop(struct cpu *c, const char *why)
{
	say("vCPU %u: VMPL%u cannot be entered: VMRUN says %s", c->id, cpu_vmpl(c), why);
	vcpu_of(c)->started = vcpu_of(c)->leaving = false;
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

/*
 * A Linux CPU says that it is dead, then goes into its reset hold, and may be
 * started again in between. So what runs with interrupts off is not cut
 * short, but as a hold is: when it asks for something, or has taken too long.
 */
static void consider_moment(struct cpu *c)
{
	struct snp_vcpu *vcpu = vcpu_of(c);

	if (c->replaced && vcpu->created && vcpu->started && vcpu->vmpl != 0 &&
	    vcpu->vmpl == vcpu->created_vmpl && (c->v->rflags & RFLAGS_IF) == 0)
		vcpu->leaving = true;
	c->replaced = false;
}

void ap_prepare(struct cpu *c)
{
	consider_moment(c);
	for (;;) {
		enum snp_exit next = snp_next(&machine.snp, c->id);

		if (next == SNP_RESUME && loaded(c))
			break;
		if (next == SNP_RESUME)
			stop(c, "INVALID");
		if (next == SNP_WAIT) {
			keep(c);
			sleep(c);
		}
		if (next == SNP_SWITCH) {
			ap_store(c);
			calls_end(c);
			apic_forget();
			ap_load(c);
		}
	}
	c->stored = false;
}

void ap_wake(struct snp *m, unsigned int cpu)
{
	const struct snp_vcpu *vcpu = &m->vcpu[cpu];
	struct cpu *target = &machine.cpu[cpu];

	target->replaced = true;
	if (vcpu->created && vcpu->vmpl == vcpu->created_vmpl && vcpu->vmpl != 0 &&
	    (vcpu->started || vcpu->held))
		smp_this()->awaits = target;
	smp_wake(target);
}

/* Without the lock; then the target has no choice. */
void ap_await(struct cpu *c)
{
	struct cpu *target = c->awaits;
	struct snp_vcpu *vcpu;
	uint64_t start = host_tsc();

	if (target == NULL)
		return;
	vcpu = vcpu_of(target);
	c->awaits = NULL;
	smp_unlock();
	while (__atomic_load_n(&vcpu->created, __ATOMIC_ACQUIRE) && host_tsc() - start < MOMENT)
		__asm__ volatile("pause");
	smp_lock();
	if (!vcpu->created)
		return;
	vcpu->leaving = false;
	smp_wake(target);
}
