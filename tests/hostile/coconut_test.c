/* SPDX-License-Identifier: MIT */
/*
 * Weaknesses of coconut-svsm, by the names of the page they were listed on: O, found by reading;
 * its past bugs by number or month. README.md says which do not apply and why.
 */
#include "hostile.h"

#include <svsm/deposit.h>
#include <svsm/frame.h>
#include <svsm/vmsa.h>

#define LAST_PAGE (~0ULL << 12)

/* O1, S14: an address in RAM that is not validated ended the VM. */
declare_named(o1, "guest O1, S14: an address that is not validated")
{
	two_ready(1);
	host_build_vmsa(VMSA_1);
	for (unsigned int taken = 0; taken < 2; taken++) {
		/* First never validated; then validated, but taken away by the hypervisor since. */
		const uint64_t page = taken != 0 ? OTHER : PAGE_NEW + PAGE_4K;

		if (taken != 0) {
			host.lied = true;
			check(snp_page_state(&host.snp, OTHER, false, false));
			check(snp_page_state(&host.snp, BUFFER, false, false));
			snp_flush(&host.snp, 0);
		}
		check_eq(host_call(SVSM_CORE_PVALIDATE, page), SVSM_ERR_INVALID_ADDRESS);
		check_eq(remap_ca(page), SVSM_ERR_INVALID_ADDRESS);
		check_eq(host_call(SVSM_CORE_DEPOSIT_MEM, page), SVSM_ERR_INVALID_ADDRESS);
		check(create_vcpu(page, CA_1, 1) != SVSM_SUCCESS);
		check(deposit_one(page) != SVSM_SUCCESS);
		(void)withdraw(taken != 0 ? BUFFER : page);
		check_sound();
		check_alive();
	}
}

declare_named(o2, "guest O2: the last page of the address space")
{
	two_ready(1);
	host_build_vmsa(VMSA_1);
	check_eq(host_call(SVSM_CORE_PVALIDATE, LAST_PAGE | 0xff8), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_call(SVSM_CORE_DEPOSIT_MEM, LAST_PAGE | 0xff8), SVSM_ERR_INVALID_ADDRESS);
	check_eq(withdraw(LAST_PAGE | 0xff0), SVSM_ERR_INVALID_ADDRESS);
	check_eq(remap_ca(LAST_PAGE), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(LAST_PAGE, CA_1, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(VMSA_1, LAST_PAGE, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(delete_vcpu(LAST_PAGE), SVSM_ERR_INVALID_PARAMETER);
	check_eq(pv_one(V4(LAST_PAGE)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(LAST_PAGE)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(V2(0 - PAGE_2M)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(deposit_one(LAST_PAGE), SVSM_ERR_INVALID_ADDRESS);
	check_eq(deposit_one((0 - PAGE_2M) | SIZE_2M), SVSM_ERR_INVALID_ADDRESS);
	check_sound();
	check_alive();
}

/* A second page for an address that has one already: assigned and mapped by the hypervisor. */
static uint64_t second_page(uint64_t gpa)
{
	const uint64_t spa = HOST_RAM - PAGE_4K;
	const struct snp_rmpupdate own = { .gpa = gpa, .assigned = true, .asid = host.snp.asid };

	host.lied = true;
	pv_split(HOST_RAM - PAGE_2M);
	check_eq(snp_rmpupdate(&host.snp, spa, &own), 0);
	host.snp.override[0] = (struct snp_slot){ .gpa = gpa, .spa = spa, .bytes = SNP_PAGE };
	host.snp.overrides = 1;
	snp_flush(&host.snp, 0);
	return spa;
}

/* With ignore-CF, a page put in place of a validated one was validated as well. */
declare_named(o3, "guest O3: double validation")
{
	uint64_t spa;

	pv_ready(1);
	memset(host_page(PAGE_OLD), 0x5a, PAGE_4K);
	spa = second_page(PAGE_OLD);
	check_eq(pv_one(V4(PAGE_OLD) | CF), SVSM_SUCCESS);
	check_eq(pv_one(V4(PAGE_OLD)), SVSM_ERR_RMP_UNCHANGED);
	check(!snp_rmp(&host.snp, spa)->validated);
	/* Nor by rescinding what is not validated first: the page is still the guest's. */
	check_eq(pv_one(R4(PAGE_OLD) | CF), SVSM_ERR_RMP_OTHER);
	check_eq(pv_one(V4(PAGE_OLD) | CF), SVSM_SUCCESS);
	check(!snp_rmp(&host.snp, spa)->validated);
	check_sound();
	host.snp.overrides = 0;
	snp_flush(&host.snp, 0);
	check_eq(host_page(PAGE_OLD)[0], 0x5a);
	check(host_guest_may(PAGE_OLD, SNP_WRITE));
	check_sound();
}

/* The same with a page that is lent, a save area, and one given back meanwhile. */
declare_named(o3_lent, "guest O3: double validation of a lent page")
{
	uint64_t spa;

	two_ready(1);
	check_eq(deposit_one(LENT), SVSM_SUCCESS);
	spa = second_page(LENT);
	check_eq(pv_one(V4(LENT) | CF), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(LENT) | CF), SVSM_ERR_INVALID_ADDRESS);
	(void)withdraw(BUFFER);
	check(!snp_rmp(&host.snp, spa)->validated);
	check_sound();
	(void)pv_one(V4(LENT) | CF);
	(void)pv_one(R4(LENT) | CF);
	check(!snp_rmp(&host.snp, spa)->validated);
	host.snp.overrides = 0;
	snp_flush(&host.snp, 0);
	check_sound();
	check_alive();
}

declare_named(o4, "guest O4: nothing is granted that was not zeroed")
{
	pv_ready(1);
	for (uint64_t at = 0; at < HOST_HOLE; at += PAGE_4K) {
		if (pv_state(at) != PAGE_NONE)
			continue;
		memset(host_page(at), 0xa5, PAGE_4K);
		check_eq(pv_one(V4(at)), SVSM_SUCCESS);
		check(pv_is_zero(at, PAGE_4K));
	}
	check_sound();
}

declare_named(o5, "guest O5: REMAP_CA to where it is")
{
	pv_ready(1);
	for (unsigned int i = 0; i < 3; i++)
		check_eq(remap_ca(HOST_CA), SVSM_SUCCESS);
	check_eq(host.vcpu->ca.raw, HOST_CA);
	check_sound();
	check_alive();
}

/* What other CPUs have in their TLBs at that moment, by whatever address they use it. */
declare_named(o9, "guest O9: a rescinded page is flushed from every TLB")
{
	both_ready(1);
	host_on(1);
	check(host_guest_may(OTHER, SNP_WRITE));
	host_on(0);
	check(host_guest_may(OTHER, SNP_READ));
	check_eq(pv_one(R4(OTHER)), SVSM_SUCCESS);
	check(!host_guest_may(OTHER, SNP_READ));
	host_on(1);
	check(!host_guest_may(OTHER, SNP_READ) && !host_guest_may(OTHER, SNP_WRITE));
	check_sound();
}

/* May 2026: only the start of a 2 MiB entry was compared with what is protected. */
declare_named(end_of_2m, "guest May 2026: the end of a 2 MiB entry")
{
	two_ready(1);
	check_eq(pv_one(R2(0)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(deposit_one(0 | SIZE_2M), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	for (unsigned int what = 0; what < 2; what++) {
		const uint64_t last = REGION_NEW + PAGE_2M - PAGE_4K;

		if (what == 0)
			check_eq(remap_ca(last), SVSM_SUCCESS);
		else
			check_eq(host_create(1, last, CA_1), SVSM_SUCCESS);
		check_eq(pv_one(R2(REGION_NEW)), SVSM_ERR_INVALID_ADDRESS);
		check_eq(pv_one(V2(REGION_NEW) | CF), SVSM_ERR_INVALID_ADDRESS);
		check_eq(pv_one(R4(last)), SVSM_ERR_INVALID_ADDRESS);
		check_eq(deposit_one(REGION_NEW | SIZE_2M), SVSM_ERR_INVALID_ADDRESS);
		check_sound();
		/* Untracked no more once it has moved away. */
		if (what == 0)
			check_eq(remap_ca(HOST_CA), SVSM_SUCCESS);
		else
			check_eq(delete_vcpu(last), SVSM_SUCCESS);
	}
	/* Nobody's any more; only that the save area split the entry. */
	check_eq(pv_one(R2(REGION_NEW)), FAIL(RMP_FAIL_SIZEMISMATCH));
	check_eq(pv_one(R4(REGION_NEW + PAGE_2M - PAGE_4K)), SVSM_SUCCESS);
	check_sound();
	check_alive();
}

declare_named(reserved_bits, "guest May 2026: reserved bits of an entry")
{
	pv_ready(1);
	for (unsigned int bit = 4; bit < 12; bit++) {
		check_eq(pv_one(V4(PAGE_NEW) | 1ULL << bit), SVSM_ERR_INVALID_PARAMETER);
		check_eq(pv_one(R4(OTHER) | 1ULL << bit), SVSM_ERR_INVALID_PARAMETER);
		check_eq(deposit_one(LENT | 1ULL << bit), SVSM_ERR_INVALID_PARAMETER);
	}
	for (unsigned int size = 2; size < 4; size++) {
		check_eq(pv_one(V4(PAGE_NEW) | size), SVSM_ERR_INVALID_PARAMETER);
		check_eq(deposit_one(LENT | size), SVSM_ERR_INVALID_PARAMETER);
	}
	check_eq(deposit_one(LENT | 4), SVSM_ERR_INVALID_PARAMETER);
	check_eq(deposit_one(LENT | 8), SVSM_ERR_INVALID_PARAMETER);
	check_sound();
}

/* A list may begin in one page and its entries lie in the next: a calling area. */
declare_named(list_runs_on, "guest May 2026: a list that runs into the next page")
{
	static const uint16_t at[] = { 0xff8, 0xff0, 0xfe8, 0x800 };

	both_ready(1);
	for (unsigned int i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		const uint64_t list = VMSA_1 - PAGE_4K + at[i]; /* then comes a save area */
		const uint16_t count = (uint16_t)((PAGE_4K - at[i]) / 8);

		memcpy(host_page(list) + at[i], &count, sizeof(count));
		memset(host_page(list) + at[i] + 2, 0, 2);
		check_eq(host_call(SVSM_CORE_PVALIDATE, list), SVSM_ERR_INVALID_PARAMETER);
		check_eq(host_call(SVSM_CORE_DEPOSIT_MEM, list), SVSM_ERR_INVALID_PARAMETER);
	}
	check_eq(withdraw(VMSA_1 - 8), SVSM_ERR_INVALID_PARAMETER);
	check_sound();
}

/* A save area was forgotten before RMPADJUST had taken the VMSA bit from it. */
declare_named(deregistered_early, "guest May 2026: a save area is forgotten last")
{
	both_ready(1);
	host_fail(HOST_RMPADJUST, 1, RMP_FAIL_INPUT);
	check_eq(delete_vcpu(VMSA_1), SVSM_ERR_RMP + RMP_FAIL_INPUT);
	check_eq(pv_rmp(VMSA_1)->vmsa, 1);
	check(vcpu_owns(pa(VMSA_1), SIZE_4K) && vcpu_owns(pa(CA_1), SIZE_4K));
	check_eq(pv_one(R4(VMSA_1)), SVSM_ERR_INVALID_ADDRESS);
	check_sound();
	check_eq(delete_vcpu(VMSA_1), SVSM_SUCCESS);
	check_sound();
}

declare_named(ca_after_remap, "guest May 2026: a calling area is known after REMAP_CA")
{
	both_ready(1);
	check_eq(remap_ca(OTHER), SVSM_SUCCESS);
	check_eq(pv_one(R4(OTHER)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(deposit_one(OTHER), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(OTHER, CA_2, 1), SVSM_ERR_INVALID_ADDRESS);
	host_on(1);
	check_eq(remap_ca(OTHER), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(OTHER)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(HOST_CA)), SVSM_SUCCESS); /* the old one is any page again */
	check_sound();
}

declare_named(ca_alignment, "guest 63e9f174: a calling area is a page")
{
	two_ready(1);
	host_build_vmsa(VMSA_1);
	for (uint64_t at = 1; at < PAGE_4K; at = at * 2) {
		check_eq(remap_ca(OTHER + at), SVSM_ERR_INVALID_PARAMETER);
		check_eq(create_vcpu(VMSA_1, CA_1 + at, 1), SVSM_ERR_INVALID_PARAMETER);
		check_eq(create_vcpu(VMSA_1 + at, CA_1, 1), SVSM_ERR_INVALID_PARAMETER);
		check_eq(delete_vcpu(VMSA_1 + at), SVSM_ERR_INVALID_PARAMETER);
	}
	check_sound();
}

/* Our own save areas are no page of the guest's, for any of its VMPLs. */
declare_named(own_vmsa, "guest #22, #37, #578: VMPL0's save areas")
{
	two_ready(3);
	for (unsigned int cpu = 0; cpu < 2; cpu++) {
		const uint64_t vmsa = host.snp.vcpu[cpu].vmsa_gpa[0];

		for (unsigned int vmpl = 1; vmpl <= 3; vmpl++)
			check_eq(pv_rmp(vmsa)->perm[vmpl], 0);
		check_eq(pv_one(R4(vmsa)), SVSM_ERR_INVALID_ADDRESS);
		check_eq(pv_one(V4(vmsa)), SVSM_ERR_INVALID_ADDRESS);
		check_eq(delete_vcpu(vmsa), SVSM_ERR_INVALID_PARAMETER);
		check_eq(create_vcpu(vmsa, CA_1, 1), SVSM_ERR_INVALID_ADDRESS);
	}
	check_sound();
}

/* A CPU kept what it had of a save area that was another one's by now. */
declare_named(stale_vmsa, "guest #452: a save area made again")
{
	both_ready(1);
	for (unsigned int round = 0; round < 4; round++) {
		const struct host_registers query = { .rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = 1 };
		const uint64_t vmsa = round % 2 == 0 ? VMSA_1 : VMSA_2;
		const uint64_t ca = round % 2 == 0 ? CA_1 : CA_2;

		check_eq(host_call_on(1, &query), SVSM_SUCCESS);
		check_eq(delete_vcpu(vmsa), SVSM_SUCCESS);
		memset(host_page(vmsa), 0xee, PAGE_4K);
		host_page(ca)[SVSM_CA_PENDING] = 1;
		host_enter_on(1);
		check_eq(host_page(ca)[SVSM_CA_PENDING], 1);
		check_eq(host_page(vmsa)[0], 0xee);
		host_page(ca)[SVSM_CA_PENDING] = 0;
		check_eq(host_create(1, round % 2 == 0 ? VMSA_2 : VMSA_1,
				     round % 2 == 0 ? CA_2 : CA_1),
			 SVSM_SUCCESS);
		check_sound();
	}
	check_alive();
}

/* Found in a proof of linux-svsm's protocol: what is granted keeps somebody's data. */
declare_named(verismo, "guest VeriSMo: what the SVSM kept in a lent page")
{
	pa_t frame;

	two_ready(1);
	check_eq(deposit_one(LENT), SVSM_SUCCESS);
	check(deposit_take(&frame));
	check_eq(frame.raw, LENT);
	host_foreign(LENT, PAGE_4K);
	memset(host_page(LENT), 0xcc, PAGE_4K);
	deposit_put(frame);
	check_eq(withdraw(BUFFER), SVSM_SUCCESS);
	check(pv_is_zero(LENT, PAGE_4K));
	check_sound();
}
