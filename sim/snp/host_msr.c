/* SPDX-License-Identifier: MIT */
/* The GHCB MSR protocol [ghcb 4]. */
#include "host.h"

#define CODE(value) ((value)&0xfff)
#define GFN_ALL (~0ULL << 12)
#define ADDRESS(value) ((value)&0x000ffffffffff000ULL)
#define FAILED (1ULL << 63)

static uint64_t cpuid(struct snp *m, uint64_t request)
{
	unsigned int reg = (request >> 30) & 3;
	uint32_t out[4];

	snp_cpuid(m, (uint32_t)(request >> 32), 0, out);
	return (uint64_t)out[reg] << 32 | (uint64_t)reg << 30 | 0x005;
}

static uint64_t register_ghcb(struct snp *m, struct snp_vcpu *v, uint64_t request)
{
	uint64_t gpa = request & GFN_ALL, spa;

	if (!snp_gpa_to_spa(m, gpa, &spa))
		return GFN_ALL | 0x013;
	v->ghcb_gpa[v->vmpl] = gpa;
	return gpa | 0x013;
}

static uint64_t page_state(struct snp *m, uint64_t request)
{
	unsigned int operation = (request >> 52) & 0xf;
	bool ok = (request >> 56) == 0 && (operation == 1 || operation == 2) &&
		  snp_page_state(m, ADDRESS(request), false, operation == 1);

	return (ok ? 0 : FAILED) | 0x015;
}

/* The response is the caller's, stored before the switch. */
static enum snp_exit run_vmpl(struct snp *m, unsigned int cpu, uint64_t request)
{
	struct snp_vcpu *v = &m->vcpu[cpu];
	uint64_t vmpl = (request >> 32) & 0xff;
	enum host_run run = HOST_RUN_REFUSED;

	m->count.nae_run_vmpl++;
	if ((request >> 40) == 0 && (request & 0xfffff000) == 0)
		run = host_run_vmpl(m, cpu, vmpl);
	v->ghcb_msr[v->vmpl] = (run == HOST_RUN_REFUSED ? 1ULL << 32 : 0) | 0x017;
	if (run != HOST_RUN_SWITCH)
		return SNP_RESUME;
	host_switch(m, cpu, (unsigned int)vmpl);
	return SNP_SWITCH;
}

static void count(struct snp *m, uint64_t code)
{
	unsigned int slot = code == 0x100 ? 255 : code > 0xfd ? 254 : (unsigned int)code;

	m->count.vmgexit_msr[slot]++;
}

enum snp_exit host_msr_request(struct snp *m, unsigned int cpu)
{
	struct snp_vcpu *v = &m->vcpu[cpu];
	uint64_t *msr = &v->ghcb_msr[v->vmpl];

	count(m, CODE(*msr));
	switch (CODE(*msr)) {
	case 0x002:
		*msr = host_sev_info(m);
		break;
	case 0x004:
		*msr = cpuid(m, *msr);
		break;
	case 0x006:
		m->count.ap_holds++;
		*msr = 0x007; /* as seen when VMPL0 is entered again: not woken by SIPI */
		return host_hold(m, cpu);
	case 0x010:
		*msr = GFN_ALL | 0x011;
		break;
	case 0x012:
		*msr = register_ghcb(m, v, *msr);
		break;
	case 0x014:
		*msr = page_state(m, *msr);
		break;
	case 0x016:
		if ((m->hv_features & FEATURE_MULTI_VMPL) == 0)
			break;
		return run_vmpl(m, cpu, *msr);
	case 0x080:
		*msr = m->hv_features << 12 | 0x081;
		break;
	case 0x100:
		return host_terminate(m, (*msr >> 12) & 0xf, (*msr >> 16) & 0xff);
	default: /* the MSR stays as it is */
		break;
	}
	return SNP_RESUME;
}
