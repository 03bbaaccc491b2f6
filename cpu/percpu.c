/* SPDX-License-Identifier: MIT */
/* One block per vCPU: see percpu.h. */
#include "percpu.h"

#include <svsm/types.h>

#define MSR_GS_BASE 0xc0000101U

static struct percpu block[CPU_MAX];

void percpu_load(unsigned int index)
{
	uint64_t base = (uint64_t)&block[index];

	block[index].index = index;
	__asm__ volatile("wrmsr"
			 :
			 : "c"(MSR_GS_BASE), "a"((uint32_t)base), "d"((uint32_t)(base >> 32))
			 : "memory");
}
