/* SPDX-License-Identifier: MIT */
/*
 * What bring-up asks of cpu/ (cpu.h). There are no page tables here: all of it
 * is reachable. Contexts are in context.c.
 */
#include <snp/host.h>

#include <svsm/cpu.h>

/*
 * Within the image's 2 MiB, which stays claimed. The boot CPU's was launched;
 * the others' are the hypervisor's from the start.
 */
#define GHCB_PAGE (HOST_SVSM_GPA + 2 * PAGE_4K)
#define AP_GHCB_PAGES (HOST_SVSM_GPA + 64 * PAGE_4K)
#define SHARED_PAGE AP_GHCB_PAGES

void cpu_protect(bool umip)
{
	(void)umip;
}

enum err cpu_share_ghcb(unsigned int cpu, void **va, pa_t *page)
{
	*page = pa(cpu == 0 ? GHCB_PAGE : AP_GHCB_PAGES + cpu * PAGE_4K);
	*va = host_page(page->raw);
	if (cpu != 0)
		return OK;
	if (hw_pvalidate(*page, SIZE_4K, false).code != RMP_OK)
		return ERR_RMP;
	return snp_page_state(&host.snp, GHCB_PAGE, false, false) ? OK : ERR_HOST;
}

enum err cpu_map_windows(const struct cpu_window *window, unsigned int count)
{
	(void)window;
	(void)count;
	return host.no_tables ? ERR_NO_MEMORY : OK;
}

enum err cpu_share_buffer(void **va, pa_t *page)
{
	*page = pa(SHARED_PAGE);
	*va = host_page(SHARED_PAGE);
	return OK;
}

struct ring *cpu_map_area(unsigned int cpu, const pa_t frame[CPU_AREA_FRAMES])
{
	static struct ring ring[CPU_MAX];

	(void)frame;
	CHECK(cpu > 0 && cpu < CPU_MAX);
	return &ring[cpu];
}

void cpu_start_state(unsigned int cpu, struct vmsa_cpu *state)
{
	(void)cpu;
	state->cr0 = 0x80010033;
	state->cr4 = 0x20;
}

void *cpu_memory(pa_t at)
{
	return host_page(at.raw) + at.raw % PAGE_4K;
}

void cpu_seal(void)
{
}
