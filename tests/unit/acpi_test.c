/* SPDX-License-Identifier: MIT */
/* ACPI tables: the chain from the RSDP, sums, CPUs. */
#include "launch/acpi.h"
#include "test.h"

#include <string.h>

#define GPA 0x8c000ULL

static uint8_t page[4096];

static uint64_t get(const uint8_t *at, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, at, bytes);
	return value;
}

static unsigned int sum(const uint8_t *at, uint64_t bytes)
{
	uint8_t s = 0;

	while (bytes-- != 0)
		s = (uint8_t)(s + *at++);
	return s;
}

/* The table at a guest address: inside the page, signed, its sum right. */
static const uint8_t *table(uint64_t gpa, const char *signature)
{
	const uint8_t *at = page + (gpa - GPA);

	check(gpa > GPA && gpa < GPA + sizeof(page) - 36);
	check(memcmp(at, signature, 4) == 0);
	check(get(at + 4, 4) <= sizeof(page) - (gpa - GPA));
	if (memcmp(signature, "FACS", 4) != 0)
		check_eq(sum(at, get(at + 4, 4)), 0);
	return at;
}

declare_test(acpi_chain)
{
	static const uint32_t ids[] = { 0, 1 };
	const uint8_t *xsdt, *fadt;

	check(acpi_tables(page, GPA, ids, 2) != 0);
	check(memcmp(page, "RSD PTR ", 8) == 0);
	check_eq(sum(page, 20), 0);
	check_eq(sum(page, 36), 0);
	xsdt = table(get(page + 24, 8), "XSDT");
	check_eq(get(xsdt + 4, 4), 36 + 2 * 8);
	fadt = table(get(xsdt + 36, 8), "FACP");
	table(get(xsdt + 44, 8), "APIC");
	table(get(fadt + 40, 4), "DSDT");
	check_eq(get(fadt + 140, 8), get(fadt + 40, 4));
	check_eq((table(get(fadt + 36, 4), "FACS") - page) % 64, 0);
	check_eq(get(fadt + 64, 4), 0x604); /* where soft-SNP sees the power-off */
}

/* Entries of a type in the MADT; all must end where it ends. */
static unsigned int entries(const uint8_t *madt, unsigned int type)
{
	uint64_t bytes = get(madt + 4, 4), at = 44;
	unsigned int found = 0;

	for (; at < bytes; at += madt[at + 1]) {
		check(madt[at + 1] >= 8);
		found += madt[at] == type;
	}
	check_eq(at, bytes);
	return found;
}

declare_test(acpi_cpus)
{
	static uint32_t ids[300];
	const uint8_t *madt;

	for (unsigned int i = 0; i < 300; i++)
		ids[i] = 3 * i;
	for (unsigned int n = 1; n <= 128; n++) {
		size_t used = acpi_tables(page, GPA, ids, n);

		check(used != 0 && used <= sizeof(page));
		madt = table(get(page + 0x40 + 44, 8), "APIC");
		check_eq(entries(madt, 0), n < 86 ? n : 85); /* ids below 255 */
		check_eq(entries(madt, 9), n < 86 ? 0 : n - 85);
		check_eq(entries(madt, 1), 1);
		check_eq(madt[44 + 3], 0);
		check_eq(used, (uint64_t)(madt - page) + get(madt + 4, 4));
	}
	check_eq(acpi_tables(page, GPA, ids, 300), 0);
}
