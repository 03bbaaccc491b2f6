/* SPDX-License-Identifier: MIT */
/* The page state change structure as words, and what its header may become. Pure. [ghcb 5.4] */
#pragma once
#include <svsm/types.h>

#define PSC_ENTRIES 253U

uint64_t psc_entry(pa_t page, enum page_size size, bool to_private);

/* The header as one word: current entry 0, last entry `last`. */
uint64_t psc_header(unsigned int last);

enum psc_progress { PSC_FINISHED, PSC_MOVED, PSC_STILL, PSC_NONSENSE };

/*
 * Judges the header the hypervisor left, `current` being where it was before.
 * *now is where it says it is: current to last + 1 unless PSC_NONSENSE.
 */
enum psc_progress psc_judge(uint64_t header, unsigned int current, unsigned int last,
			    unsigned int *now);
