/* SPDX-License-Identifier: MIT */
/*
 * Page tables of the stub's own, all private:
 *   0               below 5 GiB, private (identity)
 *   1 << 39         the same, shared
 *   2 << 39         the SVSM's range, first GiB, private; next GiB: shared
 * and the fresh memory that tests use up.
 */
#include "stub.h"

#define TABLE 0x67ULL /* present, writable, user, accessed, dirty */
#define LEAF_2M 0xe3ULL
#define SLOT (1ULL << 39)
#define GIB (1ULL << 30)
#define LOW_GIB 5U
#define LISTS 16U
#define POOL_START 0x2000000ULL /* well behind the stub */

typedef uint64_t table_t[512] __attribute__((aligned(4096)));

static table_t top, low[2], low_dir[2][LOW_GIB], svsm, svsm_dir[2];
static uint64_t pool, pool_4k, pool_4k_end;

static uint64_t link_to(const table_t table)
{
	return (uintptr_t)table | boot.c_bit | TABLE;
}

static void fill_gib(table_t dir, uint64_t gpa, uint64_t c_bit)
{
	for (unsigned int i = 0; i < 512; i++)
		dir[i] = (gpa + i * PAGE_2M) | c_bit | LEAF_2M;
}

void page_init(void)
{
	for (unsigned int alias = 0; alias < 2; alias++) {
		uint64_t c_bit = alias == 0 ? boot.c_bit : 0;

		for (unsigned int i = 0; i < LOW_GIB; i++) {
			fill_gib(low_dir[alias][i], i * GIB, c_bit);
			low[alias][i] = link_to(low_dir[alias][i]);
		}
		fill_gib(svsm_dir[alias], boot.svsm_base, c_bit);
		svsm[alias] = link_to(svsm_dir[alias]);
		top[alias] = link_to(low[alias]);
	}
	top[2] = link_to(svsm);
	__asm__ volatile("movq %0, %%cr3" : : "r"((uintptr_t)top | boot.c_bit) : "memory");
	pool = POOL_START;
	while (pool < boot.image_end)
		pool += PAGE_2M;
}

static void *alias_of(uint64_t gpa, unsigned int alias)
{
	uint64_t at = gpa + alias * SLOT;

	if (gpa >= boot.svsm_base && gpa - boot.svsm_base < boot.svsm_size)
		at = 2 * SLOT + alias * GIB + (gpa - boot.svsm_base);
	return (void *)(uintptr_t)at;
}

void *page_private(uint64_t gpa)
{
	return alias_of(gpa, 0);
}

void *page_shared(uint64_t gpa)
{
	return alias_of(gpa, 1);
}

uint64_t page_take_2m(void)
{
	while (pool < LOW_GIB * GIB && !boot_is_ram(pool, pool + PAGE_2M))
		pool += PAGE_2M;
	if (pool >= LOW_GIB * GIB)
		check_bail("not enough RAM for the tests");
	pool += PAGE_2M;
	return pool - PAGE_2M;
}

uint64_t page_take_4k(void)
{
	if (pool_4k == pool_4k_end) {
		pool_4k = page_take_2m();
		pool_4k_end = pool_4k + PAGE_2M;
	}
	pool_4k += PAGE_4K;
	return pool_4k - PAGE_4K;
}

uint64_t page_take_list(void)
{
	static uint8_t pages[LISTS][PAGE_4K] __attribute__((aligned(4096)));
	static unsigned int taken;

	if (taken == LISTS)
		check_bail("not enough pages for lists");
	return (uintptr_t)pages[taken++];
}

void page_fill(void *page, uint64_t seed)
{
	volatile uint64_t *word = page;

	for (unsigned int i = 0; i < PAGE_4K / 8; i++)
		word[i] = (seed + i) * 0x9e3779b97f4a7c15ULL;
}

bool page_filled(const void *page, uint64_t seed)
{
	const volatile uint64_t *word = page;

	for (unsigned int i = 0; i < PAGE_4K / 8; i++)
		if (word[i] != (seed + i) * 0x9e3779b97f4a7c15ULL)
			return false;
	return true;
}

bool page_zero(const void *page)
{
	const volatile uint64_t *word = page;

	for (unsigned int i = 0; i < PAGE_4K / 8; i++)
		if (word[i] != 0)
			return false;
	return true;
}
