/* SPDX-License-Identifier: MIT */
/*
 * Is there an order of the operations, consistent with which of them was over
 * before which began, in which each may return what it returned and which
 * ends in the record as it is? All orders are tried. A run of pages counts as
 * one operation a page: it is not promised to be more.
 */
#include "race.h"

#include <string.h>

#define ATOMS 12U /* of one CPU */
#define ANY 0xffU /* a run ended here, and does not say why */

struct atom {
	struct op op;
	struct outcome out;
	unsigned int id;
	bool last; /* of its operation */
};
static struct atom atom[CPUS][ATOMS];
static unsigned int atoms[CPUS];
static struct picture first, final;

void order_take(void)
{
	picture_take(&first);
}

bool overlap(unsigned int x, unsigned int y)
{
	return x / OPS != y / OPS && (cpu[x / OPS].out[x % OPS].before >> y & 1) == 0 &&
	       (cpu[y / OPS].out[y % OPS].before >> x & 1) == 0;
}

static void add_one(unsigned int i, unsigned int k, const struct op *op, const struct outcome *out,
		    bool last)
{
	if (atoms[i] == ATOMS)
		fail("more operations than the explorer's table takes");
	else
		atom[i][atoms[i]++] = (struct atom){ *op, *out, i * OPS + k, last };
}

/* A run: `result` pages, and one more that failed if it stopped early. */
static void add_run(unsigned int i, unsigned int k, struct op op, struct outcome out)
{
	unsigned int done = out.result, pages = op.size;
	bool claims = op.kind == OP_CLAIM_RUN;

	op.size = SIZE_4K;
	op.kind = claims ? OP_CLAIM : OP_SETTLE;
	out.result = OK;
	for (unsigned int n = 0; n < done; n++, op.where++)
		add_one(i, k, &op, &out, n + 1 == done && (!claims || done == pages));
	out.result = ANY;
	if (claims && done < pages)
		add_one(i, k, &op, &out, true);
}

static void add_all(unsigned int i)
{
	atoms[i] = 0;
	for (unsigned int k = 0; cpu[i].op[k].kind != OP_END; k++) {
		const struct op *op = &cpu[i].op[k];

		if (cpu[i].out[k].skipped)
			continue;
		if (op->kind == OP_CLAIM_RUN || op->kind == OP_SETTLE_RUN)
			add_run(i, k, *op, cpu[i].out[k]);
		else
			add_one(i, k, op, &cpu[i].out[k], true);
	}
}

static bool step(struct picture *p, const struct atom *a)
{
	static const enum err errors[] = { ERR_BUSY, ERR_STATE, ERR_NO_MEMORY };
	struct outcome out = a->out;

	if (out.result != ANY)
		return spec_step(p, a->id, &a->op, &out);
	for (unsigned int i = 0; i < 3; i++) {
		out.result = (uint8_t)errors[i];
		if (spec_step(p, a->id, &a->op, &out))
			return true;
	}
	return false;
}

static bool same(const struct picture *p)
{
	struct picture now = *p;

	memset(now.splitter, 0, sizeof(now.splitter));
	return memcmp(&now, &final, sizeof(now)) == 0;
}

static bool try(const struct picture *p, const unsigned int at[CPUS], uint16_t done)
{
	bool ended = true;

	for (unsigned int i = 0; i < cpus; i++) {
		const struct atom *a = &atom[i][at[i]];
		unsigned int next[CPUS];
		struct picture then;

		if (at[i] == atoms[i])
			continue;
		ended = false;
		if ((a->out.before & ~done) != 0)
			continue;
		then = *p;
		memcpy(next, at, sizeof(next));
		next[i]++;
		if (step(&then, a) && try(&then, next, (uint16_t)(done | a->last << a->id)))
			return true;
	}
	return ended && same(p);
}

void order_check(void)
{
	unsigned int at[CPUS] = { 0 };
	uint16_t skipped = 0;

	memset(&final, 0, sizeof(final));
	picture_take(&final);
	for (unsigned int i = 0; i < cpus; i++) {
		add_all(i);
		for (unsigned int k = 0; k < OPS; k++)
			skipped |= (uint16_t)(cpu[i].out[k].skipped << (i * OPS + k));
	}
	if (wrong == NULL && !try(&first, at, skipped))
		fail("no order of the operations explains what they returned and left behind");
	if (wrong == NULL)
		picture_check(&final);
}
