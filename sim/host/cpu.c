/* SPDX-License-Identifier: MIT */
/* What bring-up asks of cpu/ (cpu.h). There are no page tables here: all of it is reachable. */
#include <snp/host.h>

#include <svsm/cpu.h>

/* Within the image's 2 MiB: it was launched, and stays claimed. */
#define GHCB_PAGE (HOST_SVSM_GPA + 2 * PAGE_4K)

void cpu_protect(bool umip)
{
	(void)umip;
}

enum err cpu_share_ghcb(void **va, pa_t *page)
{
	*page = pa(GHCB_PAGE);
	*va = host_page(GHCB_PAGE);
	if (hw_pvalidate(*page, SIZE_4K, false).code != RMP_OK)
		return ERR_RMP;
	return snp_page_state(&host.snp, GHCB_PAGE, false, false) ? OK : ERR_HOST;
}

enum err cpu_map_windows(const struct cpu_window *window, unsigned int count)
{
	(void)window;
	(void)count;
	return OK;
}

void *cpu_memory(pa_t at)
{
	return host_page(at.raw) + at.raw % PAGE_4K;
}

void cpu_seal(void)
{
}
