/* SPDX-License-Identifier: MIT */
/* What the hostile tests have in common. */
#pragma once
#include "unit/pv.h"

/* The guest's pages from the start. */
#define PAGE(n) (HOST_GUEST_PAGES + (n)*PAGE_4K)
#define VMSA_1 PAGE(3) /* for a second vCPU */
#define CA_1 PAGE(4)
#define LIST_1 PAGE(5)
#define LENT PAGE(6)
#define OTHER PAGE(7)
#define VMSA_2 PAGE(8)
#define CA_2 PAGE(9)
#define BUFFER PAGE(10)

/* Two CPUs; the guest's first vCPU runs. */
static inline void two_ready(unsigned int vmpl)
{
	host_new_cpus(vmpl, 2);
	host_serve(EV_START);
}

/* And one on each. */
static inline void both_ready(unsigned int vmpl)
{
	two_ready(vmpl);
	check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
}

#define check_sound() test_check_sound(__FILE__, __LINE__)

static inline void test_check_sound(const char *file, int line)
{
	const char *wrong = host_invariants();

	test_check(wrong == NULL, file, line, wrong != NULL ? wrong : "");
}

static inline uint32_t create_vcpu(uint64_t vmsa, uint64_t ca, uint64_t apic_id)
{
	const struct host_registers r = { SVSM_CORE_CREATE_VCPU, vmsa, ca, apic_id, 0 };

	return (uint32_t)host_call_with(&r);
}

static inline uint32_t delete_vcpu(uint64_t vmsa)
{
	return (uint32_t)host_call(SVSM_CORE_DELETE_VCPU, vmsa);
}

static inline uint32_t remap_ca(uint64_t ca)
{
	return (uint32_t)host_call(SVSM_CORE_REMAP_CA, ca);
}

static inline uint32_t deposit_one(uint64_t entry)
{
	host_list(HOST_LIST, &entry, 1, 0);
	return (uint32_t)host_call(SVSM_CORE_DEPOSIT_MEM, HOST_LIST);
}

static inline uint32_t withdraw(uint64_t buffer)
{
	return (uint32_t)host_call(SVSM_CORE_WITHDRAW_MEM, buffer);
}

/* The VM is as it was for this guest: it asks, and is answered. */
static inline void check_alive(void)
{
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
	check_eq(host_get(0x308), 1ULL << 32 | 1);
}
