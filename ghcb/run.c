/* SPDX-License-Identifier: MIT */
/* Which save area runs: RUN_VMPL, AP_CREATION, AP reset hold. [ghcb 5.3, 5.5, 5.7] */
#include "page.h"

#define AP_CREATE_ON_INIT 0ULL
#define AP_CREATE_NOW 1ULL

enum err ghcb_run_vmpl(unsigned int vmpl)
{
	const struct ghcb_request request = { .code = GHCB_RUN_VMPL, .info1 = vmpl };

	return ghcb_exchange(&request, NULL);
}

enum err ghcb_hold(void)
{
	const struct ghcb_request request = { .code = GHCB_AP_RESET_HOLD };

	return ghcb_exchange(&request, NULL);
}

/* "On INIT" makes the save area known without starting it: RUN_VMPL does that. */
enum err ghcb_ap_create(uint32_t apic_id, unsigned int vmpl, pa_t vmsa, uint64_t sev_features,
			bool now)
{
	const struct ghcb_request request = {
		.code = GHCB_AP_CREATION,
		.info1 = (uint64_t)apic_id << 32 | (uint64_t)vmpl << 16 |
			 (now ? AP_CREATE_NOW : AP_CREATE_ON_INIT),
		.info2 = vmsa.raw,
		.rax = sev_features,
		.has_rax = true,
	};

	return ghcb_exchange(&request, NULL);
}
