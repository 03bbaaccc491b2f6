/* SPDX-License-Identifier: MIT */
/* Addresses that no call may accept [svsm 3.4]. */
#include "conf.h"

#define APIC 0xfee00000ULL
#define FLASH 0xfffff000ULL
#define TERABYTE 0x10000000000ULL
#define TOP_52 0x000ffffffffff000ULL
#define MAX 32U

static struct bad_page table[MAX];
static unsigned int used;

static void add(uint64_t gpa, const char *text)
{
	table[used++] = (struct bad_page){ .gpa = gpa, .text = text };
}

/* RAM for one machine, a hole for another. */
static void add_hole(uint64_t gpa, uint64_t size, const char *text)
{
	if (!boot_is_ram(gpa, gpa + PAGE_4K) && !boot_is_ram(gpa + size - PAGE_4K, gpa + size))
		add(gpa, text);
}

/* A page that would do but for the bits. */
static uint64_t good_page(uint64_t size)
{
	static uint64_t small, large;

	if (size == PAGE_2M)
		return large = large != 0 ? large : mem_private_2m();
	return small = small != 0 ? small : mem_valid();
}

static void fill(uint64_t size)
{
	uint64_t mask = ~(size - 1), end = boot.svsm_base + boot.svsm_size;
	uint64_t good = good_page(size);

	used = 0;
	add(boot.svsm_base & mask, "first of the SVSM's range");
	add((boot.svsm_base + boot.svsm_size / 2) & mask, "middle of the SVSM's range");
	add((end - 1) & mask, "last of the SVSM's range");
	add((boot.svsm_base & mask) | boot.c_bit, "SVSM's range with the C-bit");
	add((boot.svsm_base & mask) | 1ULL << 63, "SVSM's range with bit 63");
	add(good | boot.c_bit, "C-bit set");
	add(good | 1ULL << 52, "bit 52 set");
	add(good | 1ULL << 62, "bit 62 set");
	add(good | 1ULL << 63, "bit 63 set");
	add(good | 0xfff0000000000000, "bits 63:52 set");
	add((boot.ram_end + size - 1) & mask, "first behind RAM");
	table[used - 1].needs = NEED_E820;
	if (size == PAGE_2M && boot.ram_end % PAGE_2M != 0) {
		add(boot.ram_end & mask, "2 MiB across the end of RAM");
		table[used - 1].needs = NEED_E820;
	}
	add_hole(APIC, size, "local APIC");
	add_hole(FLASH & mask, size, "last below 4 GiB");
	add_hole(TERABYTE, size, "1 TiB");
	add_hole(1ULL << 46, size, "2^46");
	add((1ULL << 47) - size, "last below 2^47");
	add(1ULL << 47, "2^47");
	add((boot.c_bit - 1) & mask, "last below the C-bit");
	add(TOP_52 & mask, "last below 2^52");
	add(UINT64_MAX & mask, "last of all");
	if (size == PAGE_4K && !boot_is_ram(0xa0000, 0xa1000)) {
		/* Memory or a device: what has real RAM there may take it [svsm 6.1]. */
		add(0xa0000, "video memory at 0xa0000");
		table[used - 1].also = R_OK;
		add(0xbf000, "video memory at 0xbf000");
		table[used - 1].also = R_OK;
	} else if (size == PAGE_2M) {
		add(0, "2 MiB with the video memory");
		table[used - 1].needs = NEED_STRICT;
	}
}

bool bad_page_at(unsigned int at, uint64_t size, struct bad_page *bad)
{
	if (at == 0)
		fill(size);
	if (at >= used)
		return false;
	*bad = table[at];
	if (options.strict)
		bad->also = 0;
	return true;
}
