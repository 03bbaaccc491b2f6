/* SPDX-License-Identifier: MIT */
/* The CPUID page of the launch, copied and looked up. [boot-abi 2] */
#include <string.h>
#include <svsm/cpuid.h>

#define ENTRIES_MAX 64U
#define ENTRIES_AT 16U

struct entry {
	uint32_t leaf, subleaf;
	uint64_t xcr0, xss;
	struct cpuid_regs regs;
	uint64_t reserved;
};
_Static_assert(sizeof(struct entry) == 48, "boot-abi 2");

static uint8_t copy[PAGE_4K] __attribute__((aligned(8)));
static uint32_t entries;

enum err cpuid_load(const uint8_t page[PAGE_4K])
{
	uint32_t header[4];

	memcpy(header, page, sizeof(header));
	if (header[0] == 0 || header[0] > ENTRIES_MAX || (header[1] | header[2] | header[3]) != 0)
		return ERR_STATE;
	memcpy(copy, page, sizeof(copy));
	entries = header[0];
	return OK;
}

/* Sub-leaves that depend on XCR0 or XSS are not asked for here. */
struct cpuid_regs cpuid_get(uint32_t leaf, uint32_t subleaf)
{
	for (uint32_t i = 0; i < entries; i++) {
		struct entry e;

		memcpy(&e, copy + ENTRIES_AT + i * sizeof(e), sizeof(e));
		if (e.leaf == leaf && e.subleaf == subleaf)
			return e.regs;
	}
	return (struct cpuid_regs){ 0 };
}

const uint8_t *cpuid_page(void)
{
	return copy;
}

unsigned int cpuid_c_bit(void)
{
	return cpuid_get(0x8000001f, 0).ebx & 0x3f;
}

unsigned int cpuid_address_bits(void)
{
	unsigned int bits = cpuid_get(0x80000008, 0).eax & 0xff;

	return bits < cpuid_c_bit() ? bits : cpuid_c_bit();
}
