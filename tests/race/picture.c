/* SPDX-License-Identifier: MIT */
/* The record, read without the firmware's code, and compared with what that says of it. */
#include "race.h"

#include <string.h>

static void take_guest(struct picture *p, unsigned int region)
{
	const struct page_row *row = &memory.page_row[region * ROWS_PER_2M];
	uint64_t *used = &p->used[region * ROWS_PER_2M], *guest = &p->guest[region * ROWS_PER_2M];
	unsigned int byte = memory.guest[region].raw, rest = 0, fresh = 0;

	p->split[region] = byte == 4;
	if (byte != 0 && byte != 1 && byte != 3 && byte != 4)
		fail("a guest region's byte is none that can be");
	for (unsigned int i = 0; i < ROWS_PER_2M; i++) {
		uint64_t taken = row[i].taken.raw, ready = row[i].ready.raw;

		used[i] = byte == 4 ? taken & ~ready : byte == 1 ? ~0ULL : 0;
		guest[i] = byte == 4 ? ready : byte == 3 ? ~0ULL : 0;
		if (byte == 4 && (ready & ~taken) != 0)
			fail("a page is ready and not taken");
		rest += taken == ~0ULL && ready == 0;
		fresh += taken == 0 && ready == 0;
	}
	if (byte != 4 && rest != ROWS_PER_2M && fresh != ROWS_PER_2M)
		fail("the rows of a guest region that is not split are not at rest");
}

static void take_frames(struct picture *p, unsigned int region)
{
	static const uint8_t kinds[] = { UNACCEPTED, BIG, GROWING, SMALL, SMALL, SMALL, FIXED };
	unsigned int byte = memory.region[region].raw;

	if (byte > 6) {
		fail("a region's byte is none that can be");
		return;
	}
	p->kind[region] = kinds[byte];
	for (unsigned int i = region * ROWS_PER_2M; i < (region + 1) * ROWS_PER_2M; i++) {
		uint64_t ready = memory.frame_row[i].ready.raw;
		uint64_t returned = memory.frame_row[i].returned.raw;

		if (byte == 4 && (ready & returned) != 0)
			fail("a frame is free twice");
		if (byte != 4 && memory.owner[i].raw != 0)
			fail("a row of a region that is not split has an owner");
		p->free[i] = byte == 4 ? ready | returned : p->kind[region] == SMALL ? ~0ULL : 0;
	}
}

void picture_take(struct picture *p)
{
	memset(p, 0, sizeof(*p));
	for (unsigned int i = 0; i < REGIONS; i++) {
		take_guest(p, i);
		take_frames(p, i);
	}
}

static enum page_state page_in(const struct picture *p, unsigned int where)
{
	unsigned int row = where / ROW_FRAMES;

	if ((p->used[row] >> where % ROW_FRAMES & 1) != 0)
		return PAGE_USED;
	return (p->guest[row] >> where % ROW_FRAMES & 1) != 0 ? PAGE_GUEST : PAGE_NONE;
}

static enum page_state frame_in(const struct picture *p, unsigned int where)
{
	unsigned int kind = p->kind[where / FRAMES_PER_2M];

	if (kind == UNACCEPTED)
		return PAGE_NONE;
	if (kind != SMALL || (p->free[where / ROW_FRAMES] >> where % ROW_FRAMES & 1) == 0)
		return PAGE_USED;
	return PAGE_FREE;
}

/* The firmware's own answer, for the frames at the edges of every row. */
static void ask(const struct picture *p)
{
	enum page_state now;

	for (unsigned int i = 0; i < REGIONS * FRAMES_PER_2M; i += i % ROW_FRAMES < 8 ? 1 : 56) {
		if (page_state(pa(GUEST_BASE + i * PAGE_4K), &now) == OK && now != page_in(p, i))
			fail("page_state() is wrong");
		if (frame_state(pa(FRAME_BASE + i * PAGE_4K), &now) == OK && now != frame_in(p, i))
			fail("frame_state() is wrong");
	}
}

/* Nothing is lost: the CPUs, one after the other, get every free frame, once. */
static void use_up(struct picture *p)
{
	uint64_t left = 0;
	pa_t frame;

	for (unsigned int i = 0; i < cpus; i++) {
		while (frame_alloc(frame_cpu(i), &frame) == OK && wrong == NULL) {
			uint64_t where = (frame.raw - FRAME_BASE) / PAGE_4K;
			uint64_t bit = 1ULL << where % ROW_FRAMES;

			if (where >= REGIONS * FRAMES_PER_2M ||
			    (p->free[where / ROW_FRAMES] & bit) == 0)
				fail("a frame is allocated that is not free");
			else
				p->free[where / ROW_FRAMES] &= ~bit;
		}
	}
	for (unsigned int i = 0; i < ROWS; i++)
		left |= p->free[i];
	if (left != 0)
		fail("a free frame is lost: nobody can allocate it");
}

void picture_check(const struct picture *p)
{
	struct picture rest = *p;

	ask(p);
	if (wrong == NULL)
		use_up(&rest);
}
