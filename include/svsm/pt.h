/* SPDX-License-Identifier: MIT */
/*
 * Four-level page tables as words in memory. Pure: the caller supplies the
 * table pages and loads CR3. Every table and leaf is made with A and D set
 * and, but for shared leaves, with the C-bit, so that the CPU's walker has
 * nothing to write. [snp-arch 3]
 */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

#define PT_WORDS 512U

/* Leaf flags. Neither: readable, no execute. PT_WRITE with PT_EXEC is refused. */
#define PT_WRITE 0x1U
#define PT_EXEC 0x2U
#define PT_USER 0x4U
#define PT_SHARED 0x8U /* without the C-bit */

struct pt {
	uint64_t (*page)[PT_WORDS]; /* page[0] is the root; all zero at first */
	pa_t base;		    /* where page[0] lies; the others follow */
	unsigned int count, used;
	uint64_t c_bit; /* the mask, 0 for none */
};

void pt_init(struct pt *pt, uint64_t (*page)[PT_WORDS], pa_t base, unsigned int count,
	     uint64_t c_bit);

/* For CR3. */
uint64_t pt_root(const struct pt *pt);

/*
 * Maps [va, va + bytes) to `at` in the largest leaves that fit, at most
 * `leaf` bytes each. ERR_NO_MEMORY: no table page left. ERR_STATE: mapped
 * already. ERR_ADDRESS: not 4 KiB aligned, or writable and executable.
 */
must_check enum err pt_map(struct pt *pt, uint64_t va, pa_t at, uint64_t bytes, uint64_t leaf,
			   unsigned int flags);

/* New flags for the 4 KiB leaves of a mapped range. ERR_STATE: not so mapped. */
must_check enum err pt_change(struct pt *pt, uint64_t va, uint64_t bytes, unsigned int flags);

/*
 * Makes the tables for 4 KiB leaves of [va, va + bytes), and no leaf. All
 * that lies under the root's slots for it is supervisor data, whatever a leaf
 * says. ERR_NO_MEMORY, ERR_STATE: a larger leaf is there.
 */
must_check enum err pt_reserve(struct pt *pt, uint64_t va, uint64_t bytes);

/*
 * One 4 KiB leaf in tables that are there, whatever it was before; and none.
 * ERR_STATE: no table. No other leaf is looked at: any CPU, different leaves
 * at the same time.
 */
must_check enum err pt_set(const struct pt *pt, uint64_t va, pa_t at, unsigned int flags);
must_check enum err pt_clear(const struct pt *pt, uint64_t va);

/* Forgets everything below the root's slot for `va` (512 GiB). */
void pt_forget(struct pt *pt, uint64_t va);

/* The leaf that maps `va` and the bytes it covers; 0 when there is none. */
uint64_t pt_leaf(const struct pt *pt, uint64_t va, uint64_t *bytes);
