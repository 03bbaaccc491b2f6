/* SPDX-License-Identifier: MIT */
/*
 * REMAP_CA: the guest moves its calling area to another of its pages, which
 * is claimed for as long as it is one [svsm 6.0]. reply.c gives the old one
 * back after it has answered there.
 */
#include <svsm/hw.h>
#include <svsm/page.h>
#include <svsm/vcpu.h>

static uint32_t take(pa_t ca)
{
	switch (page_claim(ca, SIZE_4K, PAGE_GUEST)) {
	case OK:
		break;
	case ERR_ADDRESS:
	case ERR_STATE:
		return SVSM_ERR_INVALID_ADDRESS;
	default:
		return vcpu_owns(ca, SIZE_4K) ? SVSM_ERR_INVALID_ADDRESS : SVSM_ERR_BUSY;
	}
	/* No request waits there, no memory is on offer. */
	if (hw_store64(ca, 0) == OK)
		return SVSM_SUCCESS;
	page_settle(ca, SIZE_4K, PAGE_GUEST);
	return SVSM_ERR_INVALID_ADDRESS;
}

enum event remap_perform(struct vcpu *v)
{
	pa_t ca = v->request.ca;

	/* To where it is: nothing to do. */
	if (ca.raw == v->ca.raw)
		return EV_DONE;
	v->answer.result = take(ca);
	if (v->answer.result == SVSM_SUCCESS)
		v->answer.ca = ca;
	return EV_DONE;
}
