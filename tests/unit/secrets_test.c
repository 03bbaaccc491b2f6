/* SPDX-License-Identifier: MIT */
/* The secrets page: which keys reach the guest, at which VMPL. [boot-abi 1, svsm 1.1] */
#include "test.h"

#include <string.h>
#include <svsm/secrets.h>

static uint8_t page[PAGE_4K], copy[PAGE_4K];

/* As the PSP makes it, with key n filled with 0x10 + n, and rubbish where nothing is defined. */
static void sample(void)
{
	memset(page, 0, sizeof(page));
	page[0] = 3;
	for (unsigned int n = 0; n < VMPCK_COUNT; n++)
		memset(page + 0x20 + n * VMPCK_BYTES, (int)(0x10 + n), VMPCK_BYTES);
	page[0x160] = 200;
	memset(page + 0x800, 0xee, 16);
}

static void give(unsigned int vmpl)
{
	const struct secrets_guest guest = { 0x8000000000, 0x10000000, 0x85000, vmpl };

	secrets_for_guest(copy, &guest);
}

static bool key_is(unsigned int n, uint8_t byte)
{
	for (unsigned int i = 0; i < VMPCK_BYTES; i++)
		if (copy[0x20 + n * VMPCK_BYTES + i] != byte)
			return false;
	return true;
}

declare_test(secrets_keys_below_the_guest_are_wiped)
{
	for (unsigned int vmpl = 1; vmpl <= 3; vmpl++) {
		sample();
		check_eq(secrets_load(page), OK);
		give(vmpl);
		for (unsigned int n = 0; n < VMPCK_COUNT; n++)
			check(key_is(n, n < vmpl ? 0 : (uint8_t)(0x10 + n)));
	}
}

declare_test(secrets_svsm_fields)
{
	uint64_t base, size, caa;
	uint32_t version;

	sample();
	check_eq(secrets_load(page), OK);
	give(2);
	memcpy(&base, copy + 0x140, 8);
	memcpy(&size, copy + 0x148, 8);
	memcpy(&caa, copy + 0x150, 8);
	memcpy(&version, copy + 0x158, 4);
	check_eq(base, 0x8000000000);
	check_eq(size, 0x10000000);
	check_eq(caa, 0x85000);
	check_eq(version, 1);
	check_eq(copy[0x15c], 2);
	check_eq(copy[0x15d] | copy[0x15e] | copy[0x15f], 0);
	check_eq(copy[0], 3);
	check_eq(copy[0x160], 200);
}

/* What this firmware does not know may be VMPL0's business. */
declare_test(secrets_unknown_bytes_stay_here)
{
	sample();
	check_eq(secrets_load(page), OK);
	give(1);
	for (unsigned int i = 0x164; i < PAGE_4K; i++)
		check_eq(copy[i], 0);
}

declare_test(secrets_wipe_leaves_no_key)
{
	sample();
	check_eq(secrets_load(page), OK);
	secrets_wipe();
	give(1);
	for (unsigned int n = 0; n < VMPCK_COUNT; n++)
		check(key_is(n, 0));
}

declare_test(secrets_bad_pages)
{
	sample();
	page[0] = 0;
	check_eq(secrets_load(page), ERR_STATE);
	sample();
	memset(page + 0x20, 0, VMPCK_BYTES);
	check_eq(secrets_load(page), ERR_STATE);
	sample();
	page[0x148] = 1;
	check_eq(secrets_load(page), ERR_STATE);
	sample();
	check_eq(secrets_load(page), OK);
}
