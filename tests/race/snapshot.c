/* SPDX-License-Identifier: MIT */
/* States of the machine, one for each depth of the search. */
#include "race.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 4096U
#define STACK_KEPT 3072U

struct snapshot {
	struct memory memory;
	struct frame_cpu block[CPUS];
	struct cpu cpu[CPUS];
	uint8_t stack[CPUS][STACK_KEPT];
	size_t kept[CPUS];
	unsigned int trace_length;
};

struct snapshot *snapshot_at(unsigned int depth)
{
	static struct snapshot *at[DEPTH];

	if (depth >= DEPTH) {
		fail("the search is deeper than the explorer's table");
		depth = DEPTH - 1;
	}
	if (at[depth] == NULL)
		at[depth] = aligned_alloc(64, (sizeof(struct snapshot) + 63) / 64 * 64);
	return at[depth];
}

void snapshot_take(struct snapshot *s)
{
	s->memory = memory;
	memcpy(s->block, frame_cpu(0), cpus * sizeof(s->block[0]));
	memcpy(s->cpu, cpu, cpus * sizeof(cpu[0]));
	s->trace_length = trace_length;
	for (unsigned int i = 0; i < cpus; i++) {
		s->kept[i] = (size_t)(stack_end(i) - cpu[i].deep);
		if (s->kept[i] > STACK_KEPT)
			abort();
		memcpy(s->stack[i], cpu[i].deep, s->kept[i]);
	}
}

void snapshot_restore(const struct snapshot *s)
{
	memory = s->memory;
	memcpy(frame_cpu(0), s->block, cpus * sizeof(s->block[0]));
	memcpy(cpu, s->cpu, cpus * sizeof(cpu[0]));
	trace_length = s->trace_length;
	for (unsigned int i = 0; i < cpus; i++)
		memcpy(cpu[i].deep, s->stack[i], s->kept[i]);
}
