/* SPDX-License-Identifier: MIT */
/* Finds what the firmware left: boot_params, CC blob, secrets and CPUID pages [boot-abi 7]. */
#include "stub.h"

#define BLOB_SECRETS 8U
#define BLOB_CPUID 24U
#define NODES 16U /* of setup_data, at most */
#define E820_BYTES 20U

struct boot boot;
extern uint8_t stub_end[];

static const uint8_t *at(uint64_t gpa)
{
	return (const uint8_t *)(uintptr_t)gpa;
}

static const uint8_t *find_blob(void)
{
	uint64_t node = get(boot.params + BP_SETUP_DATA, 8);

	for (unsigned int i = 0; i < NODES && node != 0; i++) {
		if (get(at(node) + 8, 4) == SETUP_CC_BLOB)
			return at(get(at(node) + 16, 4));
		node = get(at(node), 8);
	}
	return NULL;
}

static void find_sev_leaf(void)
{
	uint64_t count = get(boot.cpuid, 4);

	for (unsigned int i = 0; i < count && i < CPUID_MAX; i++) {
		const uint8_t *entry = boot.cpuid + CPUID_ENTRIES + i * CPUID_ENTRY_BYTES;

		if (get(entry, 4) != CPUID_SEV)
			continue;
		boot.c_leaf++;
		boot.sev_leaf = (uint32_t)get(entry + 24, 4);
		boot.c_bit = 1ULL << (get(entry + 28, 4) & 0x3f);
	}
}

static void find_ram(void)
{
	uint64_t initrd = get(boot.params + BP_RAMDISK_IMAGE, 4);

	boot.image_end = (uintptr_t)stub_end;
	if (initrd + get(boot.params + BP_RAMDISK_SIZE, 4) > boot.image_end)
		boot.image_end = initrd + get(boot.params + BP_RAMDISK_SIZE, 4);
	for (unsigned int i = 0; i < boot.params[BP_E820_COUNT] && i < BP_E820_MAX; i++) {
		const uint8_t *e = boot.params + BP_E820 + i * E820_BYTES;
		uint64_t start = get(e, 8), end = start + get(e + 8, 8);

		if (get(e + 16, 4) == E820_RAM && start <= (uintptr_t)stub_end &&
		    (uintptr_t)stub_end <= end)
			boot.ram_end = end;
	}
}

bool boot_is_ram(uint64_t start, uint64_t end)
{
	for (unsigned int i = 0; i < boot.params[BP_E820_COUNT] && i < BP_E820_MAX; i++) {
		const uint8_t *e = boot.params + BP_E820 + i * E820_BYTES;
		uint64_t low = get(e, 8), high = low + get(e + 8, 8);

		if (get(e + 16, 4) == E820_RAM && low <= start && end <= high)
			return true;
	}
	return false;
}

const char *boot_read(void)
{
	boot.params = at(entry_rsi);
	boot.blob = find_blob();
	if (boot.blob == NULL)
		return "no CC blob";
	boot.secrets = at(get(boot.blob + BLOB_SECRETS, 8));
	boot.cpuid = at(get(boot.blob + BLOB_CPUID, 8));
	find_sev_leaf();
	if (boot.c_leaf == 0)
		return "no CPUID leaf 0x8000001f";
	boot.svsm_base = get(boot.secrets + SECRETS_SVSM_BASE, 8);
	boot.svsm_size = get(boot.secrets + SECRETS_SVSM_SIZE, 8);
	boot.caa = get(boot.secrets + SECRETS_SVSM_CAA, 8);
	boot.vmpl = (unsigned int)get(boot.secrets + SECRETS_SVSM_GUEST_VMPL, 1);
	if (boot.svsm_size == 0)
		return "no SVSM";
	find_ram();
	return NULL;
}
