/* SPDX-License-Identifier: MIT */
/* The vCPUs there are, and how one enters its guest, waits and stops. */
#include <svsm/frame.h>
#include <svsm/hw.h>
#include <svsm/page.h>
#include <svsm/vcpu.h>
#include <svsm/withdrawn.h>

static struct vcpu vcpus[VCPU_MAX];
static _Atomic unsigned int vcpu_count;

static struct vcpu *add(pa_t vmsa, pa_t ca, unsigned int vmpl, uint32_t apic_id)
{
	unsigned int count = atomic_load(&vcpu_count);
	struct vcpu *v = &vcpus[count];

	CHECK(count < VCPU_MAX);
	vcpu_init(v);
	v->vmpl = vmpl;
	v->apic_id = apic_id;
	atomic_store(&v->vmsa, vmsa.raw);
	atomic_store(&v->ca, ca.raw);
	atomic_store(&vcpu_count, count + 1);
	return v;
}

struct vcpu *vcpu_boot(pa_t vmsa, pa_t ca, unsigned int vmpl, uint32_t apic_id)
{
	enum page_state seen;

	CHECK(frame_state(vmsa, &seen) == OK && seen == PAGE_USED);
	CHECK(page_claim(ca, SIZE_4K, PAGE_GUEST) == OK);
	return add(vmsa, ca, vmpl, apic_id);
}

static bool overlaps(pa_t page, enum page_size size, uint64_t owned)
{
	return owned - page.raw < size_bytes(size);
}

bool vcpu_owns(pa_t page, enum page_size size)
{
	unsigned int count = atomic_load(&vcpu_count);

	for (unsigned int i = 0; i < count; i++) {
		if (overlaps(page, size, atomic_load(&vcpus[i].vmsa)) ||
		    overlaps(page, size, atomic_load(&vcpus[i].ca)))
			return true;
	}
	return frame_overlaps(page, size) || withdrawn_overlaps(page, size);
}

/* A hypervisor may need a moment until it knows the save area; not for ever. */
enum event vcpu_park(struct vcpu *v)
{
	if (++v->refusals == VCPU_PARK_LIMIT)
		return EV_STOP;
	hw_pause();
	return EV_AGAIN;
}

enum event vcpu_stop(struct vcpu *v)
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

_Noreturn void vcpu_run(struct vcpu *v)
{
	(void)vcpu_go(v, EV_START, UINT64_MAX);
	hw_stop(REASON_RUN_VMPL, v->apic_id);
}
