/* SPDX-License-Identifier: MIT */
/* REMAP_CA [svsm 6.0]: each row, and what happens to the two pages. */
#include <snp/host.h>
#include <svsm/abi.h>
#include <svsm/page.h>
#include <svsm/vmsa.h>

#include "test.h"

#include <string.h>

#define NEW_CA (HOST_LIST + PAGE_4K)

static enum page_state state(uint64_t gpa)
{
	enum page_state now;

	check_eq(page_state(pa(gpa), &now), OK);
	return now;
}

static uint64_t remap(uint64_t ca)
{
	return host_call(SVSM_CORE_REMAP_CA, ca);
}

static void ready(void)
{
	host_new(1);
	host_serve(EV_START);
	check_eq(state(HOST_CA), PAGE_USED);
	check_eq(state(NEW_CA), PAGE_GUEST);
}

declare_test(remap_moves)
{
	ready();
	memset(host_page(NEW_CA), 0xff, PAGE_4K);
	check_eq(remap(NEW_CA), SVSM_SUCCESS);
	check_eq(state(HOST_CA), PAGE_GUEST);
	check_eq(state(NEW_CA), PAGE_USED);
	check_eq(host_page(HOST_CA)[SVSM_CA_PENDING], 0);
	for (unsigned int i = 0; i < 8; i++)
		check_eq(host_page(NEW_CA)[i], 0);
	check_eq(host_page(NEW_CA)[8], 0xff);
	check_eq(host_get(VMSA_RCX), NEW_CA);
	check(host_guest_may(NEW_CA, SNP_WRITE) && host_guest_may(HOST_CA, SNP_WRITE));
	/* The next request is in the new one; back again. */
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
	check_eq(remap(HOST_CA), SVSM_SUCCESS);
	check_eq(state(NEW_CA), PAGE_GUEST);
}

/* coconut.md 5.3 O5: refused there, though meant to be a no-op. */
declare_test(remap_to_where_it_is)
{
	ready();
	check_eq(remap(HOST_CA), SVSM_SUCCESS);
	check_eq(state(HOST_CA), PAGE_USED);
	check_eq(host_page(HOST_CA)[SVSM_CA_PENDING], 0);
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
}

declare_test(remap_refused)
{
	const struct {
		uint64_t ca;
		uint32_t result;
	} rows[] = {
		{ NEW_CA + 8, SVSM_ERR_INVALID_PARAMETER }, /* coconut once took 8-byte alignment */
		{ 1, SVSM_ERR_INVALID_PARAMETER },
		{ 0x200000, SVSM_ERR_INVALID_ADDRESS }, /* not validated */
		{ HOST_HOLE, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_RAM, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_SVSM_GPA, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_SVSM_GPA + PAGE_2M + 0x3000, SVSM_ERR_INVALID_ADDRESS }, /* free frame */
		{ HOST_SVSM_GPA + HOST_SVSM_BYTES - PAGE_4K, SVSM_ERR_INVALID_ADDRESS },
		{ 1ULL << 51 | NEW_CA, SVSM_ERR_INVALID_ADDRESS }, /* linux-svsm #47: the C-bit */
		{ 1ULL << 63 | NEW_CA, SVSM_ERR_INVALID_ADDRESS },
		{ ~0xfffULL, SVSM_ERR_INVALID_ADDRESS },
	};

	ready();
	check_eq(remap(host.vcpu->vmsa.raw), SVSM_ERR_INVALID_ADDRESS);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_eq((uint64_t)i << 32 | remap(rows[i].ca), (uint64_t)i << 32 | rows[i].result);
		check_eq(host_page(HOST_CA)[SVSM_CA_PENDING], 0);
		check_eq(host.vcpu->ca.raw, HOST_CA);
	}
	check_eq(state(NEW_CA), PAGE_GUEST);
	check_eq(state(0x200000), PAGE_NONE);
}

declare_test(remap_in_flight)
{

	ready();
	check_eq(page_claim(pa(NEW_CA), SIZE_4K, PAGE_GUEST), OK);
	check_eq(remap(NEW_CA), SVSM_ERR_BUSY);
	page_settle(pa(NEW_CA), SIZE_4K, PAGE_GUEST);
	check_eq(remap(NEW_CA), SVSM_SUCCESS);
}

/* The page is the guest's by the record, but the hypervisor has taken it. */
declare_test(remap_to_page_taken_away)
{
	ready();
	check(snp_page_state(&host.snp, NEW_CA, false, false));
	check_eq(remap(NEW_CA), SVSM_ERR_INVALID_ADDRESS);
	check_eq(state(NEW_CA), PAGE_GUEST);
	check_eq(state(HOST_CA), PAGE_USED);
}

/* The answer is in the old one before that is the guest's again. */
static bool seen_used;

static uint32_t look_at_old(const struct host_op *op)
{
	if (op->kind == HOST_STORE && op->gpa == HOST_CA)
		seen_used = state(HOST_CA) == PAGE_USED && state(NEW_CA) == PAGE_USED;
	return 0;
}

declare_test(order_remap_gives_back_last)
{
	ready();
	host.hook = look_at_old;
	check_eq(remap(NEW_CA), SVSM_SUCCESS);
	check(seen_used);
}
