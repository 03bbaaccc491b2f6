/* SPDX-License-Identifier: MIT */
/* The steps of a scenario as a trace: see include/sim/trace.h. */
#pragma once
#include <stdbool.h>

/* Every step from now on. False: the file cannot be written, and it was said why. */
bool record_begin(const char *path);
/* The same, if not all of it was. */
bool record_end(const char *path);
