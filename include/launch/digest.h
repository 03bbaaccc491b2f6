/* SPDX-License-Identifier: MIT */
/* The launch digest of an IGVM file as QEMU and KVM launch it [boot-abi 3, 6.3]. */
#pragma once
#include "snp/igvm.h"

#define DIGEST_SIGNATURE 0xA00F11U /* EPYC Milan; counts only with more than one vCPU */

struct digest {
	uint8_t bytes[48];
	char hex[97];
	uint64_t pages; /* VMSAs not counted */
};

/* `signature` is RDX of the vCPUs that have no VMSA in the file. */
void digest_file(struct digest *d, const struct igvm *f, uint32_t vcpus, uint32_t signature);
