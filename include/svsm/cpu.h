/* SPDX-License-Identifier: MIT */
/*
 * What bring-up and the core ask of cpu/ beyond hw.h. The first part needs
 * the machine: sim/host has its own of each. The rest (cpuid.h, secrets.h,
 * vmsa.h, log.h) is portable and linked as it is.
 */
#pragma once
#include <svsm/err.h>
#include <svsm/ring.h>
#include <svsm/types.h>
#include <svsm/vmsa.h>

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
 * Takes the page kept for a CPU's GHCB out of private memory: PVALIDATE off,
 * page state shared, mapped without the C-bit. ERR_RMP, ERR_HOST.
 */
must_check enum err cpu_share_ghcb(unsigned int cpu, void **va, pa_t *page);

/* The same for a page of the image that any list of the hypervisor's goes through. */
must_check enum err cpu_share_buffer(void **va, pa_t *page);

/*
 * The area of a CPU other than the boot CPU, from frames, with holes between:
 * stack, #DF stack, GDT, TSS, GHCB page (cpu_share_ghcb) and event ring, which
 * is returned, empty. cpu_start_state: what of its save area depends on it,
 * the rest of it as this CPU's is; rip and sev_features are the caller's. Boot
 * only, before cpu_seal().
 */
#define CPU_AREA_FRAMES 7U
struct ring *cpu_map_area(unsigned int cpu, const pa_t frame[CPU_AREA_FRAMES]);
void cpu_start_state(unsigned int cpu, struct vmsa_cpu *state);

/* Replaces the boot window; ERR_NO_MEMORY: out of table pages. Boot only, once. */
must_check enum err cpu_map_windows(const struct cpu_window *window, unsigned int count);

/* The SVSM's own memory as a pointer: accepted, and in a window. */
void *cpu_memory(pa_t at);

/* Slots for contexts of guest vCPUs, and how large one is. */
#define CPU_CONTEXTS 256U
#define CPU_CONTEXT_FRAMES 4U

/*
 * Shows a guest vCPU's context: its frames, one after the other at the slot's
 * place, for VMPL0 alone, writable, no execute, an unmapped page below. The
 * contents are what the frames hold. They may be the SVSM's, or pages taken
 * from the guest. Any CPU, different slots at the same time; writes to the
 * page tables, which nothing else does after cpu_seal().
 */
void *cpu_map_context(unsigned int slot, const pa_t frame[CPU_CONTEXT_FRAMES]);

/* The caller flushes (hw_flush_all) before the frames are used for anything else. */
void cpu_unmap_context(unsigned int slot);

/* Makes the page tables read-only: but for contexts, nothing maps memory after boot. */
void cpu_seal(void);

/* Jumped to from cpu/start.S (sm/boot.c), and where another CPU begins (sm/boot_cpus.c). */
_Noreturn void sm_main(void);
_Noreturn void sm_cpu_main(void);
