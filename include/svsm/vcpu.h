/* SPDX-License-Identifier: MIT */
/*
 * A guest vCPU as VMPL0 sees it: a state word stepped by events (sm/vcpu.rl).
 * Only the vCPU itself steps its machine.
 */
#pragma once
#include <svsm/call.h>
#include <svsm/err.h>
#include <svsm/event.h>
#include <svsm/ghcb.h>
#include <svsm/pvalidate.h>
#include <svsm/ring.h>
#include <svsm/types.h>

#include <stdatomic.h>

#define VCPU_MAX 4U
/* So often in a row the hypervisor may refuse to run the guest. */
#define VCPU_PARK_LIMIT 64U

enum vcpu_at {
	VCPU_NEW,
	VCPU_GUEST,
	VCPU_GATE,
	VCPU_DECODE,
	VCPU_LIST,
	VCPU_SERVE,
	VCPU_REPLY,
	VCPU_PARKED,
	VCPU_STOPPED,
};

struct vcpu {
	int cs;
	enum vcpu_at at;
	struct ring *ring; /* of the CPU it runs on */
	unsigned int vmpl;
	uint32_t apic_id;
	/* Both pages are PAGE_USED. Written by the vCPU itself, read by all (vcpu_owns). */
	_Atomic uint64_t vmsa, ca;
	unsigned int refusals; /* by the hypervisor, in a row */
	uint64_t efer;	       /* the guest's, before it was frozen */
	uint8_t pending;       /* the calling area's flag, copied once */
	struct call call;
	struct request request;
	struct answer answer;
	struct pvalidate pvalidate;
};

/*
 * The boot vCPU: VMSA page (built, VMSA bit set, PAGE_USED), calling area
 * (PAGE_GUEST, claimed here), the guest's VMPL and APIC id. Boot only.
 */
struct vcpu *vcpu_boot(pa_t vmsa, pa_t ca, unsigned int vmpl, uint32_t apic_id);

/* Steps the machine for ever, beginning with EV_START. */
_Noreturn void vcpu_run(struct vcpu *v);

/* One step. Returns the event to give next; EV_NONE when it is over. */
enum event vcpu_advance(struct vcpu *v, enum event ev);

/*
 * Whether the page overlaps what is the SVSM's for good: its own range, a
 * VMSA, a calling area, a withdrawn page. A PAGE_USED frame not owned so is in flight.
 */
bool vcpu_owns(pa_t page, enum page_size size);

void vcpu_init(struct vcpu *v);
/* Comes back when VMPL0 is entered again, or at once when refused. */
static inline enum event vcpu_enter(const struct vcpu *v)
{
	return ghcb_run_vmpl(v->vmpl) == OK ? EV_ENTERED : EV_HOST_REFUSED;
}

static inline enum event call_decode(struct vcpu *v)
{
	enum event ev = core_decode(&v->call, &v->request);

	v->answer.result = v->request.result;
	return ev;
}

/* So many steps, each recorded in the ring; less when it is over. */
enum event vcpu_go(struct vcpu *v, enum event next, uint64_t steps);

static inline void vcpu_record(const struct vcpu *v, enum event ev)
{
	struct ring_entry *e = ring_next(v->ring);

	e->argument = v->call.rax;
	e->vcpu = v->apic_id;
	e->machine = MACHINE_VCPU;
	e->state = (uint8_t)v->at;
	e->event = (uint16_t)ev;
}

/* The actions of sm/vcpu.rl. */
enum event vcpu_park(struct vcpu *v);
enum event vcpu_stop(struct vcpu *v);
enum event vcpu_wrong(struct vcpu *v, enum event ev);
enum event call_gate(struct vcpu *v);
enum event core_open(struct vcpu *v);
enum event core_work(struct vcpu *v);
enum event core_query(struct vcpu *v);
enum event core_vtom(struct vcpu *v);
enum event remap_perform(struct vcpu *v);
enum event reply_send(struct vcpu *v);
