/* SPDX-License-Identifier: MIT */
/* The host's machine itself: several CPUs, requests in parts, one machine after the other, threads.
 */
#include "hostile.h"

#include <pthread.h>
#include <svsm/vmsa.h>

static const struct host_registers query = { .rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = 1 };

declare_named(machine_two_cpus, "machine: two CPUs serve their own guests")
{
	two_ready(1);
	check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
	check_sound();
	check_eq(host_call_on(1, &query), SVSM_SUCCESS);
	check_eq(host_cpu, 0);
	check_eq(host_page(CA_1)[SVSM_CA_PENDING], 0);
	host_on(1);
	check_eq(host_get(VMSA_RCX), 1ULL << 32 | 1);
	check_eq(host.vcpu->vmsa.raw, VMSA_1);
	check_eq(host_pvalidate(&(uint64_t){ V4(PAGE_NEW) }, 1, 0), SVSM_SUCCESS);
	host_on(0);
	check_sound();
	check_eq(host_call(SVSM_CORE_DELETE_VCPU, VMSA_1), SVSM_SUCCESS);
	check_sound();
	/* Nothing is left to serve there. */
	host_enter_on(1);
	check(host.guest_of[1].asleep);
	check_sound();
}

/* A CPU that comes up when a vCPU was created for it, and not yet started by the guest, waits. */
declare_named(machine_created_early, "machine: created before its CPU is up, started after")
{
	struct snp_vcpu *v = &host.snp.vcpu[1];
	uint64_t spa;

	two_ready(1);
	check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
	spa = v->vmsa_spa[1];
	v->vmsa_spa[1] = 0;
	host.guest_of[1].next = EV_START;
	host_enter_on(1);
	check(host.guest_of[1].asleep);
	check_sound();
	v->vmsa_spa[1] = spa;
	check_eq(host_call_on(1, &query), SVSM_SUCCESS);
	check_sound();
}

declare_named(machine_parts, "machine: a request in parts")
{
	const struct host_registers mine = { .rax = SVSM_CORE_PVALIDATE, .rcx = HOST_LIST };
	const struct host_registers others = { .rax = SVSM_CORE_PVALIDATE, .rcx = LIST_1 };
	unsigned int parts = 0;

	two_ready(1);
	check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
	host_list(HOST_LIST, &(uint64_t){ R4(OTHER) }, 1, 0);
	host_list(LIST_1, &(uint64_t){ V4(PAGE_NEW) }, 1, 0);
	host_part_begin(0, &mine);
	host_part_begin(1, &others);
	while (!host_part(0, 1)) {
		parts++;
		if (parts % 2 == 0 && parts < 40 && host.guest_of[1].busy)
			(void)host_part(1, 1);
	}
	while (host.guest_of[1].busy)
		(void)host_part(1, 3);
	check(parts > 10);
	check_eq(host_part_result(0), SVSM_SUCCESS);
	check_eq(host_part_result(1), SVSM_SUCCESS);
	check_eq(pv_state(OTHER), PAGE_NONE);
	check_eq(pv_state(PAGE_NEW), PAGE_GUEST);
	check_sound();
}

declare_named(machine_reset, "machine: reset brings everything back")
{
	two_ready(1);
	host_save();
	for (unsigned int i = 0; i < 20; i++) {
		host_page(OTHER)[5] = 7;
		check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
		check_eq(pv_one(R4(OTHER)), SVSM_SUCCESS);
		check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
		check_eq(host_call_on(1, &query), SVSM_SUCCESS);
		check_sound();
		host_reset();
		check_sound();
		check_eq(pv_state(REGION_NEW), PAGE_NONE);
		check_eq(pv_state(OTHER), PAGE_GUEST);
		check_eq(host_page(OTHER)[5], 0);
		check_eq(host.guest_of[1].vmsa, 0);
	}
}

static void *requests(void *cpu)
{
	uint64_t page = PAGE_NEW + (uint64_t)(uintptr_t)cpu * PAGE_4K * 7;

	host_on((unsigned int)(uintptr_t)cpu);
	for (unsigned int i = 0; i < 2000; i++) {
		uint64_t list = LIST_1 + (uint64_t)(uintptr_t)cpu * PAGE_4K;
		struct host_registers r = { .rax = SVSM_CORE_PVALIDATE, .rcx = list };

		host_list(list, &(uint64_t){ i % 2 == 0 ? V4(page) : R4(page) }, 1, 0);
		check_eq(host_call_with(&r), SVSM_SUCCESS);
	}
	return NULL;
}

declare_named(machine_threads, "machine: two threads are two CPUs")
{
	pthread_t thread[2];

	two_ready(1);
	check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
	host_threads();
	/* One request splits the region: both at once would be busy. */
	check_eq(pv_one(V4(PAGE_NEW + PAGE_2M - PAGE_4K)), SVSM_SUCCESS);
	for (uintptr_t i = 0; i < 2; i++)
		check_eq(pthread_create(&thread[i], NULL, requests, (void *)i), 0);
	for (unsigned int i = 0; i < 2; i++)
		check_eq(pthread_join(thread[i], NULL), 0);
	check_eq(pv_state(PAGE_NEW), PAGE_NONE);
}
