/* SPDX-License-Identifier: MIT */
/*
 * Weaknesses of linux-svsm, by the names of the page they were listed on: B, functional bugs; S,
 * security. README.md says which do not apply and why.
 */
#include "hostile.h"

#include <svsm/frame.h>
#include <svsm/vmsa.h>

static uint32_t pvalidate_at(uint64_t list)
{
	return (uint32_t)host_call(SVSM_CORE_PVALIDATE, list);
}

declare_named(b1, "guest B1: a list is resumed at its `next`")
{
	const uint64_t entries[] = { R4(OTHER), V4(PAGE_NEW), V4(PAGE_NEW + PAGE_4K) };

	pv_ready(1);
	check_eq(host_pvalidate(entries, 3, 1), SVSM_SUCCESS);
	check_eq(host_next(), 3);
	check_eq(pv_state(OTHER), PAGE_GUEST);
	check_eq(pv_state(PAGE_NEW), PAGE_GUEST);
	check_eq(pv_state(PAGE_NEW + PAGE_4K), PAGE_GUEST);
	check_sound();
}

declare_named(s2, "guest B2, S2: QUERY_PROTOCOL of any protocol")
{
	pv_ready(1);
	for (uint64_t protocol = 1; protocol < 1ULL << 32; protocol = protocol * 3 + 1) {
		check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, protocol << 32 | 1), SVSM_SUCCESS);
		check_eq(host_get(VMSA_RCX), 0);
	}
	check_alive();
}

declare_named(b3, "guest B3: a refused CREATE_VCPU leaves no registration")
{
	two_ready(1);
	host_build_vmsa(VMSA_1);
	for (uint64_t apic_id = 2; apic_id < 1ULL << 32; apic_id = apic_id * 3 + 1) {
		check_eq(create_vcpu(VMSA_1, CA_1, apic_id), SVSM_ERR_INVALID_PARAMETER);
		check_sound();
	}
	check_eq(delete_vcpu(VMSA_1), SVSM_ERR_INVALID_PARAMETER);
	check_eq(pv_one(R4(VMSA_1)), SVSM_SUCCESS);
	check_eq(pv_one(R4(CA_1)), SVSM_SUCCESS);
	check_sound();
}

/* Also how 4 KiB more were lost with each 2 MiB that the guest ever named. */
declare_named(b8, "guest B8: memory does not leak, whatever is named")
{
	unsigned int used[3] = { 0, 0, 0 };

	two_ready(1);
	for (unsigned int round = 0; round < 3; round++) {
		for (uint64_t at = PAGE_2M; at < HOST_RAM; at += PAGE_2M / 4) {
			check_eq(pv_one(V4(at + PAGE_4K)), SVSM_SUCCESS);
			check_eq(pv_one(R4(at + PAGE_4K)), SVSM_SUCCESS);
		}
		for (unsigned int i = 0; i < 8; i++) {
			check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
			check_eq(delete_vcpu(VMSA_1), SVSM_SUCCESS);
		}
		for (uint64_t at = 0; at < HOST_SVSM_BYTES; at += PAGE_4K) {
			enum page_state state;

			check_eq(frame_state(pa(HOST_SVSM_GPA + at), &state), OK);
			used[round] += state == PAGE_USED;
		}
	}
	check_eq(used[1], used[0]);
	check_eq(used[2], used[0]);
	check_sound();
}

/* VMPL0 entered on a CPU without a vCPU took page 0 for its save area. */
declare_named(b9, "guest B9, S15: a vCPU that was never made, or deleted")
{
	uint8_t before[PAGE_4K];

	two_ready(1);
	check_eq(pv_one(V4(0)), SVSM_SUCCESS);
	for (unsigned int i = 0; i < PAGE_4K; i++)
		host_page(0)[i] = (uint8_t)i;
	host_page(0)[SVSM_CA_PENDING] = 1;
	memcpy(before, host_page(0), sizeof(before));
	host_enter_on(1);
	check(host.guest_of[1].asleep);
	check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
	host_enter_on(1);
	check_eq(delete_vcpu(VMSA_1), SVSM_SUCCESS);
	host_page(CA_1)[SVSM_CA_PENDING] = 1; /* the guest's own page again */
	host_enter_on(1);
	check(host.guest_of[1].asleep);
	check_eq(host_page(CA_1)[SVSM_CA_PENDING], 1);
	check_eq(memcmp(before, host_page(0), sizeof(before)), 0);
	check_sound();
}

/* The host took the page away: RMPADJUST raises #VC, which ended the VM. */
declare_named(b14, "guest B14: a page that is not validated is rescinded")
{
	pv_ready(1);
	check_eq(pv_one(R4(PAGE_NEW)), SVSM_ERR_RMP_UNCHANGED);
	check_eq(pv_one(R4(PAGE_NEW) | CF), SVSM_SUCCESS);
	check_sound();
	host.lied = true;
	check(snp_page_state(&host.snp, OTHER, false, false));
	snp_flush(&host.snp, 0);
	check(pv_one(R4(OTHER)) != SVSM_SUCCESS);
	check_sound();
	check_alive();
}

declare_named(s1, "guest S1: a list in the SVSM's memory")
{
	uint8_t before[PAGE_4K];
	uint64_t vmsa;

	pv_ready(1);
	vmsa = host.vcpu->vmsa.raw;
	memcpy(before, host_page(vmsa), sizeof(before));
	for (uint64_t at = 0; at < HOST_SVSM_BYTES; at += 0x10000)
		check_eq(pvalidate_at(HOST_SVSM_GPA + at), SVSM_ERR_INVALID_ADDRESS);
	/* There `next` would be the byte that holds the VMPL. */
	check_eq(pvalidate_at(vmsa + VMSA_VMPL - 2), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_page(vmsa)[VMSA_VMPL], before[VMSA_VMPL]);
	check_eq(host_page(vmsa)[VMSA_VMPL + 1], before[VMSA_VMPL + 1]);
	check_sound();
}

/* S3, coconut issue 47: address bits that nobody looked at. */
declare_named(s3, "guest S3: high address bits")
{
	two_ready(1);
	host_build_vmsa(VMSA_1);
	for (unsigned int bit = 25; bit < 64; bit++) {
		const uint64_t high = 1ULL << bit;

		check_eq(pv_one(V4(PAGE_NEW | high)), SVSM_ERR_INVALID_ADDRESS);
		check_eq(pv_one(R4(OTHER | high)), SVSM_ERR_INVALID_ADDRESS);
		check_eq(pvalidate_at(HOST_LIST | high), SVSM_ERR_INVALID_ADDRESS);
		check_eq(remap_ca(OTHER | high), SVSM_ERR_INVALID_ADDRESS);
		check_eq(create_vcpu(VMSA_1 | high, CA_1, 1), SVSM_ERR_INVALID_ADDRESS);
		check_eq(create_vcpu(VMSA_1, CA_1 | high, 1), SVSM_ERR_INVALID_ADDRESS);
		check_eq(delete_vcpu(VMSA_1 | high), SVSM_ERR_INVALID_PARAMETER);
		check_eq(deposit_one(LENT | high), SVSM_ERR_INVALID_ADDRESS);
		check_eq(withdraw(BUFFER | high), SVSM_ERR_INVALID_ADDRESS);
	}
	check_eq(pv_one(V4(1ULL << 48 | HOST_SVSM_GPA)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_state(OTHER), PAGE_GUEST);
	check_sound();
}

/* A vCPU that still had the page in its TLB changed it behind the checks. */
static unsigned int looked;

static uint32_t sibling_writes(const struct host_op *op)
{
	if (op->kind == HOST_LOAD && op->gpa - VMSA_2 < PAGE_4K) {
		looked++;
		host_cpu = 1;
		check(!host_guest_may(VMSA_2, SNP_WRITE));
		host_cpu = 0;
	}
	return 0;
}

declare_named(s4, "guest S4: CREATE_VCPU flushes before it looks")
{
	both_ready(1);
	host_build_vmsa(VMSA_2);
	host_on(1);
	check(host_guest_may(VMSA_2, SNP_WRITE));
	host_on(0);
	host.hook = sibling_writes;
	check_eq(create_vcpu(VMSA_2, CA_2, 1), SVSM_SUCCESS);
	check(looked > 0);
	host.hook = NULL;
	check_sound();
}

declare_named(s5, "guest S5: low memory is zeroed before it is granted")
{
	pv_ready(1);
	memset(host_page(HOST_HOLE - PAGE_4K), 0xa5, PAGE_4K);
	check_eq(pv_one(V4(HOST_HOLE - PAGE_4K)), SVSM_SUCCESS);
	check(pv_is_zero(HOST_HOLE - PAGE_4K, PAGE_4K));
	check_eq(pv_one(V4(0xc0000)), SVSM_ERR_INVALID_ADDRESS);
	for (uint64_t at = 0; at < HOST_GUEST_PAGES; at += PAGE_4K)
		check_eq(pv_one(V4(at)), SVSM_SUCCESS);
	check_sound();
}

declare_named(s7, "guest S7: own pages named")
{
	uint64_t vmsa;

	both_ready(1);
	vmsa = host.vcpu->vmsa.raw;
	check_eq(pv_one(R4(HOST_CA)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(CA_1)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(VMSA_1)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(vmsa)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R2(align_down(vmsa, PAGE_2M))), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R2(0)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(HOST_CA, CA_2, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create_vcpu(VMSA_1, CA_2, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(deposit_one(HOST_CA), SVSM_ERR_INVALID_ADDRESS);
	check_eq(deposit_one(VMSA_1), SVSM_ERR_INVALID_ADDRESS);
	check_alive();
	/* Its own save area, when it is not the startup vCPU's, is gone with the call. */
	host_on(1);
	(void)delete_vcpu(VMSA_1);
	check(host.guest_of[1].asleep);
	host_on(0);
	check_eq(pv_state(VMSA_1), PAGE_GUEST);
	check_sound();
	check_alive();
}

/* Another vCPU rewrites the list behind the check. What was copied counts. */
static uint32_t rewrite(const struct host_op *op)
{
	if (op->kind == HOST_PVALIDATE)
		memset(host_page(HOST_LIST), 0xff, PAGE_4K);
	return 0;
}

declare_named(s8, "guest S8: the list changes meanwhile")
{
	/* Each a batch of its own. */
	const uint64_t entries[] = { V4(PAGE_NEW), R4(PAGE_OLD), V4(PAGE_NEW + PAGE_4K) };

	pv_ready(1);
	host.hook = rewrite;
	check_eq(host_pvalidate(entries, 3, 0), SVSM_SUCCESS);
	check_eq(host_next(), 3);
	check_eq(host_log_count(HOST_PVALIDATE), 3);
	check_eq(pv_state(PAGE_NEW), PAGE_GUEST);
	check_eq(pv_state(PAGE_OLD), PAGE_NONE);
	check_eq(pv_state(PAGE_NEW + PAGE_4K), PAGE_GUEST);
	check_sound();
}

declare_named(s9, "guest S9: CREATE_VCPU for a CPU that has a running vCPU")
{
	const struct host_registers query = { .rax = SVSM_CORE_QUERY_PROTOCOL };

	both_ready(1);
	check_eq(host_call_on(1, &query), SVSM_SUCCESS);
	host_running(1, true);
	host_build_vmsa(VMSA_2);
	check_eq(create_vcpu(VMSA_2, CA_2, 1), SVSM_SUCCESS);
	check_sound();
	/* The old one is as it was, and not to be deleted while it runs. */
	check_eq(delete_vcpu(VMSA_1), SVSM_ERR_RMP + RMP_FAIL_INUSE);
	check_eq(pv_rmp(VMSA_1)->vmsa, 1);
	host_running(1, false);
	check_eq(host_call_on(1, &query), SVSM_SUCCESS);
	host_start(1, VMSA_2, CA_2);
	host_enter_on(1); /* it finds out */
	check_eq(host_call_on(1, &query), SVSM_SUCCESS);
	check_eq(delete_vcpu(VMSA_1), SVSM_SUCCESS);
	check_eq(delete_vcpu(VMSA_1), SVSM_ERR_INVALID_PARAMETER);
	check_sound();
}

declare_named(s10, "guest S10: fields and places of a new save area")
{
	static const struct {
		unsigned int offset;
		uint8_t value;
	} rows[] = {
		{ VMSA_VMPL, 0 },
		{ VMSA_VMPL, 2 },
		{ VMSA_VMPL, 3 },
		{ VMSA_VMPL, 0xff },
		{ VMSA_EFER + 1, 0 }, /* SVME */
		{ VMSA_SEV_FEATURES, 0 },
		{ VMSA_SEV_FEATURES, 0x9 },
		{ VMSA_SEV_FEATURES, 0x3 },
		{ VMSA_SEV_FEATURES, 0x21 },
		{ VMSA_SEV_FEATURES + 7, 1 },
	};

	two_ready(1);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		host_build_vmsa(VMSA_1);
		host_page(VMSA_1)[rows[i].offset] = rows[i].value;
		check_eq(i << 8 | create_vcpu(VMSA_1, CA_1, 1),
			 i << 8 | SVSM_ERR_INVALID_PARAMETER);
		check_sound();
	}
	host_build_vmsa(VMSA_1);
	check_eq(create_vcpu(VMSA_1, VMSA_1, 1), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	host_build_vmsa(REGION_NEW);
	check_eq(create_vcpu(REGION_NEW, CA_1, 1), SVSM_ERR_INVALID_PARAMETER);
	check_sound();
}

declare_named(s11, "guest S11: the startup vCPU is not deleted")
{
	uint64_t vmsa;

	both_ready(1);
	vmsa = host.guest_of[0].vmsa;
	check_eq(delete_vcpu(vmsa), SVSM_ERR_INVALID_PARAMETER);
	host_on(1);
	check_eq(delete_vcpu(vmsa), SVSM_ERR_INVALID_PARAMETER);
	check(!host_guest_may(vmsa, SNP_WRITE));
	check_sound();
	host_on(0);
	check_alive();
}

/* What a guest may hand over: no call stops the VM, loses a claim or is without an answer. */
declare_named(any_request, "guest: any request")
{
	uint64_t seed = 88172645463325252ULL;
	unsigned int served = 0;

	both_ready(1);
	for (unsigned int i = 0; i < 3000; i++) {
		struct host_registers r = { 0 };
		uint64_t entries[4], result;

		for (unsigned int k = 0; k < 4; k++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			entries[k] = i % 2 == 0 ? seed : (seed & 0x1ff000) | (seed >> 40 & 0xf);
			if (entries[k] - HOST_LIST < PAGE_4K)
				entries[k] += PAGE_4K;
		}
		r = (struct host_registers){ seed & 7, entries[0] & ~0xfffULL,
					     entries[1] & ~0xfffULL, seed >> 8 & 1, 0 };
		result = i % 4 == 3 ? host_call_with(&r) : host_pvalidate(entries, 4, 0);
		check_eq(result >> 32, 0);
		served += result == SVSM_SUCCESS || host_next() > 0;
		check_eq(host_page(host_ca())[SVSM_CA_PENDING], 0);
		if (i % 16 == 0)
			check_sound();
		if (pv_state(HOST_LIST) != PAGE_GUEST)
			break;
	}
	check(served > 100);
	check_sound();
}
