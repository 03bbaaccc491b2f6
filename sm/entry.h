/* SPDX-License-Identifier: MIT */
/* One entry of a PVALIDATE list, performed. */
#pragma once
#include <svsm/pvalidate.h>

/*
 * Performs p->entry[p->next]: SVSM_SUCCESS, or the result code with which the
 * call ends there and everything undone. SVSM_ERR_INCOMPLETE: the entry needs
 * a page that this very call has in flight.
 */
uint32_t entry_perform(struct pvalidate *p);
