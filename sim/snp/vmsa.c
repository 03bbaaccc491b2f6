/* SPDX-License-Identifier: MIT */
/* The save area: what VMRUN demands, its state at launch [snp-arch 3.1, 7, 8.1]. */
#include "host.h"

#define VMPL_AT 0x0caU
#define EFER_AT 0x0d0U
#define FEATURES_AT 0x3b0U
#define VINTR_AT 0x3b8U
#define EFER_SVME 0x1000ULL
#define VINTR_BUSY (1ULL << 63)
#define SNP_ACTIVE 0x1ULL
/* SNPActive, restricted injection, DebugSwap, no host IBS, BTB, SMT, IBPB. */
#define FEATURES_OFFERED (SNP_ACTIVE | 0x8 | 0x20 | 0x40 | 0x80 | 1ULL << 15 | 1ULL << 21)
#define RESTRICTED_INJECTION 0x8ULL
#define EVENT_VALID (1ULL << 31) /* EVENTINJ [APM2 15.20] */
#define EVENT_ERROR (1ULL << 11)
#define TYPE_INTERRUPT 0U
#define TYPE_NMI 2U
#define TYPE_EXCEPTION 3U
#define VECTOR_NMI 2U
#define VECTOR_BP 3U
#define VECTOR_OF 4U
#define VECTOR_HV 28U
#define INVALID (-1)
#define BUSY (-2)

/* Reserved bytes, and fields of features that are not offered. */
static const struct {
	uint16_t at, bytes;
} reserved[] = {
	{ 0x0c8, 2 },  { 0x0cc, 4 },  { 0x0d8, 104 }, { 0x1c0, 24 },  { 0x248, 32 },
	{ 0x298, 72 }, { 0x380, 16 }, { 0x3f0, 16 },  { 0x7c8, 440 }, { 0xfc0, 64 },
};

bool vmsa_features_ok(uint64_t features)
{
	return (features & SNP_ACTIVE) != 0 && (features & ~FEATURES_OFFERED) == 0;
}

unsigned int vmsa_vmpl(struct snp *m, uint64_t spa)
{
	return m->ops.memory(m, spa)[VMPL_AT];
}

static bool reserved_clear(const uint8_t *page)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		for (unsigned int at = 0; at < reserved[i].bytes; at++)
			if (page[reserved[i].at + at] != 0)
				return false;
	return true;
}

int snp_vmrun_check(struct snp *m, uint64_t vmsa_spa, uint64_t vmsa_gpa)
{
	const struct snp_rmp_entry *e = rmp_owned(m, vmsa_spa, vmsa_gpa);
	const uint8_t *page;

	if ((vmsa_spa & (SNP_PAGE - 1)) != 0 || e == NULL || e->size_2m || !e->vmsa)
		return INVALID;
	if (e->in_use)
		return BUSY;
	page = m->ops.memory(m, vmsa_spa);
	if ((model_load64(page + EFER_AT) & EFER_SVME) == 0 || page[VMPL_AT] >= SNP_VMPLS ||
	    !vmsa_features_ok(model_load64(page + FEATURES_AT)) || !reserved_clear(page))
		return INVALID;
	return (model_load64(page + VINTR_AT) & VINTR_BUSY) != 0 ? BUSY : 0;
}

bool snp_event_allowed(uint64_t sev_features, uint64_t event)
{
	unsigned int vector = event & 0xff, type = event >> 8 & 7;

	if ((event & EVENT_VALID) == 0)
		return true;
	if ((sev_features & RESTRICTED_INJECTION) != 0)
		return vector == VECTOR_HV && type == TYPE_EXCEPTION && (event & EVENT_ERROR) == 0;
	if (type == TYPE_EXCEPTION)
		return vector < 32 && vector != VECTOR_NMI && vector != VECTOR_BP &&
		       vector != VECTOR_OF;
	return type == TYPE_INTERRUPT || type == TYPE_NMI;
}

int snp_vmrun(struct snp *m, unsigned int cpu)
{
	struct snp_vcpu *v = &m->vcpu[cpu];
	int result = snp_vmrun_check(m, v->vmsa_spa[v->vmpl], v->vmsa_gpa[v->vmpl]);

	if (result == 0) {
		v->running_spa = v->vmsa_spa[v->vmpl];
		snp_rmp(m, v->running_spa)->in_use = 1;
	}
	return result;
}

void snp_vmexit(struct snp *m, unsigned int cpu)
{
	struct snp_vcpu *v = &m->vcpu[cpu];

	if (v->running_spa != 0)
		snp_rmp(m, v->running_spa)->in_use = 0;
	v->running_spa = 0; /* not the VMPL's: AP_CREATION may have given it another */
}

static void segment(uint8_t *at, uint16_t selector, uint16_t attributes, uint64_t base)
{
	model_store16(at, selector);
	model_store16(at + 2, attributes);
	model_store32(at + 4, 0xffff);
	model_store64(at + 8, base);
}

void snp_vmsa_reset(uint8_t page[4096], uint32_t signature, uint64_t features)
{
	memset(page, 0, SNP_PAGE);
	for (unsigned int at = 0; at <= 0x50; at += 0x10)
		segment(page + at, 0, 0x93, 0);
	segment(page + 0x10, 0xf000, 0x9b, 0xffff0000);
	segment(page + 0x60, 0, 0, 0);	  /* GDTR */
	segment(page + 0x70, 0, 0x82, 0); /* LDTR */
	segment(page + 0x80, 0, 0, 0);	  /* IDTR */
	segment(page + 0x90, 0, 0x8b, 0); /* TR */
	model_store64(page + EFER_AT, EFER_SVME);
	model_store64(page + 0x148, 0x40);	 /* CR4 */
	model_store64(page + 0x158, 0x10);	 /* CR0 */
	model_store64(page + 0x160, 0x400);	 /* DR7 */
	model_store64(page + 0x168, 0xffff0ff0); /* DR6 */
	model_store64(page + 0x170, 2);		 /* RFLAGS */
	model_store64(page + 0x178, 0xfff0);	 /* RIP */
	model_store64(page + 0x268, 0x0007040600070406ULL);
	model_store64(page + 0x310, signature); /* RDX */
	model_store64(page + FEATURES_AT, features);
	model_store64(page + 0x3e8, 1);	     /* XCR0 */
	model_store64(page + 0x408, 0x1f80); /* MXCSR */
	model_store64(page + 0x410, 0x37f);  /* FCW */
}
