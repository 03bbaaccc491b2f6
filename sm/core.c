/* SPDX-License-Identifier: MIT */
/* The core protocol's calls that need no page claimed, and the way into those with machines. */
#include <svsm/ring.h>
#include <svsm/vcpu.h>

enum event core_query(struct vcpu *v)
{
	const struct request *r = &v->request;
	bool known = r->protocol == SVSM_PROTOCOL_CORE && r->version == SVSM_CORE_VERSION;

	v->answer.rcx_set = true;
	v->answer.rcx = known ? (uint64_t)SVSM_CORE_VERSION << 32 | SVSM_CORE_VERSION : 0;
	return EV_DONE;
}

/* vTOM is not supported. */
enum event core_vtom(struct vcpu *v)
{
	v->answer.rcx_set = true;
	v->answer.rcx = 0;
	return EV_DONE;
}

enum event core_open(struct vcpu *v)
{
	pvalidate_begin(&v->pvalidate, v->request.list, v->ca, v->vmpl);
	return EV_AGAIN;
}

enum event core_deposit(struct vcpu *v)
{
	(void)core_open(v);
	v->pvalidate.deposit = true;
	return EV_AGAIN;
}

/* To its end: it is short. A vCPU that has deleted itself gets no answer. */
static enum event change(struct vcpu *v, enum event what)
{
	struct create *c = &v->create;

	create_begin(c, v, what);
	while (c->event != EV_NONE) {
		ring_append(MACHINE_CREATE, v->apic_id, c->at, c->event, c->vmsa.raw);
		c->event = create_step(c, c->event);
	}
	v->answer.result = c->result;
	return (shared64_load(&v->slot->state) & SLOT_PHASE) == SLOT_LIVE ? EV_DONE : EV_GONE;
}

enum event core_create(struct vcpu *v)
{
	return change(v, EV_CREATE);
}

enum event core_delete(struct vcpu *v)
{
	return change(v, EV_DELETE);
}

/* The call's own machine, up to the end of a bounded run of entries or of the call. */
enum event core_work(struct vcpu *v)
{
	struct pvalidate *p = &v->pvalidate;

	do {
		ring_append(MACHINE_PVALIDATE, v->apic_id, p->at, p->event, p->next);
		p->event = pvalidate_step(p, p->event);
	} while (p->event != EV_NONE && p->event != EV_AGAIN);
	if (p->event == EV_AGAIN)
		return EV_AGAIN;
	v->answer.result = p->result;
	return EV_DONE;
}
