/* SPDX-License-Identifier: MIT */
/* What is counted by callgrind. */
#pragma once
#include "bench.h"

/* Between the two, the instructions inside the allocators' functions are counted. */
void count_begin(void);
void count_end(const char *name, uint64_t operations);

/* Single operations at their worst. */
void count_worst(uint64_t bytes);
