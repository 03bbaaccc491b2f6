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
