/* SPDX-License-Identifier: MIT */
/* Where everything goes in guest memory, and whether it fits. Pure. */
#pragma once
#include "launch/host.h"

#include <stdbool.h>
#include <stdint.h>

/* What the user asked for and how large the parts are. Bytes. */
struct layout_request {
	uint64_t mem;
	uint64_t svsm_gpa, svsm_mem;
	uint64_t image_bytes;
	uint64_t kernel_load, kernel_bytes, kernel_init_size;
	uint64_t initrd_bytes, initrd_max;
	size_t cmdline_length, cmdline_max;
	unsigned int vmpl;
};

struct layout {
	uint64_t initrd;     /* 0 when there is none */
	uint64_t kernel_end; /* the guest needs RAM up to here */
};

bool layout_plan(struct layout *l, const struct layout_request *r, struct why *why);
