/* SPDX-License-Identifier: MIT */
/*
 * Frames of SVSM memory: the record of page state for the SVSM's own range,
 * and the allocator, whose free frames are those that the record says free.
 *
 * A CPU owns at most one row of 64 frames and serves it with plain
 * instructions; frees into other rows are one locked instruction. Nobody
 * waits for anybody, wherever another CPU was stopped. While a fitting frame
 * is free that no other CPU has in its row, in its one spare 2 MiB frame or
 * in an operation under way, nothing is refused. What an operation costs at
 * worst depends on the size of the range alone: one walk over its record, and
 * one more for each time another CPU has made frames free meanwhile. [DESIGN 5]
 */
#pragma once
#include <svsm/atomic.h>
#include <svsm/err.h>
#include <svsm/page.h>
#include <svsm/types.h>

#define FRAME_CPUS 64U

/* A row of a split region. Free: set in one of the words; used: set in none. */
struct frame_row {
	shared64 ready;	   /* written by the row's owner only */
	shared64 returned; /* freed by CPUs that do not own the row */
};

/* What one CPU has. Written by that CPU only; `given` is read by all. */
struct frame_cpu {
	uint64_t base;	       /* address of the first frame of its row */
	struct frame_row *row; /* never NULL: an empty one when it owns none */
	shared8 *owner;	       /* the row's owner byte; NULL when it owns none */
	uint64_t spare;	       /* its 2 MiB frame; FRAME_NO_SPARE */
	uint64_t at;	       /* row at which it searches next */
	uint64_t at_2m;	       /* and region, for 2 MiB */
	shared64 given;	       /* how often it has made frames free for all */
	uint8_t tag;	       /* its number in owner bytes, not 0 */
} __attribute__((aligned(64)));

#define FRAME_NO_SPARE 1ULL /* no address of a frame */

/*
 * The SVSM's own range, 2 MiB aligned, none of it accepted. For n regions:
 * `region` is n zeroed bytes, `owner` 8 n zeroed bytes, `row` 8 n rows, which need
 * not be accepted until the first frame is. CPUs 0 to cpus - 1, FRAME_CPUS at
 * most, will be there. Boot only.
 */
void frame_init(pa_t start, uint64_t bytes, shared8 *region, shared8 *owner, struct frame_row *row,
		unsigned int cpus);

/* Boot only: regions in use for good, accepted. */
void frame_fix(pa_t start, uint64_t bytes);

/* A CPU's block. Only that CPU may pass it to what follows. */
struct frame_cpu *frame_cpu(unsigned int cpu);

/* Whether a byte of the page lies in the SVSM's own range. */
bool frame_overlaps(pa_t page, enum page_size size);

/* ERR_ADDRESS when not a frame of the range. */
must_check enum err frame_state(pa_t frame, enum page_state *state);

/*
 * One frame, PAGE_FREE -> PAGE_USED, contents undefined. ERR_NO_MEMORY when
 * none is free (see above): accept more (sm/accept.h) and try again.
 */
must_check enum err frame_alloc(struct frame_cpu *me, pa_t *frame);
must_check enum err frame_alloc_2m(struct frame_cpu *me, pa_t *frame);

/* As frame_alloc, but never 2 MiB aligned (VMSA pages, spec/snp-arch 7.1). */
must_check enum err frame_alloc_vmsa(struct frame_cpu *me, pa_t *frame);

/*
 * PAGE_USED -> PAGE_FREE. ERR_STATE: not allocated, or not in this size;
 * ERR_ADDRESS: not a frame of the range. Nothing has changed then. Exact as
 * long as no two frees of one frame run at the same time.
 */
must_check enum err frame_free(struct frame_cpu *me, pa_t frame);
must_check enum err frame_free_2m(struct frame_cpu *me, pa_t frame);

/*
 * Takes the next 2 MiB that were never accepted, PAGE_NONE -> PAGE_USED, for
 * sm/accept.c to validate. ERR_NO_MEMORY when there are none.
 */
must_check enum err frame_grow(pa_t *region);

/* Ends a growth: accepted, the region is free; else it is as before. */
void frame_grown(struct frame_cpu *me, pa_t region, bool accepted);
