/* SPDX-License-Identifier: MIT */
/* How the guests that are no test of the start itself come to their console. */
#include "stub.h"

void guest_begin(void)
{
	trap_init();
	if (boot_read() != NULL)
		ghcb_terminate(0x10);
	page_init();
	call_ca = boot.caa;
	call_form = FORM_MSR;
	if (ghcb_init() != 0)
		ghcb_terminate(0x11);
	call_form = FORM_GHCB;
	console_ghcb();
}
