/* SPDX-License-Identifier: MIT */
/*
 * The allocator as its callers see it: frames of a row that the CPU owns, and
 * frames given back. How a CPU comes by a row: frame_row.c.
 */
#include "frames.h"

#define NO_BASE 1ULL /* no frame is at a multiple of 4 KiB from it */

struct frame_memory frames;

static struct frame_row no_row; /* nothing is ever free in it */
static struct frame_cpu cpus[FRAME_CPUS];

void frame_init(pa_t start, uint64_t bytes, shared8 *region, shared8 *owner, struct frame_row *row,
		unsigned int count)
{
	CHECK(is_aligned(start.raw | bytes, PAGE_2M) && count <= FRAME_CPUS);
	frames = (struct frame_memory){ start.raw, bytes / PAGE_4K, bytes / PAGE_2M,
					count,	   region,	    owner,
					row };
	for (unsigned int i = 0; i < count; i++) {
		cpus[i] = (struct frame_cpu){ .spare = FRAME_NO_SPARE, .tag = (uint8_t)(i + 1) };
		frame_own(&cpus[i], NULL);
	}
}

struct frame_cpu *frame_cpu(unsigned int cpu)
{
	CHECK(cpu < frames.cpus);
	return &cpus[cpu];
}

void frame_own(struct frame_cpu *me, shared8 *owner)
{
	uint64_t index = (uint64_t)(owner - frames.owner);

	me->owner = owner;
	me->row = owner == NULL ? &no_row : &frames.row[index];
	me->base = owner == NULL ? NO_BASE : frames.start + index * ROW_BYTES;
}

uint64_t frame_given(const struct frame_cpu *me)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < frames.cpus; i++)
		if (&cpus[i] != me)
			sum += shared64_load(&cpus[i].given);
	return sum;
}

bool frame_overlaps(pa_t page, enum page_size size)
{
	/* Without sums that may wrap: one of the two begins inside the other. */
	return page.raw - frames.start < frames.frames * PAGE_4K ||
	       frames.start - page.raw < size_bytes(size);
}

/* Takes the lowest of `free`, of which there is one, out of the CPU's row. */
static inline enum err pop(struct frame_cpu *me, uint64_t ready, uint64_t free, pa_t *frame)
{
	shared64_store(&me->row->ready, ready & ~(free & -free));
	*frame = pa(me->base + (unsigned int)__builtin_ctzll(free) * PAGE_4K);
	return OK;
}

static enum err refill_and_pop(struct frame_cpu *me, bool vmsa, pa_t *frame)
{
	uint64_t ready;

	if (!frame_refill(me, vmsa))
		return ERR_NO_MEMORY;
	ready = shared64_load(&me->row->ready);
	return pop(me, ready, ready & allowed(me->base, vmsa), frame);
}

enum err frame_alloc(struct frame_cpu *me, pa_t *frame)
{
	uint64_t ready = shared64_load(&me->row->ready);

	return ready == 0 ? refill_and_pop(me, false, frame) : pop(me, ready, ready, frame);
}

enum err frame_alloc_vmsa(struct frame_cpu *me, pa_t *frame)
{
	uint64_t ready = shared64_load(&me->row->ready);
	uint64_t free = ready & allowed(me->base, true);

	return free == 0 ? refill_and_pop(me, true, frame) : pop(me, ready, free, frame);
}

/* Address minus base in frames; huge when it is not a whole number of them. */
static inline uint64_t distance(pa_t frame, uint64_t base)
{
	uint64_t bytes = frame.raw - base;

	return bytes >> 12 | bytes << 52;
}

/* A frame of a row that is not the CPU's own. */
static enum err give_back(struct frame_cpu *me, pa_t frame)
{
	uint64_t index = distance(frame, frames.start);
	struct frame_row *row = &frames.row[index / ROW_FRAMES];
	unsigned int bit = index % ROW_FRAMES;

	if (index >= frames.frames)
		return ERR_ADDRESS;
	if (region_load(&frames.region[index / FRAMES_PER_2M]) != REGION_SPLIT ||
	    (shared64_load(&row->ready) >> bit & 1) != 0 || shared64_set(&row->returned, bit))
		return ERR_STATE;
	gave(me);
	return OK;
}

enum err frame_free(struct frame_cpu *me, pa_t frame)
{
	uint64_t bit = distance(frame, me->base);
	uint64_t ready;

	if (bit >= ROW_FRAMES)
		return give_back(me, frame);
	ready = shared64_load(&me->row->ready);
	if (((ready | shared64_load(&me->row->returned)) >> bit & 1) != 0)
		return ERR_STATE;
	shared64_store(&me->row->ready, ready | 1ULL << bit);
	return OK;
}

static bool is_free(uint64_t index)
{
	const struct frame_row *row = &frames.row[index / ROW_FRAMES];
	uint64_t free = shared64_load(&row->ready) | shared64_load(&row->returned);

	return (free >> index % ROW_FRAMES & 1) != 0;
}

enum err frame_state(pa_t frame, enum page_state *state)
{
	uint64_t index = distance(frame, frames.start);

	if (index >= frames.frames)
		return ERR_ADDRESS;
	switch (region_load(&frames.region[index / FRAMES_PER_2M])) {
	case REGION_NONE:
	case REGION_RESERVED:
		*state = PAGE_NONE;
		break;
	case REGION_READY:
	case REGION_SPARE:
		*state = PAGE_FREE;
		break;
	case REGION_SPLIT:
		*state = is_free(index) ? PAGE_FREE : PAGE_USED;
		break;
	default:
		*state = PAGE_USED;
		break;
	}
	return OK;
}
