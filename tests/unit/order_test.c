/* SPDX-License-Identifier: MIT */
/* The order of operations on the hardware, as the seam saw them. */
#include "pv.h"

#include <svsm/vmsa.h>

static unsigned int find(enum host_kind kind, uint64_t gpa, uint64_t argument)
{
	unsigned int at = host_log_find(kind, gpa, argument, 0);

	check(at != HOST_LOG);
	return at;
}

static void zero_before_grant(uint64_t entry, uint64_t gpa)
{
	unsigned int validated, zeroed;

	memset(host_page(gpa), 0xa5, PAGE_4K);
	check_eq(pv_one(entry), SVSM_SUCCESS);
	validated = find(HOST_PVALIDATE, gpa, 1);
	zeroed = find(HOST_ZERO, gpa, ~0ULL);
	check(validated < zeroed);
	check(zeroed < host_log_find(HOST_RMPADJUST, gpa, ~0ULL, 0));
	for (unsigned int vmpl = 1; vmpl <= host.vmpl; vmpl++)
		check(zeroed < find(HOST_RMPADJUST, gpa, HOST_ADJUST(vmpl, PERM_ALL, 0)));
}

declare_test(order_zero_before_grant)
{
	pv_ready(3);
	zero_before_grant(V4(PAGE_NEW), PAGE_NEW);
	zero_before_grant(V2(REGION_NEW), REGION_NEW);
}

static void revoke_before_rescind(uint64_t entry, uint64_t gpa)
{
	check_eq(pv_one(entry), SVSM_SUCCESS);
	for (unsigned int vmpl = 1; vmpl < SNP_VMPLS; vmpl++)
		check(find(HOST_RMPADJUST, gpa, HOST_ADJUST(vmpl, PERM_NONE, 0)) <
		      find(HOST_PVALIDATE, gpa, 0));
}

declare_test(order_revoke_before_rescind)
{
	pv_ready(1);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	revoke_before_rescind(R4(PAGE_OLD), PAGE_OLD);
	revoke_before_rescind(R2(REGION_NEW), REGION_NEW);
}

/* At the flush the pages are still in flight; nobody is told before it. */
static unsigned int flushes;

static uint32_t look_at_flush(const struct host_op *op)
{
	if (op->kind == HOST_FLUSH) {
		flushes++;
		check_eq(pv_state(PAGE_OLD), PAGE_USED);
		check_eq(pv_state(PAGE_OLD + PAGE_4K), PAGE_USED);
		check_eq(host_page(HOST_LIST)[SVSM_LIST_NEXT], 0);
	}
	return 0;
}

declare_test(order_flush_before_reuse)
{
	const uint64_t entries[] = { R4(PAGE_OLD), V4(PAGE_NEW), R4(PAGE_OLD + PAGE_4K) };
	unsigned int flushed, last;

	pv_ready(1);
	host.hook = look_at_flush;
	check(host_guest_may(PAGE_OLD, SNP_WRITE)); /* the guest's TLB knows it */
	check_eq(host_pvalidate(entries, 3, 0), SVSM_SUCCESS);
	check_eq(flushes, 1);
	flushed = find(HOST_FLUSH, 0, ~0ULL);
	last = find(HOST_PVALIDATE, PAGE_OLD + PAGE_4K, 0);
	check(last < flushed);
	check(flushed < find(HOST_COPY_OUT, HOST_LIST + SVSM_LIST_NEXT, ~0ULL));
	check(flushed < find(HOST_STORE, host.vcpu->vmsa.raw + VMSA_RAX, ~0ULL));
	check_eq(pv_state(PAGE_OLD), PAGE_NONE);
	check(!host_guest_may(PAGE_OLD, SNP_WRITE));
}

/* VMPL0's own translation of a page it has zeroed is old after a rescind, too. */
declare_test(order_flush_covers_vmpl0)
{
	uint8_t byte;

	pv_ready(1);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_SUCCESS);
	check_eq(hw_load8(pa(PAGE_NEW), &byte), OK);
	check_eq(pv_one(R4(PAGE_NEW)), SVSM_SUCCESS);
	check_eq(hw_load8(pa(PAGE_NEW), &byte), ERR_FAULT);
}

declare_test(order_no_flush_without_rescind)
{
	const uint64_t entries[] = { V4(PAGE_NEW), R4(REGION_NEW) | CF, V4(PAGE_OLD) | CF };

	pv_ready(1);
	check_eq(host_pvalidate(entries, 3, 0), SVSM_SUCCESS);
	check_eq(host_log_count(HOST_FLUSH), 0);
}

/* Two world switches a call: in by the guest, out by one VMGEXIT. */
declare_test(order_one_vmgexit_a_call)
{
	uint64_t entries[SVSM_LIST_MAX];

	pv_ready(1);
	for (unsigned int i = 0; i < SVSM_LIST_MAX; i++)
		entries[i] = V4(PAGE_NEW + i * PAGE_4K);
	check_eq(host_pvalidate(entries, SVSM_LIST_MAX, 0), SVSM_SUCCESS);
	check_eq(host_log_count(HOST_VMGEXIT), 1);
}

/* `next` is written while the page is held: it cannot be another vCPU's save area yet. */
static bool held;

static uint32_t look_at_list(const struct host_op *op)
{
	if (op->kind == HOST_COPY_OUT)
		held = pv_state(HOST_LIST) == PAGE_USED;
	return 0;
}

declare_test(order_next_before_release)
{
	pv_ready(1);
	host.hook = look_at_list;
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_SUCCESS);
	check(held);
	check_eq(pv_state(HOST_LIST), PAGE_GUEST);
}
