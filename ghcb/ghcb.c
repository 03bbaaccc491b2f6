/* SPDX-License-Identifier: MIT */
/* The GHCB page of each vCPU: see page.h. */
#include "page.h"

#define VERSION 2U
#define USAGE_STANDARD 0U

struct ghcb_own ghcb_own[CPU_MAX];

/* Version and usage stay as they are: only the hypervisor reads them. */
enum err ghcb_init(void *va, pa_t page)
{
	struct ghcb_own *own = &ghcb_own[hw_cpu()];
	enum err err = msr_register_ghcb(page);

	if (err != OK)
		return err;
	own->page = va;
	own->at = page;
	own->page->version = VERSION;
	own->page->usage = USAGE_STANDARD;
	hw_set_ghcb_msr(page.raw);
	return OK;
}

bool ghcb_ready(void)
{
	return ghcb_own[hw_cpu()].page != NULL;
}
