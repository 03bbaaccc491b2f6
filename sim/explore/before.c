/* SPDX-License-Identifier: MIT */
/* The machine as it is before the first choice: its vCPUs, and what has happened. */
#include "explore.h"

#include <svsm/abi.h>
#include <svsm/accept.h>
#include <svsm/frame.h>

/* As if other CPUs were in the middle of requests that take it all, or these had come before. */
static void use_up(unsigned int before)
{
	const uint64_t lent[] = { 0x400000 | SIZE_2M, 0x600000 | SIZE_2M };
	const uint64_t own[] = { lent[0] | SVSM_ENTRY_VALIDATE, lent[1] | SVSM_ENTRY_VALIDATE };
	const uint64_t page = SPARE_PAGE;
	pa_t frame;

	if ((before & BEFORE_MEMORY) != 0)
		while (frame_alloc(frame_cpu(0), &frame) == OK || accept_more() == OK)
			;
	if ((before & BEFORE_FRAMES) != 0)
		while (frame_alloc(frame_cpu(0), &frame) == OK)
			;
	if ((before & BEFORE_SLOTS) != 0)
		while (slot_take() != NULL)
			;
	if ((before & BEFORE_PAGE) != 0) {
		host_list(HOST_LIST, &page, 1, 0);
		CHECK(host_call(SVSM_CORE_DEPOSIT_MEM, HOST_LIST) == SVSM_SUCCESS);
	}
	if ((before & BEFORE_LENT) == 0)
		return;
	CHECK(host_pvalidate(own, 2, 0) == SVSM_SUCCESS);
	host_list(HOST_LIST, lent, 2, 0);
	CHECK(host_call(SVSM_CORE_DEPOSIT_MEM, HOST_LIST) == SVSM_SUCCESS);
}

static void move_area(void)
{
	const uint64_t page = AREA_2M | SIZE_2M | SVSM_ENTRY_VALIDATE;

	CHECK(host_pvalidate(&page, 1, 0) == SVSM_SUCCESS);
	CHECK(host_call(SVSM_CORE_REMAP_CA, AREA_END) == SVSM_SUCCESS);
}

/* Its CPU goes on with the older one. */
static void make_newer(void)
{
	const struct host_registers r = {
		.rax = SVSM_CORE_CREATE_VCPU, .rcx = F0, .rdx = F1, .r8 = HOST_APIC_ID + 1
	};

	host_build_vmsa(F0);
	CHECK(host_call_with(&r) == SVSM_SUCCESS);
}

unsigned int before_vcpus(const struct explore_config *c)
{
	const unsigned int spare = (c->before & BEFORE_ASLEEP) != 0 ? c->cpus - 1 : c->cpus;

	host_new_cpus(c->vmpl, c->cpus + 1);
	CHECK(host.guest_of[0].vmsa == STARTUP_VMSA);
	for (unsigned int cpu = 1; cpu < c->cpus && cpu != spare; cpu++) {
		CHECK(host_create(cpu, VMSA(cpu), CA(cpu)) == SVSM_SUCCESS);
		host_enter_on(cpu);
	}
	if ((c->before & BEFORE_NEWER) != 0)
		make_newer();
	use_up(c->before);
	if ((c->before & BEFORE_DOWN) != 0)
		host.guest_of[spare].next = EV_START;
	if ((c->before & BEFORE_AREA) != 0)
		move_area();
	if ((c->before & BEFORE_PENDING) != 0)
		host_page(F0)[SVSM_CA_PENDING] = 1;
	rest_open(c->cpus + 1);
	return spare;
}
