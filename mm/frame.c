/* SPDX-License-Identifier: MIT */
/*
 * The allocator as its callers see it: frames of a row that the CPU owns, and
 * frames given back. How a CPU comes by a row: frame_row.c.
 */
#include "frames.h"

struct frame_memory frames;

struct frame_row frame_no_row;
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
		own_none(&cpus[i]);
	}
}

struct frame_cpu *frame_cpu(unsigned int cpu)
{
	CHECK(cpu < frames.cpus);
	return &cpus[cpu];
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

/* Not inline: the fast paths have nothing to save then. */
__attribute__((noinline)) static enum err refill_and_pop(struct frame_cpu *me, bool vmsa,
							 pa_t *frame)
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

/* Which frame of the range; huge when it is none. */
static inline uint64_t index_of(pa_t frame)
{
	uint64_t bytes = frame.raw - frames.start;

	return bytes >> 12 | bytes << 52;
}

/* A frame of a row that is not the CPU's own. */
static enum err give_back(struct frame_cpu *me, uint64_t index, struct frame_row *row)
{
	unsigned int bit = index % ROW_FRAMES;

	if (region_load(&frames.region[index / FRAMES_PER_2M]) != REGION_SPLIT ||
	    (frame_free_in(row) >> bit & 1) != 0 || shared64_set(&row->returned, bit))
		return ERR_STATE;
	gave(me);
	return OK;
}

enum err frame_free(struct frame_cpu *me, pa_t frame)
{
	uint64_t index = index_of(frame), ready;
	struct frame_row *row = &frames.row[index / ROW_FRAMES];

	if (index >= frames.frames)
		return ERR_ADDRESS;
	if (row != me->row)
		return give_back(me, index, row);
	ready = shared64_load(&row->ready);
	if (((shared64_load(&row->returned) | ready) >> index % ROW_FRAMES & 1) != 0)
		return ERR_STATE;
	shared64_store(&row->ready, ready | 1ULL << index % ROW_FRAMES);
	return OK;
}

static bool is_free(uint64_t index)
{
	return (frame_free_in(&frames.row[index / ROW_FRAMES]) >> index % ROW_FRAMES & 1) != 0;
}

enum err frame_state(pa_t frame, enum page_state *state)
{
	uint64_t index = index_of(frame);

	if (index >= frames.frames)
		return ERR_ADDRESS;
	switch (region_load(&frames.region[index / FRAMES_PER_2M])) {
	case REGION_NONE:
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
