/* SPDX-License-Identifier: MIT */
/* Addresses that no call may accept [svsm 3.4]. */
#include "stub.h"

#define MAX 40U
#define APIC 0xfee00000ULL
#define FLASH 0xfffff000ULL
#define TERABYTE 0x10000000000ULL
#define TOP_52 0x000ffffffffff000ULL

static struct bad table[MAX];
static unsigned int used;

static void add(uint64_t gpa, const char *text)
{
	if (used == MAX)
		check_bail("too many bad addresses");
	table[used++] = (struct bad){ gpa, text };
}

/* Beside an address that would be good. */
static void add_bits(uint64_t good)
{
	add(good | boot.c_bit, "with the C-bit");
	add(good | 1ULL << 52, "with bit 52");
	add(good | 1ULL << 57, "with bit 57");
	add(good | 1ULL << 62, "with bit 62");
	add(good | 1ULL << 63, "with bit 63");
	add(good | boot.c_bit | 1ULL << 63, "with the C-bit and bit 63");
	add(good | 0xfff0000000000000, "with bits 63:52");
	if (boot.c_bit < 1ULL << 51)
		add(good | 1ULL << 51, "with bit 51");
}

unsigned int bad_addresses(const struct bad **bad, uint64_t size, uint64_t good)
{
	uint64_t svsm_end = boot.svsm_base + boot.svsm_size;

	used = 0;
	add(boot.svsm_base, "first of the SVSM's range");
	add(boot.svsm_base + size, "second of the SVSM's range");
	add(boot.svsm_base + (boot.svsm_size / 2 & ~(size - 1)), "middle of the SVSM's range");
	add(svsm_end - size, "last of the SVSM's range");
	add(boot.svsm_base | boot.c_bit, "the SVSM's range with the C-bit");
	add(boot.svsm_base | 1ULL << 63, "the SVSM's range with bit 63");
	add(boot.ram_end, "first behind RAM");
	add(APIC & ~(size - 1), "local APIC");
	add(FLASH & ~(size - 1), "end of 4 GiB");
	add(TERABYTE, "1 TiB");
	add(1ULL << 46, "2^46");
	add(1ULL << 47, "2^47");
	add((1ULL << 47) - size, "last below 2^47");
	add(TOP_52 & ~(size - 1), "last below 2^52");
	add(UINT64_MAX & ~(size - 1), "last of all");
	add(call_ca & ~(size - 1), "the calling area");
	if (size == PAGE_4K) {
		add(0xa0000, "first of the video memory");
		add(0xb8000, "text screen");
		add(0xbf000, "last of the video memory");
	} else {
		add(0, "2 MiB with the video memory");
	}
	add_bits(good);
	*bad = table;
	return used;
}
