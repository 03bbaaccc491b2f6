/* SPDX-License-Identifier: MIT */
/* Memory maps no hypervisor should hand over, and what follows from good ones. */
#include "test.h"

#include <string.h>
#include <svsm/boot.h>

#define TOP (1ULL << 40)
#define MIB 0x100000ULL

static const struct ram_range svsm = { 0x8000000000, 0x8010000000 };
static struct memory_map_entry map[128];
static struct boot_memory memory;

static void entry(unsigned int i, uint64_t start, uint64_t end, uint16_t type)
{
	map[i] = (struct memory_map_entry){ .first_page = start / PAGE_4K,
					    .pages = (end - start) / PAGE_4K,
					    .type = type };
}

static void fresh(void)
{
	memset(map, 0, sizeof(map));
	memset(&memory, 0xff, sizeof(memory));
}

static enum map_fault read_map(void)
{
	return boot_memory_read(&memory, map, TOP, &svsm);
}

declare_test(boot_memory_good_map)
{
	fresh();
	entry(0, 0, 0xa0000, 0);
	entry(1, 0xf0000, MIB, 1);
	entry(2, MIB, 512 * MIB, 0);
	entry(3, 0xfeffc000, 0xff000000, 1);
	entry(4, 4096 * MIB, 5120 * MIB, 0);
	check_eq(read_map(), MAP_OK);
	check_eq(memory.count, 3);
	check_eq(memory.range[2].start, 4096 * MIB);
	check(boot_memory_has(&memory, MIB, 512 * MIB));
	check(!boot_memory_has(&memory, 0x9f000, 0xa1000));
	check(!boot_memory_has(&memory, 511 * MIB, 513 * MIB));
}

declare_test(boot_memory_neighbours_are_joined)
{
	fresh();
	entry(0, MIB, 32 * MIB, 0);
	entry(1, 32 * MIB, 64 * MIB, 0);
	check_eq(read_map(), MAP_OK);
	check_eq(memory.count, 1);
	check_eq(memory.range[0].end, 64 * MIB);
}

/* One entry from 0 up, as QEMU and soft-SNP list it. */
declare_test(boot_memory_without_video_memory)
{
	fresh();
	entry(0, 0, 512 * MIB, 0);
	check_eq(read_map(), MAP_OK);
	check_eq(memory.count, 2);
	check_eq(memory.range[0].start, 0);
	check_eq(memory.range[0].end, 0xa0000);
	check_eq(memory.range[1].start, 0xc0000);
	check_eq(memory.range[1].end, 512 * MIB);
	entry(0, 0xb0000, 0xc0000, 0);
	check_eq(read_map(), MAP_EMPTY);
}

declare_test(boot_memory_empty)
{
	fresh();
	check_eq(read_map(), MAP_EMPTY);
	entry(0, 0, MIB, 1);
	check_eq(read_map(), MAP_EMPTY);
}

declare_test(boot_memory_unterminated)
{
	fresh();
	for (unsigned int i = 0; i < 128; i++)
		entry(i, i * 16 * MIB, i * 16 * MIB + MIB, 1);
	entry(0, 0, MIB, 0);
	check_eq(read_map(), MAP_UNTERMINATED);
	map[127].pages = 0;
	check_eq(read_map(), MAP_OK);
}

declare_test(boot_memory_unsorted)
{
	fresh();
	entry(0, 64 * MIB, 128 * MIB, 0);
	entry(1, 0, MIB, 0);
	check_eq(read_map(), MAP_UNSORTED);
}

/* Also when only one of the two is RAM. */
declare_test(boot_memory_overlapping)
{
	fresh();
	entry(0, 0, 64 * MIB, 0);
	entry(1, 63 * MIB, 65 * MIB, 0);
	check_eq(read_map(), MAP_UNSORTED);
	entry(1, 63 * MIB, 65 * MIB, 1);
	check_eq(read_map(), MAP_UNSORTED);
}

declare_test(boot_memory_wraps)
{
	fresh();
	map[0] = (struct memory_map_entry){ .first_page = 16, .pages = UINT64_MAX };
	check_eq(read_map(), MAP_UNSORTED);
	map[0] = (struct memory_map_entry){ .first_page = 0, .pages = 1ULL << 52 };
	check_eq(read_map(), MAP_BEYOND);
}

declare_test(boot_memory_beyond_the_address_bits)
{
	fresh();
	entry(0, 0, 64 * MIB, 0);
	entry(1, TOP - MIB, TOP + MIB, 0);
	check_eq(read_map(), MAP_BEYOND);
	entry(1, TOP - MIB, TOP, 0);
	check_eq(read_map(), MAP_OK);
	entry(1, TOP, TOP + MIB, 1);
	check_eq(read_map(), MAP_OK);
}

static bool all_ram_is_outside_the_svsm(void)
{
	for (unsigned int i = 0; i < memory.count; i++)
		if (memory.range[i].start < svsm.end && memory.range[i].end > svsm.start)
			return false;
	return true;
}

/* What the host lists as RAM in the SVSM's range never becomes the guest's. */
declare_test(boot_memory_covers_the_svsm)
{
	fresh();
	entry(0, MIB, 64 * MIB, 0);
	entry(1, svsm.start - MIB, svsm.end + MIB, 0);
	check_eq(read_map(), MAP_OK);
	check(all_ram_is_outside_the_svsm());
	check_eq(memory.count, 3);
	check_eq(memory.range[1].end, svsm.start);
	check_eq(memory.range[2].start, svsm.end);
	entry(1, svsm.end - PAGE_4K, svsm.end + MIB, 0);
	check_eq(read_map(), MAP_OK);
	check(all_ram_is_outside_the_svsm());
	check(boot_memory_has(&memory, svsm.end, svsm.end + MIB));
	entry(1, svsm.start - MIB, svsm.start + PAGE_4K, 0);
	check_eq(read_map(), MAP_OK);
	check(all_ram_is_outside_the_svsm());
	entry(1, svsm.start + PAGE_2M, svsm.end - PAGE_2M, 0);
	check_eq(read_map(), MAP_OK);
	check_eq(memory.count, 1);
}

declare_test(boot_memory_too_many)
{
	fresh();
	for (unsigned int i = 0; i <= RAM_RANGES; i++)
		entry(i, i * 16 * MIB, i * 16 * MIB + MIB, 0);
	check_eq(read_map(), MAP_TOO_MANY);
}

static struct boot boot;
static struct cpu_window windows[WINDOWS];

static bool shows(unsigned int count, uint64_t at, bool *guest)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < count; i++) {
		if (at < windows[i].start || at >= windows[i].start + windows[i].bytes)
			continue;
		*guest = windows[i].guest;
		found++;
	}
	check(found <= 1);
	return found == 1;
}

static unsigned int window_count(uint64_t svsm_gpa, uint64_t svsm_mem)
{
	const struct ram_range own = { svsm_gpa, svsm_gpa + svsm_mem };

	boot.config.svsm_gpa = svsm_gpa;
	boot.config.svsm_mem = svsm_mem;
	boot.image_end = svsm_gpa + PAGE_2M;
	boot.svsm_end = svsm_gpa + svsm_mem;
	check_eq(boot_memory_read(&boot.memory, map, TOP, &own), MAP_OK);
	return boot_memory_windows(&boot, windows);
}

declare_test(boot_memory_windows_far_svsm)
{
	unsigned int count;
	bool guest;

	fresh();
	entry(0, 0, 0xa0000, 0);
	entry(1, MIB, 512 * MIB, 0);
	count = window_count(svsm.start, svsm.end - svsm.start);
	check_eq(count, 2);
	check_eq(windows[0].bytes, PAGE_1G);
	check(shows(count, 0x1000, &guest) && guest);
	check(!shows(count, svsm.start, &guest));
	check(shows(count, svsm.start + PAGE_2M, &guest) && !guest);
	check(shows(count, svsm.end - 1, &guest) && !guest);
	check(!shows(count, svsm.end, &guest));
}

/* The SVSM in the middle of the guest's RAM: no leaf covers both, the image is in none. */
declare_test(boot_memory_windows_near_svsm)
{
	const uint64_t gpa = 0x90000000, bytes = 0x2000000;
	unsigned int count;
	bool guest;

	fresh();
	entry(0, 0, gpa, 0);
	entry(1, gpa + bytes, 4096 * MIB, 0);
	count = window_count(gpa, bytes);
	check(shows(count, 0, &guest) && guest);
	check(shows(count, gpa - 1, &guest) && guest);
	check(!shows(count, gpa, &guest));
	check(!shows(count, gpa + PAGE_2M - 1, &guest));
	check(shows(count, gpa + PAGE_2M, &guest) && !guest);
	check(shows(count, gpa + bytes, &guest) && guest);
	check(shows(count, 4096 * MIB - 1, &guest) && guest);
	for (unsigned int i = 0; i < count; i++)
		check((windows[i].start | windows[i].bytes) % PAGE_2M == 0);
}

declare_test(boot_memory_launched_runs)
{
	struct ram_range runs[LAUNCHED_RUNS];
	struct svsm_config config = { .range_count = 1, .range = { { 0x80000, 12 } } };

	check_eq(boot_memory_launched(&config, runs), 3);
	check_eq(runs[0].start, 0x10000);
	check_eq(runs[0].end, 0x17000);
	check_eq(runs[1].start, 0x18000);
	check_eq(runs[1].end, 0x1c000);
	check_eq(runs[2].end, 0x8c000);
}
