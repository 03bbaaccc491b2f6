/* SPDX-License-Identifier: MIT */
/* Batches of a PVALIDATE list: one that fails in its middle, and where they end. */
#include "pv.h"

#define PAGES 5U
#define STRIDE (3 * PAGE_4K)

/* A run, and pages anywhere. */
static const uint64_t apart[PAGES] = { 0, 7 * PAGE_4K, 3 * PAGE_4K, 600 * PAGE_4K, PAGE_4K };

static uint64_t page(bool run, unsigned int i)
{
	return PAGE_NEW + (run ? i * PAGE_4K : apart[i]);
}

static void fill(uint64_t *list, bool run, uint64_t flags)
{
	for (unsigned int i = 0; i < PAGES; i++)
		list[i] = page(run, i) | flags;
}

static void demand(bool run, unsigned int first, unsigned int end, enum page_state state)
{
	for (unsigned int i = first; i < end; i++) {
		check_eq(pv_state(page(run, i)), state);
		check_eq(pv_rmp(page(run, i))->validated, state == PAGE_GUEST);
		check_eq(host_guest_may(page(run, i), SNP_WRITE), state == PAGE_GUEST);
	}
}

/* The n-th operation of a kind fails: what is before that page is done, the rest undone. */
static void validate_fails(bool run, enum host_kind kind, uint32_t code, uint32_t result)
{
	uint64_t list[PAGES];

	for (unsigned int n = 1; n <= PAGES; n++) {
		fill(list, run, SVSM_ENTRY_VALIDATE);
		host_fail(kind, n, code);
		check_eq(host_pvalidate(list, PAGES, 0), result);
		check_eq(host_next(), n - 1);
		demand(run, 0, n - 1, PAGE_GUEST);
		demand(run, n - 1, PAGES, PAGE_NONE);
		check_eq(host_pvalidate(list, PAGES, (uint16_t)(n - 1)), SVSM_SUCCESS);
		demand(run, 0, PAGES, PAGE_GUEST);
		fill(list, run, 0);
		check_eq(host_pvalidate(list, PAGES, 0), SVSM_SUCCESS);
		demand(run, 0, PAGES, PAGE_NONE);
	}
}

declare_test(batch_validate_fails)
{
	pv_ready(1);
	validate_fails(false, HOST_PVALIDATE, RMP_FAIL_INPUT, FAIL(RMP_FAIL_INPUT));
	validate_fails(true, HOST_PVALIDATE, RMP_FAIL_INPUT, FAIL(RMP_FAIL_INPUT));
}

declare_test(batch_validate_unchanged)
{
	pv_ready(1);
	validate_fails(false, HOST_PVALIDATE, HOST_UNCHANGED, SVSM_ERR_RMP_UNCHANGED);
	validate_fails(true, HOST_PVALIDATE, HOST_UNCHANGED, SVSM_ERR_RMP_UNCHANGED);
}

declare_test(batch_zero_fails)
{
	pv_ready(1);
	validate_fails(false, HOST_ZERO, HW_FAULT, SVSM_ERR_RMP_OTHER);
	validate_fails(true, HOST_ZERO, HW_FAULT, SVSM_ERR_RMP_OTHER);
}

declare_test(batch_grant_fails)
{
	pv_ready(1);
	validate_fails(false, HOST_RMPADJUST, RMP_FAIL_PERMISSION, FAIL(RMP_FAIL_PERMISSION));
	validate_fails(true, HOST_RMPADJUST, RMP_FAIL_PERMISSION, FAIL(RMP_FAIL_PERMISSION));
}

/* Revoking is 3 operations a page, for VMPL 1, 2, 3 of all pages: the n-th fails. */
static void rescind_fails(bool run, enum host_kind kind, unsigned int n, unsigned int rescinded)
{
	uint64_t list[PAGES];

	fill(list, run, SVSM_ENTRY_VALIDATE);
	check_eq(host_pvalidate(list, PAGES, 0), SVSM_SUCCESS);
	host_page(page(run, PAGES - 1))[0] = 0x5a;
	fill(list, run, 0);
	host_fail(kind, n, RMP_FAIL_INPUT);
	check_eq(host_pvalidate(list, PAGES, 0), FAIL(RMP_FAIL_INPUT));
	check_eq(host_next(), rescinded);
	demand(run, 0, rescinded, PAGE_NONE);
	demand(run, rescinded, PAGES, PAGE_GUEST);
	check_eq(host_page(page(run, PAGES - 1))[0], 0x5a);
	check_eq(host_pvalidate(list, PAGES, (uint16_t)rescinded), SVSM_SUCCESS);
	demand(run, 0, PAGES, PAGE_NONE);
}

declare_test(batch_revoke_fails)
{
	pv_ready(1);
	for (unsigned int n = 1; n <= PAGES; n++) {
		rescind_fails(true, HOST_RMPADJUST, n, n - 1);
		rescind_fails(false, HOST_RMPADJUST, PAGES + n, n - 1);
		rescind_fails(true, HOST_RMPADJUST, 2 * PAGES + n, n - 1);
	}
}

declare_test(batch_rescind_fails)
{
	pv_ready(1);
	for (unsigned int n = 1; n <= PAGES; n++) {
		rescind_fails(true, HOST_PVALIDATE, n, n - 1);
		rescind_fails(false, HOST_PVALIDATE, n, n - 1);
	}
}

/* A page that is named twice ends a batch; the second entry is judged by itself. */
declare_test(batch_same_page_twice)
{
	const uint64_t list[] = { V4(PAGE_NEW), V4(PAGE_NEW + STRIDE), V4(PAGE_NEW),
				  V4(PAGE_NEW + 2 * STRIDE) };
	const uint64_t back[] = { R4(PAGE_NEW), R4(PAGE_NEW + STRIDE), V4(PAGE_NEW) };

	pv_ready(1);
	check_eq(host_pvalidate(list, 4, 0), SVSM_ERR_RMP_UNCHANGED);
	check_eq(host_next(), 2);
	check_eq(pv_state(PAGE_NEW), PAGE_GUEST);
	check_eq(pv_state(PAGE_NEW + 2 * STRIDE), PAGE_NONE);
	check_eq(host_pvalidate(back, 3, 0), SVSM_ERR_INCOMPLETE);
	check_eq(host_next(), 2);
}

/* Entries of every kind in one list, in order. */
declare_test(batch_mixed)
{
	const uint64_t list[] = {
		V4(PAGE_NEW),	V4(PAGE_NEW + PAGE_4K), V4(PAGE_NEW + 9 * PAGE_4K),
		V2(REGION_NEW), R4(PAGE_OLD),		V4(PAGE_NEW + 2 * PAGE_4K),
		R4(PAGE_NEW),	R4(PAGE_NEW + PAGE_4K), R2(REGION_NEW),
	};

	pv_ready(1);
	check_eq(host_pvalidate(list, 9, 0), SVSM_SUCCESS);
	check_eq(host_next(), 9);
	check_eq(pv_state(PAGE_NEW), PAGE_NONE);
	check_eq(pv_state(PAGE_NEW + PAGE_4K), PAGE_NONE);
	check_eq(pv_state(PAGE_NEW + 2 * PAGE_4K), PAGE_GUEST);
	check_eq(pv_state(PAGE_NEW + 9 * PAGE_4K), PAGE_GUEST);
	check_eq(pv_state(REGION_NEW), PAGE_NONE);
	check_eq(pv_state(PAGE_OLD), PAGE_NONE);
	check_eq(host_log_count(HOST_FLUSH), 1);
}

/* 2 MiB pages too go together only with their like. */
declare_test(batch_mixed_2m)
{
	const uint64_t list[] = { V2(REGION_NEW), V2(3 * REGION_NEW), R2(REGION_NEW) };

	pv_ready(1);
	check_eq(host_pvalidate(list, 3, 0), SVSM_SUCCESS);
	check_eq(pv_state(REGION_NEW), PAGE_NONE);
	check_eq(pv_state(3 * REGION_NEW), PAGE_GUEST);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
}

/* The page behind the last of the address space is not the first of it. */
declare_test(batch_wraps)
{
	const uint64_t list[] = { V4(~0xfffULL), V4(0ULL) };

	pv_ready(1);
	check_eq(host_pvalidate(list, 2, 0), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_next(), 0);
	check_eq(pv_state(0), PAGE_NONE);
	check_eq(host_pvalidate(list, 2, 1), SVSM_SUCCESS);
}
