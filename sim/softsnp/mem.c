/* SPDX-License-Identifier: MIT */
/*
 * Host memory for the RMP, nested tables and what of the guest's memory is not
 * one to one: from the end of the image and module to the top of the RAM that
 * holds them, then the RAM above 4 GiB. Nothing is ever freed.
 */
#include "softsnp.h"
#include <string.h>

#define MULTIBOOT_MODULES 0x8U
#define MULTIBOOT_MAP 0x40U
#define COMMAND_LINE_MAX 512U
#define HIGH 0x100000000ULL
#define LEAF_1G 0x83ULL /* present, writable, 1 GiB */
#define GIB_SHIFT 30U
#define GIBS 512U

extern uint64_t boot_pdpt[GIBS]; /* maps the first 4 GiB */

struct multiboot {
	uint32_t flags, mem_lower, mem_upper, boot_device, command_line;
	uint32_t modules, module_list, symbols[4], map_bytes, map;
};

struct multiboot_module {
	uint32_t start, end, words, reserved;
};

struct __attribute__((packed)) multiboot_range {
	uint32_t bytes; /* of what follows */
	uint64_t start, length;
	uint32_t type;
};

static struct pool {
	uint64_t next, end;
} low, high;
static char command_line[COMMAND_LINE_MAX];

static const void *at(uint32_t address)
{
	return (const void *)(uintptr_t)address;
}

static uint64_t align(uint64_t address, uint64_t to)
{
	return (address + to - 1) & ~(to - 1);
}

/* The end of the RAM that `inside` lies in; 0: none. */
static uint64_t ram_end(const struct multiboot *m, uint64_t inside)
{
	for (uint32_t offset = 0; offset < m->map_bytes;) {
		struct multiboot_range range;

		memcpy(&range, at(m->map + offset), sizeof(range));
		if (range.type == 1 && inside >= range.start && inside - range.start < range.length)
			return range.start + range.length;
		offset += range.bytes + (uint32_t)sizeof(range.bytes);
	}
	return 0;
}

/* RAM above 4 GiB, one to one as all of it. */
static void init_high(const struct multiboot *m)
{
	high = (struct pool){ HIGH, ram_end(m, HIGH) };
	if (high.end > (uint64_t)GIBS << GIB_SHIFT)
		high.end = (uint64_t)GIBS << GIB_SHIFT;
	for (uint64_t gib = HIGH >> GIB_SHIFT; gib << GIB_SHIFT < high.end; gib++)
		boot_pdpt[gib] = gib << GIB_SHIFT | LEAF_1G;
}

bool mem_init(const void *multiboot, const void **module, size_t *module_bytes)
{
	const struct multiboot *m = multiboot;
	const struct multiboot_module *list = at(m->module_list);
	const char *words = at(m->command_line);
	uint64_t end = (uint64_t)(uintptr_t)image_end;

	strncpy(command_line, words, sizeof(command_line) - 1);
	if ((m->flags & MULTIBOOT_MODULES) == 0 || m->modules == 0)
		return false;
	*module = at(list[0].start);
	*module_bytes = list[0].end - list[0].start;
	low.next = align(list[0].end > end ? list[0].end : end, SNP_PAGE);
	if ((m->flags & MULTIBOOT_MAP) != 0) {
		low.end = ram_end(m, end);
		init_high(m);
	}
	return true;
}

static uint64_t take(struct pool *p, uint64_t bytes, uint64_t to)
{
	uint64_t start = align(p->next, to);

	if (start + bytes > p->end || start + bytes < start)
		return 0;
	p->next = start + bytes;
	return start;
}

uint64_t mem_region(uint64_t bytes, uint64_t to)
{
	uint64_t start = take(&low, bytes, to);

	return start != 0 ? start : take(&high, bytes, to);
}

void *mem_pages(uint64_t pages)
{
	uint64_t start = mem_region(pages * SNP_PAGE, SNP_PAGE);

	if (start == 0)
		report_fatal(NULL, "out of host memory for tables: give QEMU more, with -m");
	return memset((void *)(uintptr_t)start, 0, pages * SNP_PAGE);
}

const char *mem_command_line(void)
{
	return command_line;
}

uint8_t *mem_at(uint64_t spa)
{
	return (uint8_t *)(uintptr_t)spa;
}

uint8_t *mem_of_model(struct snp *m, uint64_t spa)
{
	(void)m;
	return mem_at(spa);
}

uint64_t mem_end(void)
{
	return high.end > low.end ? high.end : low.end;
}
