/* SPDX-License-Identifier: MIT */
/*
 * WITHDRAW_MEM: deposited pages that the SVSM does not use go back, as many
 * as the guest's buffer has room for [svsm 6.5]. Zeroed before they are
 * granted: what the SVSM kept in them is not for the guest.
 */
#include <svsm/deposit.h>
#include <svsm/page.h>
#include <svsm/rights.h>
#include <svsm/vcpu.h>
#include <svsm/withdrawn.h>

static pa_t page_of(pa_t buffer)
{
	return pa(align_down(buffer.raw, PAGE_4K));
}

/* In its own calling area it may lie behind what has a meaning there. */
static uint32_t claim(const struct vcpu *v, pa_t buffer)
{
	pa_t page = page_of(buffer);

	if (page.raw == v->ca.raw)
		return buffer.raw == page.raw ? SVSM_ERR_INVALID_ADDRESS : SVSM_SUCCESS;
	switch (page_claim(page, SIZE_4K, PAGE_GUEST)) {
	case OK:
		return SVSM_SUCCESS;
	case ERR_ADDRESS:
	case ERR_STATE:
		return SVSM_ERR_INVALID_ADDRESS;
	default:
		return vcpu_owns(page, SIZE_4K) ? SVSM_ERR_INVALID_ADDRESS : SVSM_ERR_BUSY;
	}
}

/* False: the page is not there any more, which is the hypervisor's doing. */
static bool give_back(const struct vcpu *v, pa_t page)
{
	bool given;

	/* Out of the table first: while in it, it is the SVSM's alone. */
	deposit_drop(page);
	given = hw_zero(page, SIZE_4K) == OK && rights_give(page, v->vmpl) == RMP_OK;
	if (given)
		page_settle(page, SIZE_4K, PAGE_GUEST);
	else
		withdrawn_add(page, SIZE_4K);
	return given;
}

/* The address is written first: a page that the guest does not hear of stays deposited. */
static uint32_t fill(const struct vcpu *v, pa_t buffer)
{
	uint64_t room = (page_of(buffer).raw + PAGE_4K - buffer.raw) / SVSM_LIST_ENTRY - 1;
	uint16_t count = 0;
	pa_t page;

	while (count < room && deposit_take(&page)) {
		pa_t at = pa_add(buffer, SVSM_LIST_HEADER + count * SVSM_LIST_ENTRY);

		if (hw_store64(at, page.raw) != OK) {
			deposit_put(page);
			return SVSM_ERR_INVALID_ADDRESS;
		}
		if (give_back(v, page))
			count++;
	}
	if (hw_copy_out(buffer, &count, sizeof(count)) != OK)
		return SVSM_ERR_INVALID_ADDRESS;
	return SVSM_SUCCESS;
}

enum event withdraw_perform(struct vcpu *v)
{
	pa_t buffer = v->request.list;

	v->answer.result = claim(v, buffer);
	if (v->answer.result != SVSM_SUCCESS)
		return EV_DONE;
	v->answer.result = fill(v, buffer);
	if (page_of(buffer).raw != v->ca.raw)
		page_settle(page_of(buffer), SIZE_4K, PAGE_GUEST);
	return EV_DONE;
}
