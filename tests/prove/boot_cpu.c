/* SPDX-License-Identifier: MIT */
/* What the PSP and the hypervisor say of the CPU: pages and lists of bring-up. [boot-abi 1, 2] */
#include "prove.h"

#define entry cpuid_entry
#include "cpu/cpuid.c"
#undef entry
#define copy secrets_copy
#define is_zero secrets_is_zero
#include "cpu/secrets.c"
#undef copy
#include "sm/boot.c"
#include "sm/boot_cpus.c"

NO_STOP

/* What mbedTLS promises. */
void mbedtls_platform_zeroize(void *buf, size_t len)
{
	prove(writable(buf, len));
	for (size_t i = 0; i < len; i++)
		((uint8_t *)buf)[i] = 0;
}

void cpuid_page_total(void)
{
	static uint8_t page[PAGE_4K];
	any(uint32_t, leaf);
	any(uint32_t, subleaf);
	struct cpuid_regs one, again;
	enum err err;

	havoc(page);
	err = cpuid_load(page);
	prove(err == OK || err == ERR_STATE);
	if (err != OK)
		return;
	prove(entries >= 1 && ENTRIES_AT + entries * sizeof(struct cpuid_entry) <= PAGE_4K);
	assume(entries <= 4);
	one = cpuid_get(leaf, subleaf);
	again = cpuid_get(leaf, subleaf);
	prove(one.eax == again.eax && one.ebx == again.ebx && one.ecx == again.ecx &&
	      one.edx == again.edx);
}

void cpuid_bits_total(void)
{
	static uint8_t page[PAGE_4K];

	havoc(page);
	if (cpuid_load(page) != OK)
		return;
	assume(entries <= 4);
	prove(cpuid_c_bit() <= 63 && cpuid_address_bits() <= cpuid_c_bit());
}

void secrets_page_total(void)
{
	static uint8_t page[PAGE_4K];
	enum err err;

	havoc(page);
	err = secrets_load(page);
	prove(err == OK || err == ERR_STATE);
	if (err != OK)
		return;
	prove((page[0] | page[1] | page[2] | page[3]) != 0);
	prove((page[0x140] | page[0x15f]) == 0);
}

/* The guest's copy: no key below its VMPL, its own as it was. */
void secrets_guest_keys(void)
{
	static uint8_t page[PAGE_4K], guests[PAGE_4K];
	any(struct secrets_guest, guest);
	any(unsigned int, at);

	havoc(page);
	assume(guest.vmpl >= 1 && guest.vmpl <= 3 && secrets_load(page) == OK);
	secrets_for_guest(guests, &guest);
	assume(at < VMPCK_COUNT * VMPCK_BYTES);
	prove(guests[0x20 + at] == (at / VMPCK_BYTES < guest.vmpl ? 0 : page[0x20 + at]));
	secrets_wipe();
	prove(secrets_copy[0x20 + at] == 0);
}

void boot_features_total(void)
{
	any(uint64_t, status);
	any(enum reason, why);
	enum reason before = why;
	bool good = boot_features_check(status, &why);
	uint64_t features = status >> 2;

	prove(good == ((features & 9) == 9 && (features & ~0x2080e9ULL) == 0));
	prove(implies(good, why == before));
	prove(good || why == REASON_NOT_SNP || why == REASON_FEATURES_MISSING ||
	      why == REASON_FEATURES_UNKNOWN);
}

void boot_apics_total(void)
{
	static uint32_t ids[CPU_MAX];
	any(unsigned int, count);
	any(unsigned int, i);
	any(unsigned int, j);

	havoc(ids);
	assume(count <= 5 || count > CPU_MAX);
	if (!boot_apics_check(ids, count))
		return;
	prove(count >= 1 && count <= CPU_MAX);
	assume(i < j && j < count);
	prove(ids[i] != ids[j]);
}
