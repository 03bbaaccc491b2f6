/* SPDX-License-Identifier: MIT */
/* The races of coconut-svsm's fix #320, each on every operation where it could be. */
#include "hostile.h"

#include <svsm/vmsa.h>

/* #320, first race: the VMSA bit was set before the fields were looked at. */
static unsigned int sealed;

static uint32_t not_sealed_yet(const struct host_op *op)
{
	if (op->kind == HOST_LOAD && op->gpa - VMSA_1 < PAGE_4K)
		check_eq(pv_rmp(VMSA_1)->vmsa, 0);
	sealed += op->kind == HOST_RMPADJUST && op->gpa == VMSA_1 &&
		  op->argument == HOST_ADJUST(1, PERM_R, 1);
	return 0;
}

declare_named(race_320_1, "guest #320: the VMSA bit comes after the checks")
{
	two_ready(1);
	host.hook = not_sealed_yet;
	host_build_vmsa(VMSA_1);
	host_page(VMSA_1)[VMSA_VMPL] = 0;
	check_eq(create_vcpu(VMSA_1, CA_1, 1), SVSM_ERR_INVALID_PARAMETER);
	check_eq(sealed, 0);
	host_build_vmsa(VMSA_1);
	check_eq(create_vcpu(VMSA_1, CA_1, 1), SVSM_SUCCESS);
	check_eq(sealed, 1);
	host.hook = NULL;
	check_sound();
}

/* Second: undoing a failed CREATE_VCPU gave the guest a page that was the SVSM's. */
declare_named(race_320_2, "guest #320: a failed CREATE_VCPU gives nothing away")
{
	static const uint64_t ours[] = { HOST_SVSM_GPA, HOST_SVSM_GPA + PAGE_4K,
					 HOST_SVSM_GPA + PAGE_2M + PAGE_4K,
					 HOST_SVSM_GPA + HOST_SVSM_BYTES - PAGE_4K };

	both_ready(1);
	check_eq(deposit_one(LENT), SVSM_SUCCESS);
	host_build_vmsa(VMSA_2);
	for (unsigned int i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		check(create_vcpu(ours[i], CA_2, 1) != SVSM_SUCCESS);
		check(create_vcpu(VMSA_2, ours[i], 1) != SVSM_SUCCESS);
		check_sound();
	}
	check_eq(create_vcpu(LENT, CA_2, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(VMSA_2, LENT, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(host.guest_of[0].vmsa, CA_2, 1), SVSM_ERR_INVALID_ADDRESS);
	check_sound();
}

declare_named(race_320_3, "guest #320: save area and calling area overlap")
{
	both_ready(1);
	host_build_vmsa(VMSA_2);
	check_eq(create_vcpu(VMSA_2, VMSA_2, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(VMSA_2, VMSA_1, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(VMSA_2, CA_1, 0), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(VMSA_2, HOST_CA, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(CA_1, CA_2, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(remap_ca(VMSA_1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(remap_ca(CA_1), SVSM_ERR_INVALID_ADDRESS);
	check_sound();
}

/* Fourth: PVALIDATE of the page that CREATE_VCPU was at, at every operation of it. */
declare_named(race_320_4, "guest #320: PVALIDATE against CREATE_VCPU")
{
	const struct host_registers list = { .rax = SVSM_CORE_PVALIDATE, .rcx = LIST_1 };
	const struct host_registers make = { SVSM_CORE_CREATE_VCPU, VMSA_2, CA_2, 0, 0 };
	bool over = false;

	both_ready(1);
	host_build_vmsa(VMSA_2);
	host_list(LIST_1, &(uint64_t){ R4(VMSA_2) }, 1, 0);
	host_save();
	for (unsigned int at = 0; !over; at++) {
		uint64_t first, second;

		host_reset();
		host_part_begin(0, &make);
		over = host_part(0, at);
		second = host_call_on(1, &list);
		check_sound();
		while (host.guest_of[0].busy)
			(void)host_part(0, 1000);
		first = host_part_result(0);
		check_sound();
		/* One of them has the page, the other is told so. */
		check((first == SVSM_SUCCESS) != (second == SVSM_SUCCESS));
		check(first == SVSM_SUCCESS || first == SVSM_ERR_INVALID_ADDRESS);
		check(second == SVSM_SUCCESS || second == SVSM_ERR_BUSY ||
		      second == SVSM_ERR_INVALID_ADDRESS);
	}
}

/* Fifth: after an error the page was left as no page of the guest's is. */
declare_named(race_320_5, "guest #320: a failed CREATE_VCPU restores the pages")
{
	two_ready(2);
	for (unsigned int nth = 1; nth <= 4; nth++) {
		host_build_vmsa(VMSA_1);
		host_fail(HOST_RMPADJUST, nth, RMP_FAIL_INPUT);
		check_eq(create_vcpu(VMSA_1, CA_1, 1), SVSM_ERR_RMP + RMP_FAIL_INPUT);
		check_eq(pv_rmp(VMSA_1)->perm[1] & pv_rmp(VMSA_1)->perm[2], 0xf);
		check(host_guest_may(VMSA_1, SNP_WRITE) && host_guest_may(CA_1, SNP_WRITE));
		check_sound();
	}
	check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
}

/* A list and another call at work on the same page at the same time, at every operation. */
declare_named(race_320, "guest #320: two calls on one page")
{
	const struct host_registers mine = { .rax = SVSM_CORE_PVALIDATE, .rcx = HOST_LIST };
	const struct host_registers others = { .rax = SVSM_CORE_PVALIDATE, .rcx = LIST_1 };
	unsigned int busy = 0;
	bool over = false;

	both_ready(1);
	host_list(HOST_LIST, &(uint64_t){ R4(OTHER) }, 1, 0);
	host_list(LIST_1, &(uint64_t){ R4(OTHER) }, 1, 0);
	host_save();
	for (unsigned int at = 0; !over; at++) {
		uint64_t first, second;

		host_reset();
		host_part_begin(0, &mine);
		over = host_part(0, at);
		second = host_call_on(1, &others);
		check_sound();
		while (host.guest_of[0].busy)
			(void)host_part(0, 1000);
		first = host_part_result(0);
		check((first == SVSM_SUCCESS) != (second == SVSM_SUCCESS));
		busy += second == SVSM_ERR_BUSY;
		check_eq(pv_state(OTHER), PAGE_NONE);
		check_sound();
	}
	check(busy > 0);
}

/*
 * The calling area that the new vCPU was to inherit goes while its save area
 * is sealed, and the hypervisor lets the undo of that fail: it runs the save
 * area, or shows another frame. What still has the VMSA bit is no page of the
 * guest's, or WITHDRAW_MEM would write its VMPL.
 */
#define AT_16M 0x1000000ULL /* stored over a save area's VMPL: 0 */

static unsigned int refusal;

static uint32_t undo_refused(const struct host_op *op)
{
	const struct host_registers away = { .rax = SVSM_CORE_REMAP_CA, .rcx = CA_2 };

	if (op->kind != HOST_RMPADJUST || op->gpa != VMSA_2)
		return 0;
	if (op->argument == HOST_ADJUST(1, PERM_R, 1))
		check_eq(host_call_on(1, &away), SVSM_SUCCESS);
	return op->argument == HOST_ADJUST(1, PERM_ALL, 0) ? refusal : 0;
}

declare_named(race_320_undo, "hypervisor #320: the undo of a sealed save area is refused")
{
	static const uint32_t refusals[] = { RMP_FAIL_INUSE, HW_FAULT };

	both_ready(1);
	check_eq(pv_one(V4(AT_16M)), SVSM_SUCCESS);
	check_eq(deposit_one(AT_16M), SVSM_SUCCESS);
	host_build_vmsa(VMSA_2);
	host_save();
	for (unsigned int i = 0; i < 2; i++) {
		uint32_t answer;

		host_reset();
		refusal = refusals[i];
		host.hook = undo_refused;
		check_eq(create_vcpu(VMSA_2, CA_1, 1), SVSM_ERR_INVALID_ADDRESS);
		host.hook = NULL;
		check_eq(pv_rmp(VMSA_2)->vmsa, 1);
		answer = withdraw(VMSA_2 + (VMSA_VMPL & ~7ULL) - 8);
		check_eq(host_page(VMSA_2)[VMSA_VMPL], 1);
		check_eq(answer, SVSM_ERR_INVALID_ADDRESS);
		check_eq(pv_one(R4(VMSA_2)), SVSM_ERR_INVALID_ADDRESS);
		check_alive();
	}
}
