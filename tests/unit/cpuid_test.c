/* SPDX-License-Identifier: MIT */
/* The CPUID page: headers that make no sense, look-up, what follows. [boot-abi 2] */
#include "test.h"

#include <string.h>
#include <svsm/cpuid.h>

static uint8_t page[PAGE_4K];

static void put32(unsigned int at, uint32_t value)
{
	memcpy(page + at, &value, sizeof(value));
}

static void entry(unsigned int i, uint32_t leaf, uint32_t subleaf, uint32_t eax, uint32_t ebx)
{
	put32(16 + 48 * i, leaf);
	put32(16 + 48 * i + 4, subleaf);
	put32(16 + 48 * i + 24, eax);
	put32(16 + 48 * i + 28, ebx);
	put32(16 + 48 * i + 32, 0x0c);
	put32(16 + 48 * i + 36, 0x0d);
}

static void sample(void)
{
	memset(page, 0, sizeof(page));
	put32(0, 4);
	entry(0, 7, 0, 1, 0x100080);
	entry(1, 7, 1, 2, 3);
	entry(2, 0x80000008, 0, 0x3034, 8);
	entry(3, 0x8000001f, 0, 0x3a, 0x4000 | 51);
}

declare_test(cpuid_finds_leaves)
{
	sample();
	check_eq(cpuid_load(page), OK);
	check_eq(cpuid_get(7, 0).ebx, 0x100080);
	check_eq(cpuid_get(7, 1).eax, 2);
	check_eq(cpuid_get(7, 1).ecx, 0x0c);
	check_eq(cpuid_get(7, 1).edx, 0x0d);
}

declare_test(cpuid_missing_leaf_is_zero)
{
	struct cpuid_regs r;

	sample();
	check_eq(cpuid_load(page), OK);
	r = cpuid_get(7, 2);
	check_eq(r.eax | r.ebx | r.ecx | r.edx, 0);
	r = cpuid_get(1, 0);
	check_eq(r.eax | r.ebx | r.ecx | r.edx, 0);
}

/* An entry behind the count does not exist. */
declare_test(cpuid_count_bounds_the_table)
{
	sample();
	put32(0, 3);
	check_eq(cpuid_load(page), OK);
	check_eq(cpuid_get(0x8000001f, 0).ebx, 0);
}

declare_test(cpuid_bad_headers)
{
	sample();
	put32(0, 0);
	check_eq(cpuid_load(page), ERR_STATE);
	put32(0, 65);
	check_eq(cpuid_load(page), ERR_STATE);
	put32(0, 0xffffffff);
	check_eq(cpuid_load(page), ERR_STATE);
	put32(0, 4);
	put32(12, 1);
	check_eq(cpuid_load(page), ERR_STATE);
	put32(12, 0);
	check_eq(cpuid_load(page), OK);
}

declare_test(cpuid_full_table)
{
	memset(page, 0, sizeof(page));
	put32(0, 64);
	entry(63, 0x8000001f, 0, 0, 47);
	check_eq(cpuid_load(page), OK);
	check_eq(cpuid_c_bit(), 47);
}

/* It is a copy: the page may change afterwards. */
declare_test(cpuid_is_copied)
{
	sample();
	check_eq(cpuid_load(page), OK);
	memset(page, 0xff, sizeof(page));
	check_eq(cpuid_get(7, 0).ebx, 0x100080);
	sample();
	check(memcmp(cpuid_page(), page, sizeof(page)) == 0);
}

/* On Genoa the CPU has 52 address bits, and bit 51 is the C-bit. */
declare_test(cpuid_addresses_end_below_the_c_bit)
{
	sample();
	check_eq(cpuid_load(page), OK);
	check_eq(cpuid_address_bits(), 51);
	entry(2, 0x80000008, 0, 0x302e, 8);
	check_eq(cpuid_load(page), OK);
	check_eq(cpuid_address_bits(), 46);
}
