/* SPDX-License-Identifier: MIT */
/*
 * Nested page tables: for each VMPL one set for paging with a C-bit, where an
 * address carries it (C=0 shared, C=1 private), and one for all other modes,
 * where everything is private. Filled on faults, emptied when rights change.
 */
#include "softsnp.h"
#include <string.h>

#define ENTRY_P 0x1ULL
#define ENTRY_W 0x2ULL
#define ENTRY_U 0x4ULL
#define ENTRY_PS 0x80ULL
#define ENTRY_NX (1ULL << 63)
#define ENTRY_ADDRESS 0xffffffffff000ULL
#define ENTRIES 512U
#define VIEWS 2U

static uint64_t *root[SNP_VMPLS][VIEWS];
static bool used[SNP_VMPLS][VIEWS]; /* has ever held a leaf */
static uint64_t *spare;		    /* freed tables, linked by their first entry */
static bool freed;		    /* one or more since the last shootdown */

static uint64_t *table_of(uint64_t entry)
{
	return (uint64_t *)(uintptr_t)(entry & ENTRY_ADDRESS);
}

static uint64_t *new_table(void)
{
	uint64_t *t = spare;

	if (t == NULL)
		return mem_pages(1);
	spare = table_of(t[0]);
	t[0] = 0;
	return t;
}

static void free_table(uint64_t *t)
{
	memset(t, 0, SNP_PAGE);
	t[0] = (uint64_t)(uintptr_t)spare;
	spare = t;
	freed = true;
}

/* Other CPUs may be walking: an entry changes at once, after what it points to. */
static void set(uint64_t *entry, uint64_t value)
{
	__atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

static unsigned int shift_of(unsigned int level)
{
	return 12 + 9 * (level - 1);
}

/* The entry of `level` (1: page, 2: 2M); NULL when absent and not to be made. */
static uint64_t *find(uint64_t *table, uint64_t address, unsigned int level, bool make)
{
	for (unsigned int at = machine.levels; at > level; at--) {
		uint64_t *entry = &table[(address >> shift_of(at)) % ENTRIES];

		if ((*entry & ENTRY_P) != 0 && (*entry & ENTRY_PS) != 0)
			return NULL;
		if ((*entry & ENTRY_P) == 0) {
			if (!make)
				return NULL;
			set(entry, (uint64_t)(uintptr_t)new_table() | ENTRY_P | ENTRY_W | ENTRY_U);
		}
		table = table_of(*entry);
	}
	return &table[(address >> shift_of(level)) % ENTRIES];
}

/* True when a CPU may still have something of it in its TLB. */
static bool drop_2m(uint64_t *table, uint64_t address, uint64_t bytes)
{
	uint64_t *entry = find(table, address, 2, false);
	uint64_t *pages, present = 0;

	if (entry == NULL || (*entry & ENTRY_P) == 0)
		return false;
	if ((*entry & ENTRY_PS) != 0) {
		set(entry, 0);
		return true;
	}
	pages = table_of(*entry);
	if (bytes >= SNP_2M) {
		set(entry, 0);
		free_table(pages);
		return true;
	}
	for (uint64_t at = address; at < address + bytes; at += SNP_PAGE) {
		present |= pages[(at >> 12) % ENTRIES];
		set(&pages[(at >> 12) % ENTRIES], 0);
	}
	return (present & ENTRY_P) != 0;
}

/* No table is used again before the CPUs that may walk it have left their guests. */
void npt_drop(uint64_t gpa, uint64_t bytes)
{
	uint64_t private_bit = 1ULL << machine.cbit, step;
	unsigned int vmpls = 0;

	for (uint64_t at = gpa & ~PAGE_MASK; at < gpa + bytes; at += step) {
		uint64_t region_end = (at & ~(SNP_2M - 1)) + SNP_2M;

		step = (region_end < gpa + bytes ? region_end : gpa + bytes) - at;
		for (unsigned int vmpl = 0; vmpl < SNP_VMPLS; vmpl++) {
			bool dropped = used[vmpl][0] && drop_2m(root[vmpl][0], at, step);

			if (used[vmpl][1]) {
				dropped |= drop_2m(root[vmpl][1], at, step);
				dropped |= drop_2m(root[vmpl][1], at | private_bit, step);
			}
			vmpls |= dropped ? 1U << vmpl : 0;
		}
	}
	if (vmpls != 0)
		smp_shootdown(vmpls, freed);
	freed = false;
}

void npt_changed(struct snp *m, uint64_t gpa, uint64_t bytes)
{
	(void)m;
	pages_changed(gpa, bytes);
	npt_drop(gpa, bytes);
}

void npt_map(unsigned int vmpl, bool paged, uint64_t address, uint64_t spa, unsigned int flags)
{
	uint64_t bits = ENTRY_P | ENTRY_U | ((flags & NPT_W) != 0 ? ENTRY_W : 0) |
			((flags & NPT_X) != 0 ? 0 : ENTRY_NX);
	uint64_t *entry = find(root[vmpl][paged], address, 2, true);

	used[vmpl][paged] = true;
	if ((flags & NPT_2M) != 0 && (*entry & (ENTRY_P | ENTRY_PS)) != ENTRY_P) {
		set(entry, (spa & ~(SNP_2M - 1)) | bits | ENTRY_PS);
		return;
	}
	if ((*entry & ENTRY_PS) != 0)
		set(entry, 0);
	set(find(root[vmpl][paged], address, 1, true), (spa & ~PAGE_MASK) | bits);
}

uint64_t npt_root(unsigned int vmpl, bool paged)
{
	return (uint64_t)(uintptr_t)root[vmpl][paged];
}

void npt_init(void)
{
	for (unsigned int vmpl = 0; vmpl < SNP_VMPLS; vmpl++)
		for (unsigned int view = 0; view < VIEWS; view++)
			root[vmpl][view] = mem_pages(1);
}
