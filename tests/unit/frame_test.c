/* SPDX-License-Identifier: MIT */
/* The allocator of SVSM memory. */
#include <snp/host.h>
#include <svsm/frame.h>
#include <svsm/page.h>

#include "test.h"

#include <pthread.h>

#define START 0x8000000000ULL
#define REGIONS 4U
#define BYTES (REGIONS * PAGE_2M)
#define THREADS 4U

static shared8 region[REGIONS], row_owner[REGIONS * ROWS_PER_2M];
static struct frame_row row[REGIONS * ROWS_PER_2M];
static bool taken[BYTES / PAGE_4K];
static struct frame_cpu *me, *other;

static void fresh(void)
{
	frame_init(pa(START), BYTES, region, row_owner, row, THREADS);
	me = frame_cpu(0);
	other = frame_cpu(1);
}

static void grow(void)
{
	pa_t at;

	check_eq(frame_grow(&at), OK);
	frame_grown(me, at, true);
}

/* Every frame once, none refused while one is free. */
declare_test(frame_all)
{
	pa_t frame;

	fresh();
	check_eq(frame_alloc(me, &frame), ERR_NO_MEMORY);
	grow();
	grow();
	for (unsigned int i = 0; i < 2 * FRAMES_PER_2M; i++) {
		check_eq(frame_alloc(me, &frame), OK);
		check(frame.raw - START < 2 * PAGE_2M && is_aligned(frame.raw, PAGE_4K));
		check(!taken[(frame.raw - START) / PAGE_4K]);
		taken[(frame.raw - START) / PAGE_4K] = true;
	}
	check_eq(frame_alloc(me, &frame), ERR_NO_MEMORY);
	check_eq(frame_free(me, pa(START + PAGE_4K)), OK);
	check_eq(frame_alloc(me, &frame), OK);
	check_eq(frame.raw, START + PAGE_4K);
}

declare_test(frame_free_refused)
{
	pa_t frame;

	fresh();
	grow();
	check_eq(frame_alloc(me, &frame), OK);
	check_eq(frame_free(me, pa(frame.raw + 8)), ERR_ADDRESS);
	check_eq(frame_free(me, pa(START - PAGE_4K)), ERR_ADDRESS);
	check_eq(frame_free(me, pa(START + BYTES)), ERR_ADDRESS);
	check_eq(frame_free(me, pa(START + PAGE_2M)), ERR_STATE);
	check_eq(frame_free(me, frame), OK);
	check_eq(frame_free(me, frame), ERR_STATE);
}

/* Erratum: a save area at a 2 MiB boundary. Refused rather than given out. */
declare_test(frame_vmsa_never_2m_aligned)
{
	pa_t frame;

	fresh();
	grow();
	grow();
	for (unsigned int i = 0; i < 2 * (FRAMES_PER_2M - 1); i++) {
		check_eq(frame_alloc_vmsa(me, &frame), OK);
		check(!is_aligned(frame.raw, PAGE_2M));
	}
	check_eq(frame_alloc_vmsa(me, &frame), ERR_NO_MEMORY);
	check_eq(frame_alloc(me, &frame), OK);
	check(is_aligned(frame.raw, PAGE_2M));
}

declare_test(frame_grow_takes_untouched_regions)
{
	enum page_state seen;
	pa_t at;

	fresh();
	frame_fix(pa(START), 2 * PAGE_2M);
	check_eq(frame_grow(&at), OK);
	check_eq(at.raw, START + 2 * PAGE_2M);
	check_eq(frame_state(at, &seen), OK);
	check_eq(seen, PAGE_USED);
	frame_grown(me, at, false);
	check_eq(frame_state(at, &seen), OK);
	check_eq(seen, PAGE_NONE);
	check_eq(frame_grow(&at), OK);
	check_eq(at.raw, START + 2 * PAGE_2M);
	check_eq(frame_grow(&at), OK);
	check_eq(at.raw, START + 3 * PAGE_2M);
	check_eq(frame_grow(&at), ERR_NO_MEMORY);
	check_eq(frame_alloc(me, &at), ERR_NO_MEMORY);
	check_eq(frame_free_2m(me, pa(START)), ERR_STATE);
	check_eq(frame_free(me, pa(START)), ERR_STATE);
}

/* 2 MiB frames: a spare one, free ones, and what 4 KiB frames have become again. */
declare_test(frame_2m)
{
	pa_t a, b, small;

	fresh();
	check_eq(frame_alloc_2m(me, &a), ERR_NO_MEMORY);
	grow();
	grow();
	check_eq(frame_alloc_2m(me, &a), OK);
	check_eq(frame_alloc_2m(me, &b), OK);
	check(a.raw != b.raw && is_aligned(a.raw | b.raw, PAGE_2M));
	check_eq(frame_alloc_2m(me, &small), ERR_NO_MEMORY);
	check_eq(frame_alloc(me, &small), ERR_NO_MEMORY);
	check_eq(frame_free(me, a), ERR_STATE);
	check_eq(frame_free_2m(me, pa(a.raw + PAGE_4K)), ERR_ADDRESS);
	check_eq(frame_free_2m(me, a), OK);
	check_eq(frame_free_2m(me, a), ERR_STATE);
	check_eq(frame_free_2m(other, a), ERR_STATE);
	check_eq(frame_alloc_2m(other, &small), ERR_NO_MEMORY); /* it is our spare one */
	check_eq(frame_alloc(me, &small), OK);			/* which we split */
	check_eq(frame_free_2m(me, a), ERR_STATE);
	check_eq(frame_alloc_2m(other, &b), ERR_NO_MEMORY);
	check_eq(frame_free(me, small), OK);
	check_eq(frame_alloc_2m(other, &a), ERR_NO_MEMORY); /* our row is in it */
	check_eq(frame_alloc_2m(me, &a), OK);
	check_eq(frame_free_2m(other, a), OK);
	check_eq(frame_free_2m(other, b), OK);
	check_eq(frame_free_2m(me, b), ERR_STATE);
	check_eq(frame_alloc_2m(me, &small), OK);
	check_eq(small.raw, b.raw);
}

/* Into another CPU's row, and back out of it; and each free only once. */
declare_test(frame_returned)
{
	pa_t held[ROW_FRAMES], at;

	fresh();
	grow();
	for (unsigned int i = 0; i < ROW_FRAMES; i++)
		check_eq(frame_alloc(me, &held[i]), OK);
	check_eq(frame_free(other, held[5]), OK);
	check_eq(frame_free(other, held[5]), ERR_STATE);
	check_eq(frame_free(me, held[5]), ERR_STATE);
	check_eq(frame_free(me, held[6]), OK);
	check_eq(frame_free(me, held[6]), ERR_STATE);
	check_eq(frame_free(other, held[6]), ERR_STATE);
	check_eq(frame_alloc(me, &at), OK);
	check_eq(at.raw, held[6].raw);
	check_eq(frame_alloc(me, &at), OK);
	check_eq(at.raw, held[5].raw);
	check_eq(frame_free(other, held[5]), OK);
}

/* What another CPU has in its row is not to be had; anything else is, to the last frame. */
declare_test(frame_last_ones)
{
	unsigned int count = 0;
	pa_t at, theirs;

	fresh();
	grow();
	check_eq(frame_alloc(other, &theirs), OK);
	while (frame_alloc(me, &at) == OK)
		count++;
	check_eq(count, FRAMES_PER_2M - ROW_FRAMES);
	check_eq(frame_free(me, theirs), OK);
	check_eq(frame_alloc(me, &at), ERR_NO_MEMORY);
	for (unsigned int i = 0; i < ROW_FRAMES; i++)
		check_eq(frame_alloc(other, &theirs), OK);
	check_eq(frame_alloc(other, &theirs), ERR_NO_MEMORY); /* and gives its row up */
	check_eq(frame_free(other, at = pa(START + 3 * ROW_BYTES)), OK);
	check_eq(frame_alloc(me, &theirs), OK);
	check_eq(theirs.raw, at.raw);
}

declare_test(frame_overlap)
{
	static const struct {
		uint64_t at;
		enum page_size size;
		bool overlaps;
	} rows[] = {
		{ START, SIZE_4K, true },
		{ START + BYTES - PAGE_4K, SIZE_4K, true },
		{ START - PAGE_4K, SIZE_4K, false },
		{ START + BYTES, SIZE_4K, false },
		{ START - PAGE_2M, SIZE_2M, false },
		{ START + BYTES, SIZE_2M, false },
		{ START + BYTES - PAGE_2M, SIZE_2M, true },
		{ 0, SIZE_2M, false },
		{ ~0xfffULL, SIZE_4K, false },
		{ ~(PAGE_2M - 1), SIZE_2M, false },
	};

	fresh();
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_eq(i << 1 | frame_overlaps(pa(rows[i].at), rows[i].size),
			 i << 1 | rows[i].overlaps);
}

/* ---- several threads ---- */

#define ROUNDS 20000U
#define HELD 64U

static _Atomic unsigned int owner[BYTES / PAGE_4K];
static _Atomic unsigned int clashes, refused;

static void take(pa_t *frame, unsigned int who)
{
	if (atomic_exchange(&owner[(frame->raw - START) / PAGE_4K], who) != 0)
		atomic_fetch_add(&clashes, 1);
}

static void give(pa_t frame, unsigned int who)
{
	if (atomic_exchange(&owner[(frame.raw - START) / PAGE_4K], 0) != who ||
	    frame_free(frame_cpu(who - 1), frame) != OK)
		atomic_fetch_add(&clashes, 1);
}

static void *work(void *arg)
{
	unsigned int who = (unsigned int)(uintptr_t)arg, count = 0;
	pa_t held[HELD];

	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (count == HELD || (i % 3 == 2 && count > 0)) {
			give(held[--count], who);
			continue;
		}
		if (frame_alloc(frame_cpu(who - 1), &held[count]) == OK)
			take(&held[count++], who);
		else
			atomic_fetch_add(&refused, 1);
	}
	while (count > 0)
		give(held[--count], who);
	return NULL;
}

declare_test(frame_threads)
{
	pthread_t thread[THREADS];
	enum page_state seen;

	fresh();
	grow();
	for (unsigned int i = 0; i < THREADS; i++)
		check_eq(pthread_create(&thread[i], NULL, work, (void *)(uintptr_t)(i + 1)), 0);
	for (unsigned int i = 0; i < THREADS; i++)
		check_eq(pthread_join(thread[i], NULL), 0);
	check_eq(clashes, 0);
	check_eq(refused, 0); /* 4 threads hold 256 of 512 frames, and three have a row more */
	for (unsigned int i = 0; i < FRAMES_PER_2M; i++) {
		check_eq(frame_state(pa(START + i * PAGE_4K), &seen), OK);
		check_eq(seen, PAGE_FREE);
	}
}
