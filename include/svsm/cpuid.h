/* SPDX-License-Identifier: MIT */
/*
 * CPUID as the page at launch has it: the PSP has checked it, the hypervisor
 * cannot change it. No CPUID instruction is ever executed. [boot-abi 2]
 */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

struct cpuid_regs {
	uint32_t eax, ebx, ecx, edx;
};

/* Copies the page. ERR_STATE when its header makes no sense. */
must_check enum err cpuid_load(const uint8_t page[PAGE_4K]);

/* All zero for a leaf the page does not have. */
struct cpuid_regs cpuid_get(uint32_t leaf, uint32_t subleaf);

/* The whole page, for the guest. */
const uint8_t *cpuid_page(void);

/* Fn8000_001F EBX[5:0]. */
unsigned int cpuid_c_bit(void);

/* Addresses below 1 << this are memory: Fn8000_0008 EAX[7:0], below the C-bit. */
unsigned int cpuid_address_bits(void);
