/* SPDX-License-Identifier: MIT */
/*
 * What bring-up and the core ask of cpu/ beyond hw.h. The first part needs
 * the machine: sim/host has its own of each. The rest (cpuid.h, secrets.h,
 * vmsa.h, log.h) is portable and linked as it is.
 */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

/*
 * The window: guest-physical memory at WINDOW_VA + address, for the hw.h
 * accessors. Only [0, 2 MiB) until cpu_map_windows(). [DESIGN 5]
 */
#define WINDOW_VA 0xffff800000000000ULL
#define WINDOW_BITS 46U

struct cpu_window {
	uint64_t start, bytes; /* 2 MiB aligned */
	bool guest;	       /* user pages, behind SMAP; else the SVSM's own */
};

/* SMEP, SMAP, UMIP if the CPU has it. */
void cpu_protect(bool umip);

/*
 * Takes one page of the image out of private memory for the GHCB: PVALIDATE
 * off, page state shared, mapped without the C-bit. ERR_RMP, ERR_HOST.
 */
must_check enum err cpu_share_ghcb(void **va, pa_t *page);

/* Replaces the boot window; ERR_NO_MEMORY: out of table pages. Boot only, once. */
must_check enum err cpu_map_windows(const struct cpu_window *window, unsigned int count);

/* The SVSM's own memory as a pointer: accepted, and in a window. */
void *cpu_memory(pa_t at);

/* Makes the page tables read-only: nothing maps memory after boot. */
void cpu_seal(void);

/* Jumped to from cpu/start.S (sm/boot.c). */
_Noreturn void sm_main(void);
