/* SPDX-License-Identifier: MIT */
/* One entry that fails half-way: what is undone, and what can be no more. */
#include "pv.h"

declare_test(undo_validate_zero_faults)
{
	pv_ready(1);
	host_fail(HOST_ZERO, 1, HW_FAULT);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_ERR_RMP_OTHER);
	check_eq(host_next(), 0);
	check_eq(host_log_count(HOST_FLUSH), 1);
	check_eq(pv_state(PAGE_NEW), PAGE_NONE);
	check(!pv_rmp(PAGE_NEW)->validated);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_SUCCESS);
}

/* VMPL1 had its rights already when VMPL2's failed. */
declare_test(undo_validate_grant_fails)
{
	pv_ready(2);
	host_fail(HOST_RMPADJUST, 2, RMP_FAIL_PERMISSION);
	check_eq(pv_one(V2(REGION_NEW)), FAIL(RMP_FAIL_PERMISSION));
	check_eq(pv_rmp(REGION_NEW)->perm[1], PERM_NONE);
	check(!pv_rmp(REGION_NEW)->validated);
	check_eq(pv_state(REGION_NEW), PAGE_NONE);
	check_eq(pv_state(REGION_NEW + PAGE_2M - PAGE_4K), PAGE_NONE);
	check_eq(host_log_count(HOST_FLUSH), 1);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
}

/* Not even the undoing works: the page may be validated with old contents. Withdrawn. */
static void withdraw(uint32_t undo)
{
	pv_ready(1);
	host_fail(HOST_ZERO, 1, HW_FAULT);
	host_fail(HOST_PVALIDATE, 2, undo);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_ERR_RMP_OTHER);
	check_eq(pv_state(PAGE_NEW), PAGE_USED);
	check(!host_guest_may(PAGE_NEW, SNP_READ));
	check_eq(pv_one(V4(PAGE_NEW) | CF), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(PAGE_NEW) | CF), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_call(SVSM_CORE_REMAP_CA, PAGE_NEW), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_call(SVSM_CORE_PVALIDATE, PAGE_NEW), SVSM_ERR_INVALID_ADDRESS);
}

declare_test(undo_impossible_fault)
{
	withdraw(HW_FAULT);
}

declare_test(undo_impossible_unchanged)
{
	withdraw(HOST_UNCHANGED);
}

declare_test(undo_impossible_revoke)
{
	pv_ready(1);
	host_fail(HOST_ZERO, 1, HW_FAULT);
	host_fail(HOST_RMPADJUST, 1, HW_FAULT);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_ERR_RMP_OTHER);
	check_eq(pv_state(PAGE_NEW), PAGE_USED);
}

/* Validated already though the record says not: only with ignore-CF, and then emptied. */
declare_test(undo_validate_unchanged)
{
	pv_ready(1);
	memset(host_page(PAGE_NEW), 0x5a, PAGE_4K);
	host_fail(HOST_PVALIDATE, 1, HOST_UNCHANGED);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_ERR_RMP_UNCHANGED);
	check_eq(pv_state(PAGE_NEW), PAGE_NONE);
	check_eq(host_log_count(HOST_RMPADJUST), 0);
	pv_split(PAGE_NEW);
	pv_rmp(PAGE_NEW)->validated = 1;
	check_eq(pv_one(V4(PAGE_NEW) | CF), SVSM_SUCCESS);
	check_eq(pv_state(PAGE_NEW), PAGE_GUEST);
	check(pv_is_zero(PAGE_NEW, PAGE_4K));
}

/* Rescind fails at the n-th step: the guest has its page as before. */
declare_test(undo_rescind)
{
	pv_ready(2);
	memset(host_page(PAGE_OLD), 0x5a, PAGE_4K);
	for (unsigned int n = 1; n <= 4; n++) {
		host_fail(n <= 3 ? HOST_RMPADJUST : HOST_PVALIDATE, n <= 3 ? n : 1, RMP_FAIL_INPUT);
		check_eq(pv_one(R4(PAGE_OLD)), FAIL(RMP_FAIL_INPUT));
		check_eq(host_next(), 0);
		check_eq(pv_state(PAGE_OLD), PAGE_GUEST);
		check_eq(pv_rmp(PAGE_OLD)->perm[1], PERM_ALL);
		check_eq(pv_rmp(PAGE_OLD)->perm[2], PERM_ALL);
		check_eq(host_page(PAGE_OLD)[0], 0x5a);
		check_eq(host_log_count(HOST_FLUSH), 0);
	}
	check_eq(pv_one(R4(PAGE_OLD)), SVSM_SUCCESS);
}

/* PVALIDATE found nothing to clear: whatever is mapped there, it stays the guest's. */
declare_test(undo_rescind_unchanged)
{
	pv_ready(1);
	host_fail(HOST_PVALIDATE, 1, HOST_UNCHANGED);
	check_eq(pv_one(R4(PAGE_OLD)), SVSM_ERR_RMP_UNCHANGED);
	check_eq(pv_state(PAGE_OLD), PAGE_GUEST);
	host_fail(HOST_PVALIDATE, 1, HOST_UNCHANGED);
	check_eq(pv_one(R4(PAGE_OLD) | CF), SVSM_SUCCESS);
	check_eq(pv_state(PAGE_OLD), PAGE_GUEST);
	check_eq(pv_one(V4(PAGE_OLD)), SVSM_ERR_RMP_UNCHANGED);
}
