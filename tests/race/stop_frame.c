/* SPDX-License-Identifier: MIT */
/* Every operation of the allocator, stopped everywhere, in every arrangement of the memory. */
#include "stop_world.h"

#include <stdio.h>

/* Two walks over the record: what frame.h promises when the other CPU does nothing. */
#define MOST (2U * (REGIONS * 20U + ROWS * 60U) + 200U)

static void many(enum cpu cpu, enum op op, unsigned int count)
{
	while (count-- > 0)
		act(cpu, op);
}

/* Whoever took it, from here on the other holds it. */
static void hand_over(unsigned int frame)
{
	expect(world.holder[frame] == OF_A || world.holder[frame] == OF_B);
	world.holder[frame] = world.holder[frame] == OF_A ? OF_B : OF_A;
}

static void free_frame(enum cpu cpu, unsigned int frame)
{
	struct act *act = &world.act[cpu];

	*act = (struct act){ .op = FREE_OWN, .cpu = cpu, .frame = pa(START + frame * PAGE_4K) };
	world.holder[frame] = NOBODY;
	act_perform(act);
	act_record(act);
}

/* B has taken all; every second frame is A's. */
static void all_taken(void)
{
	many(A, GROW, REGIONS);
	many(B, ALLOC, FRAMES);
	for (unsigned int i = 1; i < FRAMES; i += 2)
		hand_over(i);
}

static void nothing_accepted(void)
{
}

static void regions_free(void)
{
	many(A, GROW, REGIONS);
}

static void rows_of_both(void)
{
	many(A, GROW, 2);
	many(A, ALLOC, 10);
	many(B, ALLOC, 10);
	for (unsigned int i = 0; i < 5; i++) {
		hand_over(i);
		hand_over(ROW_FRAMES + i);
	}
}

static void row_empty(void)
{
	many(A, GROW, 2);
	many(A, ALLOC, ROW_FRAMES);
	many(B, ALLOC, ROW_FRAMES);
	hand_over(3);
}

static void row_returned(void)
{
	row_empty();
	for (unsigned int i = 0; i < 3; i++) {
		free_frame(B, 8 + i);
		free_frame(A, ROW_FRAMES + 8 + i);
	}
}

static void one_left(void)
{
	all_taken();
	free_frame(A, 5);
}

static void sixteen_left(void)
{
	all_taken();
	free_frame(A, 1);
	many(A, ALLOC, 1);
	for (unsigned int i = 0; i < 16; i++)
		free_frame(i % 2 == 0 ? A : B, i * 97);
}

static void only_2m_aligned(void)
{
	all_taken();
	for (unsigned int i = 0; i < REGIONS; i++)
		free_frame(A, i * FRAMES_PER_2M);
}

static void spare(enum cpu owner)
{
	many(A, GROW, REGIONS);
	act(owner, ALLOC_2M);
	act(owner, ALLOC_2M);
	many(B, ALLOC, FRAMES_PER_2M);
	act(owner, FREE_2M);
	hand_over(2 * FRAMES_PER_2M + 1);
}

static void spare_of_a(void)
{
	spare(A);
}

static void spare_of_b(void)
{
	spare(B);
}

/* All of the first region is free again, by rows; nothing else is. */
static void joinable(void)
{
	all_taken();
	for (unsigned int i = 0; i < FRAMES_PER_2M; i++)
		free_frame(A, i);
}

static void not_joinable(void)
{
	joinable();
	many(A, ALLOC, 1);
	for (unsigned int i = FRAMES_PER_2M; i < FRAMES_PER_2M + 200; i++)
		free_frame(B, i);
}

/* The first region is free, but B is in its last row. */
static void joinable_but_for_b(void)
{
	all_taken();
	free_frame(A, FRAMES_PER_2M - 2);
	act(B, ALLOC);
	for (unsigned int i = 0; i < FRAMES_PER_2M; i++)
		free_frame(B, i);
}

static void large_and_small(void)
{
	many(A, GROW, 2);
	act(A, ALLOC_2M);
	act(A, FREE_2M);
	many(A, ALLOC, 3);
	act(B, ALLOC);
	act(B, GROW);
	act(B, ALLOC_2M);
}

static const struct {
	const char *name;
	void (*make)(void);
} arrangements[] = {
	{ "nothing accepted", nothing_accepted },
	{ "three free regions", regions_free },
	{ "a row of each", rows_of_both },
	{ "rows empty", row_empty },
	{ "rows empty, frames returned", row_returned },
	{ "one left", one_left },
	{ "sixteen left", sixteen_left },
	{ "only 2 MiB aligned left", only_2m_aligned },
	{ "spare of the stopped", spare_of_a },
	{ "spare of the other", spare_of_b },
	{ "one region to join", joinable },
	{ "almost one region to join", not_joinable },
	{ "one region to join, the other in it", joinable_but_for_b },
	{ "2 MiB held", large_and_small },
};

static const char *const op_name[OPS] = {
	"alloc",   "alloc vmsa", "alloc 2M", "free own",    "free other's", "free nobody's",
	"free 2M", "free twice", "grow",     "grow undone", "drain",	    "drain 2M",
};
static unsigned int arrangement;

static void trying(const char *other)
{
	snprintf(stop_trying, sizeof(stop_trying), "%s: stopped in %s; other: %s",
		 arrangements[arrangement].name, op_name[world.act[A].op], other);
}

static void go(void)
{
	act_perform(&world.act[A]);
}

static void go_other(void)
{
	act_perform(&world.act[B]);
}

static bool other(unsigned int trial)
{
	trying(op_name[trial]);
	check_holdings();
	steady_now();
	if (trial == DRAIN || trial == DRAIN_2M) {
		drain(B, (enum op)trial);
	} else {
		if (!act_prepare(B, (enum op)trial))
			return false;
		stop_note(stop_count(go_other, MOST));
		act_record(&world.act[B]);
	}
	stop_sum.trials++;
	return true;
}

static void after(unsigned int trial)
{
	(void)trial;
	steady_now();
	act_record(&world.act[A]);
	check_account();
}

void stop_frames(void)
{
	static const struct stop all = { go, OPS, other, after, &world, sizeof(world) };
	unsigned int count = sizeof(arrangements) / sizeof(arrangements[0]);

	for (arrangement = 0; arrangement < count; arrangement++) {
		for (enum op op = ALLOC; op < DRAIN; op++) {
			world_new();
			trying("-");
			arrangements[arrangement].make();
			if (!act_prepare(A, op))
				continue;
			trying("-");
			steady_begin();
			(void)stop_everywhere(&all);
			steady_now();
			act_record(&world.act[A]);
			check_account();
		}
	}
}
