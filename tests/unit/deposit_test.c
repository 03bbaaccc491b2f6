/* SPDX-License-Identifier: MIT */
/* DEPOSIT_MEM and WITHDRAW_MEM [svsm 6.4, 6.5]. */
#include "pv.h"

#include <svsm/accept.h>
#include <svsm/deposit.h>
#include <svsm/frame.h>
#include <svsm/vmsa.h>

#define LENT (HOST_LIST + 2 * PAGE_4K)
#define BUFFER (HOST_LIST + 6 * PAGE_4K)

static uint32_t deposit(const uint64_t *entries, uint16_t count, uint16_t next)
{
	uint8_t *list = host_page(HOST_LIST);

	memset(list, 0, SVSM_LIST_HEADER);
	memcpy(list + SVSM_LIST_COUNT, &count, sizeof(count));
	memcpy(list + SVSM_LIST_NEXT, &next, sizeof(next));
	memcpy(list + SVSM_LIST_HEADER, entries, count * SVSM_LIST_ENTRY);
	return (uint32_t)host_call(SVSM_CORE_DEPOSIT_MEM, HOST_LIST);
}

static uint32_t lend(uint64_t entry)
{
	return deposit(&entry, 1, 0);
}

static uint16_t withdraw(uint64_t buffer, uint64_t *pages)
{
	uint16_t count;

	check_eq(host_call(SVSM_CORE_WITHDRAW_MEM, buffer), SVSM_SUCCESS);
	memcpy(&count, host_page(buffer) + buffer % PAGE_4K, sizeof(count));
	memcpy(pages, host_page(buffer) + buffer % PAGE_4K + SVSM_LIST_HEADER,
	       count * SVSM_LIST_ENTRY);
	return count;
}

static uint8_t available(void)
{
	return host_page(HOST_CA)[SVSM_CA_AVAILABLE];
}

static void there_and_back(unsigned int vmpl)
{
	uint64_t entries[3] = { LENT, LENT + 2 * PAGE_4K, LENT + PAGE_4K }, back[511];

	pv_ready(vmpl);
	check_eq(available(), 0);
	check_eq(deposit(entries, 3, 0), SVSM_SUCCESS);
	check_eq(host_next(), 3);
	check_eq(available(), 1);
	check_eq(host_log_count(HOST_FLUSH), 1);
	for (unsigned int i = 0; i < 3; i++) {
		check_eq(pv_state(entries[i]), PAGE_USED);
		check(!host_guest_may(entries[i], SNP_READ));
		check(!host_guest_may(entries[i], SNP_WRITE));
		check_eq(lend(entries[i]), SVSM_ERR_INVALID_ADDRESS);
		check_eq(pv_one(R4(entries[i])), SVSM_ERR_INVALID_ADDRESS);
		memset(host_page(entries[i]), 0x5a, PAGE_4K); /* the SVSM's secrets */
	}
	check_eq(pv_one(R2(0)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(withdraw(BUFFER, back), 3);
	check_eq(available(), 0);
	for (unsigned int i = 0; i < 3; i++) {
		check(back[i] >= LENT && back[i] < LENT + 3 * PAGE_4K);
		check_eq(pv_state(back[i]), PAGE_GUEST);
		check(pv_is_zero(back[i], PAGE_4K));
		check(host_guest_may(back[i], SNP_WRITE));
		for (unsigned int v = 1; v <= 3; v++)
			check_eq(pv_rmp(back[i])->perm[v], v <= vmpl ? 0xf : 0);
	}
	check(back[0] != back[1] && back[1] != back[2] && back[0] != back[2]);
	check_eq(withdraw(BUFFER, back), 0);
	check_eq(lend(LENT), SVSM_SUCCESS);
}

declare_test(deposit_and_withdraw_vmpl1)
{
	there_and_back(1);
}

declare_test(deposit_and_withdraw_vmpl2)
{
	there_and_back(2);
}

declare_test(deposit_2m)
{
	static uint64_t back[511];
	unsigned int got = 0, n;

	pv_ready(1);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	check_eq(lend(REGION_NEW | SIZE_2M), SVSM_SUCCESS);
	check(!host_guest_may(REGION_NEW + PAGE_2M - PAGE_4K, SNP_READ));
	check_eq(lend(REGION_NEW + PAGE_4K), SVSM_ERR_INVALID_ADDRESS);
	while ((n = withdraw(BUFFER, back)) != 0) {
		got += n;
		check(host_guest_may(back[n - 1], SNP_WRITE));
	}
	check_eq(got, FRAMES_PER_2M);
	check_eq(available(), 0);
}

/* Its last page is not there: nothing of it was lent. */
declare_test(deposit_2m_in_part)
{
	pv_ready(1);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	check_eq(pv_one(R4(REGION_NEW + PAGE_2M - PAGE_4K)), SVSM_SUCCESS);
	check_eq(lend(REGION_NEW | SIZE_2M), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_state(REGION_NEW), PAGE_GUEST);
	check(host_guest_may(REGION_NEW, SNP_WRITE));
	check_eq(lend(REGION_NEW), SVSM_SUCCESS);
}

declare_test(deposit_refused)
{
	static const struct {
		uint64_t entry;
		uint32_t result;
	} rows[] = {
		{ LENT | 2, SVSM_ERR_INVALID_PARAMETER },
		{ LENT | 3, SVSM_ERR_INVALID_PARAMETER },
		{ LENT | 4, SVSM_ERR_INVALID_PARAMETER },
		{ LENT | 0x800, SVSM_ERR_INVALID_PARAMETER },
		{ LENT | SIZE_2M, SVSM_ERR_INVALID_PARAMETER },
		{ 0x200000, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_CA, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_LIST, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_HOLE, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_SVSM_GPA, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_RAM, SVSM_ERR_INVALID_ADDRESS },
		{ 0 | SIZE_2M, SVSM_ERR_INVALID_ADDRESS },
		{ ~0xfffULL, SVSM_ERR_INVALID_ADDRESS },
		{ LENT | 1ULL << 51, SVSM_ERR_INVALID_ADDRESS },
	};
	const uint64_t two[2] = { LENT, LENT };

	pv_ready(1);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_eq(i << 8 | lend(rows[i].entry), i << 8 | rows[i].result);
		check_eq(host_next(), 0);
	}
	check(!deposit_available());
	/* The second is in flight until the flush. */
	check_eq(deposit(two, 2, 0), SVSM_ERR_INCOMPLETE);
	check_eq(host_next(), 1);
	check_eq(deposit(two, 2, 1), SVSM_ERR_INVALID_ADDRESS);
}

declare_test(deposit_undone)
{
	pv_ready(2);
	host_fail(HOST_RMPADJUST, 2, RMP_FAIL_INPUT);
	check_eq(lend(LENT), SVSM_ERR_RMP + RMP_FAIL_INPUT);
	check_eq(pv_state(LENT), PAGE_GUEST);
	check(host_guest_may(LENT, SNP_WRITE));
	check(!deposit_available());
	check(deposit_reserve(DEPOSIT_PAGES));
	check(!deposit_reserve(1));
	check_eq(lend(LENT), SVSM_ERR_INVALID_REQUEST);
	deposit_release(DEPOSIT_PAGES);
	check_eq(lend(LENT), SVSM_SUCCESS);
}

declare_test(withdraw_refused)
{
	static const struct {
		uint64_t buffer;
		uint32_t result;
	} rows[] = {
		{ BUFFER + 4, SVSM_ERR_INVALID_PARAMETER },
		{ BUFFER + 0xff8, SVSM_ERR_INVALID_PARAMETER },
		{ HOST_CA, SVSM_ERR_INVALID_ADDRESS },
		{ 0x200000, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_SVSM_GPA, SVSM_ERR_INVALID_ADDRESS },
		{ LENT, SVSM_ERR_INVALID_ADDRESS },
		{ ~0xfffULL, SVSM_ERR_INVALID_ADDRESS },
	};
	uint64_t back[2];

	pv_ready(1);
	check_eq(lend(LENT), SVSM_SUCCESS);
	check_eq(lend(LENT + PAGE_4K), SVSM_SUCCESS);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_eq(i << 8 | (uint32_t)host_call(SVSM_CORE_WITHDRAW_MEM, rows[i].buffer),
			 i << 8 | rows[i].result);
	/* Behind the calling area's own bytes there is room; one entry is the least. */
	check_eq(withdraw(HOST_CA + 0xff0, back), 1);
	check_eq(back[0], LENT);
	host_fail(HOST_STORE, 1, HW_FAULT);
	check_eq((uint32_t)host_call(SVSM_CORE_WITHDRAW_MEM, BUFFER), SVSM_ERR_INVALID_ADDRESS);
	check(deposit_available());
	check_eq(pv_state(BUFFER), PAGE_GUEST);
	check_eq(withdraw(BUFFER, back), 1);
}

/* What the hypervisor has taken away in the meantime is not given back. */
declare_test(withdraw_page_gone)
{
	uint64_t entries[2] = { LENT, LENT + PAGE_4K }, back[2];

	pv_ready(1);
	check_eq(deposit(entries, 2, 0), SVSM_SUCCESS);
	host_fail(HOST_ZERO, 1, HW_FAULT);
	check_eq(withdraw(BUFFER, back), 1);
	check_eq(back[0], LENT + PAGE_4K);
	check_eq(pv_state(LENT), PAGE_USED);
	check_eq(pv_one(R4(LENT)), SVSM_ERR_INVALID_ADDRESS);
}

/* The SVSM's own frames are used up: a vCPU's context is made of what is lent. */
declare_test(deposit_makes_contexts)
{
	const uint64_t vmsa = HOST_LIST + 8 * PAGE_4K, ca = vmsa + PAGE_4K;
	const struct vmsa_guest guest = { .vmpl = 1 };
	uint64_t entries[CPU_CONTEXT_FRAMES], back[8];
	uint32_t needed = SVSM_NEED_PAGES + CPU_CONTEXT_FRAMES;
	pa_t frame;

	pv_ready(1);
	do {
		while (frame_alloc(frame_cpu(0), &frame) == OK)
			;
	} while (accept_more() == OK);
	vmsa_build(host_page(vmsa), &guest);
	host_set(VMSA_RDX, ca);
	host_set(VMSA_R8, 0);
	for (unsigned int n = 0; n < CPU_CONTEXT_FRAMES; n++) {
		check_eq(host_call(SVSM_CORE_CREATE_VCPU, vmsa), needed - n);
		check_eq(pv_state(vmsa), PAGE_GUEST);
		entries[n] = LENT + n * PAGE_4K;
		check_eq(lend(entries[n]), SVSM_SUCCESS);
	}
	check_eq(available(), 1);
	check_eq(host_call(SVSM_CORE_CREATE_VCPU, vmsa), SVSM_SUCCESS);
	check_eq(available(), 0);
	check_eq(withdraw(BUFFER, back), 0);
	check_eq(host_call(SVSM_CORE_DELETE_VCPU, vmsa), SVSM_SUCCESS);
	check_eq(available(), 1);
	check_eq(withdraw(BUFFER, back), CPU_CONTEXT_FRAMES);
	check(pv_is_zero(LENT, CPU_CONTEXT_FRAMES * PAGE_4K));
}
