/* SPDX-License-Identifier: MIT */
/* The run of long.c on the guest's half of the record, and the table of all runs. */
#include "long_frame.h"

#include <string.h>

#define GUEST 0x400000ULL
#define GUEST_REGIONS 2U
#define GUEST_FRAMES (GUEST_REGIONS * FRAMES_PER_2M)
#define RUN 24U

static struct {
	shared8 region[GUEST_REGIONS];
	struct page_row row[GUEST_REGIONS * ROWS_PER_2M];
	/* Plain: only who has claimed the page may look or write. */
	uint8_t in_hand[GUEST_FRAMES], validated[GUEST_FRAMES];
} guest;

static pa_t address(unsigned int frame)
{
	return pa(GUEST + frame * PAGE_4K);
}

/* What a request does with pages it has claimed. Returns what they are then. */
static enum page_state change(struct thread *t, unsigned int frame, unsigned int count,
			      enum page_state from)
{
	enum page_state to = draw(t, 8) == 0 ? from : from == PAGE_NONE ? PAGE_GUEST : PAGE_NONE;

	for (unsigned int i = frame; i < frame + count; i++) {
		expect(guest.in_hand[i]++ == 0);
		expect(guest.validated[i] == (from == PAGE_GUEST));
	}
	for (unsigned int i = frame; i < frame + count; i++) {
		guest.validated[i] = to == PAGE_GUEST;
		expect(--guest.in_hand[i] == 0);
	}
	return to;
}

static void change_page(struct thread *t, unsigned int frame, enum page_size size,
			enum page_state from)
{
	unsigned int count = size == SIZE_2M ? FRAMES_PER_2M : 1;

	frame -= frame % count;
	if (page_claim(address(frame), size, from) == OK)
		page_settle(address(frame), size, change(t, frame, count, from));
}

static void change_run(struct thread *t, unsigned int frame, enum page_state from)
{
	unsigned int count = GUEST_FRAMES - frame < RUN ? GUEST_FRAMES - frame : RUN;

	count = page_claim_run(address(frame), count, from);
	if (count > 0)
		page_settle_run(address(frame), count, change(t, frame, count, from));
}

static void pages_begin(struct thread *both)
{
	(void)both;
	memset(&guest, 0, sizeof(guest));
	expect(page_add_range(pa(GUEST), GUEST_REGIONS * PAGE_2M, guest.region,
			      sizeof(guest.region), guest.row) == OK);
}

static void pages_step(struct thread *t)
{
	unsigned int frame = (unsigned int)draw(t, GUEST_FRAMES);
	enum page_state from = draw(t, 2) == 0 ? PAGE_NONE : PAGE_GUEST;
	uint64_t what = draw(t, 64);

	/* Often the same few pages, and regions of one state, or they never meet. */
	if (what % 2 == 0)
		frame = frame / FRAMES_PER_2M * FRAMES_PER_2M + frame % 4 + 62;
	if (what < 8)
		change_page(t, frame, SIZE_2M, from);
	else if (what < 16)
		change_run(t, frame, from);
	else if (what == 16)
		for (unsigned int i = 0; i < GUEST_FRAMES; i++)
			change_page(t, i, SIZE_4K, from);
	else
		change_page(t, frame, SIZE_4K, from);
}

static void pages_end(struct thread *both)
{
	(void)both;
	for (unsigned int i = 0; i < GUEST_FRAMES; i++) {
		enum page_state state;

		expect(page_state(address(i), &state) == OK);
		expect(state == (guest.validated[i] ? PAGE_GUEST : PAGE_NONE));
	}
}

const struct long_run long_runs[] = {
	{ "everything mixed", "and all accounted for", mixed_begin, mixed_step, mixed_end },
	{ "99.2 % full", "0 refused", full_begin, full_step, full_end },
	{ "16 frames left", "0 refused", left16_begin, left_step, full_end },
	{ "1 frame left", "0 refused", left1_begin, left_step, full_end },
	{ "2 MiB, one left", "0 refused", large_begin, large_step, full_end },
	{ "the guest's pages", "and all accounted for", pages_begin, pages_step, pages_end },
	{ 0 },
};
