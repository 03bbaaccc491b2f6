/* SPDX-License-Identifier: MIT */
/*
 * The request gate: the only reader of a guest's registers and calling area.
 *
 * A hypervisor may enter VMPL0 at any time, and run the guest meanwhile on
 * another CPU: only EFER.SVME = 0 keeps the save area as it is [svsm 3.3]. So
 * that comes first, and setting it again comes last, here or in reply.c. Around
 * both, the slot is SERVED: who deletes the vCPU keeps away meanwhile.
 */
#include "save.h"

#include <svsm/vcpu.h>

/* struct call, in its order. */
static const uint16_t registers[] = {
	VMSA_EXITCODE, VMSA_RAX, VMSA_RCX, VMSA_RDX, VMSA_R8, VMSA_R9
};
#define REGISTERS (sizeof(registers) / sizeof(registers[0]))
_Static_assert(sizeof(struct call) == REGISTERS * sizeof(uint64_t), "one word each");

/* False when the save area changed under our hands: it is being run. */
static bool freeze(struct vcpu *v, pa_t vmsa)
{
	pa_t at = pa_add(vmsa, VMSA_EFER);
	uint64_t efer;

	if (hw_load64(at, &v->efer) != OK)
		save_lost(vmsa);
	efer = v->efer;
	if (hw_cas64(at, efer, efer & ~EFER_SVME, &v->efer) != OK)
		save_lost(vmsa);
	return v->efer == efer;
}

static void copy_registers(struct vcpu *v, pa_t vmsa)
{
	if (hw_load64_list(&v->call.exit_code, vmsa, registers, REGISTERS) != OK)
		save_lost(vmsa);
}

/* A calling area that faults was taken away by the guest's own doing: no request. */
static bool is_request(struct vcpu *v, pa_t vmsa, pa_t ca)
{
	if (hw_load8(pa_add(ca, SVSM_CA_PENDING), &v->pending) != OK || v->pending == 0)
		return false;
	copy_registers(v, vmsa);
	return v->call.exit_code == EXIT_VMGEXIT;
}

/* Then a newer vCPU of this CPU may have one: Linux deletes the old one last. */
static enum event nothing(struct vcpu *v)
{
	shared64_store(&v->slot->state, v->idle);
	return seat_has_newer() ? EV_GONE : EV_SPURIOUS;
}

/*
 * Whose vCPU is being deleted asks in vain, and is told nothing. It goes on in
 * the guest, not to sleep: the deletion may fail, and then it asks again.
 */
static enum event closed(uint64_t state)
{
	bool is_closing = (state & SLOT_PHASE) == SLOT_CLOSING;

	return is_closing && !seat_has_newer() ? EV_SPURIOUS : EV_GONE;
}

enum event call_gate(struct vcpu *v)
{
	uint64_t idle = v->idle;
	pa_t vmsa = v->vmsa;

	v->refusals = 0;
	v->entered = true;
	if (!shared64_cas(&v->slot->state, &idle, idle | SLOT_SERVED))
		return closed(idle);
	if (!slot_ca(v->slot, &v->ca) || !freeze(v, vmsa))
		return nothing(v);
	if (!is_request(v, vmsa, v->ca)) {
		save_thaw(vmsa, v->efer);
		return nothing(v);
	}
	v->request.result = SVSM_SUCCESS;
	v->answer.result = v->pending == 1 ? SVSM_SUCCESS : SVSM_ERR_INVALID_FORMAT;
	v->answer.rcx_set = false;
	v->answer.ca = v->ca;
	return v->pending == 1 ? EV_CALL : EV_BAD_FORMAT;
}
