/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's memory map, checked, and what follows from it: the blocks
 * of the page record, the windows, the launched runs. Pure. [boot-abi 6.2]
 */
#include <svsm/boot.h>

#define MAP_ENTRIES 128U
#define TYPE_RAM 0U

/*
 * The PC's video memory is no RAM, whatever the map says. The ROMs behind it
 * are: Linux searches them for tables before it has read its e820.
 */
#define HOLE 0xa0000ULL
#define HOLE_END 0xc0000ULL

static uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static enum map_fault add(struct boot_memory *memory, uint64_t start, uint64_t end)
{
	struct ram_range *last = memory->count ? &memory->range[memory->count - 1] : NULL;

	if (start >= end)
		return MAP_OK;
	if (last != NULL && last->end == start) {
		last->end = end;
		return MAP_OK;
	}
	if (memory->count == RAM_RANGES)
		return MAP_TOO_MANY;
	memory->range[memory->count++] = (struct ram_range){ start, end };
	return MAP_OK;
}

/* A host that backs the SVSM with RAM lists it as RAM: it is cut out. */
static enum map_fault add_around(struct boot_memory *memory, uint64_t start, uint64_t end,
				 const struct ram_range *svsm)
{
	enum map_fault fault = add(memory, start, lower(end, svsm->start));

	return fault == MAP_OK ? add(memory, higher(start, svsm->end), end) : fault;
}

static enum map_fault add_ram(struct boot_memory *memory, uint64_t start, uint64_t end,
			      const struct ram_range *svsm)
{
	enum map_fault fault = add_around(memory, start, lower(end, HOLE), svsm);

	return fault == MAP_OK ? add_around(memory, higher(start, HOLE_END), end, svsm) : fault;
}

enum map_fault boot_memory_read(struct boot_memory *memory, const struct memory_map_entry map[128],
				uint64_t top, const struct ram_range *svsm)
{
	uint64_t next_page = 0;
	unsigned int i;

	memory->count = 0;
	for (i = 0; i < MAP_ENTRIES && map[i].pages != 0; i++) {
		const struct memory_map_entry *e = &map[i];
		enum map_fault fault;

		if (e->first_page < next_page || e->pages > UINT64_MAX - e->first_page)
			return MAP_UNSORTED;
		next_page = e->first_page + e->pages;
		if (e->type != TYPE_RAM)
			continue;
		if (next_page > top / PAGE_4K)
			return MAP_BEYOND;
		fault = add_ram(memory, e->first_page * PAGE_4K, next_page * PAGE_4K, svsm);
		if (fault != MAP_OK)
			return fault;
	}
	if (i == MAP_ENTRIES)
		return MAP_UNTERMINATED;
	return memory->count == 0 ? MAP_EMPTY : MAP_OK;
}

bool boot_memory_has(const struct boot_memory *memory, uint64_t start, uint64_t end)
{
	for (unsigned int i = 0; i < memory->count; i++)
		if (start >= memory->range[i].start && end <= memory->range[i].end)
			return true;
	return false;
}

unsigned int boot_memory_blocks(const struct boot_memory *memory, uint64_t unit,
				struct ram_range blocks[RAM_RANGES])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < memory->count; i++) {
		uint64_t start = align_down(memory->range[i].start, unit);
		uint64_t end = align_up(memory->range[i].end, unit);

		if (count > 0 && start <= blocks[count - 1].end)
			blocks[count - 1].end = end;
		else
			blocks[count++] = (struct ram_range){ start, end };
	}
	return count;
}

static unsigned int show(struct cpu_window windows[WINDOWS], unsigned int count, uint64_t start,
			 uint64_t end, bool guest)
{
	if (start >= end)
		return count;
	CHECK(count < WINDOWS);
	windows[count] = (struct cpu_window){ start, end - start, guest };
	return count + 1;
}

/*
 * Whole GiB for RAM, so that one leaf shows it; by 2 MiB only in the GiB that
 * the SVSM's range shares. The image itself is in no window.
 */
unsigned int boot_memory_windows(const struct boot *b, struct cpu_window windows[WINDOWS])
{
	uint64_t near = align_down(b->config.svsm_gpa, PAGE_1G);
	uint64_t far = align_up(b->svsm_end, PAGE_1G);
	struct ram_range blocks[RAM_RANGES];
	unsigned int n = 0, count;

	count = boot_memory_blocks(&b->memory, PAGE_1G, blocks);
	for (unsigned int i = 0; i < count; i++) {
		n = show(windows, n, blocks[i].start, lower(blocks[i].end, near), true);
		n = show(windows, n, higher(blocks[i].start, far), blocks[i].end, true);
	}
	count = boot_memory_blocks(&b->memory, PAGE_2M, blocks);
	for (unsigned int i = 0; i < count; i++)
		n = show(windows, n, higher(blocks[i].start, near), lower(blocks[i].end, far),
			 true);
	return show(windows, n, b->image_end, b->svsm_end, false);
}

unsigned int boot_memory_launched(const struct svsm_config *config,
				  struct ram_range runs[LAUNCHED_RUNS])
{
	unsigned int n = 0;

	runs[n++] =
		(struct ram_range){ LAUNCH_START32, LAUNCH_TABLES + LAUNCH_TABLE_PAGES * PAGE_4K };
	runs[n++] =
		(struct ram_range){ LAUNCH_CPUID, LAUNCH_PARAMS + LAUNCH_PARAM_PAGES * PAGE_4K };
	for (unsigned int i = 0; i < config->range_count; i++) {
		const struct config_range *r = &config->range[i];

		runs[n++] = (struct ram_range){ r->gpa, r->gpa + r->pages * PAGE_4K };
	}
	return n;
}
