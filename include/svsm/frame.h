/* SPDX-License-Identifier: MIT */
/* Frames of SVSM memory: those in state PAGE_FREE of the record (page.h). */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

/* The SVSM's own range, already in the record, 2 MiB aligned. Boot only. */
void frame_init(pa_t start, uint64_t bytes);

/* Whether a byte of the page lies in the SVSM's own range. */
bool frame_overlaps(pa_t page, enum page_size size);

/*
 * One 4 KiB frame, PAGE_FREE -> PAGE_USED, contents undefined. ERR_NO_MEMORY
 * when no frame is free: accept more (sm/accept.h) and try again. Lock-free.
 */
must_check enum err frame_alloc(pa_t *frame);

/* As frame_alloc, but never 2 MiB aligned (VMSA pages, spec/snp-arch 7.1). */
must_check enum err frame_alloc_vmsa(pa_t *frame);

/* PAGE_USED -> PAGE_FREE. ERR_STATE: not allocated; ERR_ADDRESS: not ours. */
must_check enum err frame_free(pa_t frame);

/*
 * Takes the next 2 MiB of the range that was never accepted: PAGE_NONE ->
 * PAGE_USED, for sm/accept.c to validate and then page_settle to PAGE_FREE.
 */
must_check enum err frame_grow(pa_t *region);
