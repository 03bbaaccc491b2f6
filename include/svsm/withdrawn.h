/* SPDX-License-Identifier: MIT */
/*
 * Pages that nobody can vouch for any more: their validation could not be
 * completed and not be undone, which takes a hypervisor's doing. They stay
 * PAGE_USED for good. Here so that the guest is told so, and not to try again.
 */
#pragma once
#include <svsm/types.h>

/* Any vCPU; lock-free. What finds no room is only answered with BUSY. */
void withdrawn_add(pa_t page, enum page_size size);

/* Whether a byte of the page is withdrawn. */
bool withdrawn_overlaps(pa_t page, enum page_size size);
