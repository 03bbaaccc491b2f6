/* SPDX-License-Identifier: MIT */
/* A machine as the launch leaves it, for the tests of bring-up, and lies for it to tell. */
#pragma once
#include <snp/host.h>
#include <svsm/boot.h>

#define BOOTRIG_RAM 0x2000000ULL /* 32 MiB */
#define BOOTRIG_KERNEL 0x1000000ULL
#define BOOTRIG_KERNEL_PAGES 4ULL
#define BOOTRIG_IMAGE_PAGES 4ULL

extern struct boot booted;

/* Pages launched at `vmpl`; what they hold may be changed with host_page() before bootrig_run(). */
void bootrig_new(unsigned int vmpl);
struct svsm_config *bootrig_config(void);
struct launch_params *bootrig_params(void);

/* The machine from EV_START on, until nothing is left to do. For host_stops(). */
void bootrig_run(void);

/*
 * Lies. The next request to the hypervisor by MSR code `code` is answered
 * with `answer`; the next by GHCB event `code` with SW_EXITINFO1 and 2.
 */
void bootrig_answer_msr(unsigned int code, uint64_t answer);
void bootrig_answer_ghcb(uint64_t code, uint64_t info1, uint64_t info2);
/* The next page state change leaves this header, and SW_EXITINFO2. */
void bootrig_answer_psc(uint64_t header, uint64_t info2);
