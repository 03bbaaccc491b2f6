/* SPDX-License-Identifier: MIT */
/* What the CPUs do: every pair, and every three, of these programs. */
#include "race.h"

#include <stdio.h>
#include <string.h>

struct program {
	const char *name;
	unsigned int needs; /* of the record, see race.h */
	bool three;	    /* also with three CPUs */
	struct op op[OPS + 1];
};

#define P0 3U			  /* two pages of a row, */
#define P1 4U			  /* */
#define P2 (2 * ROW_FRAMES + 5)	  /* one of another row, */
#define RUN (ROW_FRAMES - 1)	  /* and three over two rows */
#define SEEN (2 * ROW_FRAMES + 3) /* a free frame in some records */
#define CORNER FRAMES_PER_2M
#define FRAME_LATE (CORNER + ROW_FRAMES + 8)

#define CLAIM(where, size, from)                                                                   \
	{                                                                                          \
		OP_CLAIM, size, PAGE_##from, where                                                 \
	}
#define SETTLE(where, size, to)                                                                    \
	{                                                                                          \
		OP_SETTLE, size, PAGE_##to, where                                                  \
	}
#define DO(kind, where)                                                                            \
	{                                                                                          \
		OP_##kind, 0, 0, where                                                             \
	}
#define GET(kind)                                                                                  \
	{                                                                                          \
		OP_##kind, 0, 0, 0                                                                 \
	}
#define CHANGE(where, size, from, to) CLAIM(where, size, from), SETTLE(where, size, to)

static const struct program programs[] = {
	{ "alloc", FRAMES, true, { GET(ALLOC) } },
	{ "alloc-alloc", FRAMES, false, { GET(ALLOC), GET(ALLOC) } },
	{ "alloc-free", FRAMES, false, { GET(ALLOC), DO(FREE, GOT) } },
	{ "vmsa", FRAMES, true, { GET(ALLOC_VMSA) } },
	{ "vmsa-free", FRAMES | SOAK, false, { GET(ALLOC_VMSA), DO(FREE, GOT) } },
	{ "free", FRAMES | MINE, true, { DO(FREE, FRAME_MINE) } },
	{ "free-alloc", FRAMES | MINE, false, { DO(FREE, FRAME_MINE), GET(ALLOC) } },
	{ "free-twice", FRAMES | MINE, false, { DO(FREE, FRAME_MINE), DO(FREE, FRAME_MINE) } },
	{ "frame-state", FRAMES, false, { DO(FRAME_STATE, SEEN) } },
	{ "2m", FRAMES, false, { GET(ALLOC_2M) } },
	{ "2m-free", FRAMES | JOINING | SOAK, false, { GET(ALLOC_2M), DO(FREE_2M, GOT) } },
	{ "free-2m-twice",
	  FRAMES | MINE_2M,
	  false,
	  { DO(FREE_2M, REGION_MINE), DO(FREE_2M, REGION_MINE) } },
	{ "free-2m", FRAMES | MINE_2M, false, { DO(FREE_2M, REGION_MINE) } },
	{ "free-2m-alloc", FRAMES | MINE_2M, false, { DO(FREE_2M, REGION_MINE), GET(ALLOC) } },
	{ "grow", FRAMES | UNGROWN, true, { GET(GROW), DO(GROWN, GOT) } },
	{ "grow-alloc", FRAMES | UNGROWN | SOAK, false, { GET(GROW), DO(GROWN, GOT), GET(ALLOC) } },
	{ "grow-fail", FRAMES | UNGROWN, false, { GET(GROW), DO(GROWN_FAILED, GOT) } },
	{ "validate", GUEST, true, { CHANGE(P0, SIZE_4K, NONE, GUEST) } },
	{ "validate-p1", GUEST, false, { CHANGE(P1, SIZE_4K, NONE, GUEST) } },
	{ "validate-p2", GUEST, true, { CHANGE(P2, SIZE_4K, NONE, GUEST) } },
	{ "validate-undo", GUEST, false, { CHANGE(P0, SIZE_4K, NONE, NONE) } },
	{ "rescind", GUEST, true, { CHANGE(P0, SIZE_4K, GUEST, NONE) } },
	{ "rescind-p1", GUEST, false, { CHANGE(P1, SIZE_4K, GUEST, NONE) } },
	{ "rescind-p2", GUEST, true, { CHANGE(P2, SIZE_4K, GUEST, NONE) } },
	{ "validate-2m", GUEST, true, { CHANGE(0, SIZE_2M, NONE, GUEST) } },
	{ "rescind-2m", GUEST, true, { CHANGE(0, SIZE_2M, GUEST, NONE) } },
	{ "rescind-2m-undo", GUEST, false, { CHANGE(0, SIZE_2M, GUEST, GUEST) } },
	{ "join-split",
	  GUEST,
	  false,
	  { CHANGE(0, SIZE_2M, GUEST, NONE), CHANGE(P2, SIZE_4K, NONE, GUEST) } },
	{ "there-and-back",
	  GUEST,
	  false,
	  { CHANGE(P0, SIZE_4K, NONE, GUEST), CHANGE(P0, SIZE_4K, GUEST, NONE) } },
	{ "back-and-there",
	  GUEST,
	  false,
	  { CHANGE(P0, SIZE_4K, GUEST, NONE), CHANGE(P0, SIZE_4K, NONE, GUEST) } },
	{ "run-validate",
	  GUEST,
	  false,
	  { { OP_CLAIM_RUN, 3, PAGE_NONE, RUN }, { OP_SETTLE_RUN, 3, PAGE_GUEST, RUN } } },
	{ "run-rescind",
	  GUEST,
	  false,
	  { { OP_CLAIM_RUN, 3, PAGE_GUEST, RUN }, { OP_SETTLE_RUN, 3, PAGE_NONE, RUN } } },
	{ "page-state", GUEST, false, { { OP_PAGE_STATE, 0, 0, P0 } } },
	{ "create", GUEST, true, { CLAIM(P0, SIZE_4K, GUEST), GET(ALLOC_VMSA) } },
	{ "create-delete",
	  GUEST,
	  false,
	  { CLAIM(P0, SIZE_4K, GUEST), GET(ALLOC_VMSA), SETTLE(P0, SIZE_4K, GUEST),
	    DO(FREE, GOT) } },
	{ "delete", GUEST | CLAIMED, true, { { OP_RELEASE, SIZE_4K, PAGE_GUEST, PAGE_MINE } } },
	{ "late-free-alloc", FRAMES | LATE, true, { DO(FREE, FRAME_LATE), GET(ALLOC) } },
	{ "corner-vmsa", FRAMES | LATE, true, { DO(FREE, CORNER), GET(ALLOC_VMSA) } },
};
#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static uint16_t where(unsigned int i, uint16_t where)
{
	if (where == GOT)
		return GOT;
	if ((where & EACH) != 0)
		return (uint16_t)((where & ~EACH) + i);
	return (uint16_t)((where & EACH_2M) != 0 ? (where & ~EACH_2M) + i * FRAMES_PER_2M : where);
}

static bool run_one(const struct setup *setup, const struct program *const *program,
		    unsigned int count, bool (*run)(const struct scenario *s))
{
	struct scenario s = { .setup = setup, .cpus = count };
	int length = snprintf(s.name, sizeof(s.name), "%s:", setup->name);

	for (unsigned int i = 0; i < count; i++) {
		length += snprintf(s.name + length, sizeof(s.name) - (size_t)length, "%s%s",
				   i == 0 ? "" : "+", program[i]->name);
		memcpy(s.op[i], program[i]->op, sizeof(s.op[i]));
		for (unsigned int k = 0; k < OPS; k++)
			s.op[i][k].where = where(i, s.op[i][k].where);
	}
	return run(&s);
}

static bool with_soak;

static bool fits(const struct setup *setup, const struct program *p, bool three)
{
	if (!with_soak && (p->needs & SOAK) != 0)
		return false;
	return (p->needs & ~(setup->offers | SOAK)) == 0 && (!three || p->three);
}

static bool frees_again(const struct program *p)
{
	return p->op[0].kind == p->op[1].kind &&
	       (p->op[0].kind == OP_FREE || p->op[0].kind == OP_FREE_2M);
}

static bool frees_got(const struct program *p)
{
	return (p->op[1].kind == OP_FREE || p->op[1].kind == OP_FREE_2M) && p->op[1].where == GOT;
}

/* Two frees of one frame at the same time: frame.h promises nothing then. */
static bool is_excluded(const struct program *a, const struct program *b)
{
	return (frees_again(a) && frees_got(b)) || (frees_got(a) && frees_again(b));
}

/* What CPU 0 has is for it alone, and the other one's for the last CPU. */
static bool is_late_wrong(const struct program *const *p, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (i != 0 && p[i]->op[0].where == FRAME_LATE)
			return true;
		if (i + 1 != count && p[i]->op[0].kind == OP_FREE && p[i]->op[0].where == CORNER)
			return true;
	}
	return false;
}

/* The record may not be the same for all CPUs: so pairs in both orders. */
static bool run_from(const struct setup *setup, bool three, bool (*run)(const struct scenario *s))
{
	const struct program *p[CPUS];

	if (three && !with_soak && (setup->offers & SOAK) != 0)
		return true;
	for (unsigned int i = 0; i < PROGRAMS * PROGRAMS * (three ? PROGRAMS : 1); i++) {
		bool fit = true;

		p[0] = &programs[i % PROGRAMS];
		p[1] = &programs[i / PROGRAMS % PROGRAMS];
		p[2] = &programs[i / PROGRAMS / PROGRAMS % PROGRAMS];
		for (unsigned int k = 0; k < (three ? 3 : 2); k++)
			fit &= fits(setup, p[k], three);
		fit &= !is_excluded(p[0], p[1]) && !is_late_wrong(p, three ? 3 : 2);
		if (fit && ((setup->offers & ALIKE) == 0 || p[0] <= p[1]) &&
		    (!three || p[1] <= p[2]) && !run_one(setup, p, three ? 3 : 2, run))
			return false;
	}
	return true;
}

void scenario_all(bool three, bool soak, bool (*run)(const struct scenario *s))
{
	with_soak = soak;
	for (unsigned int i = 0; i < setup_count; i++) {
		if (!run_from(&setups[i], three, run))
			return;
	}
}
