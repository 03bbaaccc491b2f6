/* SPDX-License-Identifier: MIT */
/* The list of PVALIDATE [svsm 6.1]: where it may be, `next`, bounds, resuming. */
#include "pv.h"

#include <svsm/vmsa.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

/* A list of one entry at any address, made by the guest. */
static uint32_t call_at(uint64_t list)
{
	return (uint32_t)host_call(SVSM_CORE_PVALIDATE, list);
}

static void put_list(uint64_t at, uint16_t count, uint64_t first)
{
	for (unsigned int i = 0; i < count; i++) {
		uint64_t entry = V4(first + i * PAGE_4K);

		memcpy(host_page(at) + at % PAGE_4K + 8 + 8 * i, &entry, 8);
	}
	memset(host_page(at) + at % PAGE_4K, 0, 8);
	memcpy(host_page(at) + at % PAGE_4K, &count, 2);
}

declare_test(list_where_it_may_be)
{
	pv_ready(1);
	put_list(HOST_LIST + 0xff0, 1, PAGE_NEW);
	check_eq(call_at(HOST_LIST + 0xff0), SVSM_SUCCESS);
	put_list(HOST_CA + 8, 510, REGION_NEW);
	check_eq(call_at(HOST_CA + 8), SVSM_SUCCESS);
	check_eq(host_page(HOST_CA)[8 + SVSM_LIST_NEXT], 510 & 0xff);
	check_eq(host_get(VMSA_RCX), HOST_CA + 8);
	put_list(HOST_LIST, 511, 2 * REGION_NEW);
	check_eq(call_at(HOST_LIST), SVSM_SUCCESS);
	check_eq(pv_state(HOST_LIST), PAGE_GUEST);
	check_eq(pv_state(2 * REGION_NEW + 510 * PAGE_4K), PAGE_GUEST);
	check_eq(pv_state(2 * REGION_NEW + 511 * PAGE_4K), PAGE_NONE);
}

declare_test(list_refused)
{
	const struct {
		uint64_t list;
		uint32_t result;
	} rows[] = {
		{ HOST_LIST + 4, SVSM_ERR_INVALID_PARAMETER },
		{ HOST_LIST + 0xff8, SVSM_ERR_INVALID_PARAMETER }, /* the entry is over the edge */
		{ PAGE_NEW, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_HOLE, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_RAM, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_SVSM_GPA + 0x5000, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_SVSM_GPA + PAGE_2M, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_SVSM_GPA + HOST_SVSM_BYTES - PAGE_4K, SVSM_ERR_INVALID_ADDRESS },
		{ 1ULL << 51 | HOST_LIST, SVSM_ERR_INVALID_ADDRESS },
		{ 1ULL << 63 | HOST_LIST, SVSM_ERR_INVALID_ADDRESS },
		{ ~7ULL, SVSM_ERR_INVALID_ADDRESS },
	};

	pv_ready(1);
	put_list(HOST_LIST, 1, PAGE_NEW);
	memset(host_page(HOST_LIST) + 0xff8, 1, 1); /* count 1, next 0 */
	for (unsigned int i = 0; i < ROWS(rows); i++)
		check_eq((uint64_t)i << 32 | call_at(rows[i].list),
			 (uint64_t)i << 32 | rows[i].result);
	check_eq(pv_state(HOST_LIST), PAGE_GUEST);
	check_eq(host_log_count(HOST_PVALIDATE), 0);
}

declare_test(list_header)
{
	uint64_t entries[SVSM_LIST_MAX];

	pv_ready(1);
	for (unsigned int i = 0; i < SVSM_LIST_MAX; i++)
		entries[i] = V4(PAGE_NEW + i * PAGE_4K);
	check_eq(host_pvalidate(entries, 0, 0), SVSM_ERR_INVALID_PARAMETER);
	check_eq(host_pvalidate(entries, 3, 3), SVSM_ERR_INVALID_PARAMETER);
	check_eq(host_next(), 3);
	check_eq(host_pvalidate(entries, 3, 0xffff), SVSM_ERR_INVALID_PARAMETER);
	check_eq(host_next(), 0xffff);
	put_list(HOST_CA + 8, 1, PAGE_NEW);
	host_page(HOST_CA)[8] = 0xff; /* 511 entries are one too many here */
	host_page(HOST_CA)[9] = 1;
	check_eq(call_at(HOST_CA + 8), SVSM_ERR_INVALID_PARAMETER);
	check_eq(pv_state(PAGE_NEW), PAGE_NONE);
	check_eq(pv_state(HOST_LIST), PAGE_GUEST);
}

/* linux-svsm began at entry 0 whatever `next` said. */
declare_test(list_resumes_at_next)
{
	const uint64_t entries[] = { V4(PAGE_NEW), V4(PAGE_NEW + PAGE_4K),
				     V4(PAGE_NEW + 2 * PAGE_4K) };

	pv_ready(1);
	check_eq(host_pvalidate(entries, 3, 1), SVSM_SUCCESS);
	check_eq(host_next(), 3);
	check_eq(pv_state(PAGE_NEW), PAGE_NONE);
	check_eq(pv_state(PAGE_NEW + PAGE_4K), PAGE_GUEST);
	check_eq(pv_state(PAGE_NEW + 2 * PAGE_4K), PAGE_GUEST);
}

declare_test(list_stops_at_bad_entry)
{
	static const struct {
		uint64_t entry;
		uint32_t result;
	} rows[] = {
		{ V4(PAGE_NEW) | 2, SVSM_ERR_INVALID_PARAMETER },
		{ V4(PAGE_NEW) | 0x10, SVSM_ERR_INVALID_PARAMETER },
		{ V4(PAGE_NEW) | 0x800, SVSM_ERR_INVALID_PARAMETER },
		{ V2(PAGE_NEW + PAGE_4K), SVSM_ERR_INVALID_PARAMETER },
		{ V4(HOST_HOLE), SVSM_ERR_INVALID_ADDRESS },
		{ V4(PAGE_OLD), SVSM_ERR_RMP_UNCHANGED },
	};

	pv_ready(1);
	for (unsigned int i = 0; i < ROWS(rows); i++) {
		const uint64_t entries[] = { V4(REGION_NEW + 2 * i * PAGE_4K), rows[i].entry,
					     V4(REGION_NEW + (2 * i + 1) * PAGE_4K) };

		check_eq(host_pvalidate(entries, 3, 0), rows[i].result);
		check_eq(host_next(), 1);
		check_eq(pv_state(REGION_NEW + 2 * i * PAGE_4K), PAGE_GUEST);
		check_eq(pv_state(REGION_NEW + (2 * i + 1) * PAGE_4K), PAGE_NONE);
		check_eq(pv_state(HOST_LIST), PAGE_GUEST);
	}
}

#define MANY 12U
#define ONCE (PVALIDATE_CALL_BYTES / PAGE_2M)

/* A bounded amount of work, no claim held, the exact place; the same call goes on. */
declare_test(list_incomplete)
{
	uint64_t entries[MANY];

	pv_ready(1);
	for (unsigned int i = 0; i < MANY; i++)
		entries[i] = V2((i + 1) * PAGE_2M);
	check_eq(host_pvalidate(entries, MANY, 0), SVSM_ERR_INCOMPLETE);
	check_eq(host_next(), ONCE);
	check_eq(host_log_count(HOST_ZERO), ONCE);
	for (unsigned int i = 0; i < MANY; i++)
		check_eq(pv_state((i + 1) * PAGE_2M), i < ONCE ? PAGE_GUEST : PAGE_NONE);
	check_eq(pv_state(HOST_LIST), PAGE_GUEST);
	check_eq(call_at(HOST_LIST), SVSM_SUCCESS);
	check_eq(host_next(), MANY);
	check_eq(host_log_count(HOST_ZERO), MANY - ONCE);
	for (unsigned int i = 0; i < MANY; i++)
		check_eq(pv_state((i + 1) * PAGE_2M), PAGE_GUEST);
}

/* Exactly the bound is complete: INCOMPLETE never comes with nothing left to do. */
declare_test(list_complete_at_the_bound)
{
	uint64_t entries[ONCE];

	pv_ready(1);
	for (unsigned int i = 0; i < ONCE; i++)
		entries[i] = V2((i + 1) * PAGE_2M);
	check_eq(host_pvalidate(entries, ONCE, 0), SVSM_SUCCESS);
	check_eq(host_next(), ONCE);
}

/* A page rescinded and wanted again in one list: after the flush, by the next call. */
declare_test(list_same_page_again)
{
	const uint64_t entries[] = { R4(PAGE_OLD), V4(PAGE_OLD) };

	pv_ready(1);
	memset(host_page(PAGE_OLD), 0x5a, PAGE_4K);
	check_eq(host_pvalidate(entries, 2, 0), SVSM_ERR_INCOMPLETE);
	check_eq(host_next(), 1);
	check_eq(host_log_count(HOST_FLUSH), 1);
	check_eq(pv_state(PAGE_OLD), PAGE_NONE);
	check_eq(call_at(HOST_LIST), SVSM_SUCCESS);
	check_eq(host_next(), 2);
	check_eq(pv_state(PAGE_OLD), PAGE_GUEST);
	check(pv_is_zero(PAGE_OLD, PAGE_4K));
}

/* The same with the second entry inside the first one's 2 MiB, and around its 4 KiB. */
declare_test(list_same_page_inside)
{
	const uint64_t entries[] = { R2(REGION_NEW), V4(REGION_NEW + 5 * PAGE_4K) };

	pv_ready(1);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	check_eq(host_pvalidate(entries, 2, 0), SVSM_ERR_INCOMPLETE);
	check_eq(host_next(), 1);
	check_eq(call_at(HOST_LIST), SVSM_SUCCESS);
}

declare_test(list_same_page_around)
{
	const uint64_t entries[] = { R4(REGION_NEW + 5 * PAGE_4K), R2(REGION_NEW) };

	pv_ready(1);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	check_eq(host_pvalidate(entries, 2, 0), SVSM_ERR_INCOMPLETE);
	check_eq(call_at(HOST_LIST), FAIL(RMP_FAIL_SIZEMISMATCH));
	check_eq(host_next(), 1);
}

/* Another vCPU has it in flight: repeat the call. */
declare_test(list_busy)
{
	const uint64_t entries[] = { V4(PAGE_NEW), V2(REGION_NEW) };

	pv_ready(1);
	check_eq(page_claim(pa(REGION_NEW + PAGE_4K), SIZE_4K, PAGE_NONE), OK);
	check_eq(host_pvalidate(entries, 2, 0), SVSM_ERR_BUSY);
	check_eq(host_next(), 1);
	page_settle(pa(REGION_NEW + PAGE_4K), SIZE_4K, PAGE_NONE);
	check_eq(call_at(HOST_LIST), SVSM_SUCCESS);
	check_eq(page_claim(pa(HOST_LIST), SIZE_4K, PAGE_GUEST), OK);
	check_eq(call_at(HOST_LIST), SVSM_ERR_BUSY);
	page_settle(pa(HOST_LIST), SIZE_4K, PAGE_GUEST);
}

/* The list goes away while it is worked on: the work stands, the answer says so. */
static uint32_t take_list(const struct host_op *op)
{
	return op->kind == HOST_COPY_OUT && op->gpa == HOST_LIST + SVSM_LIST_NEXT ? HW_FAULT : 0;
}

declare_test(list_taken_away)
{
	pv_ready(1);
	host.hook = take_list;
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_state(PAGE_NEW), PAGE_GUEST);
	check_eq(pv_state(HOST_LIST), PAGE_GUEST);
	host_fail(HOST_COPY_IN, 1, HW_FAULT);
	check_eq(pv_one(V4(PAGE_NEW + PAGE_4K)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_state(PAGE_NEW + PAGE_4K), PAGE_NONE);
	check_eq(pv_state(HOST_LIST), PAGE_GUEST);
}
