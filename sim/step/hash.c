/* SPDX-License-Identifier: MIT */
/* The hash of the machine: see image.h. */
#include "image.h"

#include <snp/host.h>

#include <string.h>

/* What has an address of its own in every process. */
#define PLACES 4U
static struct host_area place[PLACES];

extern uint8_t __executable_start[], _end[];

static void find_places(void)
{
	struct host_area area[HOST_AREAS];

	host_areas(area);
	place[0] = (struct host_area){ __executable_start, (size_t)(_end - __executable_start) };
	place[1] = (struct host_area){ host.memory, host_spa_bytes() };
	place[2] = area[1]; /* the RMP */
	place[3] = area[4]; /* stacks */
}

/* An address: the place, and how far in it. */
static uint64_t placed(uint64_t word)
{
	if (word >> 32 == 0)
		return word;
	for (unsigned int i = 0; i < PLACES; i++)
		if (word - (uint64_t)place[i].at < place[i].bytes)
			return (i + 1ULL) << 40 | (word - (uint64_t)place[i].at);
	return word;
}

static uint64_t mixed(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

__attribute__((no_sanitize("address", "undefined"))) static uint64_t
bytes_of(uint64_t h, const void *at, size_t bytes)
{
	const uint64_t *word = at;

	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		h = mixed(h, placed(word[i]));
	return h;
}

/* Each in the firmware's variables. */
#define MASKS (CPU_MAX + 5)
struct mask {
	const uint8_t *from, *to;
};

static struct mask mask_of(const void *at, size_t bytes)
{
	return (struct mask){ at, (const uint8_t *)at + bytes };
}

static unsigned int masks(struct mask mask[MASKS])
{
	unsigned int n = 0;

	mask[n++] = mask_of(host.log, sizeof(host.log));
	mask[n++] = mask_of(&host.ops, sizeof(uint64_t));
	mask[n++] = mask_of(&host.snp.count, sizeof(host.snp.count));
	mask[n++] = mask_of(host.console, sizeof(host.console) + sizeof(uint64_t));
	mask[n++] = mask_of(&host.stop, sizeof(host.stop)); /* of this program */
	for (unsigned int cpu = 0; cpu < CPU_MAX; cpu++)
		if (rings[cpu] != NULL)
			mask[n++] = mask_of(rings[cpu], sizeof(*rings[cpu]));
	return n;
}

/* The first mask at or after `at`, or one behind the end. */
static struct mask next_mask(const struct mask *mask, unsigned int count, const uint8_t *at,
			     const uint8_t *end)
{
	struct mask next = { end, end };

	for (unsigned int i = 0; i < count; i++)
		if (mask[i].from >= at && mask[i].from < next.from)
			next = mask[i];
	return next;
}

static uint64_t variables(uint64_t h, const struct host_area *area)
{
	const uint8_t *at = area->at, *end = at + area->bytes;
	struct mask mask[MASKS], skip;
	unsigned int count = masks(mask);

	while (at < end) {
		skip = next_mask(mask, count, at, end);
		h = bytes_of(h, at, (size_t)(skip.from - at));
		at = skip.to;
	}
	return h;
}

static uint64_t stacks(uint64_t h)
{
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++) {
		struct host_area live;

		if (!host.guest_of[cpu].busy)
			continue;
		live = host_part_stack(cpu);
		h = bytes_of(h, live.at, live.bytes);
	}
	return h;
}

/* In no order: which page was touched first, and whether at all, is no matter. */
static uint64_t memory(void)
{
	uint64_t sum = 0;
	const uint8_t *before;

	for (unsigned int n = 0; n < host_touched(); n++) {
		const uint8_t *page = host_touched_page(n, &before);

		if (memcmp(page, before, PAGE_4K) != 0)
			sum += bytes_of((uint64_t)(page - host.memory) + 1, page, PAGE_4K);
	}
	return sum;
}

static struct host_area also;

void image_hash_also(struct host_area area)
{
	also = area;
}

uint64_t image_hash(void)
{
	struct host_area area[HOST_AREAS];
	uint64_t h;

	find_places();
	host_areas(area);
	h = variables(1, &area[0]);
	h = bytes_of(h, area[1].at, area[1].bytes);
	h = bytes_of(h, also.at, also.bytes);
	for (unsigned int slot = 0; slot < CPU_CONTEXTS; slot++)
		if (host.context[slot].shown)
			h = bytes_of(h, area[2].at + slot * CPU_CONTEXT_FRAMES * PAGE_4K,
				     CPU_CONTEXT_FRAMES * PAGE_4K);
	return mixed(stacks(h), memory());
}
