/* SPDX-License-Identifier: MIT */
/* What check.c and follow.c share. */
#pragma once
#include <sim/chart.h>
#include <sim/check.h>

/* What may come on this CPU after a step that took the arrow. */
void check_follow(struct check_cpu *cpu, const struct trace_step *s, const struct chart_arrow *a);
