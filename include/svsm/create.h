/* SPDX-License-Identifier: MIT */
/*
 * One CREATE_VCPU or DELETE_VCPU call (sm/create.rl) [svsm 6.2, 6.3]: a page
 * of the guest's becomes a save area, or is one no longer. No step needs
 * another vCPU to move.
 */
#pragma once
#include <svsm/err.h>
#include <svsm/event.h>
#include <svsm/types.h>

enum create_at {
	CREATE_NEW,
	CREATE_CLAIM,
	CREATE_REVOKE,
	CREATE_CHECK,
	CREATE_ROOM,
	CREATE_SEAL,
	CREATE_AREA,
	CREATE_HOLD,
	CREATE_OPEN,
	CREATE_CLOSED,
};

struct vcpu;
struct vcpu_slot;

struct create {
	int cs;
	enum create_at at;
	enum event event; /* what the machine takes next; EV_NONE: the call is over */
	struct vcpu *caller;
	pa_t vmsa, ca;
	uint32_t apic_id;
	unsigned int cpu;	/* which has it */
	struct vcpu_slot *slot; /* NULL: none taken */
	struct vcpu *made;	/* its context; NULL: none taken */
	bool has_vmsa, has_ca;	/* the pages are claimed */
	bool inherits;		/* the calling area, from an older vCPU of the same CPU */
	uint32_t result;
};

/* Makes ready for EV_CREATE or EV_DELETE; the caller then steps the machine with c->event. */
void create_begin(struct create *c, struct vcpu *caller, enum event what);

void create_init(struct create *c);
enum event create_step(struct create *c, enum event ev);

/* The actions of sm/create.rl. */
enum event create_claim(struct create *c);
enum event create_revoke(struct create *c);
enum event create_check(struct create *c);
enum event create_room(struct create *c);
enum event create_seal(struct create *c);
enum event create_area(struct create *c);
enum event create_publish(struct create *c);
enum event create_undo(struct create *c);
enum event delete_hold(struct create *c);
enum event delete_open(struct create *c);
enum event delete_remove(struct create *c);
enum event delete_keep(struct create *c);
enum event delete_refuse(struct create *c);
enum event create_wrong(struct create *c, enum event ev);
