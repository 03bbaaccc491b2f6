/* SPDX-License-Identifier: MIT */
/* The stub guest: makes every call of the SVSM, good and bad, and looks at what came of it. */
#include "stub.h"

#define CR4_SSE 0x600ULL /* OSFXSR, OSXMMEXCPT */

_Noreturn void stub_main(void);

static bool is_snp(void)
{
	uint64_t status = probe_rdmsr(MSR_SEV_STATUS);

	return trap.vector == TRAP_NONE && (status & SEV_STATUS_SNP) != 0;
}

static void enable_sse(void)
{
	uint64_t cr4;

	__asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("movq %0, %%cr4" : : "r"(cr4 | CR4_SSE));
}

/* Until there is a console, termination codes say what went wrong. */
static void start(void)
{
	unsigned int step;

	trap_init();
	if (!is_snp()) {
		console_ports();
		say("stub: not an SNP guest");
		machine_off();
	}
	if (boot_read() != NULL)
		ghcb_terminate(0x10);
	page_init();
	enable_sse();
	test_entry();
	test_secrets();
	call_ca = boot.caa;
	call_form = FORM_MSR;
	step = ghcb_init();
	if (step != 0)
		ghcb_terminate(step);
	call_form = FORM_GHCB;
	console_ghcb();
}

void stub_main(void)
{
	start();
	test_vmpl();
	test_launch();
	test_convention();
	test_state();
	test_query();
	test_vtom();
	test_page_4k();
	test_page_2m();
	test_list();
	test_list_bad();
	test_address();
	test_remap();
	test_access();
	call_checks();
	check_end();
}
