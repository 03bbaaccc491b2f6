/* SPDX-License-Identifier: MIT */
/*
 * Weaknesses found in earlier SVSMs, one test each, by the name they have
 * there: sN of linux-svsm, oN and past fixes of coconut-svsm. Those of calls
 * that are not served yet come with them.
 */
#include "pv.h"

#include <svsm/vmsa.h>

static uint32_t pvalidate_at(uint64_t list)
{
	return (uint32_t)host_call(SVSM_CORE_PVALIDATE, list);
}

/* S1: a list in the SVSM's own memory was read, written and then unmapped. */
declare_test(weakness_s1_list_in_svsm_memory)
{
	uint8_t before[PAGE_4K];

	pv_ready(1);
	for (uint64_t at = 0; at < HOST_SVSM_BYTES; at += 0x10000)
		check_eq(pvalidate_at(HOST_SVSM_GPA + at), SVSM_ERR_INVALID_ADDRESS);
	memcpy(before, host_page(host.vcpu->vmsa.raw), sizeof(before));
	/* There `next` would be the byte that holds the VMPL. */
	check_eq(pvalidate_at(host.vcpu->vmsa.raw + VMSA_VMPL - 2), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_page(host.vcpu->vmsa.raw)[VMSA_VMPL], before[VMSA_VMPL]);
}

/* S2: QUERY_PROTOCOL of protocol 1 indexed a table out of bounds. */
declare_test(weakness_s2_query_any_protocol)
{
	pv_ready(1);
	for (uint64_t protocol = 1; protocol < 1ULL << 32; protocol = protocol * 3 + 1) {
		check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, protocol << 32 | 1), SVSM_SUCCESS);
		check_eq(host_get(VMSA_RCX), 0);
	}
}

/* S3 and issue 47: address bits that nobody looked at. */
declare_test(weakness_s3_high_address_bits)
{
	pv_ready(1);
	for (unsigned int bit = 25; bit < 64; bit++) {
		check_eq(pv_one(V4(PAGE_NEW | 1ULL << bit)), SVSM_ERR_INVALID_ADDRESS);
		check_eq(pv_one(R4(PAGE_OLD | 1ULL << bit)), SVSM_ERR_INVALID_ADDRESS);
		check_eq(pvalidate_at(HOST_LIST | 1ULL << bit), SVSM_ERR_INVALID_ADDRESS);
		check_eq(host_call(SVSM_CORE_REMAP_CA, PAGE_OLD | 1ULL << bit),
			 SVSM_ERR_INVALID_ADDRESS);
	}
	check_eq(pv_one(V4(1ULL << 48 | HOST_SVSM_GPA)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_state(PAGE_OLD), PAGE_GUEST);
}

/* S5, O4: memory below 1 MiB was given to the guest with its old contents. */
declare_test(weakness_s5_low_memory_is_zeroed)
{
	pv_ready(1);
	memset(host_page(HOST_HOLE - PAGE_4K), 0xa5, PAGE_4K);
	check_eq(pv_one(V4(HOST_HOLE - PAGE_4K)), SVSM_SUCCESS);
	check(pv_is_zero(HOST_HOLE - PAGE_4K, PAGE_4K));
	check_eq(pv_one(V4(0xc0000)), SVSM_ERR_INVALID_ADDRESS);
}

/* S7: naming one's own save area or calling area in a list. */
declare_test(weakness_s7_own_pages_named)
{
	pv_ready(1);
	check_eq(pv_one(R4(HOST_CA)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(host.vcpu->vmsa.raw)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R2(align_down(host.vcpu->vmsa.raw, PAGE_2M))), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
}

/* S8: another vCPU rewrites the list behind the check. What was copied counts. */
static uint32_t rewrite(const struct host_op *op)
{
	if (op->kind == HOST_PVALIDATE)
		memset(host_page(HOST_LIST), 0xff, PAGE_4K);
	return 0;
}

declare_test(weakness_s8_list_changes_meanwhile)
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
}

/* O1, S14: an address in RAM that is not validated ended the VM. */
declare_test(weakness_o1_unvalidated_address)
{
	pv_ready(1);
	check_eq(pvalidate_at(PAGE_NEW), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_call(SVSM_CORE_REMAP_CA, PAGE_NEW), SVSM_ERR_INVALID_ADDRESS);
	/* Validated by the record, but taken away by the hypervisor since. */
	check(snp_page_state(&host.snp, PAGE_OLD, false, false));
	check_eq(pvalidate_at(PAGE_OLD), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_call(SVSM_CORE_REMAP_CA, PAGE_OLD), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
}

/* A second page for an address that has one already: assigned and mapped by the hypervisor. */
static uint64_t second_page(uint64_t gpa)
{
	const uint64_t spa = HOST_RAM - PAGE_4K;
	const struct snp_rmpupdate own = { .gpa = gpa, .assigned = true, .asid = host.snp.asid };

	pv_split(HOST_RAM - PAGE_2M);
	check_eq(snp_rmpupdate(&host.snp, spa, &own), 0);
	host.snp.override[0] = (struct snp_slot){ .gpa = gpa, .spa = spa, .bytes = SNP_PAGE };
	host.snp.overrides = 1;
	snp_flush(&host.snp, 0);
	return spa;
}

/* O3: with ignore-CF, a page put in place of a validated one was validated as well. */
declare_test(weakness_o3_double_validation)
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
	host.snp.overrides = 0;
	snp_flush(&host.snp, 0);
	check_eq(host_page(PAGE_OLD)[0], 0x5a);
	check(host_guest_may(PAGE_OLD, SNP_WRITE));
}

/* May 2026: only the start of a 2 MiB entry was compared with what is protected. */
declare_test(weakness_2026_end_of_2m_entry)
{
	pv_ready(1);
	check_eq(pv_one(R2(0)), SVSM_ERR_INVALID_ADDRESS);
	/* A calling area in the last page of a 2 MiB region. */
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	check_eq(host_call(SVSM_CORE_REMAP_CA, REGION_NEW + PAGE_2M - PAGE_4K), SVSM_SUCCESS);
	check_eq(pv_one(R2(REGION_NEW)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(V2(REGION_NEW) | CF), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(REGION_NEW + PAGE_2M - PAGE_4K)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
	/* Untracked no more once it has moved away. */
	check_eq(host_call(SVSM_CORE_REMAP_CA, HOST_CA), SVSM_SUCCESS);
	check_eq(pv_one(R2(REGION_NEW)), SVSM_SUCCESS);
}

/* #320: a list and another call at work on the same page at the same time. */
static struct pvalidate other;
static uint32_t other_result;

static uint32_t interfere(const struct host_op *op)
{
	const uint64_t list[] = { 1, R4(PAGE_OLD) };

	if (op->kind != HOST_FLUSH || other_result != 0)
		return 0;
	other_result = SVSM_ERR_BUSY + 1;
	memcpy(host_page(PAGE_OLD + PAGE_4K), list, sizeof(list));
	pvalidate_begin(&other, pa(PAGE_OLD + PAGE_4K), pa(HOST_LIST), 1);
	while (other.event != EV_NONE)
		other.event = pvalidate_step(&other, other.event);
	other_result = other.result;
	return 0;
}

declare_test(weakness_320_two_calls_one_page)
{
	pv_ready(1);
	host.hook = interfere;
	check_eq(pv_one(R4(PAGE_OLD)), SVSM_SUCCESS);
	check_eq(other_result, SVSM_ERR_BUSY);
	check_eq(other.next, 0);
	check_eq(pv_state(PAGE_OLD), PAGE_NONE);
	check_eq(host_log_count(HOST_FLUSH), 1);
}

/* What a guest may hand over: no call stops the VM, loses a claim or is without an answer. */
declare_test(weakness_any_request)
{
	uint64_t seed = 88172645463325252ULL;
	unsigned int served = 0;

	pv_ready(1);
	for (unsigned int i = 0; i < 3000; i++) {
		uint64_t entries[4], result;

		for (unsigned int k = 0; k < 4; k++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			entries[k] = i % 2 == 0 ? seed : (seed & 0x1ff000) | (seed >> 40 & 0xf);
			if (entries[k] - HOST_LIST < PAGE_4K)
				entries[k] += PAGE_4K;
		}
		result = i % 8 == 7 ? host_call(seed & 7, entries[0])
				    : host_pvalidate(entries, 4, 0);
		check_eq(result >> 32, 0);
		served += result == SVSM_SUCCESS || host_next() > 0;
		check_eq(host_page(host.vcpu->ca.raw)[SVSM_CA_PENDING], 0);
		check(pv_state(HOST_LIST) != PAGE_FREE);
		if (pv_state(HOST_LIST) != PAGE_GUEST)
			break;
	}
	check(served > 100);
	for (uint64_t at = 0; at < HOST_HOLE; at += PAGE_4K)
		check(pv_state(at) != PAGE_USED || at == host.vcpu->ca.raw);
}
