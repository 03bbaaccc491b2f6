/* SPDX-License-Identifier: MIT */
/* Every event of every machine passes here on its way (ld --wrap). */
#include <sim/engine.h>
#include <svsm/boot.h>

/* `wrap` and `real`, as ld names them. */
enum event __wrap_vcpu_go(struct vcpu *v, enum event ev, uint64_t steps);
enum event __real_vcpu_go(struct vcpu *v, enum event ev, uint64_t steps);
enum event __wrap_pvalidate_step(struct pvalidate *p, enum event ev);
enum event __real_pvalidate_step(struct pvalidate *p, enum event ev);
enum event __wrap_create_step(struct create *c, enum event ev);
enum event __real_create_step(struct create *c, enum event ev);
enum event __wrap_boot_advance(struct boot *b, enum event ev);
enum event __real_boot_advance(struct boot *b, enum event ev);

static enum event arrives(enum machine machine, uint32_t vcpu, unsigned int state, enum event ev,
			  uint64_t argument)
{
	const struct engine_event event = {
		true, (uint8_t)machine, (uint8_t)state, (uint16_t)ev, vcpu, argument,
	};

	return (enum event)engine_arrives(&event);
}

/* As many steps as vcpu_go() makes, one by one. */
enum event __wrap_vcpu_go(struct vcpu *v, enum event ev, uint64_t steps)
{
	do {
		ev = arrives(MACHINE_VCPU, v->apic_id, v->at, ev, v->call.rax);
		ev = __real_vcpu_go(v, ev, 1);
	} while (--steps != 0 && v->at != VCPU_STOPPED && v->at != VCPU_GONE);
	return ev;
}

/* The seat has the vCPU whose call it is. */
enum event __wrap_pvalidate_step(struct pvalidate *p, enum event ev)
{
	const struct vcpu *v = seat_vcpu();

	ev = arrives(MACHINE_PVALIDATE, v != NULL ? v->apic_id : 0, p->at, ev, p->next);
	return __real_pvalidate_step(p, ev);
}

enum event __wrap_create_step(struct create *c, enum event ev)
{
	ev = arrives(MACHINE_CREATE, c->caller->apic_id, c->at, ev, c->vmsa.raw);
	return __real_create_step(c, ev);
}

enum event __wrap_boot_advance(struct boot *b, enum event ev)
{
	return __real_boot_advance(b, arrives(MACHINE_BOOT, HOST_APIC_ID, b->at, ev, 0));
}
