/* SPDX-License-Identifier: MIT */
/*
 * The request gate: the only reader of a guest's registers and calling area.
 *
 * A hypervisor may enter VMPL0 at any time, and run the guest meanwhile on
 * another CPU: only EFER.SVME = 0 keeps the save area as it is [svsm 3.3]. So
 * that comes first, and setting it again comes last, here or in reply.c.
 */
#include "save.h"

#include <svsm/hw.h>
#include <svsm/vcpu.h>
#include <svsm/vmsa.h>

/* False when the save area changed under our hands: it is being run. */
static bool freeze(pa_t vmsa)
{
	uint64_t efer = save_read(vmsa, VMSA_EFER), seen;

	if (hw_cas64(pa_add(vmsa, VMSA_EFER), efer, efer & ~EFER_SVME, &seen) != OK)
		save_lost(vmsa);
	return seen == efer;
}

static void copy_registers(struct vcpu *v, pa_t vmsa)
{
	v->call.rax = save_read(vmsa, VMSA_RAX);
	v->call.rcx = save_read(vmsa, VMSA_RCX);
	v->call.rdx = save_read(vmsa, VMSA_RDX);
	v->call.r8 = save_read(vmsa, VMSA_R8);
	v->call.r9 = save_read(vmsa, VMSA_R9);
	v->request = (struct request){ 0 };
	v->answer = (struct answer){ .result = SVSM_SUCCESS, .ca = pa(atomic_load(&v->ca)) };
}

enum event call_gate(struct vcpu *v)
{
	pa_t vmsa = pa(atomic_load(&v->vmsa)), ca = pa(atomic_load(&v->ca));
	uint8_t pending;

	v->refusals = 0;
	if (!freeze(vmsa))
		return EV_SPURIOUS;
	/* A calling area that faults was taken away by the guest's own doing: no request. */
	if (hw_load8(pa_add(ca, SVSM_CA_PENDING), &pending) != OK || pending == 0 ||
	    save_read(vmsa, VMSA_EXITCODE) != EXIT_VMGEXIT) {
		save_thaw(vmsa);
		return EV_SPURIOUS;
	}
	copy_registers(v, vmsa);
	if (pending != 1) {
		v->answer.result = SVSM_ERR_INVALID_FORMAT;
		return EV_BAD_FORMAT;
	}
	return EV_CALL;
}

enum event call_decode(struct vcpu *v)
{
	enum event ev = core_decode(&v->call, &v->request);

	v->answer.result = v->request.result;
	return ev;
}
