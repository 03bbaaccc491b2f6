/* SPDX-License-Identifier: MIT */
/* CPUs that are threads: what the hypervisor answers then. */
#include <snp/host.h>

#include <string.h>

#define INFO1 0x398U
#define INFO2 0x3a0U
#define BUFFER 0x800U

void host_threads(void)
{
	host.threads = true;
}

/* Granted, whatever it was: a list of page state changes is done at once. */
void host_thread_vmgexit(void)
{
	uint8_t *page = host_page(hw_ghcb_msr());
	uint16_t end;

	memset(page + INFO1, 0, 8);
	memset(page + INFO2, 0, 8);
	memcpy(&end, page + BUFFER + 2, sizeof(end));
	end++;
	memcpy(page + BUFFER, &end, sizeof(end));
}
