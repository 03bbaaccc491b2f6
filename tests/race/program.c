/* SPDX-License-Identifier: MIT */
/* Runs a CPU's operations on the firmware's functions and notes what they return. */
#include "race.h"

static pa_t frame_at(unsigned int where)
{
	return pa(FRAME_BASE + where * PAGE_4K);
}

static pa_t page_at(unsigned int where)
{
	return pa(GUEST_BASE + where * PAGE_4K);
}

static enum err keep(struct cpu *c, enum err err, pa_t frame)
{
	c->got = err == OK ? (unsigned int)((frame.raw - FRAME_BASE) / PAGE_4K) : GOT;
	c->out[c->now].where = (uint16_t)c->got;
	return err;
}

static enum err take(struct cpu *c, enum op_kind kind, struct frame_cpu *me)
{
	pa_t frame = pa(0);
	enum err err;

	switch (kind) {
	case OP_ALLOC:
		err = frame_alloc(me, &frame);
		break;
	case OP_ALLOC_VMSA:
		err = frame_alloc_vmsa(me, &frame);
		break;
	case OP_ALLOC_2M:
		err = frame_alloc_2m(me, &frame);
		break;
	default:
		err = frame_grow(&frame);
		break;
	}
	return keep(c, err, frame);
}

static enum err give(struct cpu *c, const struct op *op, struct frame_cpu *me)
{
	struct outcome *out = &c->out[c->now];
	pa_t frame = frame_at(out->where);
	enum page_state state = PAGE_NONE;
	enum err err = OK;

	switch (op->kind) {
	case OP_FREE:
		return frame_free(me, frame);
	case OP_FREE_2M:
		return frame_free_2m(me, frame);
	case OP_FRAME_STATE:
		err = frame_state(frame, &state);
		out->state = (uint8_t)state;
		return err;
	case OP_GROWN:
	default:
		frame_grown(me, frame, op->kind == OP_GROWN);
		return OK;
	}
}

static unsigned int visit(struct cpu *c, const struct op *op)
{
	struct outcome *out = &c->out[c->now];
	pa_t page = page_at(op->where);
	enum page_state state = (enum page_state)op->state;
	enum err err;

	switch (op->kind) {
	case OP_CLAIM:
		err = page_claim(page, (enum page_size)op->size, state);
		c->granted = err == OK;
		return err;
	case OP_SETTLE:
	case OP_RELEASE:
		page_settle(page, (enum page_size)op->size, state);
		return OK;
	case OP_CLAIM_RUN:
		c->got = page_claim_run(page, op->size, state);
		return c->got;
	case OP_SETTLE_RUN:
		page_settle_run(page, c->got, state);
		return c->got;
	default:
		err = page_state(page, &state);
		out->state = (uint8_t)state;
		return err;
	}
}

/* A step that needs what an earlier one did not get is left out. */
static bool is_left_out(const struct cpu *c, const struct op *op)
{
	if (op->kind == OP_SETTLE)
		return !c->granted;
	if (op->kind == OP_SETTLE_RUN)
		return c->got == 0;
	return op->where == GOT && c->got == GOT;
}

void world_run(unsigned int i)
{
	struct cpu *c = &cpu[i];
	struct frame_cpu *me = frame_cpu(i);

	for (c->now = 0; c->op[c->now].kind != OP_END; c->now++) {
		const struct op *op = &c->op[c->now];
		struct outcome *out = &c->out[c->now];

		c->accesses = 0;
		out->skipped = is_left_out(c, op);
		if (!out->skipped) {
			out->where = op->where == GOT ? (uint16_t)c->got : op->where;
			if (op->kind >= OP_CLAIM)
				out->result = (uint8_t)visit(c, op);
			else if (op->kind == OP_GROW || op->kind <= OP_ALLOC_2M)
				out->result = (uint8_t)take(c, (enum op_kind)op->kind, me);
			else
				out->result = (uint8_t)give(c, op, me);
			machine_operation_starts(c);
		}
		out->returned = true;
		if (out->result == ERR_NO_MEMORY && op->kind <= OP_ALLOC_2M && !out->nothing)
			fail("an allocation is refused, and there was always something to find");
	}
}
