/* SPDX-License-Identifier: MIT */
/* VMGEXIT, what a vCPU runs next, the end of the VM. */
#include "host.h"

#define GHCB_NONE (~0ULL)
#define HOLD_WOKEN 1U
#define GHCB_INFO2 0x3a0U
#define VERSION_MAX 2ULL
#define VERSION_MIN 1ULL

uint64_t host_sev_info(const struct snp *m)
{
	return VERSION_MAX << 48 | VERSION_MIN << 32 | (uint64_t)m->cbit << 24 | 0x001;
}

void host_reset_ghcb(struct snp *m, unsigned int cpu, unsigned int vmpl)
{
	m->vcpu[cpu].ghcb_msr[vmpl] = host_sev_info(m);
	m->vcpu[cpu].ghcb_gpa[vmpl] = GHCB_NONE;
}

enum snp_exit host_terminate(struct snp *m, unsigned int set, unsigned int code)
{
	m->terminated = true;
	m->term_set = set;
	m->term_code = code;
	return SNP_TERMINATED;
}

enum host_run host_run_vmpl(struct snp *m, unsigned int cpu, uint64_t vmpl)
{
	const struct snp_vcpu *v = &m->vcpu[cpu];

	if (vmpl >= SNP_VMPLS)
		return HOST_RUN_REFUSED;
	if (vmpl == v->vmpl)
		return HOST_RUN_SAME;
	if (v->vmsa_spa[vmpl] == 0)
		return HOST_RUN_REFUSED;
	if (snp_vmrun_check(m, v->vmsa_spa[vmpl], v->vmsa_gpa[vmpl]) != 0 ||
	    vmsa_vmpl(m, v->vmsa_spa[vmpl]) != vmpl)
		return HOST_RUN_REFUSED;
	return HOST_RUN_SWITCH;
}

/* The VMSA that AP_CREATION left is the one that is entered now. */
static void take_up(struct snp *m, unsigned int cpu)
{
	m->vcpu[cpu].created = m->vcpu[cpu].held = m->vcpu[cpu].leaving = false;
	host_reset_ghcb(m, cpu, m->vcpu[cpu].created_vmpl);
}

void host_switch(struct snp *m, unsigned int cpu, unsigned int vmpl)
{
	struct snp_vcpu *v = &m->vcpu[cpu];

	if (v->created && v->created_vmpl == vmpl)
		take_up(m, cpu);
	v->vmpl = vmpl;
	m->count.switches++;
	if (!m->switch_keeps_tlb)
		snp_flush(m, cpu);
}

enum snp_exit host_hold(struct snp *m, unsigned int cpu)
{
	m->vcpu[cpu].started = false;
	return snp_next(m, cpu);
}

/*
 * Linux gives back its GHCB only behind a reset hold that says it was woken,
 * so one that AP_CREATION ends does, and what held runs for a moment more.
 */
static void answer_hold(struct snp *m, struct snp_vcpu *v)
{
	uint8_t *page = model_shared_page(m, v->ghcb_gpa[v->vmpl]);

	v->held = false;
	if (page == NULL)
		return;
	model_store64(page + GHCB_INFO2, HOLD_WOKEN);
	v->started = v->leaving = true;
}

enum snp_exit snp_next(struct snp *m, unsigned int cpu)
{
	struct snp_vcpu *v = &m->vcpu[cpu];

	if (v->created && v->held && v->vmpl == v->created_vmpl)
		answer_hold(m, v);
	if (v->leaving)
		return SNP_RESUME;
	if (v->created && (!v->started || v->vmpl != 0)) {
		take_up(m, cpu);
		v->started = true;
		v->vmpl = v->created_vmpl;
		snp_flush(m, cpu);
		return SNP_SWITCH;
	}
	return v->started ? SNP_RESUME : SNP_WAIT;
}

enum snp_exit snp_vmgexit(struct snp *m, unsigned int cpu)
{
	struct snp_vcpu *v = &m->vcpu[cpu];

	v->leaving = false;
	snp_vmexit(m, cpu);
	if ((v->ghcb_msr[v->vmpl] & (SNP_PAGE - 1)) != 0)
		return host_msr_request(m, cpu);
	return host_nae_event(m, cpu);
}
