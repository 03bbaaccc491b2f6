/* SPDX-License-Identifier: MIT */
/*
 * Memory that the guest has lent the SVSM [svsm 6.4, 6.5]: 4 KiB pages,
 * validated, VMPL0's alone, PAGE_USED in the record. Free until the SVSM
 * takes one because its own memory is used up; only free ones go back.
 *
 * A table of fixed size; any vCPU may call anything, none waits for another.
 */
#pragma once
#include <svsm/types.h>

/* More than all contexts there can be would need. */
#define DEPOSIT_PAGES 1024U

/* Room for `pages` more; false when there is none. Ends with deposit_add() or _release(). */
bool deposit_reserve(unsigned int pages);
void deposit_release(unsigned int pages);

/* `pages` 4 KiB pages that follow each other, free from now on. Room was reserved. */
void deposit_add(pa_t first, unsigned int pages);

/* A free page for the SVSM's use, until put back or dropped: then it is out of the table. */
bool deposit_take(pa_t *page);
void deposit_put(pa_t page);
void deposit_drop(pa_t page);

/* Whether one is free. */
bool deposit_available(void);

/* Whether a byte of the page was deposited. */
bool deposit_overlaps(pa_t page, enum page_size size);
