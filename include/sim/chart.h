/* SPDX-License-Identifier: MIT */
/*
 * The machines of sm/ as tables, from the texts that Ragel compiles. Made by
 * sim/trace/charts.awk.
 */
#pragma once
#include <stdint.h>
#include <svsm/ring.h>

#define MACHINES 4U /* enum machine */

struct chart_arrow {
	uint8_t from, to; /* the machine's `at` */
	uint16_t event, line;
	const char *verb;
};

struct chart {
	const char *name, *file;  /* "vcpu", "sm/vcpu.rl" */
	const char *const *state; /* by `at`, as the .rl has it; 0 is "start" */
	unsigned int states;
	const struct chart_arrow *arrow; /* as the .rl has them */
	unsigned int arrows;
};

extern const struct chart charts[MACHINES]; /* by enum machine */

/* NULL: the machine has no such arrow, or there is no such machine. */
const struct chart_arrow *chart_find(unsigned int machine, unsigned int state, unsigned int event);

/* What two programs with the same machines have in common: states, events, arrows, verbs. */
uint64_t chart_hash(void);
