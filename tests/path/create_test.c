/* SPDX-License-Identifier: MIT */
/* Sentences of sm/create.rl, and of sm/vcpu.rl where a vCPU comes after another or ends. */
#include "path.h"

#include <svsm/context.h>
#include <svsm/page.h>
#include <svsm/vmsa.h>

#include <string.h>

#define NEW_VMSA (HOST_LIST + 2 * PAGE_4K)
#define NEW_CA (HOST_LIST + 3 * PAGE_4K)
#define OTHER (HOST_LIST + 4 * PAGE_4K)

static uint64_t mark;

static void ready(void)
{
	const struct vmsa_guest guest = { .vmpl = 1 };

	host_new(1);
	host_serve(EV_START);
	vmsa_build(host_page(NEW_VMSA), &guest);
	mark = ring_count(0);
}

static uint32_t create(uint64_t vmsa)
{
	host_set(VMSA_RDX, NEW_CA);
	host_set(VMSA_R8, HOST_APIC_ID);
	return (uint32_t)host_call(SVSM_CORE_CREATE_VCPU, vmsa);
}

declare_test(path_create)
{
	ready();
	check_eq(create(NEW_VMSA), SVSM_SUCCESS);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_CREATE, CREATE_CLAIM, EV_DONE, CREATE_REVOKE,
	     EV_DONE, CREATE_CHECK, EV_DONE, CREATE_ROOM, EV_DONE, CREATE_SEAL, EV_DONE,
	     CREATE_AREA, EV_DONE);
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_CALL, VCPU_DECODE, EV_CREATE,
	     VCPU_CHANGE, EV_DONE, VCPU_REPLY, EV_DONE);
}

declare_test(path_create_not_the_guests)
{
	ready();
	check_eq(create(HOST_CA), SVSM_ERR_INVALID_ADDRESS);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_CREATE, CREATE_CLAIM, EV_REFUSED);
}

declare_test(path_create_revoke_fails)
{
	ready();
	host_fail(HOST_RMPADJUST, 2, RMP_FAIL_INPUT);
	check_eq(create(NEW_VMSA), SVSM_ERR_RMP + RMP_FAIL_INPUT);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_CREATE, CREATE_CLAIM, EV_DONE, CREATE_REVOKE,
	     EV_FAILED);
}

declare_test(path_create_bad_save_area)
{
	ready();
	memset(host_page(NEW_VMSA), 0, PAGE_4K);
	check_eq(create(NEW_VMSA), SVSM_ERR_INVALID_PARAMETER);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_CREATE, CREATE_CLAIM, EV_DONE, CREATE_REVOKE,
	     EV_DONE, CREATE_CHECK, EV_REFUSED);
}

declare_test(path_create_no_slot)
{
	ready();
	while (slot_take() != NULL)
		;
	check_eq(create(NEW_VMSA), SVSM_ERR_INVALID_REQUEST);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_CREATE, CREATE_CLAIM, EV_DONE, CREATE_REVOKE,
	     EV_DONE, CREATE_CHECK, EV_DONE, CREATE_ROOM, EV_REFUSED);
}

declare_test(path_create_seal_fails)
{
	ready();
	host_fail(HOST_RMPADJUST, 4, RMP_FAIL_INPUT);
	check_eq(create(NEW_VMSA), SVSM_ERR_RMP + RMP_FAIL_INPUT);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_CREATE, CREATE_CLAIM, EV_DONE, CREATE_REVOKE,
	     EV_DONE, CREATE_CHECK, EV_DONE, CREATE_ROOM, EV_DONE, CREATE_SEAL, EV_FAILED);
}

/* The older vCPU, whose calling area it is to have, is being deleted by then. */
static uint32_t delete_older(const struct host_op *op)
{
	struct vcpu_slot *slot;

	if (op->kind == HOST_RMPADJUST && op->argument == HOST_ADJUST(1, PERM_R, 1))
		check_eq(slot_close(pa(NEW_VMSA), NULL, &slot), OK);
	return 0;
}

declare_test(path_create_area_lost)
{
	const struct vmsa_guest guest = { .vmpl = 1 };

	ready();
	check_eq(create(NEW_VMSA), SVSM_SUCCESS);
	vmsa_build(host_page(OTHER), &guest);
	host.hook = delete_older;
	mark = ring_count(0);
	check_eq(create(OTHER), SVSM_ERR_INVALID_ADDRESS);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_CREATE, CREATE_CLAIM, EV_DONE, CREATE_REVOKE,
	     EV_DONE, CREATE_CHECK, EV_DONE, CREATE_ROOM, EV_DONE, CREATE_SEAL, EV_DONE,
	     CREATE_AREA, EV_REFUSED);
	check(host_guest_may(OTHER, SNP_WRITE));
}

declare_test(path_delete)
{
	ready();
	check_eq(create(NEW_VMSA), SVSM_SUCCESS);
	mark = ring_count(0);
	check_eq(host_call(SVSM_CORE_DELETE_VCPU, NEW_VMSA), SVSM_SUCCESS);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_DELETE, CREATE_HOLD, EV_DONE, CREATE_OPEN,
	     EV_DONE);
	mark = ring_count(0);
	check_eq(host_call(SVSM_CORE_DELETE_VCPU, NEW_VMSA), SVSM_ERR_INVALID_PARAMETER);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_DELETE, CREATE_HOLD, EV_REFUSED);
}

declare_test(path_delete_in_use)
{
	ready();
	check_eq(create(NEW_VMSA), SVSM_SUCCESS);
	mark = ring_count(0);
	host_fail(HOST_RMPADJUST, 1, RMP_FAIL_INUSE);
	check_eq(host_call(SVSM_CORE_DELETE_VCPU, NEW_VMSA), SVSM_ERR_RMP + RMP_FAIL_INUSE);
	PATH(MACHINE_CREATE, mark, CREATE_NEW, EV_DELETE, CREATE_HOLD, EV_DONE, CREATE_OPEN,
	     EV_FAILED);
}

/* ---- the CPU between its vCPUs ---- */

/* The first has nothing to ask: the newer one is served from now on. */
static void sit_the_newer(void)
{
	ready();
	check_eq(create(NEW_VMSA), SVSM_SUCCESS);
	mark = ring_count(0);
	host_page(HOST_CA)[SVSM_CA_PENDING] = 0;
	check_eq(vcpu_cpu_go(EV_ENTERED, 1), EV_GONE);
	check_eq(vcpu_cpu_go(EV_GONE, 1), EV_ENTERED);
	check(seat_vcpu() == NULL && host.vcpu->at == VCPU_GONE);
	check_eq(vcpu_cpu_go(EV_ENTERED, 1), EV_SPURIOUS);
	check(seat_vcpu() != NULL && seat_vcpu() != host.vcpu);
	check_eq(seat_vcpu()->vmsa.raw, NEW_VMSA);
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_GONE, VCPU_NEW, EV_ENTERED);
}

declare_test(path_vcpu_newer)
{
	sit_the_newer();
}

/* While the first one asks, it is answered. */
declare_test(path_vcpu_newer_waits)
{
	ready();
	check_eq(create(NEW_VMSA), SVSM_SUCCESS);
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
	check(seat_vcpu() == host.vcpu && seat_has_newer());
}

static void put(unsigned int offset, uint64_t value)
{
	memcpy(host_page(NEW_VMSA) + offset, &value, sizeof(value));
}

/* A vCPU deletes itself: no answer, its page is the guest's, its CPU takes the other one. */
declare_test(path_vcpu_deletes_itself)
{
	enum event ev = EV_SPURIOUS;

	sit_the_newer();
	while (ev != EV_ENTERED && ev != EV_HOST_REFUSED)
		ev = vcpu_cpu_go(ev, 1);
	put(VMSA_RAX, SVSM_CORE_DELETE_VCPU);
	put(VMSA_RCX, NEW_VMSA);
	put(VMSA_EXITCODE, EXIT_VMGEXIT);
	host_page(NEW_CA)[SVSM_CA_PENDING] = 1;
	mark = ring_count(0);
	ev = EV_ENTERED;
	do
		ev = vcpu_cpu_go(ev, 1);
	while (seat_vcpu() != NULL);
	check_eq(ev, EV_ENTERED);
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_CALL, VCPU_DECODE, EV_DELETE,
	     VCPU_CHANGE, EV_GONE);
	check_eq(host_page(NEW_CA)[SVSM_CA_PENDING], 1);
	check(!vcpu_owns(pa(NEW_VMSA), SIZE_4K) && !vcpu_owns(pa(NEW_CA), SIZE_4K));
	check(host_guest_may(NEW_VMSA, SNP_WRITE));
	check_eq(vcpu_cpu_go(EV_ENTERED, 1), EV_SPURIOUS);
	check(seat_vcpu() == host.vcpu);
}

/* Deleted between two entries: the context goes when its CPU comes. */
declare_test(path_vcpu_deleted_meanwhile)
{
	struct vcpu_slot *slot;

	sit_the_newer();
	slot = seat_vcpu()->slot;
	(void)vcpu_cpu_go(EV_SPURIOUS, 1);
	check_eq(slot_close(pa(NEW_VMSA), NULL, &slot), OK);
	slot_forget_pages(slot);
	slot_closed(slot);
	check_eq(shared64_load(&slot->state) & SLOT_PHASE, SLOT_DEAD);
	check_eq(vcpu_cpu_go(EV_ENTERED, 1), EV_GONE);
	check_eq(vcpu_cpu_go(EV_GONE, 1), EV_ENTERED);
	check_eq(shared64_load(&slot->state) & SLOT_PHASE, SLOT_EMPTY);
}

/* Asks while it is being deleted: it is told nothing, goes on, and asks again when it was not. */
declare_test(path_vcpu_not_deleted_goes_on)
{
	struct vcpu_slot *slot;

	sit_the_newer();
	(void)vcpu_cpu_go(EV_SPURIOUS, 1);
	put(VMSA_RAX, SVSM_CORE_QUERY_PROTOCOL);
	put(VMSA_RCX, 1);
	put(VMSA_EXITCODE, EXIT_VMGEXIT);
	host_page(NEW_CA)[SVSM_CA_PENDING] = 1;
	mark = ring_count(0);
	check_eq(slot_close(pa(NEW_VMSA), NULL, &slot), OK);
	check_eq(vcpu_cpu_go(EV_ENTERED, 2), EV_ENTERED);
	slot_reopen(slot, NULL);
	check_eq(host_page(NEW_CA)[SVSM_CA_PENDING], 1);
	check_eq(vcpu_cpu_go(EV_ENTERED, 1), EV_CALL);
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_SPURIOUS, VCPU_GUEST,
	     EV_ENTERED);
}

/* Nobody is in the seat when it asks. */
declare_test(path_vcpu_not_deleted_is_seated)
{
	struct vcpu_slot *slot;

	ready();
	check_eq(create(NEW_VMSA), SVSM_SUCCESS);
	host_page(HOST_CA)[SVSM_CA_PENDING] = 0;
	check_eq(slot_close(pa(NEW_VMSA), NULL, &slot), OK);
	check_eq(vcpu_cpu_go(EV_ENTERED, 1), EV_GONE);
	check_eq(vcpu_cpu_go(EV_GONE, 1), EV_ENTERED);
	check_eq(vcpu_cpu_go(EV_ENTERED, 1), EV_SPURIOUS);
	check(seat_vcpu() != NULL && seat_vcpu()->slot == slot);
	slot_reopen(slot, NULL);
	check_eq(shared64_load(&slot->state) & (SLOT_PHASE | SLOT_HELD), SLOT_LIVE | SLOT_HELD);
}

/* At a request of it, it cannot be deleted. */
declare_test(path_vcpu_served_is_in_use)
{
	struct vcpu_slot *slot;

	sit_the_newer();
	(void)vcpu_cpu_go(EV_SPURIOUS, 1);
	put(VMSA_RAX, SVSM_CORE_QUERY_PROTOCOL);
	put(VMSA_EXITCODE, EXIT_VMGEXIT);
	host_page(NEW_CA)[SVSM_CA_PENDING] = 1;
	check_eq(vcpu_cpu_go(EV_ENTERED, 1), EV_CALL);
	check_eq(slot_close(pa(NEW_VMSA), NULL, &slot), ERR_BUSY);
	check_eq(vcpu_cpu_go(EV_CALL, 3), EV_DONE);
	check_eq(slot_close(pa(NEW_VMSA), NULL, &slot), OK);
}

/* ---- strict ---- */

#define ARROW(ev) (1U << (ev))

static struct create call, kept;
static enum event given;

static void give(void)
{
	(void)create_step(&call, given);
}

static void strict(uint32_t arrows)
{
	kept = call;
	for (given = EV_NONE; strcmp(event_name(given), "?") != 0; given++) {
		if ((arrows >> given & 1) != 0)
			continue;
		check_eq(host_stops(give), REASON_MACHINE);
		check_eq(host.detail, (uint64_t)kept.at << 32 | given);
		call = kept;
	}
	check(given > EV_GONE);
}

static unsigned int walk(enum event what)
{
	static const uint32_t arrows[] = {
		[CREATE_NEW] = ARROW(EV_CREATE) | ARROW(EV_DELETE),
		[CREATE_CLAIM] = ARROW(EV_DONE) | ARROW(EV_REFUSED),
		[CREATE_REVOKE] = ARROW(EV_DONE) | ARROW(EV_FAILED),
		[CREATE_CHECK] = ARROW(EV_DONE) | ARROW(EV_REFUSED),
		[CREATE_ROOM] = ARROW(EV_DONE) | ARROW(EV_REFUSED),
		[CREATE_SEAL] = ARROW(EV_DONE) | ARROW(EV_FAILED),
		[CREATE_AREA] = ARROW(EV_DONE) | ARROW(EV_REFUSED),
		[CREATE_HOLD] = ARROW(EV_DONE) | ARROW(EV_REFUSED),
		[CREATE_OPEN] = ARROW(EV_DONE) | ARROW(EV_FAILED),
		[CREATE_CLOSED] = 0,
	};
	unsigned int visited = 0;

	create_begin(&call, host.vcpu, what);
	for (enum event ev = what; ev != EV_NONE; ev = create_step(&call, ev)) {
		strict(arrows[call.at]);
		visited |= 1U << call.at;
	}
	strict(arrows[call.at]);
	check_eq(call.result, SVSM_SUCCESS);
	return visited | 1U << call.at;
}

declare_test(path_create_strict)
{
	unsigned int visited;

	ready();
	host.vcpu->request.vmsa = pa(NEW_VMSA);
	host.vcpu->request.ca = pa(NEW_CA);
	host.vcpu->request.apic_id = HOST_APIC_ID;
	visited = walk(EV_CREATE);
	visited |= walk(EV_DELETE);
	check_eq(visited, (1U << (CREATE_CLOSED + 1)) - 1);
}
