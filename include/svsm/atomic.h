/* SPDX-License-Identifier: MIT */
/*
 * Words that several vCPUs touch at once: the record of page state and what
 * belongs to it. Every access to one goes through here, a plain load too, so
 * that tests/race can put its own atomic.h first on the include path and
 * decide in which order the accesses of several CPUs happen. [DESIGN 3]
 *
 * On x86 a load and a store are one MOV, ordered as TSO orders them: a later
 * load may pass an earlier store, nothing else moves. Everything else here is
 * one locked instruction, and a full fence. None of them waits.
 */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef _Atomic uint64_t shared64;
typedef _Atomic uint8_t shared8;

static inline uint64_t shared64_load(const shared64 *word)
{
	return atomic_load_explicit(word, memory_order_acquire);
}

static inline void shared64_store(shared64 *word, uint64_t value)
{
	atomic_store_explicit(word, value, memory_order_release);
}

/* XCHG: returns what was there. */
static inline uint64_t shared64_swap(shared64 *word, uint64_t value)
{
	return atomic_exchange(word, value);
}

/* CMPXCHG: true when `value` was stored; else *seen is what was there instead. */
static inline bool shared64_cas(shared64 *word, uint64_t *seen, uint64_t value)
{
	return atomic_compare_exchange_strong(word, seen, value);
}

static inline void shared64_or(shared64 *word, uint64_t bits)
{
	(void)atomic_fetch_or(word, bits);
}

static inline void shared64_and(shared64 *word, uint64_t bits)
{
	(void)atomic_fetch_and(word, bits);
}

/* BTS, BTR: one bit, 0 to 63; returns whether it was set. */
static inline bool shared64_set(shared64 *word, unsigned int bit)
{
	uint64_t mask = 1ULL << (bit & 63);

	return (atomic_fetch_or(word, mask) & mask) != 0;
}

static inline bool shared64_clear(shared64 *word, unsigned int bit)
{
	uint64_t mask = 1ULL << (bit & 63);

	return (atomic_fetch_and(word, ~mask) & mask) != 0;
}

static inline uint8_t shared8_load(const shared8 *byte)
{
	return atomic_load_explicit(byte, memory_order_acquire);
}

static inline void shared8_store(shared8 *byte, uint8_t value)
{
	atomic_store_explicit(byte, value, memory_order_release);
}

static inline bool shared8_cas(shared8 *byte, uint8_t *seen, uint8_t value)
{
	return atomic_compare_exchange_strong(byte, seen, value);
}
