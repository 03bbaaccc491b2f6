/* SPDX-License-Identifier: MIT */
/* Lazy acceptance of the SVSM's memory, and what a hypervisor may do to it. */
#include <snp/host.h>
#include <svsm/abi.h>
#include <svsm/accept.h>
#include <svsm/frame.h>
#include <svsm/page.h>

#include "test.h"

/* The image has the first region, the save area the second. */
#define REGION (HOST_SVSM_GPA + 2 * PAGE_2M)

static enum page_state state(uint64_t gpa)
{
	enum page_state now;

	check_eq(frame_state(pa(gpa), &now), OK);
	return now;
}

declare_test(accept_one_region)
{
	uint8_t byte;

	host_new(1);
	check_eq(accept_more(), OK);
	check_eq(state(REGION), PAGE_FREE);
	check_eq(state(REGION + PAGE_2M - PAGE_4K), PAGE_FREE);
	check_eq(state(REGION + PAGE_2M), PAGE_NONE);
	check_eq(host_log_count(HOST_PVALIDATE), 1);
	check_eq(hw_load8(pa(REGION + PAGE_2M - 1), &byte), OK);
	check(!host_guest_may(REGION, SNP_READ));
}

declare_test(accept_until_all_is_taken)
{
	unsigned int regions = 0;

	host_new(1);
	while (accept_more() == OK)
		regions++;
	check_eq(regions, HOST_SVSM_BYTES / PAGE_2M - 2);
	check_eq(accept_more(), ERR_NO_MEMORY);
}

/* A 2 MiB page state change is answered with 4 KiB pages. */
declare_test(accept_by_4k)
{
	host_new(1);
	for (uint64_t at = 0; at < PAGE_2M; at += PAGE_4K)
		check(snp_page_state(&host.snp, REGION + at, false, true));
	check_eq(accept_more(), OK);
	check_eq(host_log_count(HOST_PVALIDATE), 1 + FRAMES_PER_2M);
	check_eq(state(REGION + PAGE_2M - PAGE_4K), PAGE_FREE);
}

declare_test(accept_host_refuses)
{
	host_new(1);
	/* The slot is gone: the hypervisor cannot change the page's state. */
	host.snp.slot[1].bytes = 2 * PAGE_2M;
	check_eq(accept_more(), ERR_HOST);
	check_eq(state(REGION), PAGE_NONE);
	check_eq(host_log_count(HOST_PVALIDATE), 0);
	host.snp.slot[1].bytes = HOST_SVSM_BYTES;
	check_eq(accept_more(), OK);
}

static void accept(void)
{
	(void)!accept_more();
}

declare_test(accept_validated_already)
{
	host_new(1);
	host_fail(HOST_PVALIDATE, 1, HOST_UNCHANGED);
	check_eq(host_stops(accept), REASON_PVALIDATE);
	check_eq(host.detail, REGION);
}

/* What failed half-way is not tried again: nobody knows what is validated. */
declare_test(accept_pvalidate_fails)
{
	host_new(1);
	host_fail(HOST_PVALIDATE, 1, HW_FAULT);
	check_eq(accept_more(), ERR_RMP);
	check_eq(state(REGION), PAGE_USED);
	check_eq(accept_more(), OK);
	check_eq(state(REGION + PAGE_2M), PAGE_FREE);
}
