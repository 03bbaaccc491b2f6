/* SPDX-License-Identifier: MIT */
/* The core protocol's calls that need no page claimed, and the way into PVALIDATE. */
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
	pvalidate_begin(&v->pvalidate, v->request.list, pa(atomic_load(&v->ca)), v->vmpl);
	return EV_AGAIN;
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
