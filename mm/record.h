/* SPDX-License-Identifier: MIT */
/* The words of the record, for page.c and frame.c only. */
#pragma once
#include <svsm/page.h>

#include <stdatomic.h>

#define FRAMES_PER_WORD 32U
#define WORDS_PER_2M (FRAMES_PER_2M / FRAMES_PER_WORD)
#define EACH_FRAME 0x5555555555555555ULL /* the low bit of every frame's two */

typedef _Atomic uint64_t record_word;

/* A word of which every frame is in `state`. */
static inline uint64_t record_pattern(enum page_state state)
{
	return (uint64_t)state * EACH_FRAME;
}

/* The word that holds the page; NULL when [page, page + bytes) is not inside one range. */
record_word *record_find(pa_t page, uint64_t bytes, unsigned int *shift);
