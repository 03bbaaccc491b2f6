/* SPDX-License-Identifier: MIT */
/*
 * The guest's half of the record: claims and settles of 4 KiB, 2 MiB, runs and
 * lists, stopped everywhere. What both CPUs were told and what the record says
 * in the end must be what one after the other would have given, but for a
 * page that was in flight.
 */
#include "record.h"
#include "stop.h"

#include <svsm/frame.h>
#include <svsm/page.h>

#include <stdio.h>
#include <string.h>

#define START 0x800000ULL /* region 4: the first of region[] */
#define REGIONS 3U
#define ROWS (REGIONS * ROWS_PER_2M)
#define FRAMES (REGIONS * FRAMES_PER_2M)
#define MOST 1200U
#define SOME 8U

enum cpu { A, B, CPUS };
enum shape { ONE, LARGE, RUN, LIST };
enum end { CHANGED, UNDONE, KEPT };

struct act {
	enum page_state from;
	enum shape shape;
	enum end end;
	unsigned int first; /* frame; in a list the others are STRIDE apart */
	unsigned int got;   /* how many were claimed */
	enum err err;
};
#define STRIDE 190U /* of a list */
#define TAG 4U	    /* the low bits of its entries */

static struct {
	shared8 region[4];
	struct page_row row[ROWS];
	uint8_t state[FRAMES]; /* before A began */
	enum page_state seen[FRAMES];
	uint8_t region_seen[REGIONS]; /* both when A was stopped */
	struct act act[CPUS];
} world;

static const char *const shape_name[] = { "4K", "2M", "run", "list" }, *const end_name[] = {
	"changed", "undone", "kept"
};

static pa_t address(unsigned int frame)
{
	return pa(START + frame * PAGE_4K);
}

static unsigned int size_of(const struct act *act)
{
	static const unsigned int sizes[] = { 1, FRAMES_PER_2M, SOME, 3 };

	return sizes[act->shape];
}

static unsigned int frame_of(const struct act *act, unsigned int i)
{
	return act->shape == LIST ? (act->first + i * STRIDE) % FRAMES : act->first + i;
}

static enum page_state to_of(const struct act *act)
{
	enum page_state other = act->from == PAGE_NONE ? PAGE_GUEST : PAGE_NONE;

	return act->end == KEPT ? PAGE_USED : act->end == UNDONE ? act->from : other;
}

static void perform_page(struct act *act)
{
	enum page_size size = act->shape == LARGE ? SIZE_2M : SIZE_4K;

	act->err = page_claim(address(act->first), size, act->from);
	if (act->err != OK)
		return;
	act->got = size_of(act);
	if (act->end != KEPT)
		page_settle(address(act->first), size, to_of(act));
}

static void perform_list(struct act *act)
{
	struct page_row *row[3];
	uint64_t word[3];

	for (unsigned int i = 0; i < 3; i++)
		word[i] = address(frame_of(act, i)).raw + TAG;
	act->got = page_claim_list(word, TAG, SIZE_4K, 3, act->from, row);
	if (act->got > 0 && act->end != KEPT)
		page_settle_list(word, SIZE_4K, act->got, to_of(act), row);
}

static void perform(struct act *act)
{
	if (act->shape == LIST) {
		perform_list(act);
	} else if (act->shape == RUN) {
		act->got = page_claim_run(address(act->first), SOME, act->from);
		if (act->end != KEPT)
			page_settle_run(address(act->first), act->got, to_of(act));
	} else {
		perform_page(act);
	}
}

/* ---- what it should have been ---- */

static bool has(const struct act *act, unsigned int frame)
{
	for (unsigned int i = 0; i < size_of(act); i++) {
		if (frame_of(act, i) == frame)
			return true;
	}
	return false;
}

static bool in_region(const struct act *act, unsigned int frame)
{
	for (unsigned int i = 0; i < size_of(act); i++) {
		if (frame_of(act, i) / FRAMES_PER_2M == frame / FRAMES_PER_2M)
			return true;
	}
	return false;
}

/* In flight when A was stopped, by A or because A was splitting. */
static bool busy_for_b(unsigned int frame)
{
	return world.seen[frame] == PAGE_USED &&
	       (has(&world.act[A], frame) ||
		world.region_seen[frame / FRAMES_PER_2M] == REGION_USED);
}

/* B has had it in flight, or split its region, while A was stopped. */
static bool busy_for_a(unsigned int frame)
{
	const struct act *b = &world.act[B];

	return b->got > 0 &&
	       (has(b, frame) || (world.region_seen[frame / FRAMES_PER_2M] != REGION_SPLIT &&
				  b->shape != LARGE && in_region(b, frame)));
}

/* Whether a claim may have met a page in flight: for 2 MiB any of it. */
static bool excused(enum cpu cpu)
{
	const struct act *act = &world.act[cpu];
	unsigned int first = act->shape == LARGE ? 0 : act->got;
	unsigned int last = act->shape == LARGE ? FRAMES_PER_2M - 1 : act->got;

	for (unsigned int i = first; i <= last && i < size_of(act); i++) {
		unsigned int frame = frame_of(act, i);

		if (cpu == A ? busy_for_a(frame) : busy_for_b(frame))
			return true;
	}
	return false;
}

static enum err large_error(const struct act *act, const uint8_t *state)
{
	bool same = true;

	for (unsigned int i = 0; i < FRAMES_PER_2M; i++) {
		if (state[act->first + i] == PAGE_USED)
			return ERR_BUSY;
		same &= state[act->first + i] == state[act->first];
	}
	if (!same)
		return ERR_RMP;
	return state[act->first] == act->from ? OK : ERR_STATE;
}

/* Whether the outcome is what this state gives; and the state after it. */
static bool apply(enum cpu cpu, uint8_t *state)
{
	const struct act *act = &world.act[cpu];
	unsigned int want = 0;
	enum err err = OK;

	if (act->shape == LARGE) {
		err = large_error(act, state);
		want = err == OK ? FRAMES_PER_2M : 0;
	} else {
		while (want < size_of(act) && state[frame_of(act, want)] == act->from)
			want++;
		if (act->shape == ONE && want == 0)
			err = state[act->first] == PAGE_USED ? ERR_BUSY : ERR_STATE;
	}
	for (unsigned int i = 0; i < act->got; i++)
		state[frame_of(act, i)] = (uint8_t)to_of(act);
	if (act->got == want && act->err == err)
		return true;
	return act->got < size_of(act) && act->got <= want && excused(cpu) &&
	       (act->shape == RUN || act->shape == LIST || act->err == ERR_BUSY);
}

static enum page_state state_now(unsigned int frame)
{
	enum page_state state;

	expect(page_state(address(frame), &state) == OK);
	return state;
}

static bool one_after_the_other(enum cpu first, bool other_too)
{
	uint8_t state[FRAMES];

	memcpy(state, world.state, sizeof(state));
	if (!apply(first, state) || (other_too && !apply(first == A ? B : A, state)))
		return false;
	for (unsigned int i = 0; i < FRAMES; i++) {
		if (state_now(i) != (enum page_state)state[i])
			return false;
	}
	return true;
}

/* The rule of rest of mm/page.c. */
static void check_rest(void)
{
	for (unsigned int i = 0; i < ROWS; i++) {
		const struct page_row *row = &world.row[i];

		expect(world.region[i / ROWS_PER_2M] == REGION_SPLIT ||
		       (row->ready == 0 && (row->taken == 0 || row->taken == ~0ULL)));
	}
}

static void change(unsigned int frame, enum shape shape, enum page_state from, enum end end)
{
	struct act act = { .from = from, .shape = shape, .end = end, .first = frame };

	perform(&act);
	expect(act.got == size_of(&act));
}

/* None, the guest's, and one of both kinds with a page of it in use. */
static void uniform(void)
{
	change(FRAMES_PER_2M, LARGE, PAGE_NONE, CHANGED);
	change(2 * FRAMES_PER_2M, LARGE, PAGE_NONE, CHANGED);
	for (unsigned int i = 0; i < ROW_FRAMES; i++)
		change(2 * FRAMES_PER_2M + i, ONE, PAGE_GUEST, CHANGED);
	change(2 * FRAMES_PER_2M + 3 * ROW_FRAMES, ONE, PAGE_GUEST, KEPT);
}

/* The same states, but every region is split; the last lacks nothing any more. */
static void split(void)
{
	uniform();
	change(70, ONE, PAGE_NONE, UNDONE);
	change(FRAMES_PER_2M + 300, ONE, PAGE_GUEST, UNDONE);
	page_settle(address(2 * FRAMES_PER_2M + 3 * ROW_FRAMES), SIZE_4K, PAGE_GUEST);
	for (unsigned int i = 0; i < ROW_FRAMES; i++)
		change(2 * FRAMES_PER_2M + i, ONE, PAGE_NONE, CHANGED);
}

/* As split, and one frame in the last row is different. */
static void almost(void)
{
	split();
	change(511, ONE, PAGE_NONE, CHANGED);
	change(FRAMES_PER_2M + 511, ONE, PAGE_GUEST, CHANGED);
	change(2 * FRAMES_PER_2M + 511, ONE, PAGE_GUEST, KEPT);
}

static const struct {
	const char *name;
	void (*make)(void);
} arrangements[] = { { "uniform", uniform }, { "split", split }, { "split, one odd", almost } };
static unsigned int arrangement;

/* Where in a region; `first` of 2 MiB is 0. */
static const struct {
	enum shape shape;
	unsigned int first;
} places[] = { { ONE, 70 }, { LARGE, 0 }, { RUN, 60 }, { LIST, 70 }, { ONE, 71 }, { ONE, 201 } };
#define PLACES (sizeof(places) / sizeof(places[0]))
#define KINDS (PLACES * REGIONS * 2U)

static struct act act_of(unsigned int kind, enum end end)
{
	return (struct act){ .from = kind % 2 == 0 ? PAGE_NONE : PAGE_GUEST,
			     .shape = places[kind / 2 % PLACES].shape,
			     .end = end,
			     .first = (unsigned int)(kind / 2 / PLACES) * FRAMES_PER_2M +
				      places[kind / 2 % PLACES].first };
}

static void trying(void)
{
	const struct act *a = &world.act[A], *b = &world.act[B];

	snprintf(stop_trying, sizeof(stop_trying),
		 "%s: stopped in %s of %s at %u, %s; other: %s of %s at %u",
		 arrangements[arrangement].name, a->from == PAGE_NONE ? "validate" : "rescind",
		 shape_name[a->shape], a->first, end_name[a->end],
		 b->from == PAGE_NONE ? "validate" : "rescind", shape_name[b->shape], b->first);
}

static void go(void)
{
	perform(&world.act[A]);
}

static void go_other(void)
{
	perform(&world.act[B]);
}

/*
 * In another region it makes no difference where A is in its operation: where
 * memory has changed, a page or 2 MiB of the next region will do.
 */
static bool worth_trying(void)
{
	const struct act *a = &world.act[A], *b = &world.act[B];
	unsigned int next = (a->first / FRAMES_PER_2M + 1) % REGIONS;

	if (stop_all || a->shape == LIST || in_region(a, b->first))
		return true;
	return stop_changed() && b->first / FRAMES_PER_2M == next &&
	       b->first % FRAMES_PER_2M <= 70 && b->shape != LIST;
}

static bool other(unsigned int trial)
{
	world.act[B] = act_of(trial, CHANGED);
	if (!worth_trying())
		return false;
	trying();
	for (unsigned int i = 0; i < FRAMES; i++)
		world.seen[i] = state_now(i);
	for (unsigned int i = 0; i < REGIONS; i++)
		world.region_seen[i] = world.region[i];
	stop_note(stop_count(go_other, MOST));
	stop_sum.trials++;
	return true;
}

static void after(unsigned int trial)
{
	(void)trial;
	expect(one_after_the_other(A, true) || one_after_the_other(B, true));
	check_rest();
}

/* What else there is would be the same instructions. */
static bool worth_stopping(unsigned int kind, enum end end)
{
	enum shape shape = places[kind / 2 % PLACES].shape;

	if (stop_all)
		return true;
	if (arrangements[arrangement].make == uniform && shape == ONE)
		return kind / 2 % PLACES == 0;
	if (arrangements[arrangement].make == split)
		return shape == LARGE && end == CHANGED;
	return kind / 2 % PLACES < 4 && end == CHANGED;
}

static void stop_act(unsigned int kind, enum end end)
{
	static const struct stop all = { go, KINDS, other, after, &world, sizeof(world) };

	if (!worth_stopping(kind, end))
		return;
	memset(&world, 0, sizeof(world));
	arrangements[arrangement].make();
	for (unsigned int i = 0; i < FRAMES; i++)
		world.state[i] = (uint8_t)state_now(i);
	world.act[A] = act_of(kind, end);
	trying();
	(void)stop_everywhere(&all);
	world.act[B].got = 0;
	expect(one_after_the_other(A, false));
	check_rest();
}

void stop_pages(void)
{
	const unsigned int count = sizeof(arrangements) / sizeof(arrangements[0]);

	expect(page_add_range(pa(START), REGIONS * PAGE_2M, world.region, 4, world.row) == OK);
	for (arrangement = 0; arrangement < count; arrangement++) {
		for (unsigned int kind = 0; kind < KINDS; kind++) {
			for (enum end end = CHANGED; end <= KEPT; end++)
				stop_act(kind, end);
		}
	}
}
