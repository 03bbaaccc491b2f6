/* SPDX-License-Identifier: MIT */
/* The MSR protocol with a hypervisor that answers as it likes, and the way out. [ghcb 4] */
#include "test.h"

#include <snp/host.h>
#include <svsm/ghcb.h>
#include <svsm/msrproto.h>

static const pa_t page = { HOST_SVSM_GPA + PAGE_2M };
static uint64_t said, asked;

static uint32_t answer(const struct host_op *op)
{
	if (op->kind != HOST_VMGEXIT)
		return 0;
	asked = op->gpa;
	hw_set_ghcb_msr(said);
	return 1;
}

static enum err psc(bool to_private, uint64_t reply)
{
	host_new(1);
	host.hook = answer;
	said = reply;
	return msr_psc(page, to_private);
}

declare_test(msr_psc_done)
{
	check_eq(psc(true, GHCB_MSR_PSC_RESP), OK);
	check_eq(asked, page.raw | 1ULL << 52 | GHCB_MSR_PSC_REQ);
}

declare_test(msr_psc_to_shared)
{
	check_eq(psc(false, GHCB_MSR_PSC_RESP), OK);
	check_eq(asked, page.raw | 2ULL << 52 | GHCB_MSR_PSC_REQ);
}

declare_test(msr_psc_refused)
{
	check_eq(psc(true, 1ULL << 32 | GHCB_MSR_PSC_RESP), ERR_HOST);
}

static void nonsense(void)
{
	(void)psc(true, 1ULL << 12 | GHCB_MSR_PSC_RESP);
}

declare_test(msr_psc_nonsense)
{
	check_eq(host_stops(nonsense), REASON_GHCB_REPLY);
}

static void terminate(void)
{
	msr_terminate(REASON_SET, REASON_MACHINE);
}

declare_test(msr_terminate_says_why)
{
	host_new(1);
	(void)host_stops(terminate);
	check(host.snp.terminated);
	check_eq(host.snp.term_set, REASON_SET);
	check_eq(host.snp.term_code, REASON_MACHINE);
}
