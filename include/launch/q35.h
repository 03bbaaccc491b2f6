/* SPDX-License-Identifier: MIT */
/* Where QEMU's q35 puts RAM: all below the hole under 4 GiB, or 2 GiB there and the rest above. */
#pragma once
#include <stdint.h>

#define Q35_HOLE 0xb0000000ULL /* PCI's window, APICs and flash */
#define Q35_HOLE_END 0x100000000ULL
#define Q35_LOW_SPLIT 0x80000000ULL

/* Bytes from 0 on; what is left begins at Q35_HOLE_END. */
static inline uint64_t q35_low_ram(uint64_t mem)
{
	return mem < Q35_HOLE ? mem : Q35_LOW_SPLIT;
}
