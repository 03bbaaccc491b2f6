/* SPDX-License-Identifier: MIT */
/* VMPL0's own page tables; the public part is in <svsm/cpu.h>. */
#pragma once
#include <svsm/cpu.h>

/*
 * What is mapped page by page after the image: contexts of guest vCPUs and
 * the areas of CPUs, under one slot of the root. Each has a power of two of
 * addresses, most of them unmapped.
 */
#define REGION_VA 0xffffff0000000000ULL
#define CONTEXT_PITCH (2 * CPU_CONTEXT_FRAMES * PAGE_4K)
#define AREAS_VA (REGION_VA + CPU_CONTEXTS * CONTEXT_PITCH)
#define AREA_PITCH (16 * PAGE_4K)
#define REGION_END (AREAS_VA + CPU_MAX * AREA_PITCH)

pa_t tables_image_pa(const void *va);

/* Leaves the early tables: the image page by page, W^X, and the boot window. */
void tables_build(unsigned int c_bit);

/*
 * `count` pages of that region, one after the other, and none: sealed or not,
 * for this CPU alone may write to the tables for the moment. Writable data.
 */
void tables_show(uint64_t va, const pa_t *frame, unsigned int count);
void tables_hide(uint64_t va, unsigned int count);

/*
 * Takes a page that is mapped at va, private, out of private memory: PVALIDATE
 * off, page state shared, mapped without the C-bit, zeroed. ERR_RMP, ERR_HOST.
 * Boot only.
 */
must_check enum err tables_share(void *va, pa_t page);
