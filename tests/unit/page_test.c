/* SPDX-License-Identifier: MIT */
/* The record of page state, step by step and by several threads at once. */
#include <snp/host.h>
#include <svsm/frame.h>
#include <svsm/page.h>

#include "test.h"

#include <pthread.h>
#include <stdlib.h>

#define START 0x200000ULL
#define BYTES (8 * PAGE_2M)

static shared8 region[16];
static struct page_row row[16 * ROWS_PER_2M];

static enum err add(uint64_t start, uint64_t bytes)
{
	return page_add_range(pa(start), bytes, region, sizeof(region), row);
}

static void fresh(void)
{
	check(page_regions(pa(START), BYTES) <= sizeof(region));
	check_eq(add(START, BYTES), OK);
}

static enum err claim(uint64_t at, enum page_size size, enum page_state from)
{
	return page_claim(pa(at), size, from);
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
	check_eq(add(START + BYTES, 0), ERR_ADDRESS);
	check_eq(add(START + BYTES + 1, PAGE_4K), ERR_ADDRESS);
	check_eq(add(START + BYTES, PAGE_4K + 8), ERR_ADDRESS);
	check_eq(add(0, START + PAGE_4K), ERR_ADDRESS);
	check_eq(add(START + BYTES - PAGE_4K, PAGE_2M), ERR_ADDRESS);
	check_eq(add(~0xfffULL, PAGE_2M), ERR_ADDRESS);
	for (uint64_t i = 1; i < PAGE_RANGES; i++)
		check_eq(add(i << 30, PAGE_4K), OK);
	check_eq(add(1ULL << 40, PAGE_4K), ERR_NO_MEMORY);
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
	fresh();
	check_eq(state(START), PAGE_NONE);
	put(START + PAGE_4K, SIZE_4K, PAGE_GUEST);
	check_eq(state(START), PAGE_NONE);
	check_eq(state(START + PAGE_4K), PAGE_GUEST);
	check_eq(state(START + 2 * PAGE_4K), PAGE_NONE);
	check_eq(page_claim(pa(START + PAGE_4K), SIZE_4K, PAGE_NONE), ERR_STATE);
	check_eq(claim(START + PAGE_4K, SIZE_4K, PAGE_GUEST), OK);
	check_eq(claim(START + PAGE_4K, SIZE_4K, PAGE_GUEST), ERR_BUSY);
	check_eq(claim(START + PAGE_4K, SIZE_4K, PAGE_NONE), ERR_BUSY);
	page_settle(pa(START + PAGE_4K), SIZE_4K, PAGE_NONE);
	check_eq(state(START + PAGE_4K), PAGE_NONE);
}

declare_test(page_claim_2m)
{
	fresh();
	put(START + PAGE_2M, SIZE_2M, PAGE_GUEST);
	for (uint64_t at = 0; at < PAGE_2M; at += PAGE_4K)
		check_eq(state(START + PAGE_2M + at), PAGE_GUEST);
	check_eq(state(START + PAGE_2M - PAGE_4K), PAGE_NONE);
	check_eq(state(START + 2 * PAGE_2M), PAGE_NONE);
	check_eq(page_claim(pa(START + PAGE_2M), SIZE_2M, PAGE_NONE), ERR_STATE);
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

/* What vCPUs in neighbouring regions change is on cache lines of their own. */
declare_test(page_neighbours)
{
	static shared8 wide[PAGE_4K] __attribute__((aligned(64)));
	bool changed[sizeof(wide) / 64] = { false };
	unsigned int lines = 0;

	check_eq(page_region_bytes(pa(START), BYTES), sizeof(wide));
	check_eq(page_add_range(pa(START), BYTES, wide, sizeof(wide), row), OK);
	for (uint64_t at = 0; at < BYTES; at += PAGE_2M)
		check_eq(claim(START + at, SIZE_2M, PAGE_NONE), OK);
	for (unsigned int i = 0; i < sizeof(wide); i++) {
		if (shared8_load(&wide[i]) == 0)
			continue;
		check(!changed[i / 64]);
		changed[i / 64] = true;
		lines++;
	}
	check_eq(lines, BYTES / PAGE_2M);
}

/* A range need not be 2 MiB aligned: two of them make a hole. */
declare_test(page_hole)
{
	check_eq(page_regions(pa(0), 0xa0000), 1);
	check_eq(page_regions(pa(0x100000), PAGE_2M), 2);
	check_eq(page_add_range(pa(0), 0xa0000, &region[0], 1, &row[0]), OK);
	check_eq(page_add_range(pa(0x100000), PAGE_2M, &region[2], 2, &row[ROWS_PER_2M]), OK);
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
	check_eq(page_fill(pa(START + PAGE_2M), 2 * PAGE_2M), OK);
	check_eq(state(START + PAGE_2M - PAGE_4K), PAGE_NONE);
	for (uint64_t at = PAGE_2M; at < 3 * PAGE_2M; at += PAGE_4K)
		check_eq(state(START + at), PAGE_GUEST);
	check_eq(state(START + 3 * PAGE_2M), PAGE_NONE);
	check_eq(page_fill(pa(START + BYTES - PAGE_2M), 2 * PAGE_2M), ERR_ADDRESS);
	check_eq(page_fill(pa(0), PAGE_2M), ERR_ADDRESS);
	check_eq(state(START + BYTES - PAGE_2M), PAGE_NONE);
}

/* Runs cross rows and regions, and stop at the first page that is not to be had. */
declare_test(page_runs)
{
	fresh();
	check_eq(page_claim_run(pa(START + 60 * PAGE_4K), 500, PAGE_NONE), 500);
	check_eq(state(START + 59 * PAGE_4K), PAGE_NONE);
	for (unsigned int i = 60; i < 560; i++)
		check_eq(state(START + i * PAGE_4K), PAGE_USED);
	check_eq(state(START + 560 * PAGE_4K), PAGE_NONE);
	page_settle_run(pa(START + 60 * PAGE_4K), 500, PAGE_GUEST);
	check_eq(state(START + 559 * PAGE_4K), PAGE_GUEST);
	check_eq(claim(START + 100 * PAGE_4K, SIZE_4K, PAGE_GUEST), OK);
	check_eq(page_claim_run(pa(START + 60 * PAGE_4K), 500, PAGE_GUEST), 40);
	check_eq(page_claim_run(pa(START + 100 * PAGE_4K), 3, PAGE_GUEST), 0);
	check_eq(page_claim_run(pa(START + BYTES - 2 * PAGE_4K), 5, PAGE_NONE), 2);
	page_settle_run(pa(START + 60 * PAGE_4K), 41, PAGE_NONE);
	check_eq(state(START + 100 * PAGE_4K), PAGE_NONE);
	check_eq(state(START + 101 * PAGE_4K), PAGE_GUEST);
}

/* With a tag in the low bits of each, which ends the list where it changes. */
declare_test(page_lists)
{
	const uint64_t list[] = { START + 3 * PAGE_4K + 5, START + PAGE_2M + 5, START + 5,
				  START + BYTES - PAGE_4K + 5, START + BYTES + 5 };
	const uint64_t other[] = { START + 8 * PAGE_4K, START + 4 * PAGE_4K + 1 };
	struct page_row *at[5];

	fresh();
	check_eq(page_claim_list(list, 5, SIZE_4K, 5, PAGE_NONE, at), 4);
	for (unsigned int i = 0; i < 4; i++)
		check_eq(state(list[i] - 5), PAGE_USED);
	check_eq(state(START + PAGE_4K), PAGE_NONE);
	page_settle_list(list, SIZE_4K, 4, PAGE_GUEST, at);
	for (unsigned int i = 0; i < 4; i++)
		check_eq(state(list[i] - 5), PAGE_GUEST);
	check_eq(page_claim_list(list, 5, SIZE_4K, 5, PAGE_NONE, at), 0);
	check_eq(page_claim_list(list, 5, SIZE_4K, 3, PAGE_GUEST, at), 3);
	page_settle_list(list, SIZE_4K, 3, PAGE_NONE, at);
	check_eq(state(START), PAGE_NONE);
	check_eq(page_claim_list(other, 0, SIZE_4K, 2, PAGE_NONE, at), 1);
	check_eq(state(START + 4 * PAGE_4K), PAGE_NONE);
}

/* A region of which all was claimed at once is one again: its rows are not looked at. */
declare_test(page_joined)
{
	fresh();
	put(START + PAGE_4K, SIZE_4K, PAGE_GUEST);
	check_eq(claim(START + PAGE_4K, SIZE_4K, PAGE_GUEST), OK);
	page_settle(pa(START + PAGE_4K), SIZE_4K, PAGE_NONE);
	put(START, SIZE_2M, PAGE_GUEST);
	row[3].ready = 0;
	check_eq(state(START + 3 * ROW_BYTES), PAGE_GUEST);
	check_eq(claim(START + 3 * ROW_BYTES, SIZE_4K, PAGE_GUEST), OK);
	check_eq(state(START + 3 * ROW_BYTES), PAGE_USED);
	check_eq(state(START + 3 * ROW_BYTES + PAGE_4K), PAGE_GUEST);
	check_eq(state(START + 7 * ROW_BYTES), PAGE_GUEST);
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
#define CROWD 16U /* frames of one row, so that threads meet */

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
