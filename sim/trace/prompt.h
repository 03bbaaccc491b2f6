/* SPDX-License-Identifier: MIT */
/* What replay.c asks of prompt.c. */
#pragma once
#include <sim/trace.h>

/* One step, in a line. */
void prompt_show(const struct trace *t, uint64_t index);

/* Commands from the standard input, beginning at that step, until they end. */
void prompt_run(const struct trace *t, uint64_t index);
