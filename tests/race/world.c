/* SPDX-License-Identifier: MIT */
/* The memory manager for the explorer: its record and each CPU's part of it. */
#include "race.h"

#include <stdio.h>
#include <string.h>

const char world_program[] = "race";
const char world_outside[] = "writes the row of a CPU that has none";
struct memory memory;

void world_begin(const struct setup *setup)
{
	memset(&memory, 0, sizeof(memory));
	setup->build();
	pieces[0] = (struct piece){ &memory, sizeof(memory) };
	pieces[1] = (struct piece){ frame_cpu(0), cpus * sizeof(struct frame_cpu) };
	order_take();
}

void world_end(void)
{
	order_check();
}

void world_started(struct cpu *c)
{
	c->out[c->now].before = machine_over();
	c->rows = c->regions = 0;
	nothing_note();
}

void world_written(struct cpu *c, void *word, uint64_t old, uint64_t value)
{
	const shared8 *byte = word;

	(void)old;
	(void)value;
	if (byte >= memory.owner && byte < memory.owner + sizeof(memory.owner))
		c->rows |= 1U << (byte - memory.owner);
	if (byte >= memory.region && byte < memory.region + sizeof(memory.region))
		c->regions |= 1U << (byte - memory.region);
	nothing_note();
}

const char *world_name(const void *word)
{
	static char text[40];
	size_t at = machine_offset(word);

	if (at >= sizeof(memory))
		snprintf(text, sizeof(text), at == SIZE_MAX ? "no row" : "given");
	else if (at >= offsetof(struct memory, region))
		snprintf(text, sizeof(text), "region[%zu]", at - offsetof(struct memory, region));
	else if (at >= offsetof(struct memory, guest))
		snprintf(text, sizeof(text), "guest[%zu]", at - offsetof(struct memory, guest));
	else if (at >= offsetof(struct memory, owner))
		snprintf(text, sizeof(text), "owner[%zu]", at - offsetof(struct memory, owner));
	else if (at >= offsetof(struct memory, frame_row))
		snprintf(text, sizeof(text), "row[%zu].%s",
			 (at - offsetof(struct memory, frame_row)) / 16,
			 at % 16 == 0 ? "ready" : "returned");
	else
		snprintf(text, sizeof(text), "guest row[%zu].%s", at / 16,
			 at % 16 == 0 ? "taken" : "ready");
	return text;
}
