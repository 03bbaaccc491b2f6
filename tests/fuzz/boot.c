/* SPDX-License-Identifier: MIT */
/* The pages of the launch: CPUID, secrets, configuration, memory map; what is made of them. */
#include "fuzz.h"

#include <svsm/boot.h>
#include <svsm/cpuid.h>
#include <svsm/secrets.h>

static struct input in;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static void take_page(uint8_t page[PAGE_4K])
{
	memset(page, 0, PAGE_4K);
	for (unsigned int i = 0; i < PAGE_4K && in.left > 0; i++)
		page[i] = (uint8_t)take(&in, 1);
}

static void cpuid(void)
{
	static uint8_t page[PAGE_4K];

	take_page(page);
	if (cpuid_load(page) != OK)
		return;
	(void)cpuid_get((uint32_t)take(&in, 4), 0);
	demand(cpuid_address_bits() <= cpuid_c_bit() && cpuid_c_bit() < 64);
	demand(memcmp(cpuid_page(), page, PAGE_4K) == 0);
}

static void secrets(void)
{
	static uint8_t page[PAGE_4K], guests[PAGE_4K];
	const struct secrets_guest guest = { .vmpl = 1 + (unsigned int)take(&in, 1) % 3 };

	take_page(page);
	if (secrets_load(page) != OK)
		return;
	secrets_for_guest(guests, &guest);
	for (unsigned int i = 0; i < guest.vmpl * VMPCK_BYTES; i++)
		demand(guests[0x20 + i] == 0);
	demand(memcmp(guests + 0x20 + guest.vmpl * VMPCK_BYTES,
		      page + 0x20 + guest.vmpl * VMPCK_BYTES,
		      (VMPCK_COUNT - guest.vmpl) * VMPCK_BYTES) == 0);
}

static bool outside(const struct ram_range *r, uint64_t start, uint64_t end)
{
	return r->end <= start || r->start >= end;
}

static void use(struct boot *b, const struct ram_range *svsm)
{
	static struct cpu_window windows[WINDOWS];
	static uint8_t params[PAGE_4K];
	unsigned int count;

	b->config.svsm_gpa = svsm->start;
	b->svsm_end = svsm->end;
	b->image_end = svsm->start + PAGE_2M;
	count = boot_memory_windows(b, windows);
	demand(count <= WINDOWS);
	for (unsigned int i = 0; i < count; i++) {
		const struct ram_range w = { windows[i].start,
					     windows[i].start + windows[i].bytes };

		demand(outside(&w, svsm->start, b->image_end));
		demand(!windows[i].guest || outside(&w, svsm->start, svsm->end));
	}
	(void)boot_params_fill(params, &b->memory, svsm, take(&in, 1) & 1);
}

/* Runs of pages, each from where the last one ended, and a gap, overlap or anything. */
static void map(void)
{
	static struct memory_map_entry entry[128];
	static struct boot b;
	const struct ram_range svsm = { PAGE_2M * (1 + take(&in, 2)), 0 };
	const struct ram_range range = { svsm.start, svsm.start + PAGE_2M * (2 + take(&in, 1)) };
	uint64_t next = 0, count = take(&in, 1) % 129;

	memset(entry, 0, sizeof(entry));
	for (uint64_t i = 0; i < count; i++) {
		uint64_t how = take(&in, 1);

		entry[i].first_page = how & 0x80 ? take(&in, 8) : next + (how & 3);
		entry[i].pages = how & 0x40 ? take(&in, 8) : 1 + (take(&in, 2) << (how >> 2 & 7));
		entry[i].type = how & 0x20 ? 1 : 0;
		next = entry[i].first_page + entry[i].pages;
	}
	if (boot_memory_read(&b.memory, entry, 1ULL << 46, &range) != MAP_OK)
		return;
	demand(b.memory.count >= 1 && b.memory.count <= RAM_RANGES);
	for (unsigned int i = 0; i < b.memory.count; i++) {
		const struct ram_range *r = &b.memory.range[i];

		demand(r->start < r->end && r->end <= 1ULL << 46);
		demand(outside(r, range.start, range.end) && outside(r, 0xa0000, 0xc0000));
		demand(i == 0 || r[-1].end < r->start);
	}
	use(&b, &range);
}

/* A good configuration with some words changed. */
static void config(void)
{
	static struct svsm_config c;
	static struct ram_range runs[LAUNCHED_RUNS];
	uint64_t *word = (uint64_t *)(void *)&c;

	c = (struct svsm_config){
		.magic = CONFIG_MAGIC,
		.bytes = sizeof(c),
		.svsm_gpa = HOST_SVSM_GPA,
		.svsm_mem = HOST_SVSM_BYTES,
		.image_bytes = 4 * PAGE_4K,
		.entry = IMAGE_VA,
		.guest_vmpl = 1,
		.range_count = 2,
		.kernel_entry = 0x1000200,
		.kernel_end = 0x1400000,
		.range = { { GUEST_BOOT_PARAMS, 13 }, { 0x1000000, 4 } },
	};
	while (in.left > 0)
		word[1 + take(&in, 1) % (sizeof(c) / 8 - 1)] =
			take(&in, 1) & 1 ? take(&in, 8) : take(&in, 2);
	if (!boot_config_check(&c))
		return;
	demand(boot_memory_launched(&c, runs) == c.range_count + LAUNCHED_OWN);
	for (unsigned int i = 1; i < c.range_count + LAUNCHED_OWN; i++)
		demand(runs[i].start < runs[i].end && runs[i - 1].end <= runs[i].start);
	demand(c.svsm_gpa + c.svsm_mem <= 1ULL << WINDOW_BITS && c.apic_id_count <= CPU_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	in = (struct input){ bytes, count };
	switch (take(&in, 1) % 4) {
	case 0:
		cpuid();
		break;
	case 1:
		secrets();
		break;
	case 2:
		map();
		break;
	default:
		config();
		break;
	}
	return 0;
}
