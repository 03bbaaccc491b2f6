/* SPDX-License-Identifier: MIT */
/* Page-table words: see pt.h. Levels are 3 (root) to 0 (4 KiB leaves). */
#include <svsm/pt.h>

#define P 0x1ULL
#define RW 0x2ULL
#define US 0x4ULL
#define A 0x20ULL
#define D 0x40ULL
#define PS 0x80ULL
#define NX (1ULL << 63)
#define ADDRESS 0x000ffffffffff000ULL

#define ROOT_LEVEL 3U

static uint64_t level_bytes(unsigned int level)
{
	return PAGE_4K << (9 * level);
}

static unsigned int slot_of(uint64_t va, unsigned int level)
{
	return (unsigned int)(va >> (12 + 9 * level)) % PT_WORDS;
}

static bool is_leaf(uint64_t word, unsigned int level)
{
	return level == 0 || (word & PS) != 0;
}

static bool writable_code(unsigned int flags)
{
	return (flags & PT_WRITE) != 0 && (flags & PT_EXEC) != 0;
}

static uint64_t leaf_word(const struct pt *pt, uint64_t at, unsigned int level, unsigned int flags)
{
	uint64_t word = at | P | A | D;

	CHECK(!writable_code(flags));
	if (level > 0)
		word |= PS;
	if (flags & PT_WRITE)
		word |= RW;
	if (flags & PT_USER)
		word |= US;
	if (!(flags & PT_EXEC))
		word |= NX;
	if (!(flags & PT_SHARED))
		word |= pt->c_bit;
	return word;
}

/* The table a non-leaf word points at; the pages follow each other in memory. */
static uint64_t *table_of(const struct pt *pt, uint64_t word)
{
	uint64_t at = word & ADDRESS & ~pt->c_bit;

	return pt->page[(at - pt->base.raw) / PAGE_4K];
}

void pt_init(struct pt *pt, uint64_t (*page)[PT_WORDS], pa_t base, unsigned int count,
	     uint64_t c_bit)
{
	*pt = (struct pt){ .page = page, .base = base, .count = count, .used = 1, .c_bit = c_bit };
}

uint64_t pt_root(const struct pt *pt)
{
	return pt->base.raw | pt->c_bit;
}

/* The word at `level` for `va`, making the tables on the way; NULL: see *err. */
static uint64_t *word_at(struct pt *pt, uint64_t va, unsigned int level, enum err *err)
{
	uint64_t *table = pt->page[0];

	for (unsigned int l = ROOT_LEVEL; l > level; l--) {
		uint64_t *word = &table[slot_of(va, l)];

		if (*word == 0) {
			if (pt->used == pt->count) {
				*err = ERR_NO_MEMORY;
				return NULL;
			}
			*word = (pt->base.raw + pt->used++ * PAGE_4K) | pt->c_bit | P | RW | US |
				A | D;
		}
		if (is_leaf(*word, l)) {
			*err = ERR_STATE;
			return NULL;
		}
		table = table_of(pt, *word);
	}
	return &table[slot_of(va, level)];
}

static unsigned int largest_level(uint64_t va, uint64_t at, uint64_t bytes, uint64_t leaf)
{
	unsigned int level = 2;

	while (level > 0 && (level_bytes(level) > leaf || level_bytes(level) > bytes ||
			     !is_aligned(va | at, level_bytes(level))))
		level--;
	return level;
}

enum err pt_map(struct pt *pt, uint64_t va, pa_t at, uint64_t bytes, uint64_t leaf,
		unsigned int flags)
{
	if (!is_aligned(va | at.raw | bytes, PAGE_4K) || writable_code(flags))
		return ERR_ADDRESS;
	while (bytes > 0) {
		unsigned int level = largest_level(va, at.raw, bytes, leaf);
		enum err err = OK;
		uint64_t *word = word_at(pt, va, level, &err);

		if (word == NULL)
			return err;
		if (*word != 0)
			return ERR_STATE;
		*word = leaf_word(pt, at.raw, level, flags);
		va += level_bytes(level);
		at = pa_add(at, level_bytes(level));
		bytes -= level_bytes(level);
	}
	return OK;
}

/* The word that ends the walk for `va`: a leaf, or 0. */
static uint64_t *last_word(const struct pt *pt, uint64_t va, unsigned int *level)
{
	uint64_t *table = pt->page[0];
	unsigned int l = ROOT_LEVEL;

	while (table[slot_of(va, l)] != 0 && !is_leaf(table[slot_of(va, l)], l))
		table = table_of(pt, table[slot_of(va, l--)]);
	*level = l;
	return &table[slot_of(va, l)];
}

enum err pt_change(struct pt *pt, uint64_t va, uint64_t bytes, unsigned int flags)
{
	if (!is_aligned(va | bytes, PAGE_4K) || writable_code(flags))
		return ERR_ADDRESS;
	for (; bytes > 0; va += PAGE_4K, bytes -= PAGE_4K) {
		unsigned int level;
		uint64_t *word = last_word(pt, va, &level);

		if (*word == 0 || level != 0)
			return ERR_STATE;
		*word = leaf_word(pt, *word & ADDRESS & ~pt->c_bit, 0, flags);
	}
	return OK;
}

enum err pt_reserve(struct pt *pt, uint64_t va, uint64_t bytes)
{
	uint64_t end = align_up(va + bytes, PAGE_2M);
	enum err err = OK;

	for (va = align_down(va, PAGE_2M); va < end && err == OK; va += PAGE_2M) {
		if (word_at(pt, va, 0, &err) == NULL)
			break;
		pt->page[0][slot_of(va, ROOT_LEVEL)] &= ~US;
		pt->page[0][slot_of(va, ROOT_LEVEL)] |= NX;
	}
	return err;
}

/* One store: another CPU's walk sees the old leaf or the new one. */
static enum err set_word(const struct pt *pt, uint64_t va, uint64_t word)
{
	unsigned int level;
	uint64_t *at = last_word(pt, va, &level);

	if (level != 0)
		return ERR_STATE;
	*(volatile uint64_t *)at = word;
	return OK;
}

enum err pt_set(const struct pt *pt, uint64_t va, pa_t at, unsigned int flags)
{
	if (!is_aligned(va | at.raw, PAGE_4K) || writable_code(flags))
		return ERR_ADDRESS;
	return set_word(pt, va, leaf_word(pt, at.raw, 0, flags));
}

enum err pt_clear(const struct pt *pt, uint64_t va)
{
	return set_word(pt, va, 0);
}

void pt_forget(struct pt *pt, uint64_t va)
{
	pt->page[0][slot_of(va, ROOT_LEVEL)] = 0;
}

uint64_t pt_leaf(const struct pt *pt, uint64_t va, uint64_t *bytes)
{
	unsigned int level;
	uint64_t word = *last_word(pt, va, &level);

	*bytes = level_bytes(level);
	return word;
}
