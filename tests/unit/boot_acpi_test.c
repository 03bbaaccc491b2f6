/* SPDX-License-Identifier: MIT */
/* The ACPI root as a kernel checks it: signatures, sums, and nothing behind it. */
#include "test.h"

#include <string.h>
#include <svsm/boot.h>

static uint8_t page[PAGE_4K];

static uint64_t get(unsigned int at, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, page + at, bytes);
	return value;
}

static uint8_t sum(unsigned int at, unsigned int bytes)
{
	uint8_t total = 0;

	while (bytes-- > 0)
		total = (uint8_t)(total + page[at++]);
	return total;
}

declare_test(boot_acpi_root_pointer)
{
	memset(page, 0, sizeof(page));
	boot_acpi(page);
	check(memcmp(page + 0x100, "RSD PTR ", 8) == 0);
	check_eq(page[0x100 + 15], 2);
	check_eq(get(0x100 + 20, 4), 36);
	check_eq(sum(0x100, 20), 0);
	check_eq(sum(0x100, 36), 0);
}

declare_test(boot_acpi_empty_table)
{
	unsigned int at;

	memset(page, 0, sizeof(page));
	boot_acpi(page);
	at = (unsigned int)(get(0x100 + 24, 8) - GUEST_CC_BLOB);
	check(at < PAGE_4K - 36);
	check(memcmp(page + at, "XSDT", 4) == 0);
	check_eq(get(at + 4, 4), 36);
	check_eq(sum(at, 36), 0);
}

/* It shares the page with the blob, the node and the GDT. */
declare_test(boot_acpi_leaves_the_blob_alone)
{
	uint8_t before[0x100];

	boot_params_blob(page);
	memcpy(before, page, sizeof(before));
	boot_acpi(page);
	check(memcmp(page, before, sizeof(before)) == 0);
}
