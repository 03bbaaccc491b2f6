/* SPDX-License-Identifier: MIT */
/* The guest's copies of secrets and CPUID page, its calling area, GHCB negotiation. */
#include "stub.h"

#define CPUID_FEATURES 0x1U
#define RDRAND 0x40000000ULL /* ECX */

static bool all_zero(const uint8_t *p, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void keys(void)
{
	for (unsigned int i = 0; i < VMPLS; i++) {
		const uint8_t *key = boot.secrets + SECRETS_VMPCK + i * SECRETS_VMPCK_BYTES;
		bool wiped = all_zero(key, SECRETS_VMPCK_BYTES);

		if (i < boot.vmpl)
			check(wiped, "[svsm 1.1] secrets: VMPCK%u is wiped", i);
		else if (i == boot.vmpl)
			check(!wiped, "[svsm 1.1] secrets: VMPCK%u, the guest's, is there", i);
	}
}

static void fields(void)
{
	const uint8_t *s = boot.secrets;
	uint64_t end = boot.svsm_base + boot.svsm_size;

	check((uintptr_t)s % PAGE_4K == 0, "[boot-abi 7.1] secrets: a page");
	check(boot.svsm_base % PAGE_4K == 0, "[svsm 1.1] secrets: SVSM_BASE is aligned");
	check(boot.svsm_size % PAGE_4K == 0 && end > boot.svsm_base,
	      "[svsm 1.1] secrets: SVSM_SIZE is aligned");
	check(boot.caa != 0 && boot.caa % PAGE_4K == 0, "[svsm 1.1] secrets: SVSM_CAA is aligned");
	check(boot.caa < boot.svsm_base || boot.caa >= end,
	      "[svsm 1.1] secrets: SVSM_CAA outside the SVSM's range");
	check_eq(get(s + SECRETS_SVSM_MAX_VERSION, 4), 1, "[svsm 1.1] secrets: SVSM_MAX_VERSION");
	check(boot.vmpl >= 1 && boot.vmpl < VMPLS, "[svsm 1.1] secrets: SVSM_GUEST_VMPL");
	check(all_zero(s + SECRETS_SVSM_GUEST_VMPL + 1, 3), "[svsm 1.1] secrets: reserved");
	check(all_zero((const uint8_t *)(uintptr_t)boot.caa, PAGE_4K),
	      "[svsm 2] the calling area is zero");
}

static void cpuid_page(void)
{
	uint64_t count = get(boot.cpuid, 4), rdrand = 0;

	check(count > 0 && count <= CPUID_MAX, "[boot-abi 2] CPUID page: count");
	check(all_zero(boot.cpuid + 4, 12), "[boot-abi 2] CPUID page: reserved");
	for (unsigned int i = 0; i < count && i < CPUID_MAX; i++) {
		const uint8_t *entry = boot.cpuid + CPUID_ENTRIES + i * CPUID_ENTRY_BYTES;

		if (get(entry, 4) == CPUID_FEATURES)
			rdrand = get(entry + 32, 4) & RDRAND;
	}
	check(rdrand != 0, "[guests 3d] CPUID page: RDRAND");
	check_eq(boot.c_leaf, 1, "[snp-arch 6] CPUID page: one leaf 0x8000001f");
	check_eq(boot.sev_leaf & CPUID_SEV_BITS, CPUID_SEV_BITS,
		 "[snp-arch 6] CPUID page: SEV, SEV-ES, SEV-SNP, VMPL");
}

static void negotiation(void)
{
	uint64_t info = ghcb_msr(GHCB_SEV_INFO_REQ), features = ghcb_msr(GHCB_FEATURES);
	uint64_t needed = HV_SNP | HV_AP_CREATION | HV_MULTI_VMPL;

	check_eq(info & 0xfff, GHCB_SEV_INFO, "[ghcb 4] SEV_INFO response");
	check(info >> 48 >= 2 && (info >> 32 & 0xffff) <= 2, "[ghcb 3] protocol version 2");
	check_eq(1ULL << (info >> 24 & 0x3f), boot.c_bit,
		 "[ghcb 3] C-bit of SEV_INFO and of the CPUID page");
	check_eq(features & 0xfff, GHCB_FEATURES_RESP, "[ghcb 4] features response");
	check_eq(features >> 12 & needed, needed,
		 "[ghcb 3] features: SNP, AP creation, several VMPLs");
	check_eq(rdmsr(MSR_SEV_STATUS), 7, "[guests 3g] SEV_STATUS: SEV, SEV-ES, SNP, no more");
}

void test_secrets(void)
{
	keys();
	fields();
	cpuid_page();
	negotiation();
}
