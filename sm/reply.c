/* SPDX-License-Identifier: MIT */
/* The answer: registers, then the calling area, then the save area may run [svsm 3.3]. */
#include "save.h"

#include <svsm/deposit.h>
#include <svsm/page.h>
#include <svsm/vcpu.h>

static void clear_pending(pa_t ca)
{
	/* It faults when the guest has had it taken away: then nobody waits for the answer. */
	enum err err = hw_store8(pa_add(ca, SVSM_CA_PENDING), 0);

	(void)err;
}

/* The old calling area is the guest's again once its last reply is in it. */
static void move_ca(struct vcpu *v, pa_t old)
{
	if (v->answer.ca.raw == old.raw)
		return;
	v->ca = v->answer.ca;
	v->available = false;
	slot_move_ca(v->slot, v->ca);
	page_settle(old, SIZE_4K, PAGE_GUEST);
}

/* MEM_AVAILABLE: only its own CPU may write into a calling area. */
static void tell_available(struct vcpu *v)
{
	bool available = !v->available;

	if (hw_store8(pa_add(v->ca, SVSM_CA_AVAILABLE), available) == OK)
		v->available = available;
}

enum event reply_send(struct vcpu *v)
{
	pa_t vmsa = v->vmsa, ca = v->ca;

	save_write(vmsa, VMSA_RAX, v->answer.result);
	if (v->answer.rcx_set)
		save_write(vmsa, VMSA_RCX, v->answer.rcx);
	clear_pending(ca);
	move_ca(v, ca);
	if (v->startup && v->available != deposit_available())
		tell_available(v);
	save_thaw(vmsa, v->efer);
	shared64_store(&v->slot->state, v->idle);
	return EV_DONE;
}
