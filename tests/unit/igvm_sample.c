/* SPDX-License-Identifier: MIT */
#include "igvm_sample.h"

#include "launch/write.h"

#include <string.h>

void sample_put(uint8_t *p, uint64_t x, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(x >> (8 * i));
}

void sample_vmsa(uint8_t page[4096])
{
	static const struct {
		unsigned int offset;
		uint64_t value;
	} words[] = {
		{ 0x000, 0x0000ffff00930000 },
		{ 0x010, 0x0000ffff009bf000 },
		{ 0x018, 0xffff0000 },
		{ 0x020, 0x0000ffff00930000 },
		{ 0x030, 0x0000ffff00930000 },
		{ 0x040, 0x0000ffff00930000 },
		{ 0x050, 0x0000ffff00930000 },
		{ 0x060, 0x0000ffff00000000 },
		{ 0x070, 0x0000ffff00820000 },
		{ 0x080, 0x0000ffff00000000 },
		{ 0x090, 0x0000ffff008b0000 },
		{ 0x0D0, 0x1000 },
		{ 0x148, 0x40 },
		{ 0x158, 0x10 },
		{ 0x160, 0x400 },
		{ 0x168, 0xffff0ff0 },
		{ 0x170, 2 },
		{ 0x178, 0xfff0 },
		{ 0x268, 0x0007040600070406 },
		{ 0x310, 0xa00f11 },
		{ 0x3B0, 1 },
		{ 0x3E8, 1 },
		{ 0x408, 0x1f80 },
		{ 0x410, 0x37f },
	};

	memset(page, 0, 4096);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		sample_put(page + words[i].offset, words[i].value, 8);
}

uint8_t *sample_file(size_t *bytes)
{
	uint8_t a[4096], vmsa[4096];
	struct write w;

	for (unsigned int i = 0; i < sizeof(a); i++)
		a[i] = (uint8_t)i;
	sample_vmsa(vmsa);
	write_start(&w);
	write_required_memory(&w, 0x100000, 0x10000);
	write_area(&w, 0, 0x2000);
	write_parameter(&w, IGVM_VP_COUNT, 0, 0x1000);
	write_parameter(&w, IGVM_ENVIRONMENT_INFO, 0, 0x1004);
	write_parameter(&w, IGVM_MEMORY_MAP, 0, 0);
	write_insert(&w, 0, 0x5000);
	write_page(&w, 0x1000, IGVM_DATA_NORMAL, 0, NULL);
	write_page(&w, 0x2000, IGVM_DATA_NORMAL, 0, a);
	write_page(&w, 0x3000, IGVM_DATA_SECRETS, 0, NULL);
	write_page(&w, 0x4000, IGVM_DATA_CPUID, 0, NULL);
	write_page(&w, 0x8000, IGVM_DATA_NORMAL, IGVM_FLAG_UNMEASURED, NULL);
	write_vmsa(&w, 0, vmsa);
	return write_finish(&w, bytes);
}

void sample_fix_crc(uint8_t *file, size_t bytes)
{
	size_t fixed = bytes > 4 && file[4] == 2 ? 32 : 24;
	uint32_t first, size;

	if (bytes < fixed)
		return;
	memcpy(&first, file + 8, 4);
	memcpy(&size, file + 12, 4);
	if (first > bytes || size > bytes - first)
		return;
	sample_put(file + 20, 0, 4);
	sample_put(file + 20, igvm_crc32(igvm_crc32(0, file, fixed), file + first, size), 4);
}
