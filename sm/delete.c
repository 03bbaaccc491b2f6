/* SPDX-License-Identifier: MIT */
/*
 * DELETE_VCPU: a save area becomes a page of the guest's again [svsm 6.3].
 * One that is running, or whose CPU is at a request of it, is in use, and the
 * caller is told so: nothing here waits.
 */
#include "entry.h"
#include "save.h"

#include <svsm/page.h>
#include <svsm/rights.h>
#include <svsm/vcpu.h>

#define IN_USE (SVSM_ERR_RMP + RMP_FAIL_INUSE)

enum event delete_hold(struct create *c)
{
	switch (slot_close(c->vmsa, c->caller->slot, &c->slot)) {
	case OK:
		return EV_DONE;
	case ERR_BUSY:
		c->result = IN_USE;
		return EV_REFUSED;
	default:
		c->result = SVSM_ERR_INVALID_PARAMETER;
		return EV_REFUSED;
	}
}

enum event delete_refuse(struct create *c)
{
	(void)c;
	return EV_NONE;
}

/*
 * From EFER.SVME = 0 on it cannot be entered; the caller's own is frozen already.
 * UNSURE how one that runs is protected [svsm 6.3, snp-arch 2.2]: whether the
 * store faults, changes nothing, or RMPADJUST refuses, it is in use.
 */
static bool freeze(const struct create *c, uint64_t *efer)
{
	pa_t at = pa_add(c->vmsa, VMSA_EFER);
	uint64_t seen;

	if (hw_load64(at, efer) != OK)
		save_lost(c->vmsa);
	seen = *efer;
	if (hw_cas64(at, *efer, *efer & ~EFER_SVME, &seen) != OK || seen != *efer)
		return false;
	if (hw_load64(at, &seen) != OK)
		save_lost(c->vmsa);
	return (seen & EFER_SVME) == 0;
}

/* The VMSA bit goes with the rights that VMPL1 gets. */
enum event delete_open(struct create *c)
{
	uint64_t efer;
	uint32_t code;

	c->result = IN_USE;
	if (!freeze(c, &efer))
		return EV_FAILED;
	code = hw_rmpadjust(c->vmsa, SIZE_4K, 1, PERM_ALL, false);
	if (code == RMP_OK) {
		c->result = SVSM_SUCCESS;
		return EV_DONE;
	}
	if (c->slot != c->caller->slot)
		save_thaw(c->vmsa, efer);
	c->result = entry_rmp_result(code);
	return EV_FAILED;
}

enum event delete_remove(struct create *c)
{
	pa_t ca;
	bool has_ca = slot_ca(c->slot, &ca);

	(void)rights_give(c->vmsa, c->caller->vmpl);
	slot_forget_pages(c->slot);
	if (has_ca)
		page_settle(ca, SIZE_4K, PAGE_GUEST);
	page_settle(c->vmsa, SIZE_4K, PAGE_GUEST);
	slot_closed(c->slot);
	return EV_NONE;
}

enum event delete_keep(struct create *c)
{
	slot_reopen(c->slot, c->caller->slot);
	return EV_NONE;
}
