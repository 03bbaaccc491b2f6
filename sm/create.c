/* SPDX-License-Identifier: MIT */
/*
 * CREATE_VCPU: a page of the guest's becomes a save area. It is claimed, out
 * of the guest's reach by RMPADJUST and a flush, and only then looked at: no
 * vCPU can change it between the check and its use [svsm 6.2].
 */
#include "entry.h"

#include <svsm/context.h>
#include <svsm/hw.h>
#include <svsm/page.h>
#include <svsm/rights.h>
#include <svsm/vcpu.h>
#include <svsm/vmsa.h>
#include <svsm/withdrawn.h>

void create_begin(struct create *c, struct vcpu *caller, enum event what)
{
	create_init(c);
	c->event = what;
	c->caller = caller;
	c->vmsa = caller->request.vmsa;
	c->ca = caller->request.ca;
	c->apic_id = caller->request.apic_id;
	c->slot = NULL;
	c->made = NULL;
	c->has_vmsa = false;
	c->has_ca = false;
	c->inherits = false;
	c->result = SVSM_SUCCESS;
}

static uint32_t claim_page(pa_t page, bool *claimed)
{
	enum err err = page_claim(page, SIZE_4K, PAGE_GUEST);

	*claimed = err == OK;
	switch (err) {
	case OK:
		return SVSM_SUCCESS;
	case ERR_ADDRESS:
	case ERR_STATE:
		return SVSM_ERR_INVALID_ADDRESS;
	default:
		return vcpu_owns(page, SIZE_4K) ? SVSM_ERR_INVALID_ADDRESS : SVSM_ERR_BUSY;
	}
}

static uint32_t claim_all(struct create *c)
{
	uint32_t result;

	if (!vcpu_find_cpu(c->apic_id, &c->cpu))
		return SVSM_ERR_INVALID_PARAMETER;
	if (c->vmsa.raw == c->ca.raw)
		return SVSM_ERR_INVALID_ADDRESS;
	result = claim_page(c->vmsa, &c->has_vmsa);
	if (result != SVSM_SUCCESS)
		return result;
	result = claim_page(c->ca, &c->has_ca);
	c->inherits = result == SVSM_ERR_INVALID_ADDRESS && slot_has_ca(c->ca, c->cpu);
	return c->inherits ? SVSM_SUCCESS : result;
}

enum event create_claim(struct create *c)
{
	c->result = claim_all(c);
	return c->result == SVSM_SUCCESS ? EV_DONE : EV_REFUSED;
}

enum event create_revoke(struct create *c)
{
	uint32_t code = rights_take(c->vmsa);

	if (code != RMP_OK) {
		c->result = entry_rmp_result(code);
		return EV_FAILED;
	}
	hw_flush_all();
	return EV_DONE;
}

/* The word with the VMPL, then EFER, then SEV_FEATURES. */
static const uint16_t fields[] = { VMSA_VMPL - 2, VMSA_EFER, VMSA_SEV_FEATURES };
#define FIELDS (sizeof(fields) / sizeof(fields[0]))
#define VMPL_SHIFT 16U

static uint32_t check(const struct create *c)
{
	uint64_t word[FIELDS];

	if (hw_load64_list(word, c->vmsa, fields, FIELDS) != OK)
		return SVSM_ERR_INVALID_ADDRESS;
	if ((word[0] >> VMPL_SHIFT & 0xff) != c->caller->vmpl || (word[1] & EFER_SVME) == 0 ||
	    word[2] != SEV_SNP_ACTIVE)
		return SVSM_ERR_INVALID_PARAMETER;
	return SVSM_SUCCESS;
}

enum event create_check(struct create *c)
{
	c->result = check(c);
	return c->result == SVSM_SUCCESS ? EV_DONE : EV_REFUSED;
}

/* A slot, and memory for the context. */
enum event create_room(struct create *c)
{
	c->slot = slot_take();
	c->result = c->slot == NULL ? SVSM_ERR_INVALID_REQUEST
				    : context_take(slot_index(c->slot), &c->made);
	return c->result == SVSM_SUCCESS ? EV_DONE : EV_REFUSED;
}

/*
 * The guest may read it, as Linux does when it starts the vCPU, and no more.
 * The VMSA bit last, with target VMPL1, or it is ignored [snp-arch 2.6].
 */
enum event create_seal(struct create *c)
{
	uint32_t code = RMP_OK;

	for (unsigned int vmpl = c->caller->vmpl; vmpl > 0 && code == RMP_OK; vmpl--)
		code = hw_rmpadjust(c->vmsa, SIZE_4K, vmpl, PERM_R, vmpl == 1);

	if (code == RMP_OK)
		return EV_DONE;
	c->result = entry_rmp_result(code);
	return EV_FAILED;
}

/* Last, because it cannot be given back: the older vCPU may be gone by then. */
enum event create_area(struct create *c)
{
	if (!c->inherits)
		return EV_DONE;
	c->has_ca = slot_inherit_ca(c->ca, c->cpu);
	if (c->has_ca)
		return EV_DONE;
	c->result = SVSM_ERR_INVALID_ADDRESS;
	return EV_REFUSED;
}

enum event create_publish(struct create *c)
{
	vcpu_setup(c->made, c->slot, c->vmsa, c->ca, c->apic_id);
	slot_publish(c->slot, c->cpu, c->vmsa, c->ca);
	return EV_NONE;
}

/*
 * A page whose rights cannot be restored may still be a save area, which must
 * never be the guest's to name: it is withdrawn.
 */
enum event create_undo(struct create *c)
{
	if (c->made != NULL)
		context_give(slot_index(c->slot), c->made);
	if (c->slot != NULL)
		slot_drop(c->slot);
	if (c->has_ca)
		page_settle(c->ca, SIZE_4K, PAGE_GUEST);
	if (c->has_vmsa) {
		if (rights_give(c->vmsa, c->caller->vmpl) == RMP_OK)
			page_settle(c->vmsa, SIZE_4K, PAGE_GUEST);
		else
			withdrawn_add(c->vmsa, SIZE_4K);
	}
	return EV_NONE;
}

enum event create_wrong(struct create *c, enum event ev)
{
	hw_stop(REASON_MACHINE, (uint64_t)c->at << 32 | (uint64_t)ev);
}
