/* SPDX-License-Identifier: MIT */
/* The secrets page: our private copy, and the one the guest gets. [boot-abi 1] */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

#define VMPCK_COUNT 4U
#define VMPCK_BYTES 32U

/* What the SVSM tells its guest [svsm 1.1]. */
struct secrets_guest {
	uint64_t svsm_base, svsm_size;
	uint64_t caa;
	unsigned int vmpl;
};

/* Copies the page. ERR_STATE when it makes no sense. */
must_check enum err secrets_load(const uint8_t page[PAGE_4K]);

/* The guest's page: every VMPCK below its VMPL is zero. */
void secrets_for_guest(uint8_t page[PAGE_4K], const struct secrets_guest *guest);

/* Zeroes every VMPCK of our copy. */
void secrets_wipe(void);
