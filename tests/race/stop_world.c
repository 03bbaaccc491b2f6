/* SPDX-License-Identifier: MIT */
/*
 * Two CPUs on three regions. What may be refused is decided by looking into
 * the record's words, with the account telling which frames nobody holds.
 */
#include "stop_world.h"
#include "record.h"

#include <string.h>

struct world world;

void world_new(void)
{
	memset(&world, 0, sizeof(world));
	memset(world.holder, NOT_THERE, sizeof(world.holder));
	frame_init(pa(START), REGIONS * PAGE_2M, world.region, world.owner, world.row, CPUS);
}

static pa_t address(unsigned int frame)
{
	return pa(START + frame * PAGE_4K);
}

static unsigned int number(pa_t frame)
{
	expect(is_aligned(frame.raw, PAGE_4K) && frame.raw - START < FRAMES * PAGE_4K);
	return (unsigned int)((frame.raw - START) / PAGE_4K);
}

/* What A is accepting is there as soon as A has said so in the record. */
static bool being_accepted(unsigned int frame)
{
	return world.act[A].op == GROW && world.region[frame / FRAMES_PER_2M] != REGION_NONE &&
	       world.holder[frame] == NOT_THERE;
}

static void got(unsigned int first, unsigned int count, enum holder to)
{
	for (unsigned int i = first; i < first + count; i++) {
		expect(world.holder[i] == NOBODY || being_accepted(i));
		world.holder[i] = (uint8_t)to;
	}
}

static void grew(unsigned int first)
{
	for (unsigned int i = first; i < first + FRAMES_PER_2M; i++) {
		if (world.holder[i] == NOT_THERE)
			world.holder[i] = NOBODY;
	}
}

static void hold(unsigned int first, unsigned int count, enum holder from, enum holder to)
{
	for (unsigned int i = first; i < first + count; i++) {
		expect(world.holder[i] == from);
		world.holder[i] = (uint8_t)to;
	}
}

static uint8_t tag(enum cpu cpu)
{
	return frame_cpu(cpu)->tag;
}

static bool has_spare(enum cpu cpu, unsigned int region)
{
	return frame_cpu(cpu)->spare == START + region * PAGE_2M;
}

static bool in_words(unsigned int frame)
{
	const struct frame_row *row = &world.row[frame / ROW_FRAMES];

	return ((row->ready | row->returned) >> frame % ROW_FRAMES & 1) != 0;
}

static bool row_open(enum cpu cpu, unsigned int row)
{
	return world.owner[row] == 0 || world.owner[row] == tag(cpu);
}

bool open_to(enum cpu cpu, unsigned int frame)
{
	unsigned int region = frame / FRAMES_PER_2M;

	if (world.holder[frame] != NOBODY)
		return false;
	switch (region_load(&world.region[region])) {
	case REGION_READY:
		return true;
	case REGION_SPARE:
		return has_spare(cpu, region);
	case REGION_SPLIT:
		return row_open(cpu, frame / ROW_FRAMES) && in_words(frame);
	default:
		return false;
	}
}

static bool fits(enum op op, unsigned int frame)
{
	return op != ALLOC_VMSA || frame % FRAMES_PER_2M != 0;
}

/* All of the region, and for A all the time. */
static bool open_2m(enum cpu cpu, unsigned int region)
{
	for (unsigned int i = 0; i < FRAMES_PER_2M; i++) {
		unsigned int frame = region * FRAMES_PER_2M + i;

		if (!open_to(cpu, frame) || (cpu == A && !world.steady[frame]))
			return false;
	}
	return true;
}

static bool may_refuse(const struct act *act)
{
	if (act->op == ALLOC_2M) {
		for (unsigned int i = 0; i < REGIONS; i++) {
			if (open_2m(act->cpu, i))
				return false;
		}
		return true;
	}
	for (unsigned int i = 0; i < FRAMES; i++) {
		if (fits(act->op, i) && open_to(act->cpu, i) && (act->cpu == B || world.steady[i]))
			return false;
	}
	return true;
}

/* By whose row a frame is looked for. */
static bool wanted_row(enum cpu cpu, enum op op, unsigned int frame)
{
	uint8_t owner = world.owner[frame / ROW_FRAMES];

	switch (op) {
	case FREE_OWN:
		return owner == tag(cpu);
	case FREE_OTHERS:
		return owner != 0 && owner != tag(cpu);
	case FREE_NOBODYS:
		return owner == 0;
	default:
		return true;
	}
}

static bool find(struct act *act, enum holder holder)
{
	for (unsigned int i = 0; i < FRAMES; i++) {
		if (world.holder[i] == holder && wanted_row(act->cpu, act->op, i)) {
			act->frame = address(i);
			return true;
		}
	}
	return false;
}

/* Freeing what is free is refused. For A one that B cannot take meanwhile. */
static bool find_free(struct act *act)
{
	for (unsigned int i = 0; i < FRAMES; i++) {
		if (open_to(act->cpu, i) && (act->cpu == B || !open_to(B, i))) {
			act->frame = address(i);
			return true;
		}
	}
	return false;
}

bool act_prepare(enum cpu cpu, enum op op)
{
	struct act *act = &world.act[cpu];

	*act = (struct act){ .op = op, .cpu = cpu };
	switch (op) {
	case FREE_OWN:
	case FREE_OTHERS:
	case FREE_NOBODYS:
		if (!find(act, cpu == A ? OF_A : OF_B))
			return false;
		hold(number(act->frame), 1, cpu == A ? OF_A : OF_B, NOBODY);
		return true;
	case FREE_2M:
		if (!find(act, cpu == A ? OF_A_2M : OF_B_2M))
			return false;
		hold(number(act->frame), FRAMES_PER_2M, cpu == A ? OF_A_2M : OF_B_2M, NOBODY);
		return true;
	case FREE_TWICE:
		return find_free(act);
	default:
		return true;
	}
}

void act_perform(struct act *act)
{
	struct frame_cpu *me = frame_cpu(act->cpu);

	switch (act->op) {
	case ALLOC:
		act->err = frame_alloc(me, &act->frame);
		break;
	case ALLOC_VMSA:
		act->err = frame_alloc_vmsa(me, &act->frame);
		break;
	case ALLOC_2M:
		act->err = frame_alloc_2m(me, &act->frame);
		break;
	case FREE_2M:
		act->err = frame_free_2m(me, act->frame);
		break;
	case GROW:
	case GROW_FAILED:
		act->err = frame_grow(&act->frame);
		if (act->err == OK)
			frame_grown(me, act->frame, act->op == GROW);
		break;
	default:
		act->err = frame_free(me, act->frame);
		break;
	}
}

static bool can_grow(void)
{
	for (unsigned int i = 0; i < FRAMES; i++) {
		if (world.holder[i] == NOT_THERE && world.region[i / FRAMES_PER_2M] == REGION_NONE)
			return true;
	}
	return false;
}

static void record_alloc(const struct act *act)
{
	bool large = act->op == ALLOC_2M;
	enum holder holder = act->cpu == A ? OF_A : OF_B;

	if (act->err != OK) {
		stop_sum.refusals++;
		expect(act->err == ERR_NO_MEMORY);
		expect(may_refuse(act));
		return;
	}
	expect(is_aligned(act->frame.raw, large ? PAGE_2M : PAGE_4K));
	expect(act->op != ALLOC_VMSA || !is_aligned(act->frame.raw, PAGE_2M));
	if (large)
		got(number(act->frame), FRAMES_PER_2M, holder + (OF_A_2M - OF_A));
	else
		got(number(act->frame), 1, holder);
}

void act_record(struct act *act)
{
	switch (act->op) {
	case ALLOC:
	case ALLOC_VMSA:
	case ALLOC_2M:
		record_alloc(act);
		break;
	case FREE_TWICE:
		expect(act->err == ERR_STATE);
		break;
	case GROW:
	case GROW_FAILED:
		expect(act->err == OK || (act->err == ERR_NO_MEMORY && !can_grow()));
		if (act->err == OK && act->op == GROW)
			grew(number(act->frame));
		break;
	default:
		expect(act->err == OK);
		break;
	}
}

void act(enum cpu cpu, enum op op)
{
	expect(act_prepare(cpu, op));
	act_perform(&world.act[cpu]);
	act_record(&world.act[cpu]);
	expect(world.act[cpu].err == OK);
}

void drain(enum cpu cpu, enum op op)
{
	struct act *act = &world.act[cpu];

	do {
		*act = (struct act){ .op = op == DRAIN ? ALLOC : ALLOC_2M, .cpu = cpu };
		act_perform(act);
		act_record(act);
	} while (act->err == OK);
}

static unsigned int held_2m(unsigned int region)
{
	unsigned int holder = world.holder[region * FRAMES_PER_2M];

	return holder == OF_A_2M || holder == OF_B_2M || holder == NOT_THERE;
}

void check_holdings(void)
{
	unsigned int used = 0, spare = 0, rows = 0, joining = 0, lost = 0;

	for (unsigned int i = 0; i < REGIONS; i++) {
		unsigned int owned = 0;

		used += world.region[i] == REGION_USED && !held_2m(i);
		spare += world.region[i] == REGION_SPARE && !has_spare(B, i);
		for (unsigned int row = 0; row < ROWS_PER_2M; row++)
			owned += world.owner[i * ROWS_PER_2M + row] == tag(A);
		rows += owned == 1;
		joining += owned > 1;
		for (unsigned int j = 0; j < FRAMES_PER_2M; j++) {
			unsigned int frame = i * FRAMES_PER_2M + j;

			lost += world.region[i] == REGION_SPLIT && world.holder[frame] == NOBODY &&
				!in_words(frame);
		}
	}
	expect(used <= 1 && spare <= 1 && lost <= 1);
	/* One row, and the rows of the 2 MiB that it is about to take. */
	expect(rows <= 2 && joining <= 1 && rows + joining <= 2);
	expect(rows + joining <= 1 || world.act[A].op == ALLOC_2M);
}

void check_account(void)
{
	for (unsigned int i = 0; i < FRAMES; i++) {
		enum page_state want = world.holder[i] == NOT_THERE ? PAGE_NONE
				       : world.holder[i] == NOBODY  ? PAGE_FREE
								    : PAGE_USED;
		enum page_state state;

		expect(frame_state(address(i), &state) == OK);
		expect(state == want);
		if (want == PAGE_FREE)
			expect(open_to(A, i) || open_to(B, i));
	}
}

void steady_begin(void)
{
	memset(world.steady, 1, sizeof(world.steady));
	steady_now();
}

void steady_now(void)
{
	for (unsigned int i = 0; i < FRAMES; i++)
		world.steady[i] &= open_to(A, i);
}
