/* SPDX-License-Identifier: MIT */
/* The CPUID policy and its page [boot-abi 2]; the rig's CPU has every bit set. */
#include "snp_rig.h"
#include "test.h"

#include <string.h>

enum { EAX, EBX, ECX, EDX };

static uint32_t ask(struct snp *m, uint32_t leaf, unsigned int reg)
{
	uint32_t out[4];

	snp_cpuid(m, leaf, 0, out);
	return out[reg];
}

declare_test(snp_cpuid_hidden)
{
	static const struct {
		uint32_t leaf;
		unsigned int reg, bit;
	} hidden[] = {
		{ 1, ECX, 3 },		 /* MONITOR */
		{ 1, ECX, 12 },		 /* FMA */
		{ 1, ECX, 24 },		 /* TSC deadline */
		{ 1, ECX, 26 },		 /* XSAVE */
		{ 1, ECX, 27 },		 /* OSXSAVE */
		{ 1, ECX, 28 },		 /* AVX */
		{ 1, ECX, 29 },		 /* F16C */
		{ 7, EBX, 1 },		 /* TSC_ADJUST */
		{ 7, EBX, 5 },		 /* AVX2 */
		{ 7, EBX, 16 },		 /* AVX512F */
		{ 7, EBX, 31 },		 /* AVX512VL */
		{ 7, ECX, 3 },		 /* PKU */
		{ 7, ECX, 9 },		 /* VAES */
		{ 7, ECX, 16 },		 /* LA57 */
		{ 7, EDX, 26 },		 /* SPEC_CTRL */
		{ 7, EDX, 31 },		 /* SSBD */
		{ 0x80000001, ECX, 2 },	 /* SVM */
		{ 0x80000001, ECX, 11 }, /* XOP */
		{ 0x80000001, ECX, 16 }, /* FMA4 */
		{ 0x80000008, EBX, 25 }, /* VIRT_SSBD */
	};
	struct snp *m = rig_new();

	for (unsigned int i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		check_eq(i << 1 | (ask(m, hidden[i].leaf, hidden[i].reg) >> hidden[i].bit & 1),
			 i << 1);
}

declare_test(snp_cpuid_kept)
{
	static const struct {
		uint32_t leaf;
		unsigned int reg, bit;
	} kept[] = {
		{ 1, ECX, 0 }, { 1, ECX, 13 },		{ 1, ECX, 25 },		 { 1, ECX, 30 },
		{ 1, EDX, 4 }, { 7, EBX, 7 },		{ 7, EBX, 18 },		 { 7, EBX, 20 },
		{ 7, ECX, 2 }, { 0x80000001, EDX, 20 }, { 0x80000001, EDX, 29 },
	};
	struct snp *m = rig_new();

	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		check_eq(i << 1 | (ask(m, kept[i].leaf, kept[i].reg) >> kept[i].bit & 1),
			 i << 1 | 1);
}

declare_test(snp_cpuid_values)
{
	static const struct {
		unsigned int cbit, bits;
	} sizes[] = { { 51, 48 }, { 47, 46 } };
	struct snp *m = rig_new();

	check_eq(ask(m, 0, EAX), 0xb);
	check_eq(ask(m, 0x80000000, EAX), 0x8000001f);
	check_eq(ask(m, 7, EAX), 0);
	for (unsigned int i = 0; i < 2; i++) {
		m->cbit = sizes[i].cbit;
		check_eq(ask(m, 0x80000008, EAX), 0x3000 | sizes[i].bits);
		check_eq(ask(m, 0x80000008, EBX) >> 3 & 1, 1); /* INVLPGB */
		check_eq(ask(m, 0x80000008, EDX) & 0xffff, 0);
		check_eq(ask(m, 0x8000001f, EAX), 0x7a);
		check_eq(ask(m, 0x8000001f, EBX), sizes[i].cbit | 1 << 6 | 4 << 12);
	}
	for (unsigned int reg = 0; reg < 4; reg++) {
		check_eq(ask(m, 0xd, reg), 0);
		check_eq(ask(m, 0x40000000, reg), 0);
		check_eq(ask(m, 0x80000020, reg), 0);
		check_eq(ask(m, 0x8000000a, reg), 0);
		check_eq(ask(m, 5, reg), 0);
	}
}

/* A CPU that knows less: leaves beyond its last are zeros, not echoes. */
static void small_cpu(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	(void)m;
	(void)subleaf;
	memset(out, 0x11, 4 * sizeof(out[0]));
	if (leaf == 0)
		out[0] = 7;
	if (leaf == 0x80000000U)
		out[0] = 0x80000008U;
}

declare_test(snp_cpuid_small_cpu)
{
	struct snp *m = rig_new();

	m->ops.cpuid = small_cpu;
	check_eq(ask(m, 0, EAX), 7);
	check_eq(ask(m, 6, EBX), 0x11111111);
	check_eq(ask(m, 8, EBX), 0);
	check_eq(ask(m, 0x80000009, EBX), 0);
	check_eq(ask(m, 0x80000000, EAX), 0x8000001f);
	check_eq(ask(m, 0x8000001f, EAX), 0x7a);
}

declare_test(snp_cpuid_page_form)
{
	struct snp *m = rig_new();
	uint8_t page[SNP_PAGE];
	uint64_t last = 0;
	uint32_t count;

	memset(page, 0xff, sizeof(page));
	snp_cpuid_page(m, page);
	count = (uint32_t)rig_get(page, 4);
	check(count > 20 && count <= 64);
	for (unsigned int at = 4; at < 16; at++)
		check_eq(page[at], 0);
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *e = page + 16 + 48 * i;
		uint64_t key = rig_get(e, 4) << 32 | rig_get(e + 4, 4);
		uint32_t out[4];

		check(i == 0 || key > last);
		last = key;
		check(rig_get(e + 8, 8) == 0 && rig_get(e + 16, 8) == 0 && rig_get(e + 40, 8) == 0);
		snp_cpuid(m, (uint32_t)(key >> 32), (uint32_t)key, out);
		check(memcmp(out, e + 24, sizeof(out)) == 0);
	}
	check_eq(last, 0x8000001fULL << 32);
	for (unsigned int at = 16 + 48 * count; at < SNP_PAGE; at++)
		check_eq(page[at], 0);
}
