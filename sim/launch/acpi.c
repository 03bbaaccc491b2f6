/* SPDX-License-Identifier: MIT */
/*
 * The tables Linux needs to find its CPUs, I/O APIC and the way to power off.
 * No timer block: reading it exits, and TSC and APIC timer do without. No PCI
 * bridge: the guest of this tool has nothing there. SCI_EN is always set
 * (smm=off), so there is no SMI command.
 */
#include "launch/acpi.h"

#include <string.h>

#define PAGE 4096U
#define XSDT 0x40U
#define FADT 0x80U
#define FACS 0x1c0U
#define DSDT 0x200U
#define MADT 0x240U
#define HEADER 36U
#define RSDP_BYTES 36U
#define FADT_BYTES 244U
#define FACS_BYTES 64U
#define LAPIC_ADDRESS 0xfee00000U
#define IOAPIC_ADDRESS 0xfec00000U
#define XAPIC_IDS 255U
#define LEVEL_HIGH 0xdU
#define SCI 9U
#define PM1_EVENT 0x600U
#define PM1_CONTROL 0x604U
#define GPE0 0x620U
#define RESET_PORT 0xcf9U
#define RESET_VALUE 0xfU
/* WBINVD, C1, no power or sleep button, reset register. */
#define FADT_FLAGS (1U << 0 | 1U << 2 | 1U << 4 | 1U << 5 | 1U << 10)
#define BOOT_ARCH (1U << 0 | 1U << 2) /* ISA devices, no VGA; no keyboard controller */

/* Name (_S5, Package { 0, 0, 0, 0 }): the sleep type of power-off. */
static const uint8_t s5[] = { 0x08, '_', 'S', '5', '_', 0x12, 0x06, 0x04, 0, 0, 0, 0 };

static void put(uint8_t *at, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void checksum(uint8_t *table, size_t bytes, unsigned int at)
{
	uint8_t sum = 0;

	table[at] = 0;
	for (size_t i = 0; i < bytes; i++)
		sum = (uint8_t)(sum + table[i]);
	table[at] = (uint8_t)(0U - sum);
}

/* A table whose body is written already. */
static void head(uint8_t *table, const char *signature, unsigned int revision, size_t bytes)
{
	memcpy(table, signature, 4);
	put(table + 4, bytes, 4);
	table[8] = (uint8_t)revision;
	memcpy(table + 10, "TURNSTSVSMDEMU", 14);
	put(table + 24, 1, 4);
	memcpy(table + 28, "TSTL", 4);
	put(table + 32, 1, 4);
	checksum(table, bytes, 9);
}

static void rsdp(uint8_t *at, uint64_t gpa)
{
	memcpy(at, "RSD PTR ", 8);
	memcpy(at + 9, "TURNST", 6);
	at[15] = 2;
	put(at + 20, RSDP_BYTES, 4);
	put(at + 24, gpa + XSDT, 8);
	checksum(at, 20, 8);
	checksum(at, RSDP_BYTES, 32);
}

static void xsdt(uint8_t *at, uint64_t gpa)
{
	put(at + HEADER, gpa + FADT, 8);
	put(at + HEADER + 8, gpa + MADT, 8);
	head(at, "XSDT", 1, HEADER + 16);
}

static void facs(uint8_t *at)
{
	memcpy(at, "FACS", 4);
	put(at + 4, FACS_BYTES, 4);
	at[32] = 2;
}

static void fadt(uint8_t *at, uint64_t gpa)
{
	put(at + 36, gpa + FACS, 4);
	put(at + 40, gpa + DSDT, 4);
	put(at + 46, SCI, 2);
	put(at + 56, PM1_EVENT, 4);
	put(at + 64, PM1_CONTROL, 4);
	put(at + 80, GPE0, 4);
	at[88] = 4;		/* bytes of PM1 event, */
	at[89] = 2;		/* PM1 control, */
	at[92] = 16;		/* GPE0 */
	put(at + 96, 0xfff, 2); /* no C2, */
	put(at + 98, 0xfff, 2); /* no C3 */
	put(at + 109, BOOT_ARCH, 2);
	put(at + 112, FADT_FLAGS, 4);
	at[116] = 1; /* the reset register: a port, 8 bits wide, accessed by bytes */
	at[117] = 8;
	at[119] = 1;
	put(at + 120, RESET_PORT, 8);
	at[128] = RESET_VALUE;
	put(at + 140, gpa + DSDT, 8);
	head(at, "FACP", 4, FADT_BYTES);
}

static void dsdt(uint8_t *at)
{
	memcpy(at + HEADER, s5, sizeof(s5));
	head(at, "DSDT", 2, HEADER + sizeof(s5));
}

static size_t local_apic(uint8_t *at, unsigned int uid, uint32_t id)
{
	if (id < XAPIC_IDS) {
		put(at, 0x0800, 2);
		at[2] = (uint8_t)uid;
		at[3] = (uint8_t)id;
		put(at + 4, 1, 4);
		return 8;
	}
	put(at, 0x1009, 2);
	put(at + 4, id, 4);
	put(at + 8, 1, 4);
	put(at + 12, uid, 4);
	return 16;
}

/* Of an ISA interrupt that is not edge triggered, or not where its number says. */
static size_t override(uint8_t *at, unsigned int irq, unsigned int gsi, unsigned int flags)
{
	put(at, 0x0a02, 2);
	at[3] = (uint8_t)irq;
	put(at + 4, gsi, 4);
	put(at + 8, flags, 2);
	return 10;
}

static size_t madt(uint8_t *at, size_t room, const uint32_t *apic_ids, unsigned int n)
{
	static const unsigned int level[] = { 5, SCI, 10, 11 };
	size_t end = HEADER + 8;

	if (n > (room - end - 12 - 50) / 16)
		return 0;
	put(at + HEADER, LAPIC_ADDRESS, 4);
	put(at + HEADER + 4, 1, 4); /* PC-AT interrupt controllers too */
	for (unsigned int i = 0; i < n; i++)
		end += local_apic(at + end, i, apic_ids[i]);
	put(at + end, 0x0c01, 2);
	put(at + end + 4, IOAPIC_ADDRESS, 4);
	end += 12;
	end += override(at + end, 0, 2, 0);
	for (size_t i = 0; i < sizeof(level) / sizeof(level[0]); i++)
		end += override(at + end, level[i], level[i], LEVEL_HIGH);
	head(at, "APIC", 4, end);
	return end;
}

size_t acpi_tables(uint8_t page[4096], uint64_t gpa, const uint32_t *apic_ids, unsigned int n)
{
	size_t bytes;

	memset(page, 0, PAGE);
	bytes = madt(page + MADT, PAGE - MADT, apic_ids, n);
	if (bytes == 0)
		return 0;
	rsdp(page, gpa);
	xsdt(page + XSDT, gpa);
	fadt(page + FADT, gpa);
	facs(page + FACS);
	dsdt(page + DSDT);
	return MADT + bytes;
}
