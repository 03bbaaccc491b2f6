/* SPDX-License-Identifier: MIT */
/*
 * A machine of svsm-sim's as a trace: every step, and what becomes of each
 * page. See include/sim/trace.h.
 */
#pragma once
#include <stdbool.h>
#include <stdio.h>

/* The file's header. */
void record_head(FILE *to);
/* The pages as they are now, and all that happens from now on. */
void record_begin(FILE *to);
/* Nothing more. */
void record_end(void);
