/* SPDX-License-Identifier: MIT */
/* Typed addresses and page sizes used by every folder. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A guest-physical address, without the C-bit. Bytes. */
typedef struct {
	uint64_t raw;
} pa_t;

#define PAGE_4K 0x1000ULL
#define PAGE_2M 0x200000ULL
#define PAGE_1G 0x40000000ULL
#define FRAMES_PER_2M 512U

#define CPU_MAX 64U /* vCPUs of a VM */

/* The encoding of PVALIDATE and RMPADJUST, ECX[0] [APM3, spec/snp-arch 2.1]. */
enum page_size { SIZE_4K = 0, SIZE_2M = 1 };

static inline pa_t pa(uint64_t raw)
{
	return (pa_t){ raw };
}

static inline pa_t pa_add(pa_t a, uint64_t bytes)
{
	return (pa_t){ a.raw + bytes };
}

static inline uint64_t size_bytes(enum page_size size)
{
	return size == SIZE_2M ? PAGE_2M : PAGE_4K;
}

static inline bool is_aligned(uint64_t x, uint64_t align)
{
	return (x & (align - 1)) == 0;
}

static inline uint64_t align_down(uint64_t x, uint64_t align)
{
	return x & ~(align - 1);
}

static inline uint64_t align_up(uint64_t x, uint64_t align)
{
	return align_down(x + align - 1, align);
}
