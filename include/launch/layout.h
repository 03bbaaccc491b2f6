/* SPDX-License-Identifier: MIT */
/* Where everything goes in guest memory, and whether it fits. Pure. */
#pragma once
#include "launch/host.h"

#include "svsm/types.h"

#include <stdbool.h>
#include <stdint.h>

/* Of the VM's vCPUs; none: whoever starts the VM says. */
struct apic_ids {
	unsigned int count;
	uint32_t id[CPU_MAX];
};

/* "0,1,2,3"; false: not numbers, or too many. */
bool layout_apic_ids(struct apic_ids *ids, const char *text);

/* What the user asked for and how large the parts are. Bytes. */
struct layout_request {
	uint64_t mem;
	uint64_t svsm_gpa, svsm_mem;
	uint64_t image_bytes;
	uint64_t kernel_load, kernel_bytes, kernel_init_size;
	uint64_t initrd_bytes, initrd_max;
	size_t cmdline_length, cmdline_max;
	unsigned int vmpl;
	struct apic_ids apic_ids;
};

struct layout {
	uint64_t initrd;     /* 0 when there is none */
	uint64_t kernel_end; /* the guest needs RAM up to here */
};

bool layout_plan(struct layout *l, const struct layout_request *r, struct why *why);
