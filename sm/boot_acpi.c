/* SPDX-License-Identifier: MIT */
/*
 * The least ACPI there is: a root pointer and an empty XSDT. A kernel that is
 * told none searches 0xe0000 to 0xfffff for it, which is no RAM of the guest.
 * Pure. [ACPI 6.5: 5.2.5.3 RSDP, 5.2.6 table header, 5.2.8 XSDT]
 */
#include <string.h>
#include <svsm/boot.h>

#define RSDP_AT (BOOT_RSDP - GUEST_CC_BLOB)
#define XSDT_AT 0x140U
#define RSDP_FIRST_BYTES 20U /* what the first checksum covers */

struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t bytes;
	uint64_t xsdt;
	uint8_t extended_checksum;
	uint8_t reserved[3];
} __attribute__((packed));
_Static_assert(sizeof(struct rsdp) == 36, "ACPI 5.2.5.3");

struct table_header {
	char signature[4];
	uint32_t bytes;
	uint8_t revision, checksum;
	char oem[6], oem_table[8];
	uint32_t oem_revision;
	char creator[4];
	uint32_t creator_revision;
} __attribute__((packed));
_Static_assert(sizeof(struct table_header) == 36, "ACPI 5.2.6");

/* The byte that makes the sum of all zero. */
static uint8_t checksum(const void *bytes, size_t count)
{
	const uint8_t *at = bytes;
	uint8_t sum = 0;

	while (count-- > 0)
		sum = (uint8_t)(sum + *at++);
	return (uint8_t)-sum;
}

void boot_acpi(uint8_t page[PAGE_4K])
{
	struct rsdp rsdp = {
		.revision = 2,
		.bytes = sizeof(rsdp),
		.xsdt = GUEST_CC_BLOB + XSDT_AT,
	};
	struct table_header xsdt = { .bytes = sizeof(xsdt), .revision = 1, .oem_revision = 1 };

	memcpy(rsdp.signature, "RSD PTR ", sizeof(rsdp.signature));
	memcpy(rsdp.oem, "TRNSTL", sizeof(rsdp.oem));
	rsdp.checksum = checksum(&rsdp, RSDP_FIRST_BYTES);
	rsdp.extended_checksum = checksum(&rsdp, sizeof(rsdp));
	memcpy(xsdt.signature, "XSDT", sizeof(xsdt.signature));
	memcpy(xsdt.oem, "TRNSTL", sizeof(xsdt.oem));
	memcpy(xsdt.oem_table, "TURNSTIL", sizeof(xsdt.oem_table));
	memcpy(xsdt.creator, "TRNS", sizeof(xsdt.creator));
	xsdt.checksum = checksum(&xsdt, sizeof(xsdt));
	memcpy(page + RSDP_AT, &rsdp, sizeof(rsdp));
	memcpy(page + XSDT_AT, &xsdt, sizeof(xsdt));
}
