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

static uint64_t words[0x100];
static bool taken[BYTES / PAGE_4K];

static void fresh(void)
{
	check_eq(page_add_range(pa(START), BYTES, words), OK);
	frame_init(pa(START), BYTES);
}

static void grow(void)
{
	pa_t region;

	check_eq(frame_grow(&region), OK);
	page_settle(region, SIZE_2M, PAGE_FREE);
}

declare_test(frame_before_init)
{
	pa_t frame;

	check_eq(frame_alloc(&frame), ERR_NO_MEMORY);
	check_eq(frame_grow(&frame), ERR_NO_MEMORY);
	check_eq(frame_free(pa(0)), ERR_ADDRESS);
}

/* Every frame once, none refused while one is free. */
declare_test(frame_all)
{
	pa_t frame;

	fresh();
	check_eq(frame_alloc(&frame), ERR_NO_MEMORY);
	grow();
	grow();
	for (unsigned int i = 0; i < 2 * FRAMES_PER_2M; i++) {
		check_eq(frame_alloc(&frame), OK);
		check(frame.raw - START < 2 * PAGE_2M && is_aligned(frame.raw, PAGE_4K));
		check(!taken[(frame.raw - START) / PAGE_4K]);
		taken[(frame.raw - START) / PAGE_4K] = true;
	}
	check_eq(frame_alloc(&frame), ERR_NO_MEMORY);
	check_eq(frame_free(pa(START + PAGE_4K)), OK);
	check_eq(frame_alloc(&frame), OK);
	check_eq(frame.raw, START + PAGE_4K);
}

declare_test(frame_free_refused)
{
	pa_t frame;

	fresh();
	grow();
	check_eq(frame_alloc(&frame), OK);
	check_eq(frame_free(pa(frame.raw + 8)), ERR_ADDRESS);
	check_eq(frame_free(pa(START - PAGE_4K)), ERR_ADDRESS);
	check_eq(frame_free(pa(START + BYTES)), ERR_ADDRESS);
	check_eq(frame_free(pa(START + PAGE_2M)), ERR_STATE);
	check_eq(frame_free(frame), OK);
	check_eq(frame_free(frame), ERR_STATE);
}

/* Erratum: a save area at a 2 MiB boundary. Refused rather than given out. */
declare_test(frame_vmsa_never_2m_aligned)
{
	pa_t frame;

	fresh();
	grow();
	grow();
	for (unsigned int i = 0; i < 2 * (FRAMES_PER_2M - 1); i++) {
		check_eq(frame_alloc_vmsa(&frame), OK);
		check(!is_aligned(frame.raw, PAGE_2M));
	}
	check_eq(frame_alloc_vmsa(&frame), ERR_NO_MEMORY);
	check_eq(frame_alloc(&frame), OK);
	check(is_aligned(frame.raw, PAGE_2M));
}

declare_test(frame_grow_takes_untouched_regions)
{
	enum page_state seen;
	pa_t region;

	fresh();
	/* The image: some frames of the first region, all of the second. */
	check_eq(page_claim(pa(START + PAGE_4K), SIZE_4K, PAGE_NONE, &seen), OK);
	check_eq(page_claim(pa(START + PAGE_2M), SIZE_2M, PAGE_NONE, &seen), OK);
	check_eq(frame_grow(&region), OK);
	check_eq(region.raw, START + 2 * PAGE_2M);
	check_eq(page_state(region, &seen), OK);
	check_eq(seen, PAGE_USED);
	check_eq(frame_grow(&region), OK);
	check_eq(region.raw, START + 3 * PAGE_2M);
	check_eq(frame_grow(&region), ERR_NO_MEMORY);
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

#define THREADS 4U
#define ROUNDS 20000U
#define HELD 64U

static _Atomic unsigned int owner[BYTES / PAGE_4K];
static _Atomic unsigned int clashes, refused;

static void take(pa_t *frame, unsigned int me)
{
	if (atomic_exchange(&owner[(frame->raw - START) / PAGE_4K], me) != 0)
		atomic_fetch_add(&clashes, 1);
}

static void give(pa_t frame, unsigned int me)
{
	if (atomic_exchange(&owner[(frame.raw - START) / PAGE_4K], 0) != me ||
	    frame_free(frame) != OK)
		atomic_fetch_add(&clashes, 1);
}

static void *work(void *arg)
{
	unsigned int me = (unsigned int)(uintptr_t)arg, count = 0;
	pa_t held[HELD];

	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (count == HELD || (i % 3 == 2 && count > 0)) {
			give(held[--count], me);
			continue;
		}
		if (frame_alloc(&held[count]) == OK)
			take(&held[count++], me);
		else
			atomic_fetch_add(&refused, 1);
	}
	while (count > 0)
		give(held[--count], me);
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
	check_eq(refused, 0); /* 4 threads hold 256 of 512 frames at most */
	for (unsigned int i = 0; i < FRAMES_PER_2M; i++) {
		check_eq(page_state(pa(START + i * PAGE_4K), &seen), OK);
		check_eq(seen, PAGE_FREE);
	}
}
