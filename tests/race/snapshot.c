/* SPDX-License-Identifier: MIT */
/* States of the machine, one for each depth of the search, and a hash of what it is in now. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 4096U
#define STACK_KEPT 6144U

struct snapshot {
	uint8_t shared[SHARED];
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
	uint8_t *to = s->shared;

	for (unsigned int i = 0; i < PIECES; to += pieces[i++].bytes)
		memcpy(to, pieces[i].start, pieces[i].bytes);
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
	const uint8_t *from = s->shared;

	for (unsigned int i = 0; i < PIECES; from += pieces[i++].bytes)
		memcpy(pieces[i].start, from, pieces[i].bytes);
	memcpy(cpu, s->cpu, cpus * sizeof(cpu[0]));
	trace_length = s->trace_length;
	for (unsigned int i = 0; i < cpus; i++)
		memcpy(cpu[i].deep, s->stack[i], s->kept[i]);
}

static uint64_t hash(uint64_t h, const void *from, size_t bytes)
{
	for (const uint8_t *p = from; bytes > 0; p += 8) {
		size_t n = bytes < 8 ? bytes : 8; /* the last may be short */
		uint64_t word = 0;

		memcpy(&word, p, n);
		bytes -= n;
		h = (h ^ word) * 0xff51afd7ed558ccdULL;
		h ^= h >> 32;
	}
	return h;
}

uint64_t machine_hash(void)
{
	uint64_t h = 1;

	for (unsigned int i = 0; i < PIECES; i++)
		h = hash(h, pieces[i].start, pieces[i].bytes);
	for (unsigned int i = 0; i < cpus; i++) {
		const struct cpu *c = &cpu[i];
		uint64_t rest[2] = { c->now | (uint64_t)c->finished << 32 |
					     (uint64_t)c->granted << 33 | (uint64_t)c->got << 40,
				     c->rows | (uint64_t)c->regions << 32 };

		h = hash(h, rest, sizeof(rest));
		h = hash(h, c->out, sizeof(c->out));
		if (!c->finished) { /* where it is, and all it knows */
			h = hash(h, c->at[0].__jmpbuf, sizeof(c->at[0].__jmpbuf));
			h = hash(h, c->deep + SLACK, (size_t)(stack_end(i) - c->deep) - SLACK);
		}
		for (unsigned int k = 0; k < c->stores; k++) {
			uint64_t s[2] = { (uintptr_t)c->buffer[k].word + c->buffer[k].op,
					  c->buffer[k].value };

			h = hash(h, s, sizeof(s));
		}
		h = hash(h, &(uint64_t){ c->stores }, 8);
	}
	return h;
}
