/* SPDX-License-Identifier: MIT */
/*
 * What each operation does when it is alone: the specification, in terms of
 * one state for each frame. Where frame.h and page.h allow another answer
 * because of what others do at the same time, that is said here too.
 */
#include "race.h"

static uint64_t bit(unsigned int where)
{
	return 1ULL << where % ROW_FRAMES;
}

static bool is_whole(const struct picture *p, unsigned int region, bool used, bool guest)
{
	for (unsigned int i = region * ROWS_PER_2M; i < (region + 1) * ROWS_PER_2M; i++) {
		if (p->used[i] != (used ? ~0ULL : 0) || p->guest[i] != (guest ? ~0ULL : 0))
			return false;
	}
	return true;
}

static void set(struct picture *p, const struct op *op, bool used, bool guest)
{
	unsigned int first = op->where / ROW_FRAMES;
	unsigned int end = op->size == SIZE_2M ? first + ROWS_PER_2M : first + 1;
	uint64_t mask = op->size == SIZE_2M ? ~0ULL : bit(op->where);

	for (unsigned int i = first; i < end; i++) {
		p->used[i] = (p->used[i] & ~mask) | (used ? mask : 0);
		p->guest[i] = (p->guest[i] & ~mask) | (guest ? mask : 0);
	}
}

/* Another operation at the same time may have had the page for a moment. */
static bool may_be_busy(const struct picture *p, unsigned int x, unsigned int region)
{
	if (p->splitter[region] != 0 && overlap(x, p->splitter[region] - 1U))
		return true;
	for (unsigned int y = 0; y < cpus * OPS; y++) {
		const struct op *op = &cpu[y / OPS].op[y % OPS];

		if (op->kind == OP_CLAIM && op->size == SIZE_2M &&
		    op->where / FRAMES_PER_2M == region && overlap(x, y))
			return true;
	}
	return false;
}

static enum err claim_4k(const struct picture *p, const struct op *op)
{
	unsigned int row = op->where / ROW_FRAMES;
	bool guest = (p->guest[row] & bit(op->where)) != 0;

	if ((p->used[row] & bit(op->where)) != 0)
		return ERR_BUSY;
	if (guest != (op->state == PAGE_GUEST))
		return ERR_STATE;
	return OK;
}

static enum err claim_2m(const struct picture *p, const struct op *op)
{
	unsigned int region = op->where / FRAMES_PER_2M;

	for (unsigned int i = region * ROWS_PER_2M; i < (region + 1) * ROWS_PER_2M; i++) {
		if (p->used[i] != 0)
			return ERR_BUSY;
	}
	if (is_whole(p, region, false, op->state == PAGE_GUEST))
		return OK;
	return is_whole(p, region, false, op->state != PAGE_GUEST) ? ERR_STATE : ERR_RMP;
}

/*
 * Why 2 MiB could not be claimed is found out row by row, after the fact. When
 * others change the region meanwhile, it may be any reason; that it was not is exact.
 */
static bool is_changing(unsigned int x, unsigned int region)
{
	for (unsigned int y = 0; y < cpus * OPS; y++) {
		const struct op *op = &cpu[y / OPS].op[y % OPS];

		if (op->kind >= OP_CLAIM && op->kind != OP_PAGE_STATE &&
		    op->where / FRAMES_PER_2M == region && overlap(x, y))
			return true;
	}
	return false;
}

static bool claim(struct picture *p, unsigned int x, const struct op *op, const struct outcome *out)
{
	enum err must = op->size == SIZE_2M ? claim_2m(p, op) : claim_4k(p, op);
	unsigned int region = op->where / FRAMES_PER_2M;

	if (out->result != must && op->size == SIZE_2M && out->result != OK &&
	    is_changing(x, region))
		return true;
	if (out->result != must)
		return out->result == ERR_BUSY && may_be_busy(p, x, region);
	if (must != OK)
		return true;
	set(p, op, true, false);
	if (op->size == SIZE_4K && !p->split[region]) {
		p->split[region] = true;
		p->splitter[region] = (uint8_t)(x + 1);
	}
	return true;
}

static bool settle(struct picture *p, const struct op *op)
{
	set(p, op, false, op->state == PAGE_GUEST);
	if (op->size == SIZE_2M)
		p->split[op->where / FRAMES_PER_2M] = false;
	return true;
}

static bool page_is(const struct picture *p, unsigned int x, const struct op *op,
		    const struct outcome *out)
{
	unsigned int row = op->where / ROW_FRAMES;
	enum page_state now = (p->guest[row] & bit(op->where)) != 0 ? PAGE_GUEST : PAGE_NONE;

	if ((p->used[row] & bit(op->where)) != 0)
		now = PAGE_USED;
	return out->state == now ||
	       (out->state == PAGE_USED && may_be_busy(p, x, op->where / FRAMES_PER_2M));
}

static bool get(struct picture *p, const struct op *op, const struct outcome *out)
{
	unsigned int row = out->where / ROW_FRAMES, region = out->where / FRAMES_PER_2M;
	bool whole = true;

	if (out->result != OK) /* nothing.c decides whether it may */
		return out->result == ERR_NO_MEMORY;
	if (region >= frame_regions || p->kind[region] != SMALL)
		return false;
	if (op->kind != OP_ALLOC_2M) {
		whole = (p->free[row] & bit(out->where)) != 0;
		p->free[row] &= ~bit(out->where);
		return whole && (op->kind == OP_ALLOC || out->where % FRAMES_PER_2M != 0);
	}
	for (unsigned int i = region * ROWS_PER_2M; i < (region + 1) * ROWS_PER_2M; i++) {
		whole &= p->free[i] == ~0ULL;
		p->free[i] = 0;
	}
	p->kind[region] = BIG;
	return whole && out->where % FRAMES_PER_2M == 0;
}

static bool give(struct picture *p, const struct outcome *out)
{
	unsigned int row = out->where / ROW_FRAMES;
	bool used = p->kind[out->where / FRAMES_PER_2M] == SMALL &&
		    (p->free[row] & bit(out->where)) == 0;

	if (used)
		p->free[row] |= bit(out->where);
	return out->result == (used ? OK : ERR_STATE);
}

static bool whole_region(struct picture *p, unsigned int region, unsigned int kind)
{
	p->kind[region] = (uint8_t)kind;
	for (unsigned int i = region * ROWS_PER_2M; i < (region + 1) * ROWS_PER_2M; i++)
		p->free[i] = kind == SMALL ? ~0ULL : 0;
	return true;
}

static bool give_2m(struct picture *p, const struct outcome *out)
{
	unsigned int region = out->where / FRAMES_PER_2M;

	if (p->kind[region] != BIG)
		return out->result == ERR_STATE;
	return out->result == OK && whole_region(p, region, SMALL);
}

static bool frame_is(const struct picture *p, const struct outcome *out)
{
	unsigned int kind = p->kind[out->where / FRAMES_PER_2M];
	bool free = kind == SMALL && (p->free[out->where / ROW_FRAMES] & bit(out->where)) != 0;

	if (kind == UNACCEPTED)
		return out->state == PAGE_NONE;
	return out->state == (free ? PAGE_FREE : PAGE_USED) || (in_flux && out->state == PAGE_USED);
}

static bool grow(struct picture *p, const struct outcome *out)
{
	bool none = true;

	if (out->result == OK)
		return p->kind[out->where / FRAMES_PER_2M] == UNACCEPTED &&
		       whole_region(p, out->where / FRAMES_PER_2M, GROWING);
	for (unsigned int i = 0; i < frame_regions; i++)
		none &= p->kind[i] != UNACCEPTED;
	return out->result == ERR_NO_MEMORY && none;
}

bool spec_step(struct picture *p, unsigned int x, const struct op *op, const struct outcome *out)
{
	switch (op->kind) {
	case OP_CLAIM:
		return claim(p, x, op, out);
	case OP_SETTLE:
	case OP_RELEASE:
		return settle(p, op);
	case OP_PAGE_STATE:
		return page_is(p, x, op, out);
	case OP_ALLOC:
	case OP_ALLOC_VMSA:
	case OP_ALLOC_2M:
		return get(p, op, out);
	case OP_FREE:
		return give(p, out);
	case OP_FREE_2M:
		return give_2m(p, out);
	case OP_FRAME_STATE:
		return frame_is(p, out);
	case OP_GROW:
		return grow(p, out);
	case OP_GROWN:
		return whole_region(p, out->where / FRAMES_PER_2M, SMALL);
	default:
		return whole_region(p, out->where / FRAMES_PER_2M, UNACCEPTED);
	}
}
