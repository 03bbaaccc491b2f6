/* SPDX-License-Identifier: MIT */
/*
 * To compare with: a bit for a frame, next-fit, behind one ticket lock, which
 * is what the SVSMs in use come down to. It keeps no page state; a double free
 * is found.
 */
#include "bench.h"

#include <stdatomic.h>

#define BASE (1ULL << 39)
#define WORD_FRAMES 64U
#define WORDS_2M (FRAMES_PER_2M / WORD_FRAMES)
#define FULL (~0ULL)

static struct {
	atomic_uint next __attribute__((aligned(64)));
	atomic_uint serving;
} ticket;

static uint64_t *word; /* a set bit: used */
static uint64_t words, at;

static void lock(void)
{
	unsigned int mine = atomic_fetch_add(&ticket.next, 1);

	while (atomic_load_explicit(&ticket.serving, memory_order_acquire) != mine)
		__builtin_ia32_pause();
}

static void unlock(void)
{
	unsigned int serving = atomic_load_explicit(&ticket.serving, memory_order_relaxed);

	atomic_store_explicit(&ticket.serving, serving + 1, memory_order_release);
}

uint64_t bitmap_get(unsigned int cpu);
void bitmap_put(unsigned int cpu, uint64_t frame);
uint64_t bitmap_get_2m(unsigned int cpu);
void bitmap_put_2m(unsigned int cpu, uint64_t frame);

uint64_t bitmap_get(unsigned int cpu)
{
	uint64_t frame = 0;

	(void)cpu;
	lock();
	for (uint64_t i = 0; i < words; i++) {
		if (word[at] != FULL) {
			unsigned int bit = (unsigned int)__builtin_ctzll(~word[at]);

			word[at] |= 1ULL << bit;
			frame = BASE + (at * WORD_FRAMES + bit) * PAGE_4K;
			break;
		}
		if (++at == words)
			at = 0;
	}
	unlock();
	return frame;
}

void bitmap_put(unsigned int cpu, uint64_t frame)
{
	uint64_t index = (frame - BASE) / PAGE_4K, bit = 1ULL << index % WORD_FRAMES;
	bool was_used;

	(void)cpu;
	lock();
	was_used = index < words * WORD_FRAMES && (word[index / WORD_FRAMES] & bit) != 0;
	if (was_used)
		word[index / WORD_FRAMES] &= ~bit;
	unlock();
	if (!was_used)
		fail("bitmap: not used");
}

static bool is_2m(const uint64_t *first, uint64_t value)
{
	for (unsigned int i = 0; i < WORDS_2M; i++)
		if (first[i] != value)
			return false;
	return true;
}

static void fill_2m(uint64_t *first, uint64_t value)
{
	for (unsigned int i = 0; i < WORDS_2M; i++)
		first[i] = value;
}

uint64_t bitmap_get_2m(unsigned int cpu)
{
	uint64_t frame = 0;

	(void)cpu;
	lock();
	at -= at % WORDS_2M;
	for (uint64_t i = 0; i < words / WORDS_2M; i++) {
		if (is_2m(&word[at], 0)) {
			fill_2m(&word[at], FULL);
			frame = BASE + at * WORD_FRAMES * PAGE_4K;
			break;
		}
		at += WORDS_2M;
		if (at == words)
			at = 0;
	}
	unlock();
	return frame;
}

void bitmap_put_2m(unsigned int cpu, uint64_t frame)
{
	uint64_t index = (frame - BASE) / PAGE_4K / WORD_FRAMES;
	bool was_used;

	(void)cpu;
	lock();
	was_used = index + WORDS_2M <= words && is_2m(&word[index], FULL);
	if (was_used)
		fill_2m(&word[index], 0);
	unlock();
	if (!was_used)
		fail("bitmap: 2 MiB not used");
}

static bool setup(uint64_t frames)
{
	words = frames / WORD_FRAMES;
	word = memory_get(words * sizeof(*word));
	at = 0;
	return true;
}

static void end(void)
{
	memory_put(word, words * sizeof(*word));
}

const struct allocator allocator_bitmap = { "bitmap",	   setup,	  bitmap_get, bitmap_put,
					    bitmap_get_2m, bitmap_put_2m, end };
