/* SPDX-License-Identifier: MIT */
/*
 * For svsm-sim: the firmware's atomic.h, and who touches a shared word says
 * so. That is how the explorer learns which steps do not depend on each other.
 */
#pragma once
#include <stddef.h>
#include_next <svsm/atomic.h>

/* NULL: nobody asks. */
extern void (*explore_seen)(const volatile void *word, bool write);

static inline void *explore_word(const volatile void *word, bool write)
{
	if (explore_seen != NULL)
		explore_seen(word, write);
	return (void *)(uintptr_t)word;
}

#define shared64_load(word) shared64_load(explore_word(word, false))
#define shared64_store(word, value) shared64_store(explore_word(word, true), value)
#define shared64_swap(word, value) shared64_swap(explore_word(word, true), value)
#define shared64_cas(word, seen, value) shared64_cas(explore_word(word, true), seen, value)
#define shared64_or(word, bits) shared64_or(explore_word(word, true), bits)
#define shared64_and(word, bits) shared64_and(explore_word(word, true), bits)
#define shared64_set(word, bit) shared64_set(explore_word(word, true), bit)
#define shared64_clear(word, bit) shared64_clear(explore_word(word, true), bit)
#define shared8_load(byte) shared8_load(explore_word(byte, false))
#define shared8_store(byte, value) shared8_store(explore_word(byte, true), value)
#define shared8_cas(byte, seen, value) shared8_cas(explore_word(byte, true), seen, value)
