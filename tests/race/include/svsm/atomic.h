/* SPDX-License-Identifier: MIT */
/*
 * Stands before include/svsm/atomic.h when tests/race is compiled: the same
 * names, but each access goes to the explorer, which decides when it happens
 * and what it sees. The types are structures, so that an access past this
 * header does not compile.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	uint64_t raw;
} shared64;
typedef struct {
	uint8_t raw;
} shared8;

enum access { ACCESS_LOAD, ACCESS_STORE, ACCESS_SWAP, ACCESS_CAS, ACCESS_OR, ACCESS_AND };

/* Returns what was there. CAS: `b` is stored when `a` was there; the others know only `a`. */
uint64_t race_access(enum access kind, const void *word, unsigned int bytes, uint64_t a,
		     uint64_t b);

static inline uint64_t shared64_load(const shared64 *word)
{
	return race_access(ACCESS_LOAD, word, 8, 0, 0);
}

static inline void shared64_store(shared64 *word, uint64_t value)
{
	(void)race_access(ACCESS_STORE, word, 8, value, 0);
}

static inline uint64_t shared64_swap(shared64 *word, uint64_t value)
{
	return race_access(ACCESS_SWAP, word, 8, value, 0);
}

static inline bool shared64_cas(shared64 *word, uint64_t *seen, uint64_t value)
{
	uint64_t old = race_access(ACCESS_CAS, word, 8, *seen, value);
	bool done = old == *seen;

	*seen = old;
	return done;
}

static inline void shared64_or(shared64 *word, uint64_t bits)
{
	(void)race_access(ACCESS_OR, word, 8, bits, 0);
}

static inline void shared64_and(shared64 *word, uint64_t bits)
{
	(void)race_access(ACCESS_AND, word, 8, bits, 0);
}

static inline bool shared64_set(shared64 *word, unsigned int bit)
{
	uint64_t mask = 1ULL << (bit & 63);

	return (race_access(ACCESS_OR, word, 8, mask, 0) & mask) != 0;
}

static inline bool shared64_clear(shared64 *word, unsigned int bit)
{
	uint64_t mask = 1ULL << (bit & 63);

	return (race_access(ACCESS_AND, word, 8, ~mask, 0) & mask) != 0;
}

static inline uint8_t shared8_load(const shared8 *byte)
{
	return (uint8_t)race_access(ACCESS_LOAD, byte, 1, 0, 0);
}

static inline void shared8_store(shared8 *byte, uint8_t value)
{
	(void)race_access(ACCESS_STORE, byte, 1, value, 0);
}

static inline bool shared8_cas(shared8 *byte, uint8_t *seen, uint8_t value)
{
	uint8_t old = (uint8_t)race_access(ACCESS_CAS, byte, 1, *seen, value);
	bool done = old == *seen;

	*seen = old;
	return done;
}
