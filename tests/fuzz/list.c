/* SPDX-License-Identifier: MIT */
/* PVALIDATE lists word by word, several calls: what they leave is what the record says. */
#include "fuzz.h"

#include <svsm/abi.h>

static struct input in;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	host_new(3);
	host_serve(EV_START);
	host_save();
	return 0;
}

static bool documented(uint32_t result)
{
	return result == SVSM_SUCCESS || result == SVSM_ERR_INCOMPLETE ||
	       (result >= SVSM_ERR_INVALID_ADDRESS && result <= SVSM_ERR_BUSY) ||
	       (result > SVSM_ERR_RMP && result <= SVSM_ERR_RMP + 0xf) ||
	       result == SVSM_ERR_RMP_UNCHANGED || result == SVSM_ERR_RMP_OTHER;
}

/* `next` never goes back, and a call that succeeds has done all. */
static void one(void)
{
	uint64_t entry[SVSM_LIST_MAX];
	uint64_t shape = take(&in, 1);
	uint16_t count = 0, next = shape & 0x80 ? (uint16_t)(take(&in, 1) & 0x1f) : 0;
	uint32_t result;

	for (uint64_t i = 0; i < (shape & 0x1f) && in.left > 0; i++) {
		uint64_t word = take_entry(&in), run = 1 + (take(&in, 1) & 0x3f);

		for (uint64_t n = 0; n < run && count < SVSM_LIST_MAX; n++)
			entry[count++] = word + n * ((word & 1) != 0 ? PAGE_2M : PAGE_4K);
	}
	if (!host_guest_may(HOST_LIST, SNP_WRITE) || !host_guest_may(host_ca(), SNP_WRITE))
		return;
	result = host_pvalidate(entry, count, next);
	demand(documented(result));
	if (!host_guest_may(HOST_LIST, SNP_READ))
		return;
	demand(host_next() >= next || host_next() == 0);
	demand(result != SVSM_SUCCESS || host_next() == count || count == 0);
}

static void all(void)
{
	for (unsigned int n = 0; n < 6 && in.left > 0; n++)
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
