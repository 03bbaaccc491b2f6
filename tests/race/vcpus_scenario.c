/* SPDX-License-Identifier: MIT */
/* Every pair, and every three, of these programs. */
#include "vcpus.h"

#include "vcpus_offers.h"

#include <stdio.h>
#include <string.h>

struct program {
	const char *name;
	unsigned int needs;
	bool three; /* also with three CPUs */
	struct op op[OPS + 1];
};

#define CREATE_WITH(vmsa, ca, cpu)                                                                 \
	{                                                                                          \
		OP_CREATE, cpu, ca, vmsa                                                           \
	}
#define CREATE(n, cpu) CREATE_WITH(n, n, cpu)
#define DELETE(n)                                                                                  \
	{                                                                                          \
		OP_DELETE, 0, 0, n                                                                 \
	}
#define DELETE_IN_USE(n)                                                                           \
	{                                                                                          \
		OP_DELETE, 0, IN_USE_NOW, n                                                        \
	}
#define ADD(first, pages)                                                                          \
	{                                                                                          \
		OP_ADD, pages, 0, first                                                            \
	}
#define AT(kind, page)                                                                             \
	{                                                                                          \
		OP_##kind, 0, 0, page                                                              \
	}
#define DO(kind)                                                                                   \
	{                                                                                          \
		OP_##kind, 0, 0, 0                                                                 \
	}

static const struct program programs[] = {
	{ "enter", VCPUS, true, { DO(ENTER) } },
	{ "call", VCPUS, false, { DO(CALL) } },
	{ "call-enter", VCPUS, false, { DO(CALL), DO(ENTER) } },
	{ "create-1", VCPUS, false, { CREATE(1, 1) } },
	{ "create-2", VCPUS, true, { CREATE(2, 1) } },
	{ "create-3", VCPUS, false, { CREATE(3, 1) } },
	{ "create-2-here", VCPUS, false, { CREATE(2, 0) } },
	{ "inherit-1", VCPUS | LIVE_1, true, { CREATE_WITH(2, 1, 1) } },
	{ "inherit-delete-1", VCPUS | LIVE_1, false, { CREATE_WITH(2, 1, 1), DELETE(1) } },
	{ "inherit-delete-2", VCPUS | LIVE_1, false, { CREATE_WITH(2, 1, 1), DELETE(2) } },
	{ "create-delete-2", VCPUS, false, { CREATE(2, 1), DELETE(2) } },
	{ "create-delete-create", VCPUS, false, { CREATE(2, 1), DELETE(2), CREATE(3, 1) } },
	{ "delete-1", VCPUS | LIVE_1, true, { DELETE(1) } },
	{ "delete-1-in-use", VCPUS | LIVE_1, true, { DELETE_IN_USE(1) } },
	{ "delete-2", VCPUS | LIVE_2, true, { DELETE(2) } },
	{ "delete-2-in-use", VCPUS | LIVE_2, false, { DELETE_IN_USE(2) } },
	{ "delete-2-create-3", VCPUS | LIVE_2, false, { DELETE(2), CREATE(3, 1) } },
	{ "delete-create-1", VCPUS | LIVE_1, false, { DELETE(1), CREATE(1, 1) } },
	{ "delete-create-2", VCPUS | LIVE_1, false, { DELETE(1), CREATE(2, 1) } },
	{ "remap", VCPUS, true, { AT(REMAP, CA(3)) } },
	{ "owns-1", VCPUS | LIVE_1, false, { AT(OWNS, VMSA(1)) } },
	{ "owns-ca-1", VCPUS | LIVE_1, false, { AT(OWNS, CA(1)) } },
	{ "lend", VCPUS | LENDS, false, { AT(LEND, LENT(3)) } },
	{ "withdraw", VCPUS | LENDS, true, { DO(WITHDRAW) } },
	{ "withdraw-lend", VCPUS | LENDS, false, { DO(WITHDRAW), AT(LEND, LENT(2)) } },
	{ "lend-withdraw-lend",
	  VCPUS | LENDS,
	  false,
	  { AT(LEND, LENT(0)), DO(WITHDRAW), AT(LEND, LENT(1)) } },

	{ "take-put", TABLE, true, { DO(TAKE), DO(PUT) } },
	{ "take-drop", TABLE, true, { DO(TAKE), DO(DROP) } },
	{ "take-put-take", TABLE, false, { DO(TAKE), DO(PUT), DO(TAKE) } },
	{ "take-drop-add", TABLE, true, { DO(TAKE), DO(DROP), ADD(LENT(0), 1) } },
	{ "take", TABLE, true, { DO(TAKE) } },
	{ "add", TABLE, true, { ADD(LENT(1), 1) } },
	{ "add-2", TABLE, true, { ADD(LENT(2), 2) } },
	{ "add-take", TABLE, false, { ADD(LENT(3), 1), DO(TAKE) } },
	{ "add-again", TABLE, true, { ADD(LENT(0), 1) } },
	{ "available", TABLE, false, { DO(AVAILABLE) } },
};
#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static bool run_one(const struct setup *setup, const struct program *const *program,
		    unsigned int count, bool (*run)(const struct scenario *s))
{
	struct scenario s = { .setup = setup, .cpus = count };
	int length = snprintf(s.name, sizeof(s.name), "%s:", setup->name);

	for (unsigned int i = 0; i < count; i++) {
		length += snprintf(s.name + length, sizeof(s.name) - (size_t)length, "%s%s",
				   i == 0 ? "" : "+", program[i]->name);
		memcpy(s.op[i], program[i]->op, sizeof(s.op[i]));
	}
	return run(&s);
}

static bool with_soak;

static bool fits(const struct setup *setup, const struct program *p, bool three)
{
	if (!with_soak && three && (setup->offers & SOAK) != 0)
		return false;
	return (p->needs & ~setup->offers) == 0 && (with_soak || !three || p->three);
}

/* Where pages are lent, one of the two is to have to do with that. */
static bool is_new(const struct setup *setup, const struct program *a, const struct program *b)
{
	return with_soak || (setup->offers & LENDS) == 0 || ((a->needs | b->needs) & LENDS) != 0;
}

static bool run_from(const struct setup *setup, bool three, bool (*run)(const struct scenario *s))
{
	const struct program *p[CPUS];

	for (unsigned int i = 0; i < PROGRAMS * PROGRAMS * (three ? PROGRAMS : 1); i++) {
		p[0] = &programs[i % PROGRAMS];
		p[1] = &programs[i / PROGRAMS % PROGRAMS];
		p[2] = &programs[i / PROGRAMS / PROGRAMS % PROGRAMS];
		if (!is_new(setup, p[0], p[1]) || !fits(setup, p[0], three) ||
		    !fits(setup, p[1], three) || (three && !fits(setup, p[2], three)))
			continue;
		if ((setup->offers & ALIKE) != 0 && (p[0] > p[1] || (three && p[1] > p[2])))
			continue;
		if (!run_one(setup, p, three ? 3 : 2, run))
			return false;
	}
	return true;
}

void scenario_all(bool three, bool soak, bool (*run)(const struct scenario *s))
{
	with_soak = soak;
	for (unsigned int i = 0; i < setup_count; i++)
		if (!run_from(&setups[i], three, run))
			return;
}
