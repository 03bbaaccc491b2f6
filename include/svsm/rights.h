/* SPDX-License-Identifier: MIT */
/* What the guest's VMPLs may do with pages, by RMPADJUST. */
#pragma once
#include <svsm/hw.h>

#define GUEST_VMPLS 3U /* VMPL 1 to 3 */

/*
 * The rights of VMPL 1 to `vmpls`. Returns for how many pages, in order; *code
 * is RMP_OK when for all. A right that was taken may be relied on after
 * hw_flush_all().
 */
unsigned int rights_set(const struct hw_pages *pages, unsigned int vmpls, unsigned int perms,
			uint32_t *code);

/* The same for one page of 4 KiB: all rights to VMPL 1 to `vmpl`, or none to any. */
uint32_t rights_give(pa_t page, unsigned int vmpl);
uint32_t rights_take(pa_t page);
