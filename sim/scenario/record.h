/* SPDX-License-Identifier: MIT */
/* The steps of a scenario as a trace: see include/sim/trace.h. */
#pragma once
#include <stdbool.h>

/* Before anything runs. False: the file cannot be written, and it was said why. */
bool record_open(const char *path);
/* Every step from now on. */
void record_begin(void);
/* False: not all of it was written. */
bool record_end(const char *path);
