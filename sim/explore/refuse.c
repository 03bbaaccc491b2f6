/* SPDX-License-Identifier: MIT */
/* What a hypervisor can do instead of what it is asked for. */
#include "explore.h"

#include <snp/ghcb_page.h>
#include <snp/lie.h>
#include <svsm/vmsa.h>

#include <string.h>

static bool asks_to_run(const struct host_op *op)
{
	uint64_t code = 0;

	if (op->kind == HOST_VMGEXIT && is_aligned(op->gpa, PAGE_4K))
		memcpy(&code, host_page(op->gpa) + GHCB_PAGE_CODE, sizeof(code));
	return code == GHCB_NAE_RUN_VMPL;
}

/* Of a save area that is frozen, and not by its own CPU. */
static bool is_others_efer(const struct host_op *op)
{
	uint64_t page = op->gpa - VMSA_EFER, spa, efer;

	if (!is_aligned(page, PAGE_4K) || !snp_gpa_to_spa(&host.snp, page, &spa) ||
	    !snp_rmp_head(&host.snp, spa)->vmsa)
		return false;
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		if (world_busy(cpu) && host.guest_of[cpu].vmsa == page)
			return false;
	memcpy(&efer, host_page(page) + VMSA_EFER, sizeof(efer));
	return (efer & EFER_SVME) == 0;
}

unsigned int refuse_ways(const struct host_op *op)
{
	switch (op->kind) {
	case HOST_FLUSH:
	case HOST_WORD:
		return 0;
	case HOST_VMGEXIT:
		return 1U << HOW_CODE | 1U << HOW_WRONG | (asks_to_run(op) ? 1U << HOW_RUN : 0);
	case HOST_PVALIDATE:
		return 1U << HOW_CODE | 1U << HOW_TAKEN | 1U << HOW_WRONG;
	case HOST_RMPADJUST:
		return 1U << HOW_CODE | 1U << HOW_TAKEN;
	case HOST_LOAD:
		return 1U << HOW_TAKEN | (is_others_efer(op) ? 1U << HOW_VOID : 0);
	default:
		return 1U << HOW_TAKEN;
	}
}

static void run_on(uint64_t efer)
{
	words_page(efer, true);
	host_page(efer)[efer % PAGE_4K + 1] |= EFER_SVME >> 8;
}

/*
 * By GHCB page: see lie.h. By MSR: no answer at all; or the one that belongs to
 * the request, with nothing in it.
 */
static void answer(unsigned int cpu, uint64_t ghcb, bool is_wrong)
{
	if (is_aligned(ghcb, PAGE_4K))
		snp_lie_answer(host_page(ghcb), !is_wrong);
	else
		host.snp.vcpu[cpu].ghcb_msr[0] = is_wrong ? ghcb % PAGE_4K + 1 : 0;
}

/* Nobody can use the page any more until it is validated again. */
static void take_away(const struct host_op *op)
{
	words_page(op->gpa, true);
	(void)snp_page_state(&host.snp, op->gpa & ~(size_bytes(op->size) - 1), op->size == SIZE_2M,
			     false);
}

static uint32_t code_of(enum host_kind kind, enum explore_how way)
{
	if (kind != HOST_PVALIDATE)
		return RMP_FAIL_INUSE;
	return way == HOW_WRONG ? HOST_UNCHANGED : RMP_FAIL_SIZEMISMATCH;
}

void refuse(unsigned int cpu, const struct host_op *op, enum explore_how way)
{
	if (way == HOW_VOID) {
		run_on(op->gpa);
		return;
	}
	/* Rights that cannot be given back are the guest's loss: it hears of it. */
	host.lied |= op->kind == HOST_RMPADJUST || way == HOW_TAKEN || way == HOW_WRONG;
	if (way == HOW_TAKEN) {
		take_away(op);
		return;
	}
	if (op->kind == HOST_VMGEXIT)
		answer(cpu, op->gpa, way == HOW_WRONG);
	host_fail(op->kind, 1, code_of(op->kind, way));
}

void refuse_run(unsigned int cpu, const struct host_op *op)
{
	if (asks_to_run(op))
		refuse(cpu, op, HOW_CODE);
}
