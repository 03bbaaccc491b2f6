/* SPDX-License-Identifier: MIT */
/* Two threads, the caller and another, that live as long as the program. */
#pragma once
#include "bench.h"

void team_start(void);

/* Nanoseconds for a pair, from the common start to the last one's end. */
double team_run(const struct held *h, enum order order, uint64_t pairs, unsigned int threads);
