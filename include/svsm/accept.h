/* SPDX-License-Identifier: MIT */
/* Taking memory from the hypervisor: page state, then PVALIDATE. */
#pragma once
#include <svsm/err.h>
#include <svsm/page.h>
#include <svsm/types.h>

/*
 * Takes the next 2 MiB of the SVSM's own range: frames for frame_alloc.
 * ERR_NO_MEMORY when all is taken; ERR_HOST, ERR_RMP: what the world did.
 */
must_check enum err accept_more(void);

/*
 * PVALIDATE of 2 MiB of the SVSM's own memory that is private already, by
 * 4 KiB where the hypervisor has no 2 MiB page. ERR_RMP with a part done;
 * memory that was validated before stops the VM.
 */
must_check enum err accept_validate(pa_t region);

/*
 * page_claim() of a guest page; memory for its record is accepted when it
 * has none yet. ERR_HOST, ERR_RMP, ERR_BUSY also when that fails.
 */
must_check enum err accept_claim(pa_t page, enum page_size size, enum page_state from);

/* The same for 4 KiB pages that follow each other. On an error some of them stay claimed. */
must_check enum err accept_claim_run(pa_t page, unsigned int count, enum page_state from);
