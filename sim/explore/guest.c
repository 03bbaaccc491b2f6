/* SPDX-License-Identifier: MIT */
/*
 * A guest's vCPU: how it asks, what it does when the hypervisor runs its save
 * area though VMPL0 is at its request, and what must be so as it sees it. A run
 * is one step: what VMPL0 does to a save area that is being run waits.
 */
#include "explore.h"

#include <svsm/abi.h>
#include <svsm/vmsa.h>

#include <string.h>

#define EXIT_INTERRUPT 0x60ULL /* VMEXIT_INTR */
#define EFER_SCE 1ULL

static unsigned int cpus, spare;
/* Else what REMAP_CA leaves is not looked at: the fewer pages a step touches the better. */
static bool pending_before;

void guest_open(const struct explore_config *c, unsigned int without_vcpu)
{
	cpus = (c->before & (BEFORE_LAUNCH | BEFORE_ALLOCATOR)) != 0 ? 0 : c->cpus;
	spare = without_vcpu;
	pending_before = (c->before & BEFORE_PENDING) != 0;
}

bool guest_is_alive(unsigned int cpu)
{
	const struct snp_rmp_entry *e = snp_rmp(&host.snp, host.snp.vcpu[cpu].vmsa_spa[host.vmpl]);

	return !host.guest_of[cpu].asleep && e->vmsa;
}

/* ---- it asks ---- */

/* It asks, or is about to, with that page as its calling area. */
static bool is_area_of(unsigned int cpu, uint64_t page)
{
	const struct explore_call *m = menu_call(left->cpu[cpu].call);

	return (guest_is_alive(cpu) && host_ca() == page) || left->cpu[cpu].asked_in == page ||
	       (pending_before && m->rax == SVSM_CORE_REMAP_CA && m->rcx == page);
}

/* The guest writes there only if it may. */
static void build_save_area(unsigned int by, uint64_t vmsa)
{
	words_page(vmsa, true);
	if (!host_guest_may(vmsa, SNP_WRITE))
		return;
	host_build_vmsa(vmsa);
	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		host_on(cpu);
		left->cpu[cpu].overwritten |= is_area_of(cpu, vmsa);
	}
	host_on(by);
}

static void write_list(uint64_t list, const struct explore_call *m)
{
	uint64_t entry[SVSM_LIST_MAX] = { m->entry[0], m->entry[1] };
	uint16_t count = m->entry[1] != 0 ? 2 : m->entry[0] != 0;

	for (; count < m->repeat; count++)
		entry[count] = m->entry[0];
	host_list(list, entry, count, 0);
}

void guest_asks(unsigned int cpu, unsigned int call)
{
	const struct explore_call *m = menu_call(call);
	struct host_registers r = { .rax = m->rax, .rcx = m->rcx, .rdx = m->rdx };

	host_on(cpu);
	words_page(host.guest_of[cpu].vmsa, true);
	words_page(host_ca(), true);
	left->cpu[cpu].answered = false;
	left->cpu[cpu].list_read = 0;
	left->cpu[cpu].asked_in = host_ca();
	if (m->rax == CALL_ENTER)
		return;
	if (m->rcx == 0) {
		r.rcx = LIST(cpu);
		words_page(r.rcx, true);
		write_list(r.rcx, m);
	}
	r.r8 = HOST_APIC_ID + menu_cpu(m, spare);
	if ((m->flags & CALL_BUILDS) != 0)
		build_save_area(cpu, m->rcx);
	host_prepare(&r);
	if ((m->flags & CALL_FORMAT) != 0)
		host_page(host_ca())[SVSM_CA_PENDING] = 2;
	if ((m->flags & CALL_EFER) != 0)
		host_set(VMSA_EFER, host_get(VMSA_EFER) ^ EFER_SCE);
}

/* ---- the hypervisor runs it ---- */

static bool can_be_entered(unsigned int cpu)
{
	const struct snp_vcpu *v = &host.snp.vcpu[cpu];

	return snp_vmrun_check(&host.snp, v->vmsa_spa[host.vmpl], v->vmsa_gpa[host.vmpl]) == 0;
}

bool guest_may_be_run(unsigned int cpu)
{
	const struct vcpu *v;

	host_on(cpu);
	v = seat_vcpu();
	return v != NULL && v->at != VCPU_NEW && v->vmsa.raw == host.guest_of[cpu].vmsa &&
	       can_be_entered(cpu);
}

void guest_is_run(unsigned int cpu, unsigned int call)
{
	if (menu_call(call)->rax != CALL_ENTER) {
		left->cpu[cpu].call = (uint8_t)call;
		guest_asks(cpu, call);
		return;
	}
	host_on(cpu);
	words_page(host.guest_of[cpu].vmsa, true);
	host_set(VMSA_EXITCODE, EXIT_INTERRUPT);
}

/* ---- what must be so ---- */

static bool can_be_read(uint64_t gpa)
{
	const struct snp_rmp_entry *e;
	uint64_t spa;

	if (!snp_gpa_to_spa(&host.snp, gpa, &spa))
		return false;
	e = snp_rmp_head(&host.snp, spa);
	return e->assigned && e->validated && (e->perm[host.vmpl] & PERM_R) != 0;
}

static bool is_pending(uint64_t ca)
{
	if (!can_be_read(ca))
		return false;
	words_page(ca, false);
	return host_page(ca)[SVSM_CA_PENDING] != 0;
}

/* Where it asked, and where it will: REMAP_CA may have moved it. */
const char *guest_looks(unsigned int cpu)
{
	if (!left->cpu[cpu].answered || left->cpu[cpu].overwritten)
		return NULL;
	host_on(cpu);
	if (is_pending(left->cpu[cpu].asked_in))
		return "a call was answered that is still pending";
	return pending_before && is_pending(host_ca())
		       ? "a calling area has a request that nobody made"
		       : NULL;
}

/* One that is not a page of the guest's again. */
const char *guest_all_can_run(void)
{
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		if (world_busy(cpu))
			return NULL;
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		if (snp_rmp(&host.snp, host.snp.vcpu[cpu].vmsa_spa[host.vmpl])->vmsa &&
		    !can_be_entered(cpu))
			return "a vCPU can never be run again";
	return NULL;
}

/* As it was when VMPL0 read it: nobody has been there since. */
static bool is_asked(const struct vcpu *v, bool with_rax)
{
	return host_get(VMSA_EXITCODE) == EXIT_VMGEXIT && host_get(VMSA_RCX) == v->call.rcx &&
	       host_get(VMSA_RDX) == v->call.rdx && host_get(VMSA_R8) == v->call.r8 &&
	       host_get(VMSA_R9) == v->call.r9 && (!with_rax || host_get(VMSA_RAX) == v->call.rax);
}

void guest_operation(const struct host_op *op)
{
	const struct vcpu *v = cpus == 0 ? NULL : seat_vcpu();

	if (v == NULL || op->kind != HOST_STORE || host.lied ||
	    v->vmsa.raw != host.guest_of[host_cpu].vmsa)
		return;
	switch (op->gpa - v->vmsa.raw) {
	case VMSA_RAX:
		left->cpu[host_cpu].answered = true;
		if (!is_asked(v, true))
			host_violation("an answer to what the guest has not asked");
		break;
	case VMSA_RCX:
		if (!is_asked(v, false))
			host_violation("an answer to what the guest has not asked");
		break;
	case VMSA_EFER:
		if (((op->argument ^ host_get(VMSA_EFER)) & ~EFER_SVME) != 0)
			host_violation("EFER is not as the guest has it");
		break;
	default:
		break;
	}
}
