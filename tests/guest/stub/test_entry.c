/* SPDX-License-Identifier: MIT */
/* The 64-bit boot protocol as the guest finds it [boot-abi 7.2]. */
#include "stub.h"

#define RFLAGS_IF 0x200ULL
#define CR0_PE_PG 0x80000001ULL
#define EFER_LONG 0x500ULL /* LME, LMA */
#define E820_BYTES 20U
#define LOW_END 0xa0000ULL

static const uint8_t *e820(unsigned int i)
{
	return boot.params + BP_E820 + i * E820_BYTES;
}

/* No RAM entry has a byte of it. */
static bool not_ram(uint64_t start, uint64_t end)
{
	for (unsigned int i = 0; i < boot.params[BP_E820_COUNT]; i++) {
		uint64_t low = get(e820(i), 8), high = low + get(e820(i) + 8, 8);

		if (get(e820(i) + 16, 4) == E820_RAM && low < end && start < high)
			return false;
	}
	return true;
}

static bool sorted(void)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < boot.params[BP_E820_COUNT]; i++) {
		uint64_t low = get(e820(i), 8), bytes = get(e820(i) + 8, 8);

		if (low < end || bytes == 0 || low + bytes < low)
			return false;
		end = low + bytes;
	}
	return true;
}

static void memory_map(void)
{
	unsigned int count = boot.params[BP_E820_COUNT];

	check(count > 0 && count <= BP_E820_MAX, "[boot-abi 7.2] e820: 1 to 128 entries");
	check(sorted(), "[boot-abi 7.2] e820: ascending, none empty, none overlapping");
	check(boot_is_ram(0x100000, boot.image_end), "[boot-abi 7.2] e820: 1 MiB to kernel is RAM");
	check(not_ram(boot.svsm_base, boot.svsm_base + boot.svsm_size),
	      "[svsm 1.1] e820: the SVSM's range is not RAM");
	check(not_ram(LOW_END, 0x100000), "[boot-abi 7.2] e820: the ISA hole is not RAM");
	check(not_ram((uintptr_t)boot.secrets, (uintptr_t)boot.secrets + PAGE_4K),
	      "[boot-abi 7.2] e820: secrets page is not RAM");
	check(not_ram((uintptr_t)boot.cpuid, (uintptr_t)boot.cpuid + PAGE_4K),
	      "[boot-abi 7.2] e820: CPUID page is not RAM");
	check(not_ram(boot.caa, boot.caa + PAGE_4K),
	      "[boot-abi 7.2] e820: calling area is not RAM");
}

static void registers(void)
{
	uint64_t cr0;

	__asm__ volatile("movq %%cr0, %0" : "=r"(cr0));
	check((entry_rflags & RFLAGS_IF) == 0, "[boot-abi 7.2] interrupts are off");
	check_eq(entry_cs, 0x10, "[boot-abi 7.2] CS");
	check_eq(entry_ds, 0x18, "[boot-abi 7.2] DS");
	check_eq(entry_ss, 0x18, "[boot-abi 7.2] SS");
	check((cr0 & CR0_PE_PG) == CR0_PE_PG, "[boot-abi 7.2] paging is on");
	check((rdmsr(MSR_EFER) & EFER_LONG) == EFER_LONG, "[boot-abi 7.2] long mode");
	check((entry_cr3 & boot.c_bit) != 0, "[boot-abi 7.2] CR3 has the C-bit");
	check(entry_rsi % PAGE_4K == 0, "[boot-abi 7.2] RSI: boot_params, a page");
}

static void params(void)
{
	const uint8_t *p = boot.params;
	const uint8_t *words = (const uint8_t *)(uintptr_t)get(p + BP_CMD_LINE, 4);
	unsigned int length = 0;

	check_eq(p[BP_SENTINEL], 0, "[boot-abi 7.2] boot_params: sentinel");
	check_eq(get(p + BP_HEADER_MAGIC, 4), 0x53726448, "[boot-abi 7.2] boot_params: HdrS");
	check_eq(get(p + BP_VERSION, 2), 0x20f, "[boot-abi 7.2] boot_params: version copied");
	check_eq(p[BP_TYPE_OF_LOADER], 0xff, "[boot-abi 7.2] boot_params: type_of_loader");
	check_eq(p[BP_LOADFLAGS] & 1, 1, "[boot-abi 7.2] boot_params: LOADED_HIGH");
	while (length < PAGE_4K && words[length] != 0)
		length++;
	check(words != NULL && length < PAGE_4K, "[boot-abi 7.2] the command line has an end");
}

static void blob(void)
{
	const uint8_t *b = boot.blob;

	check_eq(get(b, 4), CC_BLOB_MAGIC, "[boot-abi 7.1] CC blob: AMDE");
	check(get(b + 4, 2) <= 1, "[boot-abi 7.1] CC blob: version 0 or 1");
	check_eq(get(b + 6, 2), 0, "[boot-abi 7.1] CC blob: reserved");
	check_eq(get(b + 16, 8), PAGE_4K, "[boot-abi 7.1] CC blob: secrets length, reserved");
	check_eq(get(b + 32, 8), PAGE_4K, "[boot-abi 7.1] CC blob: CPUID length, reserved");
}

void test_entry(void)
{
	registers();
	params();
	memory_map();
	blob();
}
