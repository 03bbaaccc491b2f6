/* SPDX-License-Identifier: MIT */
/* From the first instruction to the tables of rules. */
#include "conf.h"

#define CR4_SSE 0x600ULL /* OSFXSR, OSXMMEXCPT */
#define TERMINATE_BOOT 0x10U

_Noreturn void stub_main(void);

static const struct group *const groups[] = {
	&group_secrets,	 &group_area,	 &group_convention, &group_state,   &group_protocol,
	&group_vtom,	 &group_remap,	 &group_page_4k,    &group_page_2m, &group_list,
	&group_list_bad, &group_address, &group_create,	    &group_delete,  &group_running,
	&group_deposit,	 &group_place,	 &group_withdraw,   &group_taken,   &group_crowd,
	&group_end,
};

static void enable_sse(void)
{
	uint64_t cr4;

	__asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("movq %0, %%cr4" : : "r"(cr4 | CR4_SSE));
}

static const char *command_line(void)
{
	if (boot.params == NULL || get(boot.params + BP_CMD_LINE, 4) == 0)
		return "";
	return (const char *)(uintptr_t)get(boot.params + BP_CMD_LINE, 4);
}

/* Until there is a console, termination codes say what went wrong. */
static void start(void)
{
	unsigned int step;

	trap_init();
	if ((probe_rdmsr(MSR_SEV_STATUS) & SEV_STATUS_SNP) == 0 || trap.vector != TRAP_NONE) {
		console_ports();
		report_lost("not an SNP guest");
	}
	if (boot_read() != NULL)
		ghcb_terminate(TERMINATE_BOOT);
	options_read(command_line());
	page_init();
	enable_sse();
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
	say("TAP version 13");
	say("# conformance: SVSM at %#lx, %#lx bytes; guest VMPL %u", boot.svsm_base,
	    boot.svsm_size, boot.vmpl);
	platform_ask();
	for (unsigned int i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		report_group(groups[i]);
	report_end();
}
