/* SPDX-License-Identifier: MIT */
/* The seam on the machine, but for memory accesses (hw_mem.c): see hw.h. */
#include "percpu.h"

#include <svsm/hw.h>

#define MSR_GHCB 0xc0010130U
#define MSR_SEV_STATUS 0xc0010131U

#define RANDOM_TRIES 10U

/* INVLPGB RAX: ASID valid (a guest's is filled in by the CPU), globals too. */
#define INVLPGB_ASID 0x4ULL
#define INVLPGB_GLOBAL 0x8ULL

void hw_flush_all(void)
{
	__asm__ volatile("invlpgb\n"
			 "tlbsync\n"
			 :
			 : "a"(INVLPGB_ASID | INVLPGB_GLOBAL), "c"(0), "d"(0)
			 : "memory");
}

static uint64_t read_msr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

uint64_t hw_ghcb_msr(void)
{
	return read_msr(MSR_GHCB);
}

void hw_set_ghcb_msr(uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(MSR_GHCB), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

void hw_vmgexit(void)
{
	__asm__ volatile("rep; vmmcall" : : : "memory");
}

uint64_t hw_sev_status(void)
{
	return read_msr(MSR_SEV_STATUS);
}

unsigned int hw_cpu(void)
{
	return percpu_index();
}

uint64_t hw_tsc(void)
{
	uint64_t low, high; /* it clears the upper halves */

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return high << 32 | low;
}

bool hw_random(uint64_t *value)
{
	for (unsigned int i = 0; i < RANDOM_TRIES; i++) {
		bool ok;

		__asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(ok));
		if (ok)
			return true;
	}
	return false;
}

void hw_pause(void)
{
	__asm__ volatile("pause" : : : "memory");
}
