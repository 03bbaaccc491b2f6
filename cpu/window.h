/* SPDX-License-Identifier: MIT */
/* Where the window shows a guest-physical address: see cpu.h. */
#pragma once
#include <svsm/cpu.h>

/* 0 when the window does not reach so far; what lies there may be unmapped. */
static inline uint64_t window_va(pa_t at)
{
	return at.raw >> WINDOW_BITS == 0 ? WINDOW_VA + at.raw : 0;
}
