/* SPDX-License-Identifier: MIT */
/* The record of page state, step by step and by several threads at once. */
#include <snp/host.h>
#include <svsm/page.h>

#include "test.h"

#include <pthread.h>
#include <stdlib.h>

#define START 0x200000ULL
#define BYTES (8 * PAGE_2M)

static uint64_t words[0x400];

static void fresh(void)
{
	check(page_record_bytes(BYTES) <= sizeof(words));
	check_eq(page_add_range(pa(START), BYTES, words), OK);
}

static enum err claim(uint64_t at, enum page_size size, enum page_state from)
{
	enum page_state seen;

	return page_claim(pa(at), size, from, &seen);
}

static enum page_state state(uint64_t at)
{
	enum page_state now;

	check_eq(page_state(pa(at), &now), OK);
	return now;
}

/* NONE -> USED -> to. */
static void put(uint64_t at, enum page_size size, enum page_state to)
{
	check_eq(claim(at, size, PAGE_NONE), OK);
	if (to != PAGE_USED)
		page_settle(pa(at), size, to);
}

declare_test(page_range_refused)
{
	fresh();
	check_eq(page_add_range(pa(START + BYTES), 0, words), ERR_ADDRESS);
	check_eq(page_add_range(pa(START + BYTES + 1), PAGE_4K, words), ERR_ADDRESS);
	check_eq(page_add_range(pa(START + BYTES), PAGE_4K + 8, words), ERR_ADDRESS);
	check_eq(page_add_range(pa(0), START + PAGE_4K, words), ERR_ADDRESS);
	check_eq(page_add_range(pa(START + BYTES - PAGE_4K), PAGE_2M, words), ERR_ADDRESS);
	check_eq(page_add_range(pa(~0xfffULL), PAGE_2M, words), ERR_ADDRESS);
	for (uint64_t i = 1; i < PAGE_RANGES; i++)
		check_eq(page_add_range(pa(i << 30), PAGE_4K, words), OK);
	check_eq(page_add_range(pa(1ULL << 40), PAGE_4K, words), ERR_NO_MEMORY);
}

declare_test(page_outside)
{
	static const uint64_t outside[] = {
		0, START - PAGE_4K, START + BYTES, 1ULL << 51, ~0xfffULL, 1ULL << 63 | START,
	};
	enum page_state now;

	fresh();
	for (unsigned int i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		check_eq(page_state(pa(outside[i]), &now), ERR_ADDRESS);
		check_eq(claim(outside[i], SIZE_4K, PAGE_NONE), ERR_ADDRESS);
		check_eq(claim(align_down(outside[i], PAGE_2M), SIZE_2M, PAGE_NONE), ERR_ADDRESS);
	}
}

declare_test(page_claim_4k)
{
	enum page_state seen = PAGE_NONE;

	fresh();
	check_eq(state(START), PAGE_NONE);
	put(START + PAGE_4K, SIZE_4K, PAGE_GUEST);
	check_eq(state(START), PAGE_NONE);
	check_eq(state(START + PAGE_4K), PAGE_GUEST);
	check_eq(state(START + 2 * PAGE_4K), PAGE_NONE);
	check_eq(page_claim(pa(START + PAGE_4K), SIZE_4K, PAGE_NONE, &seen), ERR_STATE);
	check_eq(seen, PAGE_GUEST);
	check_eq(claim(START + PAGE_4K, SIZE_4K, PAGE_GUEST), OK);
	check_eq(claim(START + PAGE_4K, SIZE_4K, PAGE_GUEST), ERR_BUSY);
	check_eq(claim(START + PAGE_4K, SIZE_4K, PAGE_NONE), ERR_BUSY);
	page_settle(pa(START + PAGE_4K), SIZE_4K, PAGE_FREE);
	check_eq(state(START + PAGE_4K), PAGE_FREE);
}

declare_test(page_claim_2m)
{
	enum page_state seen = PAGE_NONE;

	fresh();
	put(START + PAGE_2M, SIZE_2M, PAGE_GUEST);
	for (uint64_t at = 0; at < PAGE_2M; at += PAGE_4K)
		check_eq(state(START + PAGE_2M + at), PAGE_GUEST);
	check_eq(state(START + PAGE_2M - PAGE_4K), PAGE_NONE);
	check_eq(state(START + 2 * PAGE_2M), PAGE_NONE);
	check_eq(page_claim(pa(START + PAGE_2M), SIZE_2M, PAGE_NONE, &seen), ERR_STATE);
	check_eq(seen, PAGE_GUEST);
	check_eq(claim(START + PAGE_2M, SIZE_2M, PAGE_GUEST), OK);
	check_eq(claim(START + PAGE_2M, SIZE_2M, PAGE_GUEST), ERR_BUSY);
	check_eq(claim(START + PAGE_2M + PAGE_4K, SIZE_4K, PAGE_GUEST), ERR_BUSY);
}

/* One frame that differs, wherever it is: refused, and nothing stays claimed. */
declare_test(page_claim_2m_undone)
{
	fresh();
	for (unsigned int i = 0; i < FRAMES_PER_2M; i++) {
		uint64_t odd = START + i * PAGE_4K;

		put(odd, SIZE_4K, PAGE_USED);
		check_eq(claim(START, SIZE_2M, PAGE_NONE), ERR_BUSY);
		page_settle(pa(odd), SIZE_4K, PAGE_GUEST);
		check_eq(claim(START, SIZE_2M, PAGE_NONE), ERR_RMP);
		check_eq(claim(START, SIZE_2M, PAGE_GUEST), ERR_RMP);
		for (unsigned int k = 0; k < FRAMES_PER_2M; k++)
			check_eq(state(START + k * PAGE_4K), k == i ? PAGE_GUEST : PAGE_NONE);
		check_eq(claim(odd, SIZE_4K, PAGE_GUEST), OK);
		page_settle(pa(odd), SIZE_4K, PAGE_NONE);
	}
	check_eq(claim(START, SIZE_2M, PAGE_NONE), OK);
}

/* A range need not be 2 MiB aligned: two of them make a hole. */
declare_test(page_hole)
{
	static uint64_t low[0x40], high[0x40];

	check(page_record_bytes(0xa0000) <= sizeof(low));
	check_eq(page_add_range(pa(0), 0xa0000, low), OK);
	check_eq(page_add_range(pa(0x100000), PAGE_2M, high), OK);
	put(0x9f000, SIZE_4K, PAGE_GUEST);
	put(0x100000, SIZE_4K, PAGE_GUEST);
	put(0x2ff000, SIZE_4K, PAGE_GUEST);
	check_eq(claim(0xa0000, SIZE_4K, PAGE_NONE), ERR_ADDRESS);
	check_eq(claim(0xff000, SIZE_4K, PAGE_NONE), ERR_ADDRESS);
	check_eq(claim(0x300000, SIZE_4K, PAGE_NONE), ERR_ADDRESS);
	check_eq(claim(0, SIZE_2M, PAGE_NONE), ERR_ADDRESS);
	check_eq(claim(PAGE_2M, SIZE_2M, PAGE_NONE), ERR_ADDRESS);
	check_eq(state(0x9e000), PAGE_NONE);
	check_eq(state(0x101000), PAGE_NONE);
}

declare_test(page_fill_at_boot)
{
	fresh();
	check_eq(page_fill(pa(START + PAGE_2M), 2 * PAGE_2M, PAGE_GUEST), OK);
	check_eq(state(START + PAGE_2M - PAGE_4K), PAGE_NONE);
	for (uint64_t at = PAGE_2M; at < 3 * PAGE_2M; at += PAGE_4K)
		check_eq(state(START + at), PAGE_GUEST);
	check_eq(state(START + 3 * PAGE_2M), PAGE_NONE);
	check_eq(page_fill(pa(START + BYTES - PAGE_2M), 2 * PAGE_2M, PAGE_GUEST), ERR_ADDRESS);
	check_eq(page_fill(pa(0), PAGE_2M, PAGE_GUEST), ERR_ADDRESS);
	check_eq(state(START + BYTES - PAGE_2M), PAGE_NONE);
}

static void settle_unclaimed_4k(void)
{
	page_settle(pa(START), SIZE_4K, PAGE_GUEST);
}

static void settle_unclaimed_2m(void)
{
	page_settle(pa(START), SIZE_2M, PAGE_GUEST);
}

static void settle_outside(void)
{
	page_settle(pa(START + BYTES), SIZE_4K, PAGE_GUEST);
}

declare_test(page_settle_without_claim)
{
	fresh();
	check_eq(host_stops(settle_unclaimed_4k), REASON_BUG);
	check_eq(host_stops(settle_unclaimed_2m), REASON_BUG);
	check_eq(host_stops(settle_outside), REASON_BUG);
}

/* ---- several threads: a claim is exclusive, and nothing gets lost ---- */

#define THREADS 4U
#define ROUNDS 500000U
#define REGIONS 2U
#define CROWD 16U /* frames of one word, so that threads meet */

static _Atomic unsigned int holder[REGIONS * FRAMES_PER_2M];
static _Atomic unsigned int clashes, claims_2m;
static pthread_barrier_t start;

static void hold(uint64_t frame, unsigned int count, unsigned int me)
{
	for (unsigned int i = 0; i < count; i++)
		if (atomic_exchange(&holder[frame + i], me) != 0)
			atomic_fetch_add(&clashes, 1);
	for (unsigned int i = 0; i < count; i++)
		if (atomic_exchange(&holder[frame + i], 0) != me)
			atomic_fetch_add(&clashes, 1);
}

static void *work(void *arg)
{
	unsigned int me = (unsigned int)(uintptr_t)arg, random = me;

	pthread_barrier_wait(&start);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		random = random * 1103515245U + 12345U;
		enum page_size size = (random >> 16) % 16 == 0 ? SIZE_2M : SIZE_4K;
		uint64_t frame = (random >> 8) % REGIONS * FRAMES_PER_2M;

		if (size == SIZE_4K)
			frame += (random >> 20) % CROWD;
		if (claim(START + frame * PAGE_4K, size, PAGE_GUEST) != OK)
			continue;
		atomic_fetch_add(&claims_2m, size == SIZE_2M);
		hold(frame, size == SIZE_2M ? FRAMES_PER_2M : 1, me);
		page_settle(pa(START + frame * PAGE_4K), size, PAGE_GUEST);
	}
	return NULL;
}

declare_test(page_threads)
{
	pthread_t thread[THREADS];

	fresh();
	for (unsigned int i = 0; i < REGIONS; i++)
		put(START + i * PAGE_2M, SIZE_2M, PAGE_GUEST);
	check_eq(pthread_barrier_init(&start, NULL, THREADS), 0);
	for (unsigned int i = 0; i < THREADS; i++)
		check_eq(pthread_create(&thread[i], NULL, work, (void *)(uintptr_t)(i + 1)), 0);
	for (unsigned int i = 0; i < THREADS; i++)
		check_eq(pthread_join(thread[i], NULL), 0);
	check_eq(clashes, 0);
	check(claims_2m > 0);
	for (unsigned int i = 0; i < REGIONS * FRAMES_PER_2M; i++)
		check_eq(state(START + i * PAGE_4K), PAGE_GUEST);
}
