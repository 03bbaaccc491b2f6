/* SPDX-License-Identifier: MIT */
/* How a vCPU begins, enters its guest, waits and ends, and what its CPU does without one. */
#include <svsm/context.h>
#include <svsm/frame.h>
#include <svsm/hw.h>
#include <svsm/page.h>
#include <svsm/vcpu.h>

static unsigned int guest_vmpl;

void vcpu_setup(struct vcpu *v, struct vcpu_slot *slot, pa_t vmsa, pa_t ca, uint32_t apic_id)
{
	vcpu_init(v);
	v->vmpl = guest_vmpl;
	v->apic_id = apic_id;
	v->who = RING_WHO(MACHINE_VCPU, apic_id);
	v->vmsa = vmsa;
	v->ca = ca;
	v->slot = slot;
	slot->context = v;
}

struct vcpu *vcpu_boot(pa_t vmsa, pa_t ca, unsigned int vmpl, uint32_t apic_id)
{
	struct vcpu_slot *slot = slot_take();
	enum page_state seen;
	unsigned int cpu;
	struct vcpu *v;

	CHECK(frame_state(vmsa, &seen) == OK && seen == PAGE_USED);
	CHECK(page_claim(ca, SIZE_4K, PAGE_GUEST) == OK);
	CHECK(slot != NULL && vcpu_find_cpu(apic_id, &cpu));
	if (context_take(slot_index(slot), &v) != SVSM_SUCCESS)
		return NULL;
	guest_vmpl = vmpl;
	vcpu_setup(v, slot, vmsa, ca, apic_id);
	v->startup = true;
	slot_publish(slot, cpu, vmsa, ca);
	return v;
}

/*
 * A hypervisor may need a moment until it knows the save area. One that it
 * never comes to know, because the guest has not started it yet or has had it
 * taken away, is no reason to stop: the CPU sleeps until VMPL0 is entered
 * again. If the startup vCPU never runs, there is no VM to speak of.
 */
enum event vcpu_park(struct vcpu *v)
{
	if (++v->refusals % VCPU_PARK_LIMIT != 0) {
		hw_pause();
		return EV_AGAIN;
	}
	if (v->startup && !v->entered)
		return EV_STOP;
	return ghcb_hold() == OK ? EV_ENTERED : EV_AGAIN;
}

enum event vcpu_stop(struct vcpu *v)
{
	(void)v;
	return EV_NONE;
}

enum event vcpu_leave(struct vcpu *v)
{
	(void)v;
	return EV_NONE;
}

enum event vcpu_wrong(struct vcpu *v, enum event ev)
{
	hw_stop(REASON_MACHINE, (uint64_t)v->at << 32 | (uint64_t)ev);
}

enum event vcpu_advance(struct vcpu *v, enum event ev)
{
	return vcpu_go(v, ev, 1);
}

/* The hypervisor wakes it when VMPL0 is to be entered; one that cannot sleep is asked again. */
static enum event sleep_cpu(void)
{
	if (ghcb_hold() != OK)
		hw_pause();
	return EV_ENTERED;
}

enum event vcpu_cpu_go(enum event ev, uint64_t steps)
{
	struct vcpu *v = seat_vcpu();

	if (v == NULL)
		v = seat_take();
	if (v == NULL)
		return sleep_cpu();
	ev = vcpu_go(v, ev, steps);
	if (ev != EV_NONE)
		return ev;
	if (v->at == VCPU_STOPPED)
		hw_stop(REASON_RUN_VMPL, v->apic_id);
	seat_leave();
	return EV_ENTERED;
}

_Noreturn void vcpu_cpu_run(void)
{
	enum event ev = EV_START;

	for (;;)
		ev = vcpu_cpu_go(ev, UINT64_MAX);
}
