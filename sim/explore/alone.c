/* SPDX-License-Identifier: MIT */
/*
 * Where the next step of a CPU was somebody else's business: it is not tried alone there again.
 * All 64 bits are compared, so that what is found does not depend on where the machine lies.
 */
#include "explore.h"

#include <stdlib.h>

#define PLACES 65536U

static uint64_t not_alone[PLACES]; /* 0: none */
static unsigned int count;

static uint64_t *place_of(uint64_t where)
{
	uint64_t i = where >> 48;

	while (not_alone[i] != 0 && not_alone[i] != where)
		i = (i + 1) % PLACES;
	return &not_alone[i];
}

uint64_t alone_where(unsigned int cpu, uint8_t others)
{
	const struct host_op *op = host_part_waits(cpu);
	uint64_t h = cpu + 1 + 8U * others;

	if (op != NULL)
		h += op->gpa * 0x9e3779b97f4a7c15ULL + op->kind * 0xff51afd7ed558ccdULL;
	h += (uintptr_t)host_part_stack(cpu).at * 0xc4ceb9fe1a85ec53ULL;
	return (h ^ h >> 32) * 0x9e3779b97f4a7c15ULL | 1;
}

bool alone_is_not(uint64_t where)
{
	return *place_of(where) == where;
}

void alone_keep_not(uint64_t where)
{
	if (++count == PLACES)
		abort();
	*place_of(where) = where;
}
