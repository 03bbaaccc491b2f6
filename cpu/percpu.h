/* SPDX-License-Identifier: MIT */
/* The running vCPU's own block, found through GS. */
#pragma once
#include <stdint.h>

struct percpu {
	uint32_t index; /* first: read as %gs:0 */
};

/* Makes block `index` the running vCPU's. */
void percpu_load(unsigned int index);

static inline unsigned int percpu_index(void)
{
	uint32_t index;

	__asm__ volatile("movl %%gs:0, %0" : "=r"(index));
	return index;
}
