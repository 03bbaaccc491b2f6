/* SPDX-License-Identifier: MIT */
/*
 * The allocator: looks for a PAGE_FREE frame in the record, from where the
 * last one was found. A frame is missed only when it became free behind the
 * search.
 */
#include "record.h"

#include <svsm/frame.h>

static struct {
	uint64_t start, bytes;
	_Atomic uint64_t hint; /* word index; any value is right */
} own;

void frame_init(pa_t start, uint64_t bytes)
{
	CHECK(is_aligned(start.raw | bytes, PAGE_2M));
	own.start = start.raw;
	own.bytes = bytes;
	atomic_store(&own.hint, 0);
}

bool frame_overlaps(pa_t page, enum page_size size)
{
	/* Without sums that may wrap: one of the two begins inside the other. */
	return page.raw - own.start < own.bytes || own.start - page.raw < size_bytes(size);
}

/* The low bit of each frame of the word that is free and allowed. */
static uint64_t free_frames(uint64_t word, uint64_t allowed)
{
	return word & ~(word >> 1) & EACH_FRAME & allowed;
}

/* Takes a frame of the word; false when it has none. */
static bool take(record_word *word, uint64_t allowed, unsigned int *index)
{
	uint64_t old = atomic_load(word);
	uint64_t lowest;

	do {
		uint64_t free = free_frames(old, allowed);

		if (free == 0)
			return false;
		lowest = free & -free;
	} while (!atomic_compare_exchange_weak(word, &old, old ^ lowest * 3));
	*index = (unsigned int)__builtin_ctzll(lowest) / 2;
	return true;
}

static enum err alloc(pa_t *frame, bool vmsa)
{
	uint64_t words = own.bytes / PAGE_4K / FRAMES_PER_WORD;
	uint64_t first = atomic_load(&own.hint);
	unsigned int index;
	record_word *word = words == 0 ? NULL : record_find(pa(own.start), own.bytes, &index);

	if (word == NULL)
		return ERR_NO_MEMORY;
	for (uint64_t i = 0; i < words; i++) {
		uint64_t at = (first + i) % words;
		bool aligned = at % WORDS_PER_2M == 0; /* its lowest frame is 2 MiB aligned */

		if (!take(&word[at], vmsa && aligned ? ~1ULL : ~0ULL, &index))
			continue;
		atomic_store(&own.hint, at);
		*frame = pa(own.start + (at * FRAMES_PER_WORD + index) * PAGE_4K);
		return OK;
	}
	return ERR_NO_MEMORY;
}

enum err frame_alloc(pa_t *frame)
{
	return alloc(frame, false);
}

enum err frame_alloc_vmsa(pa_t *frame)
{
	return alloc(frame, true);
}

enum err frame_free(pa_t frame)
{
	unsigned int shift;
	record_word *word;
	uint64_t old;

	if (frame.raw - own.start >= own.bytes || !is_aligned(frame.raw, PAGE_4K))
		return ERR_ADDRESS;
	word = record_find(frame, PAGE_4K, &shift);
	old = atomic_load(word);
	do {
		if ((old >> shift & 3) != PAGE_USED)
			return ERR_STATE;
	} while (!atomic_compare_exchange_weak(word, &old,
					       old ^ (uint64_t)(PAGE_USED ^ PAGE_FREE) << shift));
	return OK;
}

enum err frame_grow(pa_t *region)
{
	enum page_state seen;

	for (uint64_t at = 0; at < own.bytes; at += PAGE_2M) {
		*region = pa(own.start + at);
		if (page_claim(*region, SIZE_2M, PAGE_NONE, &seen) == OK)
			return OK;
	}
	return ERR_NO_MEMORY;
}
