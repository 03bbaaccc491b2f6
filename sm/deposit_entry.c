/* SPDX-License-Identifier: MIT */
/*
 * The entries of a DEPOSIT_MEM list [svsm 6.4]. A page of 2 MiB is lent as
 * 512 of 4 KiB: so they are used, and so they go back.
 */
#include "entry.h"

#include <svsm/deposit.h>
#include <svsm/page.h>
#include <svsm/rights.h>

static unsigned int pages_of(const struct entry *e)
{
	return (unsigned int)(size_bytes(e->size) / PAGE_4K);
}

/* All of them or none. */
static enum err claim(const struct entry *e)
{
	for (unsigned int i = 0; i < pages_of(e); i++) {
		enum err err = page_claim(pa_add(e->page, i * PAGE_4K), SIZE_4K, PAGE_GUEST);

		if (err == OK)
			continue;
		page_settle_run(e->page, i, PAGE_GUEST);
		return err;
	}
	return OK;
}

static uint32_t revoke(struct pvalidate *p, const struct entry *e)
{
	const struct hw_pages pages = { &e->page.raw, 0, pages_of(e), SIZE_4K, true };
	uint32_t code, ignored;

	(void)rights_set(&pages, GUEST_VMPLS, PERM_NONE, &code);
	if (code == RMP_OK)
		return SVSM_SUCCESS;
	(void)rights_set(&pages, p->vmpl, PERM_ALL, &ignored);
	return entry_rmp_result(code);
}

/* A page that is not the guest's is none it could lend. */
static uint32_t refused(const struct pvalidate *p, const struct entry *e, enum err err)
{
	return err == ERR_STATE ? SVSM_ERR_INVALID_ADDRESS : entry_refused(p, e, err);
}

uint32_t deposit_perform(struct pvalidate *p)
{
	struct entry e;
	uint32_t result = core_decode_deposit(p->entry[p->next], &e);
	enum err err;

	if (result != SVSM_SUCCESS)
		return result;
	if (!deposit_reserve(pages_of(&e)))
		return SVSM_ERR_INVALID_REQUEST;
	err = claim(&e);
	if (err != OK) {
		deposit_release(pages_of(&e));
		return refused(p, &e, err);
	}
	result = revoke(p, &e);
	if (result != SVSM_SUCCESS) {
		page_settle_run(e.page, pages_of(&e), PAGE_GUEST);
		deposit_release(pages_of(&e));
		return result;
	}
	entry_in_flight(p, p->next, 1, true);
	p->next++;
	return SVSM_SUCCESS;
}

void deposit_settle(const struct pvalidate *p, const struct span *span)
{
	for (unsigned int i = span->first; i < span->first + span->count; i++) {
		struct entry e;

		CHECK(core_decode_deposit(p->entry[i], &e) == SVSM_SUCCESS);
		deposit_add(e.page, pages_of(&e));
	}
}
