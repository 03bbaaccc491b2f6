/* SPDX-License-Identifier: MIT */
/* A machine as the launch leaves it, for the tests of bring-up, and lies for it to tell. */
#pragma once
#include <snp/host.h>
#include <svsm/boot.h>

#define BOOTRIG_RAM HOST_RAM
#define BOOTRIG_KERNEL HOST_KERNEL
#define BOOTRIG_KERNEL_PAGES HOST_KERNEL_PAGES

extern struct boot booted;

/* Pages launched at `vmpl`; what they hold may be changed with host_page() before bootrig_run(). */
void bootrig_new(unsigned int vmpl);
static inline struct svsm_config *bootrig_config(void)
{
	return host_config();
}

static inline struct launch_params *bootrig_params(void)
{
	return host_params();
}

/*
 * A hypervisor that has these vCPUs, and tells who asks: feature bit 4. Which
 * save areas it was given is noted here, and nothing is started. `lie` may
 * change the list's page or RAX (asked: 0 the number of pages, 1 the list).
 */
struct bootrig_hv {
	uint32_t apic_id[CPU_MAX];
	unsigned int cpus;
	unsigned int asked; /* how often for the list */
	void (*lie)(unsigned int asked, uint32_t *list, uint64_t *rax, bool *has_rax);
	struct {
		uint64_t info1, vmsa, features;
	} created[CPU_MAX + 1];
	unsigned int creations;
	uint64_t refuse; /* AP_CREATION with this SW_EXITINFO1; 0: none */
};
extern struct bootrig_hv bootrig_hv;
void bootrig_has_cpus(unsigned int cpus);

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
