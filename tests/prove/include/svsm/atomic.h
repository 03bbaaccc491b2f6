/* SPDX-License-Identifier: MIT */
/*
 * Stands before include/svsm/atomic.h in proofs: one CPU, plain words. What
 * several do at once is shown in tests/race.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef uint64_t shared64;
typedef uint8_t shared8;

static inline uint64_t shared64_load(const shared64 *word)
{
	return *word;
}

static inline void shared64_store(shared64 *word, uint64_t value)
{
	*word = value;
}

static inline uint64_t shared64_swap(shared64 *word, uint64_t value)
{
	uint64_t old = *word;

	*word = value;
	return old;
}

static inline bool shared64_cas(shared64 *word, uint64_t *seen, uint64_t value)
{
	bool done = *word == *seen;

	*seen = *word;
	if (done)
		*word = value;
	return done;
}

static inline void shared64_or(shared64 *word, uint64_t bits)
{
	*word |= bits;
}

static inline void shared64_and(shared64 *word, uint64_t bits)
{
	*word &= bits;
}

static inline bool shared64_set(shared64 *word, unsigned int bit)
{
	bool was = (*word >> (bit & 63) & 1) != 0;

	*word |= 1ULL << (bit & 63);
	return was;
}

static inline bool shared64_clear(shared64 *word, unsigned int bit)
{
	bool was = (*word >> (bit & 63) & 1) != 0;

	*word &= ~(1ULL << (bit & 63));
	return was;
}

static inline uint8_t shared8_load(const shared8 *byte)
{
	return *byte;
}

static inline void shared8_store(shared8 *byte, uint8_t value)
{
	*byte = value;
}

static inline bool shared8_cas(shared8 *byte, uint8_t *seen, uint8_t value)
{
	bool done = *byte == *seen;

	*seen = *byte;
	if (done)
		*byte = value;
	return done;
}
