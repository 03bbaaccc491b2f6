/* SPDX-License-Identifier: MIT */
/*
 * What the guest is told by CPUID, and the page of it. Native values less what
 * this platform cannot do for an SNP guest: no XSAVE (Linux and edk2 then want
 * XSAVES, which TCG lacks), so nothing that needs it; no LA57, SVM, MONITOR.
 */
#include "model.h"

#define STD_MAX 0xbU
#define EXT 0x80000000U
#define EXT_MAX 0x8000001fU
#define BIT(n) (1U << (n))
#define SEV_FEATURES 0x7aU /* SEV, SEV-ES, SNP, VMPL, RMPQUERY */
#define REDUCTION 1U
#define ENTRIES 64U
#define ENTRY_BYTES 48U
#define TOPOLOGY_SUBLEAVES 8U

/* Bits cleared, by register EAX to EDX. */
struct hidden {
	uint32_t leaf, bits[4];
};

static const struct hidden hidden[] = {
	/* MONITOR, FMA, TSC_DEADLINE, XSAVE, OSXSAVE, AVX, F16C */
	{ 1, { 0, 0, BIT(3) | BIT(12) | BIT(24) | BIT(26) | BIT(27) | BIT(28) | BIT(29), 0 } },
	{ 5, { ~0U, ~0U, ~0U, ~0U } }, /* MONITOR */
	{ 7,
	  { ~0U, /* one sub-leaf */
	    /* TSC_ADJUST, AVX2, MPX, AVX512 */
	    BIT(1) | BIT(5) | BIT(14) | BIT(16) | BIT(17) | BIT(21) | 0xdc000000U,
	    /* AVX512, PKU, OSPKE, CET, VAES, VPCLMULQDQ, LA57 */
	    BIT(1) | BIT(3) | BIT(4) | BIT(6) | BIT(7) | 0x5f00U | BIT(16),
	    /* AVX512, IBT, AMX; those that QEMU masks from SPEC_CTRL to SSBD */
	    0x110cU | BIT(20) | BIT(22) | BIT(23) | BIT(24) | BIT(25) | 0xfc000000U } },
	/* SVM, XOP, FMA4, MWAITX */
	{ 0x80000001, { 0, 0, BIT(2) | BIT(11) | BIT(16) | BIT(29), 0 } },
	{ 0x8000000a, { ~0U, ~0U, ~0U, ~0U } }, /* SVM */
	{ 0x8000001b, { ~0U, ~0U, ~0U, ~0U } }, /* IBS */
	{ 0x8000001c, { ~0U, ~0U, ~0U, ~0U } }, /* LWP */
};

static void native(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	memset(out, 0, 4 * sizeof(out[0]));
	if (m->ops.cpuid != NULL)
		m->ops.cpuid(m, leaf, subleaf, out);
}

/* A CPU may answer a leaf beyond its last with something else. */
static bool known(struct snp *m, uint32_t leaf)
{
	uint32_t out[4];

	if (leaf > STD_MAX && (leaf < EXT || leaf > EXT_MAX))
		return false;
	native(m, leaf & EXT, 0, out);
	return leaf <= out[0];
}

static void set_address_sizes(const struct snp *m, uint32_t out[4])
{
	uint32_t bits = m->cbit >= 51 ? 48 : m->cbit - 1;

	out[0] = 48U << 8 | bits;
	out[1] &= ~BIT(25); /* VIRT_SSBD */
	out[1] |= BIT(3);   /* INVLPGB, TLBSYNC for guests */
	out[3] &= ~0xffffU; /* INVLPGB: one page a time */
}

void snp_cpuid(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	memset(out, 0, 4 * sizeof(out[0]));
	if (known(m, leaf))
		native(m, leaf, subleaf, out);
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		for (unsigned int reg = 0; hidden[i].leaf == leaf && reg < 4; reg++)
			out[reg] &= ~hidden[i].bits[reg];
	switch (leaf) {
	case 0:
		out[0] = out[0] < STD_MAX ? out[0] : STD_MAX;
		break;
	case EXT:
		out[0] = EXT_MAX;
		break;
	case 0x80000008:
		set_address_sizes(m, out);
		break;
	case EXT_MAX:
		out[0] = SEV_FEATURES;
		out[1] = m->cbit | REDUCTION << 6 | SNP_VMPLS << 12;
		out[2] = 0;
		out[3] = 0;
		break;
	default:
		break;
	}
}

/* A missing leaf means zeros, so leaves of zeros are left out [boot-abi 2]. */
static bool add(struct snp *m, uint8_t page[4096], uint32_t leaf, uint32_t subleaf)
{
	uint32_t count = model_load32(page), out[4];
	uint8_t *entry = page + 16 + (size_t)ENTRY_BYTES * count;

	snp_cpuid(m, leaf, subleaf, out);
	if ((out[0] | out[1] | out[2] | out[3]) == 0 || count == ENTRIES)
		return false;
	model_store32(entry, leaf);
	model_store32(entry + 4, subleaf);
	memcpy(entry + 24, out, sizeof(out));
	model_store32(page, count + 1);
	return true;
}

void snp_cpuid_page(struct snp *m, uint8_t page[4096])
{
	memset(page, 0, SNP_PAGE);
	for (uint32_t leaf = 0; leaf <= STD_MAX; leaf++)
		add(m, page, leaf, 0);
	add(m, page, STD_MAX, 1);
	for (uint32_t leaf = EXT; leaf < 0x8000001d; leaf++)
		add(m, page, leaf, 0);
	for (uint32_t sub = 0; sub < TOPOLOGY_SUBLEAVES; sub++)
		if (!add(m, page, 0x8000001d, sub))
			break;
	add(m, page, 0x8000001e, 0);
	add(m, page, EXT_MAX, 0);
}
