/* SPDX-License-Identifier: MIT */
/*
 * The entries of a PVALIDATE list: claim, change the pages, settle. What
 * keeps the guest's memory whole is that an address in state PAGE_NONE has no
 * validated page and one in PAGE_GUEST at most one, whatever the hypervisor
 * maps where. So a page the record has as the guest's is never validated a
 * second time, and leaves that state only when PVALIDATE cleared the bit.
 */
#include "entry.h"

#include <svsm/hw.h>
#include <svsm/page.h>
#include <svsm/rights.h>
#include <svsm/vcpu.h>
#include <svsm/withdrawn.h>

uint32_t entry_rmp_result(uint32_t code)
{
	return code <= 0xf ? SVSM_ERR_RMP + code : SVSM_ERR_RMP_OTHER;
}

static uint32_t unchanged(const struct entry *e)
{
	return e->ignore_cf ? SVSM_SUCCESS : SVSM_ERR_RMP_UNCHANGED;
}

static uint32_t pvalidate_result(const struct hw_pvalidate_result *r, const struct entry *e)
{
	return r->code != RMP_OK ? entry_rmp_result(r->code) : unchanged(e);
}

/* Entries [first, first + count) are to be settled PAGE_NONE once they are flushed. */
void entry_in_flight(struct pvalidate *p, unsigned int first, unsigned int count, bool run)
{
	p->span[p->spans++] = (struct span){ (uint16_t)first, (uint16_t)count, run };
}

static bool overlaps(const struct pvalidate *p, unsigned int i, const struct entry *e)
{
	struct entry other;

	return core_decode_entry(p->entry[i], &other) == SVSM_SUCCESS &&
	       (other.page.raw - e->page.raw < size_bytes(e->size) ||
		e->page.raw - other.page.raw < size_bytes(other.size));
}

/* Whether a page that this call has in flight overlaps. */
static bool is_in_flight(const struct pvalidate *p, const struct entry *e)
{
	for (unsigned int s = 0; s < p->spans; s++)
		for (unsigned int i = 0; i < p->span[s].count; i++)
			if (overlaps(p, p->span[s].first + i, e))
				return true;
	return false;
}

static bool holds_list(const struct pvalidate *p, const struct entry *e)
{
	return p->claimed && align_down(p->list.raw, size_bytes(e->size)) == e->page.raw;
}

/* Why a claim failed, as the guest is told. */
uint32_t entry_refused(const struct pvalidate *p, const struct entry *e, enum err err)
{
	switch (err) {
	case ERR_STATE: /* the one it is to be brought into */
		return unchanged(e);
	case ERR_RMP:
		return SVSM_ERR_RMP + RMP_FAIL_SIZEMISMATCH;
	case ERR_ADDRESS:
		return SVSM_ERR_INVALID_ADDRESS;
	default: /* ERR_BUSY */
		if (holds_list(p, e) || vcpu_owns(e->page, e->size))
			return SVSM_ERR_INVALID_ADDRESS;
		return is_in_flight(p, e) ? SVSM_ERR_INCOMPLETE : SVSM_ERR_BUSY;
	}
}

/* To the caller's VMPL and the guest's more privileged ones. */
static unsigned int grant(const struct pvalidate *p, const struct hw_pages *pages, uint32_t *code)
{
	return rights_set(pages, p->vmpl, PERM_ALL, code);
}

/* From all: the guest may have given some to those below it. */
static unsigned int revoke(const struct hw_pages *pages, uint32_t *code)
{
	return rights_set(pages, GUEST_VMPLS, PERM_NONE, code);
}

/*
 * Undoes a validation that could not be completed. When even that fails,
 * nobody knows what is mapped there: the page is withdrawn, claimed for good.
 */
static void unvalidate(struct pvalidate *p, const struct batch *b, unsigned int i)
{
	struct hw_pvalidate_result r;
	uint32_t code;
	pa_t page;
	const struct hw_pages one = batch_one(b, i, &page);

	if (revoke(&one, &code) == 1 && hw_pvalidate_pages(&one, false, &r) == 1)
		entry_in_flight(p, p->next + i, 1, true);
	else
		withdrawn_add(page, b->like.size);
}

/*
 * Zeroed, and only then granted: what was in the pages, other pages of the
 * guest's or ours, must not be seen. Returns how many pages, in order.
 */
static unsigned int hand_over(struct pvalidate *p, struct hw_pages pages, uint32_t *result)
{
	unsigned int zeroed = hw_zero_pages(&pages);
	uint32_t code;

	p->zeroed += pages.count * size_bytes(pages.size);
	if (zeroed < pages.count)
		*result = entry_rmp_result(HW_FAULT);
	pages.count = zeroed;
	pages.count = grant(p, &pages, &code);
	if (code != RMP_OK)
		*result = entry_rmp_result(code);
	return pages.count;
}

static uint32_t validate(struct pvalidate *p, const struct batch *b)
{
	struct hw_pages pages = b->pages;
	uint32_t result = SVSM_SUCCESS;
	struct hw_pvalidate_result r;
	unsigned int granted = 0;

	pages.count = hw_pvalidate_pages(&b->pages, true, &r);
	if (pages.count < b->pages.count)
		result = pvalidate_result(&r, &b->like);
	/* A batch of one then: already validated, which was allowed. */
	if (pages.count < b->pages.count && result == SVSM_SUCCESS)
		pages.count = b->pages.count;
	batch_settle(p, b, pages.count, b->pages.count, PAGE_NONE);
	if (pages.count > 0)
		granted = hand_over(p, pages, &result);
	for (unsigned int i = granted; i < pages.count; i++)
		unvalidate(p, b, i);
	batch_settle(p, b, 0, granted, PAGE_GUEST);
	p->next = (uint16_t)(p->next + granted);
	return result;
}

/* Still the guest's. If its rights cannot be restored, the page is not there. */
static void restore(const struct pvalidate *p, const struct batch *b, unsigned int first)
{
	for (unsigned int i = first; i < b->pages.count; i++) {
		uint32_t code;
		pa_t page;
		const struct hw_pages one = batch_one(b, i, &page);

		(void)grant(p, &one, &code);
	}
	batch_settle(p, b, first, b->pages.count, PAGE_GUEST);
}

static uint32_t rescind(struct pvalidate *p, const struct batch *b)
{
	struct hw_pages pages = b->pages;
	unsigned int rescinded = 0;
	uint32_t result = SVSM_SUCCESS, code;
	struct hw_pvalidate_result r;

	pages.count = revoke(&b->pages, &code);
	if (code != RMP_OK)
		result = entry_rmp_result(code);
	if (pages.count > 0)
		rescinded = hw_pvalidate_pages(&pages, false, &r);
	if (rescinded < pages.count)
		result = pvalidate_result(&r, &b->like);
	restore(p, b, rescinded);
	if (rescinded > 0)
		entry_in_flight(p, p->next, rescinded, b->pages.run);
	p->next = (uint16_t)(p->next + (result == SVSM_SUCCESS ? b->pages.count : rescinded));
	return result;
}

uint32_t entry_perform(struct pvalidate *p, unsigned int room)
{
	struct batch b;
	uint32_t result = batch_gather(p, room, &b);
	enum err err;

	if (result != SVSM_SUCCESS)
		return result;
	err = batch_claim(p, &b, b.like.validate ? PAGE_NONE : PAGE_GUEST);
	if (err == OK)
		return b.like.validate ? validate(p, &b) : rescind(p, &b);
	result = entry_refused(p, &b.like, err);
	if (result == SVSM_SUCCESS)
		p->next++;
	return result;
}
