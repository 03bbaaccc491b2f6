/* SPDX-License-Identifier: MIT */
/*
 * May an allocation be refused? Only if there was a moment between its begin
 * and its end at which no fitting frame was free outside other CPUs' rows,
 * spare frames and operations under way. Looked at after each change of memory.
 */
#include "race.h"

/* What the bytes of a region say, from the comment in mm/record.h. */
enum { NONE = 0, READY = 3, SPLIT = 4, SPARE = 5 };

static bool under_way(unsigned int i, unsigned int op, uint16_t over)
{
	return cpu[i].out[op].started && (over >> (i * OPS + op) & 1) == 0;
}

/* Rows and regions in other CPUs' operations, and the frames they are giving back. */
static void hide(unsigned int me, uint32_t *regions, uint64_t row[ROWS])
{
	uint16_t over = machine_over();

	for (unsigned int i = 0; i < cpus; i++) {
		const struct cpu *c = &cpu[i];

		for (unsigned int k = 0; k <= c->now && k < OPS && i != me; k++) {
			unsigned int where = c->out[k].where;

			if (!under_way(i, k, over))
				continue;
			*regions |= c->regions;
			for (unsigned int r = 0; r < ROWS; r++)
				row[r] &= (c->rows >> r & 1) != 0 ? 0 : ~0ULL;
			if (c->op[k].kind == OP_FREE && where / ROW_FRAMES < ROWS)
				row[where / ROW_FRAMES] &= ~(1ULL << where % ROW_FRAMES);
			if ((c->op[k].kind == OP_FREE_2M || c->op[k].kind == OP_GROWN) &&
			    where / FRAMES_PER_2M < REGIONS)
				*regions |= 1U << where / FRAMES_PER_2M;
		}
	}
}

static bool in_region(unsigned int me, unsigned int region, enum op_kind kind, const uint64_t *row)
{
	unsigned int whole = 0;

	for (unsigned int i = region * ROWS_PER_2M; i < (region + 1) * ROWS_PER_2M; i++) {
		uint64_t fits = kind == OP_ALLOC_VMSA && i % ROWS_PER_2M == 0 ? ~1ULL : ~0ULL;
		const struct cpu *c = &cpu[me];
		uint64_t owner = machine_load(c, &memory.owner[i], 1);
		uint64_t free = machine_load(c, &memory.frame_row[i].ready, 8) |
				machine_load(c, &memory.frame_row[i].returned, 8);

		if (owner != 0 && owner != me + 1)
			continue;
		if (kind != OP_ALLOC_2M && (free & fits & row[i]) != 0)
			return true;
		whole += (free & row[i]) == ~0ULL;
	}
	return whole == ROWS_PER_2M;
}

static bool something(unsigned int me, enum op_kind kind)
{
	uint32_t hidden = 0;
	uint64_t row[ROWS];

	for (unsigned int i = 0; i < ROWS; i++)
		row[i] = ~0ULL;
	hide(me, &hidden, row);
	for (unsigned int i = 0; i < REGIONS; i++) {
		uint64_t now = machine_load(&cpu[me], &memory.region[i], 1);

		if (now == SPARE && frame_cpu(me)->spare == FRAME_BASE + i * PAGE_2M)
			return true;
		if ((hidden >> i & 1) != 0)
			continue;
		if (now == READY || (now == SPLIT && in_region(me, i, kind, row)))
			return true;
	}
	return false;
}

void nothing_note(void)
{
	for (unsigned int i = 0; i < cpus; i++) {
		struct cpu *c = &cpu[i];
		unsigned int kind = c->op[c->now].kind;

		if (c->now >= OPS || kind < OP_ALLOC || kind > OP_ALLOC_2M)
			continue;
		if (c->out[c->now].started && !c->out[c->now].nothing)
			c->out[c->now].nothing = !something(i, (enum op_kind)kind);
	}
}
