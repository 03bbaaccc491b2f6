/* SPDX-License-Identifier: MIT */
/* What check.c and follow.c share. */
#pragma once
#include <sim/chart.h>
#include <sim/check.h>

#define BOOT_CPU 0U

/* What may come on this CPU after a step that took the arrow. */
void check_follow(struct check_cpu *cpu, const struct trace_step *s, const struct chart_arrow *a);
