/* SPDX-License-Identifier: MIT */
/*
 * A guest vCPU as VMPL0 sees it: a state word stepped by events (sm/vcpu.rl).
 * Only the vCPU itself steps its machine.
 */
#pragma once
#include <svsm/call.h>
#include <svsm/cpu.h>
#include <svsm/create.h>
#include <svsm/err.h>
#include <svsm/event.h>
#include <svsm/ghcb.h>
#include <svsm/pvalidate.h>
#include <svsm/ring.h>
#include <svsm/types.h>
#include <svsm/vcpus.h>

/* So often in a row the hypervisor may refuse to run the guest. */
#define VCPU_PARK_LIMIT 64U

enum vcpu_at {
	VCPU_NEW,
	VCPU_GUEST,
	VCPU_GATE,
	VCPU_DECODE,
	VCPU_LIST,
	VCPU_CHANGE,
	VCPU_SERVE,
	VCPU_REPLY,
	VCPU_PARKED,
	VCPU_STOPPED,
	VCPU_GONE,
};

struct vcpu {
	int cs;
	unsigned int vmpl;
	enum vcpu_at at;
	uint32_t apic_id;
	uint64_t who;	       /* as the ring has it: RING_WHO() */
	bool startup;	       /* the one that boots the guest */
	bool entered;	       /* VMPL0 has come back from it */
	bool available;	       /* MEM_AVAILABLE as it is in the calling area */
	unsigned int refusals; /* by the hypervisor, in a row */
	struct vcpu_slot *slot;
	uint64_t idle;	 /* the slot's state when nobody serves it */
	pa_t vmsa, ca;	 /* as in the slot, for its own CPU */
	uint64_t efer;	 /* the guest's, before it was frozen */
	uint8_t pending; /* the calling area's flag, copied once */
	struct call call;
	struct request request;
	struct answer answer;
	struct create create;
	pa_t frame[CPU_CONTEXT_FRAMES]; /* that all this lies in */
	struct pvalidate pvalidate;	/* last: not cleared at first */
};

/*
 * The startup vCPU: VMSA page (built, VMSA bit set, PAGE_USED), calling area
 * (PAGE_GUEST, claimed here), the guest's VMPL and APIC id. NULL: no memory
 * for its context. Boot only, after vcpu_cpus().
 */
struct vcpu *vcpu_boot(pa_t vmsa, pa_t ca, unsigned int vmpl, uint32_t apic_id);

/* Sets up a vCPU's fields in its new context. */
void vcpu_setup(struct vcpu *v, struct vcpu_slot *slot, pa_t vmsa, pa_t ca, uint32_t apic_id);

/* The running CPU, for ever: serves the vCPU in its seat, sleeps while it has none. */
_Noreturn void vcpu_cpu_run(void);

/*
 * So many steps of what vcpu_cpu_run() does, beginning with `ev`: EV_START,
 * then what the last one returned. A step is one of the vCPU's machine, or a
 * sleep.
 */
enum event vcpu_cpu_go(enum event ev, uint64_t steps);

/* One step of the machine. Returns the event to give next; EV_NONE when it is over. */
enum event vcpu_advance(struct vcpu *v, enum event ev);

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

static inline void vcpu_record(const struct vcpu *v, struct ring *own, enum event ev)
{
	struct ring_entry *e = ring_next(own);

	e->argument = v->call.rax;
	e->step = v->who;
	e->state = (uint8_t)v->at;
	e->event = (uint16_t)ev;
}

/* The actions of sm/vcpu.rl. */
enum event vcpu_park(struct vcpu *v);
enum event vcpu_stop(struct vcpu *v);
enum event vcpu_leave(struct vcpu *v);
enum event vcpu_wrong(struct vcpu *v, enum event ev);
enum event call_gate(struct vcpu *v);
enum event core_open(struct vcpu *v);
enum event core_deposit(struct vcpu *v);
enum event core_work(struct vcpu *v);
enum event core_create(struct vcpu *v);
enum event core_delete(struct vcpu *v);
enum event withdraw_perform(struct vcpu *v);
enum event core_query(struct vcpu *v);
enum event core_vtom(struct vcpu *v);
enum event remap_perform(struct vcpu *v);
enum event reply_send(struct vcpu *v);
