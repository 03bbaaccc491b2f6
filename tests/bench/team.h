/* SPDX-License-Identifier: MIT */
/* Two threads, the caller and another, that live as long as the program. */
#pragma once
#include "bench.h"

void team_start(void);

/* Nanoseconds of CPU time for a pair; of two threads, the slower one's. They start together. */
double team_run(const struct held *h, enum order order, uint64_t pairs, unsigned int threads);
