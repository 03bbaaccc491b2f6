/* SPDX-License-Identifier: MIT */
/* AP creation and the APIC id list [ghcb 5.5, 5.6]. */
#include "host.h"

#define CREATE_ON_INIT 0U
#define CREATE 1U
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

void host_ap_creation(struct nae *n)
{
	unsigned int request = n->info1 & 0xffff, vmpl = (n->info1 >> 16) & 0xf, cpu;
	struct snp_vcpu *v;
	uint64_t spa;

	if (vmpl >= SNP_VMPLS || ((n->info1 >> 20) & 0xfff) != 0 || request > DESTROY ||
	    !find_cpu(n->m, (uint32_t)(n->info1 >> 32), &cpu)) {
		host_bad(n, BAD_INPUT);
		return;
	}
	v = &n->m->vcpu[cpu];
	if (request == DESTROY) {
		v->vmsa_spa[vmpl] = 0;
		v->vmsa_gpa[vmpl] = 0;
		return;
	}
	if (!vmsa_gpa_ok(n->m, n->info2, &spa) || !vmsa_features_ok(n->rax)) {
		host_bad(n, BAD_INPUT);
		return;
	}
	v->vmsa_spa[vmpl] = spa;
	v->vmsa_gpa[vmpl] = n->info2;
	if (cpu == n->cpu && vmpl == v->vmpl)
		return; /* the caller runs on; its next entry takes the new VMSA */
	host_reset_ghcb(n->m, cpu, vmpl);
	if (request == CREATE && cpu != n->cpu) {
		v->started = true;
		v->vmpl = vmpl;
	}
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
