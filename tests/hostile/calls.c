/* SPDX-License-Identifier: MIT */
#include "calls.h"

#define LENT_2 PAGE(11)
#define RESCINDED PAGE(12)
#define FREE_1 PAGE(13)
#define FREE_2 PAGE(14)

static const struct host_registers query = { .rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = 1 };

static void list_4k(void)
{
	const uint64_t entries[] = { R4(RESCINDED), V4(PAGE_NEW + PAGE_4K),
				     V4(PAGE_NEW + 2 * PAGE_4K), V4(PAGE_NEW + 9 * PAGE_4K) };

	host_list(HOST_LIST, entries, 4, 0);
}

static void list_2m(void)
{
	host_list(HOST_LIST, &(uint64_t){ V2(0x600000) }, 1, 0);
}

static void list_rescind_2m(void)
{
	host_list(HOST_LIST, &(uint64_t){ R2(REGION_NEW) }, 1, 0);
}

static void list_lent(void)
{
	const uint64_t entries[] = { RESCINDED, FREE_1 };

	host_list(HOST_LIST, entries, 2, 0);
}

static void build(void)
{
	host_build_vmsa(VMSA_2);
}

static void nothing(void)
{
}

const struct hostile_call hostile_calls[HOSTILE_CALLS] = {
	{ "QUERY_PROTOCOL", { .rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = 1 }, nothing },
	{ "CONFIGURE_VTOM", { .rax = SVSM_CORE_CONFIGURE_VTOM, .rcx = 1 }, nothing },
	{ "REMAP_CA", { .rax = SVSM_CORE_REMAP_CA, .rcx = OTHER }, nothing },
	{ "PVALIDATE", { .rax = SVSM_CORE_PVALIDATE, .rcx = HOST_LIST }, list_4k },
	{ "PVALIDATE 2M", { .rax = SVSM_CORE_PVALIDATE, .rcx = HOST_LIST }, list_2m },
	{ "rescind 2M", { .rax = SVSM_CORE_PVALIDATE, .rcx = HOST_LIST }, list_rescind_2m },
	{ "CREATE_VCPU", { SVSM_CORE_CREATE_VCPU, VMSA_2, CA_2, 1, 0 }, build },
	{ "CREATE_VCPU with its CPU's calling area",
	  { SVSM_CORE_CREATE_VCPU, VMSA_2, CA_1, 1, 0 },
	  build },
	{ "DELETE_VCPU", { .rax = SVSM_CORE_DELETE_VCPU, .rcx = VMSA_1 }, nothing },
	{ "DEPOSIT_MEM", { .rax = SVSM_CORE_DEPOSIT_MEM, .rcx = HOST_LIST }, list_lent },
	{ "WITHDRAW_MEM", { .rax = SVSM_CORE_WITHDRAW_MEM, .rcx = BUFFER }, nothing },
};

void hostile_ready(const struct hostile_call *call)
{
	const uint64_t lent[] = { LENT, LENT_2 };

	both_ready(1);
	check_eq(host_call_on(1, &query), SVSM_SUCCESS);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	host_list(HOST_LIST, lent, 2, 0);
	check_eq(host_call(SVSM_CORE_DEPOSIT_MEM, HOST_LIST), SVSM_SUCCESS);
	call->prepare();
	/* Everybody has used everything: what a flush misses is seen. */
	for (unsigned int cpu = 0; cpu < 2; cpu++) {
		host_on(cpu);
		for (unsigned int i = 0; i < HOST_GUEST_PAGE_COUNT; i++)
			(void)host_guest_may(PAGE(i), SNP_WRITE);
		(void)host_guest_may(REGION_NEW, SNP_WRITE);
	}
	host_on(0);
	check_sound();
	host_save();
}

bool hostile_up_to(const struct hostile_call *call, unsigned int ops)
{
	host_reset();
	host_log_clear();
	host_part_begin(0, &call->r);
	return host_part(0, ops);
}

void hostile_finish(void)
{
	while (host.guest_of[0].busy)
		(void)host_part(0, 100000);
}

unsigned int hostile_length(const struct hostile_call *call)
{
	(void)hostile_up_to(call, 0);
	hostile_finish();
	return host.ops;
}

static uint64_t other_call(uint64_t rax, uint64_t rcx)
{
	const struct host_registers r = { .rax = rax, .rcx = rcx };

	return host_call_on(1, &r);
}

void hostile_others(void)
{
	host_list(LIST_1, &(uint64_t){ V4(0x800000) }, 1, 0);
	check_eq(other_call(SVSM_CORE_PVALIDATE, LIST_1), SVSM_SUCCESS);
	host_list(LIST_1, &(uint64_t){ R4(0x800000) }, 1, 0);
	check_eq(other_call(SVSM_CORE_PVALIDATE, LIST_1), SVSM_SUCCESS);
	host_list(LIST_1, &(uint64_t){ FREE_2 }, 1, 0);
	check_eq(other_call(SVSM_CORE_DEPOSIT_MEM, LIST_1), SVSM_SUCCESS);
	check_eq(other_call(SVSM_CORE_WITHDRAW_MEM, LIST_1), SVSM_SUCCESS);
	check_eq(other_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
}
