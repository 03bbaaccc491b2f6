/* SPDX-License-Identifier: MIT */
/*
 * One entry of a PVALIDATE list: claim, change the page, settle. What keeps
 * the guest's memory whole is that an address in state PAGE_NONE has no
 * validated page and one in PAGE_GUEST at most one, whatever the hypervisor
 * maps where. So a page the record has as the guest's is never validated a
 * second time, and leaves that state only when PVALIDATE cleared the bit.
 */
#include "entry.h"

#include <svsm/hw.h>
#include <svsm/page.h>
#include <svsm/vcpu.h>

#define GUEST_VMPLS 3U /* VMPL 1 to 3 */

static uint32_t rmp_result(uint32_t code)
{
	return code <= 0xf ? SVSM_ERR_RMP + code : SVSM_ERR_RMP_OTHER;
}

static uint32_t unchanged(const struct entry *e)
{
	return e->ignore_cf ? SVSM_SUCCESS : SVSM_ERR_RMP_UNCHANGED;
}

/* To be settled PAGE_NONE once it is flushed. */
static void set_in_flight(struct pvalidate *p)
{
	p->in_flight[p->next / 64] |= 1ULL << p->next % 64;
	p->revoked = true;
}

/* Whether a page that this call has in flight overlaps. */
static bool is_in_flight(const struct pvalidate *p, const struct entry *e)
{
	for (unsigned int i = p->first; i < p->next; i++) {
		struct entry other;

		if ((p->in_flight[i / 64] >> i % 64 & 1) == 0 ||
		    core_decode_entry(p->entry[i], &other) != SVSM_SUCCESS)
			continue;
		if (other.page.raw - e->page.raw < size_bytes(e->size) ||
		    e->page.raw - other.page.raw < size_bytes(other.size))
			return true;
	}
	return false;
}

static bool holds_list(const struct pvalidate *p, const struct entry *e)
{
	return p->claimed && align_down(p->list.raw, size_bytes(e->size)) == e->page.raw;
}

/* Why a claim failed, as the guest is told. */
static uint32_t refused(const struct pvalidate *p, const struct entry *e, enum err err,
			enum page_state seen)
{
	switch (err) {
	case ERR_STATE:
		/* The state it is to be brought into, or withdrawn. */
		return seen == PAGE_FREE ? SVSM_ERR_INVALID_ADDRESS : unchanged(e);
	case ERR_RMP:
		return SVSM_ERR_RMP + RMP_FAIL_SIZEMISMATCH;
	case ERR_BUSY:
		if (holds_list(p, e))
			return SVSM_ERR_INVALID_ADDRESS;
		return is_in_flight(p, e) ? SVSM_ERR_INCOMPLETE : SVSM_ERR_BUSY;
	default:
		return SVSM_ERR_INVALID_ADDRESS;
	}
}

/* The caller's VMPL and the guest's more privileged ones. */
static uint32_t grant(const struct pvalidate *p, const struct entry *e)
{
	uint32_t code = RMP_OK;

	for (unsigned int vmpl = 1; vmpl <= p->vmpl && code == RMP_OK; vmpl++)
		code = hw_rmpadjust(e->page, e->size, vmpl, PERM_ALL, false);
	return code;
}

static uint32_t revoke(const struct entry *e)
{
	uint32_t code = RMP_OK;

	for (unsigned int vmpl = 1; vmpl <= GUEST_VMPLS && code == RMP_OK; vmpl++)
		code = hw_rmpadjust(e->page, e->size, vmpl, PERM_NONE, false);
	return code;
}

/*
 * Undoes a validation that could not be completed. When even that fails,
 * nobody knows what is mapped there: the page is withdrawn for good.
 */
static void unvalidate(struct pvalidate *p, const struct entry *e)
{
	struct hw_pvalidate_result r;

	if (revoke(e) == RMP_OK) {
		r = hw_pvalidate(e->page, e->size, false);
		if (r.code == RMP_OK && !r.unchanged) {
			set_in_flight(p);
			return;
		}
	}
	page_settle(e->page, e->size, PAGE_FREE);
}

static uint32_t validate(struct pvalidate *p, const struct entry *e)
{
	struct hw_pvalidate_result r = hw_pvalidate(e->page, e->size, true);
	uint32_t code = r.code;

	if (code != RMP_OK || (r.unchanged && !e->ignore_cf)) {
		page_settle(e->page, e->size, PAGE_NONE);
		return code != RMP_OK ? rmp_result(code) : SVSM_ERR_RMP_UNCHANGED;
	}
	/* What was in it, another guest page's contents or ours, must not be seen. */
	p->zeroed += size_bytes(e->size);
	if (hw_zero(e->page, e->size) != OK)
		code = HW_FAULT;
	if (code == RMP_OK)
		code = grant(p, e);
	if (code != RMP_OK) {
		unvalidate(p, e);
		return rmp_result(code);
	}
	page_settle(e->page, e->size, PAGE_GUEST);
	return SVSM_SUCCESS;
}

static uint32_t rescind(struct pvalidate *p, const struct entry *e)
{
	struct hw_pvalidate_result r = { .code = revoke(e) };

	if (r.code == RMP_OK)
		r = hw_pvalidate(e->page, e->size, false);
	if (r.code == RMP_OK && !r.unchanged) {
		set_in_flight(p);
		return SVSM_SUCCESS;
	}
	/* Still the guest's. If its rights cannot be restored, the page is not there. */
	(void)grant(p, e);
	page_settle(e->page, e->size, PAGE_GUEST);
	return r.code != RMP_OK ? rmp_result(r.code) : unchanged(e);
}

uint32_t entry_perform(struct pvalidate *p)
{
	enum page_state seen;
	struct entry e;
	uint32_t result = core_decode_entry(p->entry[p->next], &e);
	enum err err;

	if (result != SVSM_SUCCESS)
		return result;
	/* Not left to the claim: SVSM memory that is not accepted yet is PAGE_NONE too. */
	if (vcpu_owns(e.page, e.size))
		return SVSM_ERR_INVALID_ADDRESS;
	err = page_claim(e.page, e.size, e.validate ? PAGE_NONE : PAGE_GUEST, &seen);
	if (err != OK)
		return refused(p, &e, err, seen);
	return e.validate ? validate(p, &e) : rescind(p, &e);
}
