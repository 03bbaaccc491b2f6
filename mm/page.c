/* SPDX-License-Identifier: MIT */
/*
 * The record of page state. A word holds 32 frames and is changed by one
 * atomic instruction; a 2 MiB page is 16 words claimed in ascending order,
 * so that of two claims that overlap the one that is first at the lowest
 * common word wins and the other undoes its own.
 */
#include "record.h"

#include <string.h>

/* Written at boot by one CPU, then only read. */
static struct range {
	uint64_t start, end;
	record_word *words; /* of the 2 MiB regions that the range touches */
} ranges[PAGE_RANGES];
static unsigned int range_count;

uint64_t page_record_bytes(uint64_t bytes)
{
	/* An unaligned range touches one region more than its length tells. */
	return (align_up(bytes, PAGE_2M) / PAGE_2M + 1) * WORDS_PER_2M * sizeof(record_word);
}

enum err page_add_range(pa_t start, uint64_t bytes, void *words)
{
	uint64_t end = start.raw + bytes;

	if (end <= start.raw || !is_aligned(start.raw | bytes, PAGE_4K))
		return ERR_ADDRESS;
	for (unsigned int i = 0; i < range_count; i++) {
		if (start.raw < ranges[i].end && ranges[i].start < end)
			return ERR_ADDRESS;
	}
	if (range_count == PAGE_RANGES)
		return ERR_NO_MEMORY;
	ranges[range_count++] = (struct range){ start.raw, end, words };
	return OK;
}

record_word *record_find(pa_t page, uint64_t bytes, unsigned int *shift)
{
	for (unsigned int i = 0; i < range_count; i++) {
		const struct range *r = &ranges[i];

		if (page.raw < r->start || page.raw >= r->end)
			continue;
		if (r->end - page.raw < bytes)
			return NULL;
		uint64_t frame = (page.raw - align_down(r->start, PAGE_2M)) / PAGE_4K;

		*shift = (unsigned int)(frame % FRAMES_PER_WORD) * 2;
		return r->words + frame / FRAMES_PER_WORD;
	}
	return NULL;
}

static enum page_state state_at(uint64_t word, unsigned int shift)
{
	return (enum page_state)(word >> shift & 3);
}

enum err page_state(pa_t page, enum page_state *state)
{
	unsigned int shift;
	record_word *word = record_find(page, PAGE_4K, &shift);

	if (word == NULL)
		return ERR_ADDRESS;
	*state = state_at(atomic_load(word), shift);
	return OK;
}

static enum err claim_4k(record_word *word, unsigned int shift, enum page_state from,
			 enum page_state *seen)
{
	uint64_t old = atomic_load(word);

	/* Tried again only when another frame of the word has changed: someone made progress. */
	do {
		*seen = state_at(old, shift);
		if (*seen == PAGE_USED)
			return ERR_BUSY;
		if (*seen != from)
			return ERR_STATE;
	} while (!atomic_compare_exchange_weak(word, &old,
					       old ^ (uint64_t)(from ^ PAGE_USED) << shift));
	return OK;
}

/* Why a 2 MiB claim failed. Looks again: the answer may be newer than the failure. */
static enum err why_not(record_word *word, enum page_state from, enum page_state *seen)
{
	uint64_t first = atomic_load(word);
	bool mixed = false;

	for (unsigned int i = 0; i < WORDS_PER_2M; i++) {
		uint64_t now = atomic_load(&word[i]);
		uint64_t used = (now >> 1) & ~now & EACH_FRAME;

		if (used != 0)
			return ERR_BUSY;
		mixed |= now != first || now != record_pattern(state_at(now, 0));
	}
	*seen = state_at(first, 0);
	if (mixed)
		return ERR_RMP;
	return *seen == from ? ERR_BUSY : ERR_STATE;
}

static enum err claim_2m(record_word *word, enum page_state from, enum page_state *seen)
{
	for (unsigned int i = 0; i < WORDS_PER_2M; i++) {
		uint64_t want = record_pattern(from);

		if (atomic_compare_exchange_strong(&word[i], &want, record_pattern(PAGE_USED)))
			continue;
		while (i-- > 0)
			atomic_store(&word[i], record_pattern(from));
		return why_not(word, from, seen);
	}
	return OK;
}

enum err page_claim(pa_t page, enum page_size size, enum page_state from, enum page_state *seen)
{
	unsigned int shift;
	record_word *word = record_find(page, size_bytes(size), &shift);

	CHECK(from != PAGE_USED && is_aligned(page.raw, size_bytes(size)));
	if (word == NULL)
		return ERR_ADDRESS;
	return size == SIZE_2M ? claim_2m(word, from, seen) : claim_4k(word, shift, from, seen);
}

void page_settle(pa_t page, enum page_size size, enum page_state to)
{
	unsigned int shift;
	record_word *word = record_find(page, size_bytes(size), &shift);

	CHECK(word != NULL && to != PAGE_USED);
	if (size == SIZE_2M) {
		for (unsigned int i = 0; i < WORDS_PER_2M; i++)
			CHECK(atomic_exchange(&word[i], record_pattern(to)) ==
			      record_pattern(PAGE_USED));
		return;
	}
	/* The two bits are the claim's holder's alone: no compare is needed. */
	uint64_t old = atomic_fetch_xor(word, (uint64_t)(PAGE_USED ^ to) << shift);

	CHECK(state_at(old, shift) == PAGE_USED);
}

enum err page_fill(pa_t start, uint64_t bytes, enum page_state to)
{
	unsigned int shift;
	record_word *word = record_find(start, bytes, &shift);

	CHECK(is_aligned(start.raw | bytes, PAGE_2M));
	if (word == NULL)
		return ERR_ADDRESS;
	memset((void *)word, (int)(record_pattern(to) & 0xff), bytes / PAGE_4K / 4);
	return OK;
}
