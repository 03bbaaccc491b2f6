/* SPDX-License-Identifier: MIT */
/* Page tables from few pages: what is mapped is found again, and nothing is written past them. */
#include "prove.h"

#include "mm/pt.c"

NO_STOP

#define TABLES 4U
#define BASE 0x100000ULL
#define C_BIT (1ULL << 51)

static uint64_t table[TABLES][PT_WORDS];

/* One leaf in empty tables, of any size, anywhere. */
void pt_map_one(void)
{
	struct pt pt;
	any(uint64_t, va);
	any(uint64_t, at);
	any(unsigned int, flags);
	any(unsigned int, level);
	any(uint64_t, offset);
	uint64_t bytes, leaf;
	enum err err;

	pt_init(&pt, table, pa(BASE), TABLES, C_BIT);
	assume(level <= 2 && flags < 16 && at < 1ULL << 46);
	bytes = PAGE_4K << (9 * level);
	assume((va | at) % bytes == 0 && offset < bytes);
	err = pt_map(&pt, va, pa(at), bytes, PAGE_1G, flags);
	prove(err == ((flags & 3) == 3 ? ERR_ADDRESS : OK));
	prove(pt.used <= TABLES);
	if (err != OK)
		return;
	leaf = pt_leaf(&pt, va + offset, &bytes);
	prove(bytes == PAGE_4K << (9 * level));
	prove((leaf & 0x7fffffffff000) == at && (leaf & P) != 0);
	prove(((leaf & RW) != 0) == ((flags & PT_WRITE) != 0));
	prove(((leaf & NX) == 0) == ((flags & PT_EXEC) != 0));
	prove(((leaf & US) != 0) == ((flags & PT_USER) != 0));
	prove(((leaf & C_BIT) == 0) == ((flags & PT_SHARED) != 0));
	prove((leaf & RW) == 0 || (leaf & NX) != 0);
}

/* A second one never hides or changes the first. */
void pt_map_two(void)
{
	struct pt pt;
	any(uint64_t, va);
	any(uint64_t, other);
	any(unsigned int, flags);
	uint64_t leaf, bytes;
	enum err err;

	pt_init(&pt, table, pa(BASE), TABLES, C_BIT);
	assume((va | other) % PAGE_4K == 0 && flags < 16 && (flags & 3) != 3);
	assume((va ^ other) >> 48 == 0);
	prove(pt_map(&pt, va, pa(PAGE_4K), PAGE_4K, PAGE_4K, flags) == OK);
	leaf = pt_leaf(&pt, va, &bytes);
	err = pt_map(&pt, other, pa(2 * PAGE_4K), PAGE_4K, PAGE_4K, flags);
	prove(err == OK || err == ERR_STATE || err == ERR_NO_MEMORY);
	prove((err == ERR_STATE) == (va == other) && pt.used <= TABLES);
	prove(pt_leaf(&pt, va, &bytes) == leaf && bytes == PAGE_4K);
}

/* A slot made ready: one leaf set and taken away again, any other address refused or empty. */
void pt_set_one(void)
{
	struct pt pt;
	any(uint64_t, va);
	any(uint64_t, other);
	any(unsigned int, flags);
	uint64_t bytes;
	enum err err;

	pt_init(&pt, table, pa(BASE), TABLES, C_BIT);
	assume((va | other) % PAGE_4K == 0 && va < 1ULL << 47 && other < 1ULL << 47 && flags < 16);
	prove(pt_reserve(&pt, va, PAGE_4K) == OK && pt.used == TABLES);
	err = pt_set(&pt, other, pa(PAGE_4K), flags);
	prove(err == OK || err == ERR_STATE || err == ERR_ADDRESS);
	prove((err == ERR_ADDRESS) == ((flags & 3) == 3));
	prove(implies(err == OK, va / PAGE_2M == other / PAGE_2M));
	prove(implies(err == OK, (pt_leaf(&pt, other, &bytes) & 0x7fffffffff000) == PAGE_4K));
	if (err == OK)
		prove(pt_clear(&pt, other) == OK && pt_leaf(&pt, other, &bytes) == 0);
}
