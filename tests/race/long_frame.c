/* SPDX-License-Identifier: MIT */
/* The runs of long.c on frames. */
#include "long_frame.h"
#include "long.h"

#include <string.h>

/* ---- one frame, one 2 MiB frame ---- */

/* True when there was one. */
static bool take(struct thread *t, bool vmsa)
{
	pa_t frame;
	enum err err = vmsa ? frame_alloc_vmsa(t->me, &frame) : frame_alloc(t->me, &frame);

	expect(err == OK || err == ERR_NO_MEMORY);
	if (err != OK)
		return false;
	expect(!vmsa || !is_aligned(frame.raw, PAGE_2M));
	hold(t, frame, 1);
	t->held[t->count++] = frame;
	return true;
}

static pa_t pick(struct thread *t)
{
	uint64_t i = draw(t, t->count);
	pa_t frame = t->held[i];

	t->held[i] = t->held[--t->count];
	return frame;
}

static void give(struct thread *t, pa_t frame)
{
	unhold(frame, 1);
	expect(frame_free(t->me, frame) == OK);
}

static bool take_2m(struct thread *t)
{
	pa_t frame;
	enum err err = frame_alloc_2m(t->me, &frame);

	expect(err == OK || err == ERR_NO_MEMORY);
	if (err != OK)
		return false;
	hold(t, frame, FRAMES_PER_2M);
	t->held_2m[t->count_2m++] = frame;
	return true;
}

static void give_2m(struct thread *t)
{
	pa_t frame = t->held_2m[--t->count_2m];

	unhold(frame, FRAMES_PER_2M);
	expect(frame_free_2m(t->me, frame) == OK);
}

static void give_all(struct thread *both)
{
	for (unsigned int i = 0; i < 2; i++) {
		while (both[i].count > 0)
			give(&both[i], pick(&both[i]));
		while (both[i].count_2m > 0)
			give_2m(&both[i]);
	}
	check_frames();
}

/* ---- everything mixed: what is held may be all, what is refused is not judged ---- */

static shared64 exchange; /* an address: one thread puts it there, the other frees it */

void mixed_begin(struct thread *both)
{
	(void)both;
	long_frames(3);
	exchange = 0;
}

static void pass_on(struct thread *t)
{
	uint64_t got;

	if (t->count == 0)
		return;
	got = shared64_swap(&exchange, pick(t).raw);
	if (got != 0)
		give(t, pa(got));
}

static void grow(struct thread *t)
{
	pa_t region;

	if (frame_grow(&region) == OK)
		frame_grown(t->me, region, draw(t, 4) == 0);
}

void mixed_step(struct thread *t)
{
	uint64_t what = draw(t, 1024);

	if (what == 0)
		grow(t);
	else if (what < 8 && t->count_2m < REGIONS)
		(void)take_2m(t);
	else if (what < 24 && t->count_2m > 0)
		give_2m(t);
	else if (what < 64)
		pass_on(t);
	else if (what < 540 && t->count < HELD_MOST)
		(void)take(t, what % 16 == 0);
	else if (t->count > 0)
		give(t, pick(t));
	/* Now and then nothing is left, so that whole regions are free again. */
	for (unsigned int i = 0; i < 600 && what == 1023 && t->count > 0; i++)
		give(t, pick(t));
}

void mixed_end(struct thread *both)
{
	if (exchange != 0)
		give(&both[0], pa(exchange));
	give_all(both);
}

/* ---- 99 % full: 8192 frames, 64 free; who asks has one less, so one is not in the other's row
 * ---- */

#define FULL_HELD ((REGIONS * FRAMES_PER_2M - ROW_FRAMES) / 2U)

void full_begin(struct thread *both)
{
	long_frames(REGIONS);
	for (unsigned int i = 0; i < REGIONS * FRAMES_PER_2M; i++)
		expect(take(&both[i % 2], false));
	for (unsigned int i = 0; i < 2; i++) {
		while (both[i].count > FULL_HELD)
			give(&both[i], pick(&both[i]));
	}
}

void full_step(struct thread *t)
{
	if (t->count == FULL_HELD || (t->count > FULL_HELD - 40 && draw(t, 2) == 0))
		give(t, pick(t));
	else
		expect(take(t, false));
}

void full_end(struct thread *both)
{
	give_all(both);
}

/*
 * ---- 16 left of 2048: in each of the 32 rows one frame goes round, so that
 * the other has at most one free frame in its row and one in its hands ----
 */

#define LEFT_REGIONS 4U
#define LEFT_ROWS (LEFT_REGIONS * ROWS_PER_2M)

static unsigned int left_held; /* by each thread at most */

static void left_begin(struct thread *both, unsigned int rows, unsigned int left)
{
	struct thread *t = &both[0];

	long_frames(LEFT_REGIONS);
	while (take(t, false))
		;
	expect(t->count == LEFT_REGIONS * FRAMES_PER_2M);
	t->count = 0; /* the other frames are held for good */
	left_held = (rows - left) / 2;
	for (unsigned int i = 0; i < rows; i++)
		give(t, pa(START + i * ROW_BYTES + (i * 7 + 1) % ROW_FRAMES * PAGE_4K));
}

void left16_begin(struct thread *both)
{
	left_begin(both, LEFT_ROWS, 16);
}

/* Who asks has one less: two are free, and one of them not in the other's row. */
void left1_begin(struct thread *both)
{
	left_begin(both, LEFT_ROWS - 1, 1);
}

void left_step(struct thread *t)
{
	if (t->count == left_held || (t->count > 0 && draw(t, 3) == 0))
		give(t, pick(t));
	else
		expect(take(t, draw(t, 4) == 0));
}

/*
 * ---- 2 MiB, with regions that were split: 8 of them. The other has two 2 MiB
 * frames, one region for its 4 KiB frame, one for its row, a spare and one in
 * its hands; this thread has one: one is left ----
 */

#define LARGE_REGIONS 8U

void large_begin(struct thread *both)
{
	(void)both;
	long_frames(LARGE_REGIONS);
}

void large_step(struct thread *t)
{
	uint64_t what = draw(t, 8);

	if (t->count > 0)
		give(t, pick(t));
	else if (what == 0)
		(void)take(t, false);
	else if (t->count_2m == 2 || (t->count_2m == 1 && what < 4))
		give_2m(t);
	else
		expect(take_2m(t));
}
