/* SPDX-License-Identifier: MIT */
/* Page tables: every leaf size, C-bit, A and D, W^X, refusals. Walked here by hand. */
#include "test.h"

#include <string.h>
#include <svsm/pt.h>

#define P 0x1ULL
#define RW 0x2ULL
#define US 0x4ULL
#define AD 0x60ULL
#define PS 0x80ULL
#define NX (1ULL << 63)
#define C (1ULL << 51)
#define BASE 0x8000100000ULL
#define PAGES 8U

#define VA 0xffff800000000000ULL

static uint64_t pages[PAGES][PT_WORDS];
static struct pt pt;

static void fresh(unsigned int count)
{
	memset(pages, 0, sizeof(pages));
	pt_init(&pt, pages, pa(BASE), count, C);
}

/* The slot a CPU would look at, from nothing but the words. */
static uint64_t walk(uint64_t va, unsigned int levels)
{
	uint64_t word = pt_root(&pt);

	for (unsigned int l = 0; l <= levels; l++) {
		uint64_t at = (word & 0x000ffffffffff000ULL & ~C) - BASE;

		check(at / PAGE_4K < PAGES);
		word = pages[at / PAGE_4K][va >> (39 - 9 * l) & 511];
		if (l < levels)
			check((word & (P | RW | US | AD | C)) == (P | RW | US | AD | C));
	}
	return word;
}

declare_test(pt_leaf_4k)
{
	fresh(PAGES);
	check_eq(pt_map(&pt, VA + 0x5000, pa(0x7000), PAGE_4K, PAGE_1G, PT_WRITE), OK);
	check_eq(walk(VA + 0x5000, 3), 0x7000 | P | RW | AD | C | NX);
	check_eq(walk(VA + 0x6000, 3), 0);
}

declare_test(pt_leaf_2m)
{
	fresh(PAGES);
	check_eq(pt_map(&pt, VA, pa(0x600000), PAGE_2M, PAGE_1G, PT_WRITE | PT_USER), OK);
	check_eq(walk(VA, 2), 0x600000 | P | RW | US | AD | PS | C | NX);
	check_eq(pt.used, 3);
}

declare_test(pt_leaf_1g)
{
	fresh(PAGES);
	check_eq(pt_map(&pt, VA + PAGE_1G, pa(PAGE_1G), 2 * PAGE_1G, PAGE_1G, PT_WRITE), OK);
	check_eq(walk(VA + PAGE_1G, 1), PAGE_1G | P | RW | AD | PS | C | NX);
	check_eq(walk(VA + 2 * PAGE_1G, 1), 2 * PAGE_1G | P | RW | AD | PS | C | NX);
	check_eq(pt.used, 2);
}

declare_test(pt_largest_leaf_that_fits)
{
	uint64_t bytes;

	fresh(PAGES);
	check_eq(pt_map(&pt, VA + PAGE_2M - PAGE_4K, pa(PAGE_2M - PAGE_4K), PAGE_2M + 2 * PAGE_4K,
			PAGE_1G, 0),
		 OK);
	check(pt_leaf(&pt, VA + PAGE_2M - PAGE_4K, &bytes) != 0);
	check_eq(bytes, PAGE_4K);
	check(pt_leaf(&pt, VA + PAGE_2M + 0x123, &bytes) != 0);
	check_eq(bytes, PAGE_2M);
	check(pt_leaf(&pt, VA + 2 * PAGE_2M, &bytes) != 0);
	check_eq(bytes, PAGE_4K);
	check_eq(pt_leaf(&pt, VA + 2 * PAGE_2M + PAGE_4K, &bytes), 0);
}

declare_test(pt_leaf_limit_is_kept)
{
	uint64_t bytes;

	fresh(PAGES);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_2M, PAGE_4K, 0), OK);
	check(pt_leaf(&pt, VA, &bytes) != 0);
	check_eq(bytes, PAGE_4K);
}

declare_test(pt_flags)
{
	fresh(PAGES);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_4K, PAGE_4K, PT_EXEC), OK);
	check_eq(pt_map(&pt, VA + 0x1000, pa(0x1000), PAGE_4K, PAGE_4K, 0), OK);
	check_eq(pt_map(&pt, VA + 0x2000, pa(0x2000), PAGE_4K, PAGE_4K, PT_WRITE | PT_SHARED), OK);
	check_eq(walk(VA, 3), P | AD | C);
	check_eq(walk(VA + 0x1000, 3), 0x1000 | P | AD | C | NX);
	check_eq(walk(VA + 0x2000, 3), 0x2000 | P | RW | AD | NX);
}

declare_test(pt_never_writable_and_executable)
{
	fresh(PAGES);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_4K, PAGE_4K, PT_WRITE | PT_EXEC), ERR_ADDRESS);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_4K, PAGE_4K, PT_EXEC), OK);
	check_eq(pt_change(&pt, VA, PAGE_4K, PT_WRITE | PT_EXEC), ERR_ADDRESS);
	check_eq(walk(VA, 3), P | AD | C);
}

declare_test(pt_change_keeps_the_address)
{
	fresh(PAGES);
	check_eq(pt_map(&pt, VA, pa(0x123000), 2 * PAGE_4K, PAGE_4K, PT_WRITE), OK);
	check_eq(pt_change(&pt, VA, PAGE_4K, PT_WRITE | PT_SHARED), OK);
	check_eq(walk(VA, 3), 0x123000 | P | RW | AD | NX);
	check_eq(pt_change(&pt, VA, PAGE_4K, 0), OK);
	check_eq(walk(VA, 3), 0x123000 | P | AD | C | NX);
	check_eq(walk(VA + PAGE_4K, 3), 0x124000 | P | RW | AD | C | NX);
}

declare_test(pt_refuses_what_is_mapped)
{
	fresh(PAGES);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_2M, PAGE_2M, 0), OK);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_2M, PAGE_2M, 0), ERR_STATE);
	check_eq(pt_map(&pt, VA + PAGE_4K, pa(0), PAGE_4K, PAGE_4K, 0), ERR_STATE);
	check_eq(pt_change(&pt, VA, PAGE_4K, PT_WRITE), ERR_STATE);
	check_eq(pt_change(&pt, VA + PAGE_2M, PAGE_4K, PT_WRITE), ERR_STATE);
}

declare_test(pt_refuses_unaligned)
{
	fresh(PAGES);
	check_eq(pt_map(&pt, VA + 8, pa(0), PAGE_4K, PAGE_4K, 0), ERR_ADDRESS);
	check_eq(pt_map(&pt, VA, pa(8), PAGE_4K, PAGE_4K, 0), ERR_ADDRESS);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_4K + 8, PAGE_4K, 0), ERR_ADDRESS);
}

declare_test(pt_out_of_tables)
{
	fresh(3);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_4K, PAGE_4K, 0), ERR_NO_MEMORY);
	fresh(4);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_4K, PAGE_4K, 0), OK);
}

declare_test(pt_forget_then_map_again)
{
	uint64_t bytes;

	fresh(PAGES);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_2M, PAGE_2M, PT_WRITE), OK);
	pt_forget(&pt, VA);
	check_eq(pt_leaf(&pt, VA, &bytes), 0);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_1G, PAGE_1G, PT_WRITE | PT_USER), OK);
	check_eq(walk(VA, 1), P | RW | US | AD | PS | C | NX);
}

declare_test(pt_reserves_tables_for_supervisor_data)
{
	fresh(PAGES);
	check_eq(pt_reserve(&pt, VA, 2 * PAGE_2M), OK);
	check_eq(pt.used, 5);
	check_eq(pages[0][256] & (NX | US | P | RW), NX | P | RW);
	check_eq(pages[1][0] & (P | RW | AD | C), P | RW | AD | C);
	check_eq(pages[3][0], 0);
	check_eq(pt_reserve(&pt, VA, 2 * PAGE_2M), OK);
	check_eq(pt.used, 5);
	fresh(3);
	check_eq(pt_reserve(&pt, VA, PAGE_4K), ERR_NO_MEMORY);
	fresh(PAGES);
	check_eq(pt_map(&pt, VA, pa(0), PAGE_2M, PAGE_2M, 0), OK);
	check_eq(pt_reserve(&pt, VA, PAGE_4K), ERR_STATE);
}

declare_test(pt_sets_and_clears_a_leaf)
{
	fresh(PAGES);
	check_eq(pt_set(&pt, VA, pa(0x1000), PT_WRITE), ERR_STATE);
	check_eq(pt_reserve(&pt, VA, PAGE_4K), OK);
	check_eq(pt_set(&pt, VA + 0x3000, pa(0x7000), PT_WRITE), OK);
	check_eq(pages[3][3], 0x7000 | P | RW | AD | C | NX);
	check_eq(pt_set(&pt, VA + 0x3000, pa(0x8000), PT_WRITE | PT_SHARED), OK);
	check_eq(pages[3][3], 0x8000 | P | RW | AD | NX);
	check_eq(pages[3][2] | pages[3][4], 0);
	check_eq(pt_clear(&pt, VA + 0x3000), OK);
	check_eq(pages[3][3], 0);
	check_eq(pt_clear(&pt, VA + PAGE_2M), ERR_STATE);
	check_eq(pt_set(&pt, VA + 0x800, pa(0), 0), ERR_ADDRESS);
	check_eq(pt_set(&pt, VA, pa(0), PT_WRITE | PT_EXEC), ERR_ADDRESS);
	check_eq(pt_map(&pt, VA + PAGE_1G, pa(0), PAGE_2M, PAGE_2M, 0), OK);
	check_eq(pt_clear(&pt, VA + PAGE_1G), ERR_STATE);
}
