/* SPDX-License-Identifier: MIT */
/* The GHCB MSR protocol, request by request [ghcb 4]. */
#include "snp_rig.h"
#include "test.h"

#include <string.h>

#define SEV_INFO 0x0002000133000001ULL /* versions 2 to 1, C-bit 51 */
#define ALL_GFNS 0xfffffffffffff000ULL
#define FAILED 0x8000000000000015ULL
#define PRIVATE (1ULL << 52 | 0x014)
#define SHARED (2ULL << 52 | 0x014)

static uint64_t ask(struct snp *m, uint64_t request)
{
	unsigned int vmpl = m->vcpu[0].vmpl;

	m->vcpu[0].ghcb_msr[vmpl] = request;
	check_eq(snp_vmgexit(m, 0), SNP_RESUME);
	return m->vcpu[0].ghcb_msr[vmpl];
}

declare_test(snp_msr_first_value)
{
	struct snp *m = rig_new();

	for (unsigned int vmpl = 0; vmpl < SNP_VMPLS; vmpl++)
		check_eq(m->vcpu[3].ghcb_msr[vmpl], SEV_INFO);
}

static const struct {
	uint64_t request, response;
} rows[] = {
	{ 0x002, SEV_INFO },
	{ 0x004 | 0ULL << 30 | 0x40ULL << 32, 0x005 }, /* hypervisor range: zeros */
	{ 0x004 | 0ULL << 30, 0x0000000b00000005ULL }, /* leaf 0 EAX: capped */
	{ 0x004 | 1ULL << 30, 0xffffffff40000005ULL },
	{ 0x004 | 3ULL << 30, 0xffffffffc0000005ULL },
	{ 0x004 | 1ULL << 30 | 0x8000001fULL << 32, 0x0000407340000005ULL },
	{ 0x010, ALL_GFNS | 0x011 },
	{ RIG_GHCB | 0x012, RIG_GHCB | 0x013 },
	{ RIG_NO_SLOT | 0x012, ALL_GFNS | 0x013 },
	{ RIG_PAGE | PRIVATE, 0x015 },
	{ RIG_PAGE | SHARED, 0x015 },
	{ RIG_PAGE | 0x014, FAILED },
	{ RIG_PAGE | 3ULL << 52 | 0x014, FAILED },
	{ RIG_PAGE | 1ULL << 56 | PRIVATE, FAILED },
	{ RIG_NO_SLOT | PRIVATE, FAILED },
	{ 0x016, 0x017 }, /* VMPL0 already */
	{ 0x016 | 1ULL << 32, 0x100000017ULL },
	{ 0x016 | 4ULL << 32, 0x100000017ULL },
	{ 0x016 | 1ULL << 40, 0x100000017ULL },
	{ 0x016 | 1ULL << 12, 0x100000017ULL },
	{ 0x080, 0x23081 },
	{ 0x003, 0x003 },
	{ 0x018, 0x018 },
	{ 0xf00, 0xf00 },
};

declare_test(snp_msr_table)
{
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct snp *m = rig_new();
		unsigned int code = rows[i].request & 0xfff, slot = code > 0xfd ? 254 : code;

		check_eq((uint64_t)i << 56 ^ ask(m, rows[i].request),
			 (uint64_t)i << 56 ^ rows[i].response);
		check_eq(m->count.vmgexit_msr[slot], 1);
		check_eq(m->vcpu[0].vmpl, 0);
	}
}

declare_test(snp_msr_effects)
{
	struct snp *m = rig_new();

	ask(m, RIG_PAGE | PRIVATE);
	check(snp_rmp(m, RIG_PAGE)->assigned && !snp_rmp(m, RIG_PAGE)->validated);
	ask(m, RIG_PAGE | SHARED);
	check(!snp_rmp(m, RIG_PAGE)->assigned);
	check_eq(m->vcpu[0].ghcb_gpa[0], ~0ULL);
	ask(m, RIG_NO_SLOT | 0x012);
	check_eq(m->vcpu[0].ghcb_gpa[0], ~0ULL);
	ask(m, RIG_GHCB | 0x012);
	check_eq(m->vcpu[0].ghcb_gpa[0], RIG_GHCB);
	check_eq(m->vcpu[0].ghcb_gpa[1], ~0ULL);
}

declare_test(snp_msr_terminate)
{
	struct snp *m = rig_new();

	m->vcpu[0].ghcb_msr[0] = 0x100 | 14U << 12 | 0x1bU << 16;
	check_eq(snp_vmgexit(m, 0), SNP_TERMINATED);
	check(m->terminated);
	check_eq(m->term_set, 14);
	check_eq(m->term_code, 0x1b);
	check_eq(m->count.vmgexit_msr[255], 1);
}

/* The response is the caller's, there when it runs again. */
declare_test(snp_msr_run_vmpl)
{
	struct snp *m = rig_new();
	struct snp_vcpu *v = &m->vcpu[0];

	rig_vmsa(m, RIG_PAGE, 1);
	rig_vmsa(m, RIG_PAGE + SNP_PAGE, 0);
	v->vmsa_spa[1] = v->vmsa_gpa[1] = RIG_PAGE;
	v->vmsa_spa[0] = v->vmsa_gpa[0] = RIG_PAGE + SNP_PAGE;
	v->ghcb_msr[0] = 0x016 | 1ULL << 32;
	check_eq(snp_vmgexit(m, 0), SNP_SWITCH);
	check_eq(v->vmpl, 1);
	check_eq(v->ghcb_msr[0], 0x017);
	check_eq(v->ghcb_msr[1], SEV_INFO);
	v->ghcb_msr[1] = 0x016;
	check_eq(snp_vmgexit(m, 0), SNP_SWITCH);
	check_eq(v->vmpl, 0);
	check_eq(v->ghcb_msr[1], 0x017);
	check_eq(m->count.switches, 2);

	m->hv_features &= ~0x20ULL;
	check_eq(ask(m, 0x016 | 1ULL << 32), 0x016 | 1ULL << 32);
}
