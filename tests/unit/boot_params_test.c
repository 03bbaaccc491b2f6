/* SPDX-License-Identifier: MIT */
/* e820, setup_data, CC blob and tables as Linux will read them. [boot-abi 7] */
#include "test.h"

#include <string.h>
#include <svsm/boot.h>

#define MIB 0x100000ULL
#define RAM 1U
#define RESERVED 2U
#define ACPI 3U

static uint8_t page[PAGE_4K];
static const struct ram_range far = { 0x8000000000, 0x8010000000 };

static uint64_t get(unsigned int at, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, page + at, bytes);
	return value;
}

static void e820_is(unsigned int i, uint64_t start, uint64_t end, uint32_t type)
{
	check_eq(get(0x2d0 + 20 * i, 8), start);
	check_eq(get(0x2d0 + 20 * i + 8, 8), end - start);
	check_eq(get(0x2d0 + 20 * i + 16, 4), type);
}

declare_test(boot_params_one_range)
{
	const struct boot_memory memory = { .range = { { 0, 512 * MIB } }, .count = 1 };

	memset(page, 0, sizeof(page));
	check(boot_params_fill(page, &memory, &far, false));
	check_eq(page[0x1e8], 5);
	e820_is(0, 0, 0x80000, RAM);
	e820_is(1, 0x80000, 0x82000, RESERVED);
	e820_is(2, 0x82000, 0x83000, RAM);
	e820_is(3, 0x83000, 0xa0000, RESERVED);
	e820_is(4, MIB, 512 * MIB, RAM);
	check_eq(get(0x250, 8), 0x82040);
	check_eq(get(0x70, 8), 0);
}

declare_test(boot_params_acpi)
{
	const struct boot_memory memory = { .range = { { 0, 512 * MIB } }, .count = 1 };

	memset(page, 0, sizeof(page));
	check(boot_params_fill(page, &memory, &far, true));
	check_eq(page[0x1e8], 7);
	e820_is(2, 0x82000, 0x83000, RAM);
	e820_is(3, 0x83000, 0x8c000, RESERVED);
	e820_is(4, 0x8c000, 0x8d000, ACPI);
	e820_is(5, 0x8d000, 0xa0000, RESERVED);
	e820_is(6, MIB, 512 * MIB, RAM);
	check_eq(get(0x70, 8), 0x8c000);
}

declare_test(boot_params_hole_in_the_map)
{
	const struct boot_memory memory = { .range = { { 0, 0xa0000 }, { MIB, 512 * MIB } },
					    .count = 2 };

	memset(page, 0, sizeof(page));
	check(boot_params_fill(page, &memory, &far, false));
	check_eq(page[0x1e8], 5);
	e820_is(4, MIB, 512 * MIB, RAM);
}

declare_test(boot_params_svsm_between_ram)
{
	const struct ram_range svsm = { 0x90000000, 0x92000000 };
	const struct boot_memory memory = {
		.range = { { 0, 0x90000000 }, { 0x92000000, 0xa0000000 } }, .count = 2
	};

	memset(page, 0, sizeof(page));
	check(boot_params_fill(page, &memory, &svsm, false));
	check_eq(page[0x1e8], 7);
	e820_is(4, MIB, 0x90000000, RAM);
	e820_is(5, 0x90000000, 0x92000000, RESERVED);
	e820_is(6, 0x92000000, 0xa0000000, RAM);
}

/* The measured setup header stays what it was. */
declare_test(boot_params_touches_nothing_else)
{
	const struct boot_memory memory = { .range = { { 0, 512 * MIB } }, .count = 1 };

	memset(page, 0x5a, sizeof(page));
	check(boot_params_fill(page, &memory, &far, false));
	for (unsigned int i = 0; i < PAGE_4K; i++)
		if (i != 0x1e8 && (i < 0x250 || i >= 0x258) && (i < 0x2d0 || i >= 0x2d0 + 100))
			check_eq(page[i], 0x5a);
}

declare_test(boot_params_cc_blob)
{
	boot_params_blob(page);
	check(memcmp(page, "AMDE", 4) == 0);
	check_eq(get(8, 8), 0x83000);
	check_eq(get(16, 4), 4096);
	check_eq(get(24, 8), 0x84000);
	check_eq(get(32, 4), 4096);
	check_eq(get(0x40, 8), 0);
	check_eq(get(0x48, 4), 7);
	check_eq(get(0x4c, 4), 4);
	check_eq(get(0x50, 4), 0x82000);
}

/* CS 0x10: present, 64-bit code; DS 0x18: present, writable data. */
declare_test(boot_params_gdt)
{
	boot_params_blob(page);
	check_eq(get(0x90, 8) >> 40 & 0xff, 0x9b);
	check_eq(get(0x90, 8) >> 53 & 1, 1);
	check_eq(get(0x98, 8) >> 40 & 0xff, 0x93);
}

/* Every address below 4 GiB, walked as the CPU does, is itself, with the C-bit at each level. */
declare_test(boot_params_identity_map)
{
	static uint64_t table[6][512];
	const uint64_t c = 1ULL << 47;

	for (unsigned int i = 0; i < 6; i++)
		boot_params_table(table[i], i, c);
	for (uint64_t at = 0; at < 4 * PAGE_1G; at += PAGE_2M) {
		uint64_t word = table[0][at >> 39 & 511];

		for (unsigned int shift = 30; shift >= 21; shift -= 9) {
			check((word & (c | 3)) == (c | 3) && (word & 0x80) == 0);
			word = table[((word & 0xffffff000) - 0x86000) / PAGE_4K][at >> shift & 511];
		}
		check_eq(word, at | c | 0xe3);
	}
}
