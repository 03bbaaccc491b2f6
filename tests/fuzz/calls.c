/* SPDX-License-Identifier: MIT */
/* One vCPU: registers and memory as the guest likes them, every call. It never stops the VM. */
#include "fuzz.h"

#include <svsm/vmsa.h>

static struct input in;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	host_new_cpus(2, 2);
	host_serve(EV_START);
	host_save();
	return 0;
}

static void one(void)
{
	const uint64_t what = take(&in, 1);
	struct host_registers r;
	uint64_t value;

	switch (what % 5) {
	case 0: /* anything anywhere */
		value = take(&in, 8);
		guest_write(take_address(&in), &value, sizeof(value));
		break;
	case 1: { /* a save area, with mistakes */
		uint64_t page = take_address(&in) & ~(PAGE_4K - 1);
		uint64_t wrong = take(&in, 1);

		if (!host_guest_may(page, SNP_WRITE) || host_page(page) == NULL)
			break;
		host_build_vmsa(page);
		if (wrong & 1)
			host_page(page)[VMSA_VMPL] = (uint8_t)(wrong >> 1 & 3);
		if (wrong & 0x80)
			host_page(page)[VMSA_SEV_FEATURES] ^= (uint8_t)(1U << (wrong >> 4 & 7));
		r = (struct host_registers){ 2, page, take_address(&in), wrong >> 3 & 1, 0 };
		(void)host_call_with(&r);
		break;
	}
	case 2: /* a list, and the call that reads it */
		r = (struct host_registers){ what & 0x40 ? 4 : 1, take_address(&in), 0, 0, 0 };
		take_list(&in, r.rcx);
		(void)host_call_with(&r);
		break;
	default:
		r = take_registers(&in);
		(void)host_call_with(&r);
		break;
	}
}

static void all(void)
{
	for (unsigned int n = 0; n < 40 && in.left > 0; n++)
		one();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	in = (struct input){ bytes, count };
	host_reset();
	demand(host_stops(all) == -1);
	demand_sound();
	return 0;
}
