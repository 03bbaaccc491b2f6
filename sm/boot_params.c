/* SPDX-License-Identifier: MIT */
/* What the Linux boot protocol wants in memory, made in buffers. Pure. [boot-abi 7] */
#include <string.h>
#include <svsm/boot.h>

#define ACPI_RSDP_AT 0x070U
#define E820_COUNT_AT 0x1e8U
#define E820_AT 0x2d0U
#define E820_MAX 128U
#define SETUP_DATA_AT 0x250U

#define E820_RAM 1U
#define E820_RESERVED 2U
#define E820_ACPI 3U

#define BLOB_MAGIC 0x45444d41U /* "AMDE" */
#define BLOB_VERSION 1U
#define SETUP_NODE_AT 0x40U
#define SETUP_CC_BLOB 7U
#define GDT_AT 0x80U

#define LOW_END 0x100000ULL

struct e820_entry {
	uint64_t start, bytes;
	uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct e820_entry) == 20, "boot-abi 7.2");

struct cc_blob {
	uint32_t magic;
	uint16_t version, reserved0;
	uint64_t secrets;
	uint32_t secrets_bytes, reserved1;
	uint64_t cpuid;
	uint32_t cpuid_bytes, reserved2;
};
_Static_assert(sizeof(struct cc_blob) == 40, "boot-abi 7.1");

struct setup_node {
	uint64_t next;
	uint32_t type, bytes;
	uint32_t cc_blob;
} __attribute__((packed));

struct e820 {
	uint8_t *params;
	unsigned int count;
	bool full;
};

static void add(struct e820 *table, uint64_t start, uint64_t end, uint32_t type)
{
	struct e820_entry entry = { start, end - start, type };

	if (start >= end)
		return;
	if (table->count == E820_MAX) {
		table->full = true;
		return;
	}
	memcpy(table->params + E820_AT + table->count++ * sizeof(entry), &entry, sizeof(entry));
}

static uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/*
 * RAM, less what is kept at GUEST_AREA and the PC's hole behind it. The page
 * of the setup_data node stays RAM: Linux before 6.15 maps what is reserved
 * without the C-bit, and follows the list once more at run time. For that
 * the ACPI tables have a type of their own too.
 */
bool boot_params_fill(uint8_t params[PAGE_4K], const struct boot_memory *memory,
		      const struct ram_range *svsm, bool acpi)
{
	struct e820 table = { .params = params };
	uint64_t node = GUEST_CC_BLOB + SETUP_NODE_AT, rsdp = GUEST_ACPI;
	uint64_t acpi_at = acpi ? GUEST_ACPI : GUEST_AREA_END;
	uint64_t acpi_end = acpi ? GUEST_ACPI_END : GUEST_AREA_END;
	uint64_t top = memory->range[memory->count - 1].end;
	bool svsm_listed = svsm->start >= top;

	for (unsigned int i = 0; i < memory->count; i++) {
		const struct ram_range *r = &memory->range[i];

		if (!svsm_listed && svsm->start < r->start) {
			add(&table, svsm->start, svsm->end, E820_RESERVED);
			svsm_listed = true;
		}
		add(&table, r->start, lower(r->end, GUEST_AREA), E820_RAM);
		add(&table, higher(r->start, GUEST_AREA), lower(r->end, GUEST_CC_BLOB),
		    E820_RESERVED);
		add(&table, higher(r->start, GUEST_CC_BLOB), lower(r->end, GUEST_SECRETS),
		    E820_RAM);
		add(&table, higher(r->start, GUEST_SECRETS), lower(r->end, acpi_at), E820_RESERVED);
		add(&table, higher(r->start, acpi_at), lower(r->end, acpi_end), E820_ACPI);
		add(&table, higher(r->start, acpi_end), lower(r->end, GUEST_AREA_END),
		    E820_RESERVED);
		add(&table, higher(r->start, LOW_END), r->end, E820_RAM);
	}
	params[E820_COUNT_AT] = (uint8_t)table.count;
	memcpy(params + SETUP_DATA_AT, &node, sizeof(node));
	if (acpi)
		memcpy(params + ACPI_RSDP_AT, &rsdp, sizeof(rsdp));
	return !table.full;
}

void boot_params_blob(uint8_t page[PAGE_4K])
{
	static const uint64_t gdt[4] = { 0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff };
	const struct cc_blob blob = {
		.magic = BLOB_MAGIC,
		.version = BLOB_VERSION,
		.secrets = GUEST_SECRETS,
		.secrets_bytes = PAGE_4K,
		.cpuid = GUEST_CPUID,
		.cpuid_bytes = PAGE_4K,
	};
	const struct setup_node node = {
		.type = SETUP_CC_BLOB,
		.bytes = sizeof(node.cc_blob),
		.cc_blob = GUEST_CC_BLOB,
	};

	memset(page, 0, PAGE_4K);
	memcpy(page, &blob, sizeof(blob));
	memcpy(page + SETUP_NODE_AT, &node, sizeof(node));
	memcpy(page + GDT_AT, gdt, sizeof(gdt));
}

#define TABLE 0x63ULL /* present, writable, accessed, dirty */
#define LEAF_2M 0xe3ULL
#define DIRECTORIES 4U

void boot_params_table(uint64_t words[512], unsigned int index, uint64_t c_bit)
{
	memset(words, 0, PAGE_4K);
	switch (index) {
	case 0:
		words[0] = (GUEST_TABLES + PAGE_4K) | c_bit | TABLE;
		break;
	case 1:
		for (unsigned int i = 0; i < DIRECTORIES; i++)
			words[i] = (GUEST_TABLES + (2 + i) * PAGE_4K) | c_bit | TABLE;
		break;
	default:
		for (unsigned int i = 0; i < 512; i++)
			words[i] = (index - 2) * PAGE_1G + i * PAGE_2M + (c_bit | LEAF_2M);
		break;
	}
}
