/* SPDX-License-Identifier: MIT */
/* The answer: registers, then the calling area, then the save area may run [svsm 3.3]. */
#include "save.h"

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
	atomic_store(&v->ca, v->answer.ca.raw);
	page_settle(old, SIZE_4K, PAGE_GUEST);
}

enum event reply_send(struct vcpu *v)
{
	pa_t vmsa = pa(atomic_load(&v->vmsa)), ca = pa(atomic_load(&v->ca));

	save_write(vmsa, VMSA_RAX, v->answer.result);
	if (v->answer.rcx_set)
		save_write(vmsa, VMSA_RCX, v->answer.rcx);
	clear_pending(ca);
	move_ca(v, ca);
	save_thaw(vmsa, v->efer);
	return EV_DONE;
}
