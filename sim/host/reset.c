/* SPDX-License-Identifier: MIT */
/*
 * The machine as it was: the firmware's variables and the seam's, the RMP,
 * and the pages of memory that somebody has looked for since.
 */
#include <snp/host.h>

#include <stdlib.h>
#include <string.h>

#define PAGES 0x5000U

/* Around the variables of sm/, mm/, ghcb/, cpu/ and of the seam: sim/host/firmware.ld. */
extern uint8_t firmware_start[] __attribute__((weak)), firmware_end[] __attribute__((weak));

static struct {
	uint8_t *variables, *rmp, *contexts;
	uint64_t saved[PAGES / 64 + 1]; /* a bit for each page in `page` */
	uint32_t order[PAGES];		/* their numbers */
	uint8_t *page[PAGES];
	unsigned int pages;
} kept;

static size_t variable_bytes(void)
{
	return (size_t)(firmware_end - firmware_start);
}

static size_t rmp_bytes(void)
{
	return host_spa_bytes() / PAGE_4K * sizeof(*host.rmp);
}

/* As many bytes at a time as are moved in one instruction, wherever words are. */
typedef uint64_t lane __attribute__((vector_size(16), may_alias, aligned(8)));

/* Past the sanitizer, which has its marks between variables. */
__attribute__((no_sanitize("address", "undefined"))) void host_move(void *to, const void *from,
								    size_t bytes)
{
	volatile lane *out = to;
	const volatile lane *in = from;

	for (size_t i = 0; i < bytes / sizeof(*in); i++)
		out[i] = in[i];
	if (bytes % sizeof(*in) != 0)
		((volatile uint64_t *)to)[bytes / 8 - 1] =
			((const volatile uint64_t *)from)[bytes / 8 - 1];
}

static uint8_t *copy_of(const void *from, size_t bytes)
{
	uint8_t *copy = malloc(bytes);

	CHECK(copy != NULL);
	host_move(copy, from, bytes);
	return copy;
}

void host_touch(uint64_t spa)
{
	uint64_t n = spa / PAGE_4K, bit = 1ULL << n % 64;
	uint8_t **page = &kept.page[kept.pages];

	if (kept.variables == NULL || (kept.saved[n / 64] & bit) != 0)
		return;
	kept.saved[n / 64] |= bit;
	kept.order[kept.pages++] = (uint32_t)n;
	if (*page == NULL)
		*page = malloc(PAGE_4K);
	CHECK(*page != NULL);
	memcpy(*page, host.memory + n * PAGE_4K, PAGE_4K);
}

/* The firmware has pointers to them. */
static void touch_ghcbs(void)
{
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		(void)host_page(host.snp.vcpu[cpu].ghcb_gpa[0]);
}

void host_save(void)
{
	const size_t bytes = CPU_CONTEXT_FRAMES * PAGE_4K;

	CHECK(firmware_start != NULL && kept.variables == NULL);
	kept.rmp = copy_of(host.rmp, rmp_bytes());
	kept.contexts = calloc(CPU_CONTEXTS, bytes);
	for (unsigned int slot = 0; slot < CPU_CONTEXTS; slot++)
		if (host.context[slot].shown)
			host_context_save(slot, kept.contexts + slot * bytes);
	kept.variables = copy_of(firmware_start, variable_bytes());
	touch_ghcbs();
	host_invariants_keep();
}

bool host_kept(const void *at, size_t bytes)
{
	const uint8_t *from = at;

	return kept.variables != NULL &&
	       memcmp(from, kept.variables + (from - firmware_start), bytes) == 0;
}

bool host_rmp_kept(uint64_t spa, uint64_t bytes)
{
	const uint64_t from = spa / PAGE_4K * sizeof(*host.rmp);

	return kept.rmp != NULL && memcmp((const uint8_t *)host.rmp + from, kept.rmp + from,
					  bytes / PAGE_4K * sizeof(*host.rmp)) == 0;
}

static void restore_contexts(void)
{
	const size_t bytes = CPU_CONTEXT_FRAMES * PAGE_4K;

	for (unsigned int slot = 0; slot < CPU_CONTEXTS; slot++)
		host_context_restore(slot, host.context[slot].shown ? kept.contexts + slot * bytes
								    : NULL);
}

void host_reset(void)
{
	CHECK(kept.variables != NULL);
	host_move(firmware_start, kept.variables, variable_bytes());
	memcpy(host.rmp, kept.rmp, rmp_bytes());
	for (unsigned int i = 0; i < kept.pages; i++) {
		uint64_t n = kept.order[i];

		memcpy(host.memory + n * PAGE_4K, kept.page[i], PAGE_4K);
		kept.saved[n / 64] &= ~(1ULL << n % 64);
	}
	kept.pages = 0;
	host_cpu = 0;
	restore_contexts();
	touch_ghcbs();
}

void host_areas(struct host_area area[HOST_AREAS])
{
	area[0] = (struct host_area){ firmware_start, variable_bytes() };
	area[1] = (struct host_area){ (uint8_t *)host.rmp, rmp_bytes() };
	area[2] = host_context_area();
	host_part_areas(&area[3]);
}

void host_moved(void)
{
	host_cpu = 0;
	for (unsigned int slot = 0; slot < CPU_CONTEXTS; slot++)
		host_context_mark(slot);
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		host_part_moved(cpu);
}

unsigned int host_touched(void)
{
	return kept.pages;
}

uint8_t *host_touched_page(unsigned int i, const uint8_t **before)
{
	*before = kept.page[i];
	return host.memory + kept.order[i] * PAGE_4K;
}
