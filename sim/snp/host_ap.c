/* SPDX-License-Identifier: MIT */
/* AP creation and the APIC id list [ghcb 5.5, 5.6]. */
#include "host.h"

#define CREATE_ON_INIT 0U
#define DESTROY 2U
#define LIST_PAGES 1U

static bool find_cpu(const struct snp *m, uint32_t apic_id, unsigned int *cpu)
{
	for (*cpu = 0; *cpu < m->vcpus; (*cpu)++)
		if (m->vcpu[*cpu].apic_id == apic_id)
			return true;
	return false;
}

/* Erratum 1467: no VMSA at a 2M boundary [snp-arch 7.1]. */
static bool vmsa_gpa_ok(const struct snp *m, uint64_t gpa, uint64_t *spa)
{
	return (gpa & (SNP_PAGE - 1)) == 0 && (gpa & (SNP_2M - 1)) != 0 &&
	       snp_gpa_to_spa(m, gpa, spa);
}

static void wake(const struct nae *n, unsigned int cpu)
{
	if (n->m->ops.wake != NULL)
		n->m->ops.wake(n->m, cpu);
}

static void destroy(struct nae *n, unsigned int cpu, unsigned int vmpl)
{
	struct snp_vcpu *v = &n->m->vcpu[cpu];

	n->m->count.ap_destroyed++;
	v->vmsa_spa[vmpl] = 0;
	v->vmsa_gpa[vmpl] = 0;
	if (v->created_vmpl == vmpl)
		v->created = false;
	if (v->vmpl == vmpl)
		v->held = v->leaving = false;
	if (!v->started || v->vmpl != vmpl)
		return;
	if (cpu == n->cpu) {
		n->exit = SNP_WAIT;
	} else {
		v->started = false;
		wake(n, cpu);
	}
}

/*
 * The VMSA is the VMPL's from now on. Another vCPU also runs it, as soon as
 * VMPL0 does not execute there.
 */
static void create(struct nae *n, unsigned int cpu, unsigned int vmpl, uint64_t spa)
{
	struct snp_vcpu *v = &n->m->vcpu[cpu];

	n->m->count.ap_created++;
	v->vmsa_spa[vmpl] = spa;
	v->vmsa_gpa[vmpl] = n->info2;
	if (v->vmpl != vmpl || (!v->started && !v->held))
		host_reset_ghcb(n->m, cpu, vmpl);
	if ((n->info1 & 0xffff) == CREATE_ON_INIT || cpu == n->cpu)
		return;
	v->created = true;
	v->created_vmpl = vmpl;
	wake(n, cpu);
}

void host_ap_creation(struct nae *n)
{
	unsigned int request = n->info1 & 0xffff, vmpl = (n->info1 >> 16) & 0xf, cpu;
	uint64_t spa;

	if (vmpl >= SNP_VMPLS || ((n->info1 >> 20) & 0xfff) != 0 || request > DESTROY ||
	    !find_cpu(n->m, (uint32_t)(n->info1 >> 32), &cpu)) {
		host_bad(n, BAD_INPUT);
		return;
	}
	if (request == DESTROY)
		destroy(n, cpu, vmpl);
	else if (!vmsa_gpa_ok(n->m, n->info2, &spa) || !vmsa_features_ok(n->rax))
		host_bad(n, BAD_INPUT);
	else
		create(n, cpu, vmpl, spa);
}

void host_apic_ids(struct nae *n)
{
	uint8_t *list;

	if (n->info1 == 0 || n->rax < LIST_PAGES) {
		n->rax = LIST_PAGES;
		return;
	}
	list = model_shared_page(n->m, n->info1);
	if (list == NULL) {
		host_bad(n, BAD_INPUT);
		return;
	}
	model_store32(list, n->m->vcpus);
	for (unsigned int cpu = 0; cpu < n->m->vcpus; cpu++)
		model_store32(list + 4 + 4 * cpu, n->m->vcpu[cpu].apic_id);
}
