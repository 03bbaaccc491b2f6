/* SPDX-License-Identifier: MIT */
/* See rights.h. */
#include <svsm/rights.h>

unsigned int rights_set(const struct hw_pages *pages, unsigned int vmpls, unsigned int perms,
			uint32_t *code)
{
	struct hw_pages left = *pages;

	*code = RMP_OK;
	for (unsigned int vmpl = 1; vmpl <= vmpls && left.count > 0; vmpl++) {
		uint32_t last;

		left.count = hw_rmpadjust_pages(&left, vmpl, perms, false, &last);
		if (last != RMP_OK)
			*code = last;
	}
	return left.count;
}

static uint32_t set_one(pa_t page, unsigned int vmpls, unsigned int perms)
{
	uint32_t code;

	(void)rights_set(&(struct hw_pages){ &page.raw, 0, 1, SIZE_4K, true }, vmpls, perms, &code);
	return code;
}

uint32_t rights_give(pa_t page, unsigned int vmpl)
{
	return set_one(page, vmpl, PERM_ALL);
}

/* From all: the guest may have given some to those below it. */
uint32_t rights_take(pa_t page)
{
	return set_one(page, GUEST_VMPLS, PERM_NONE);
}
