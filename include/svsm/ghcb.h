/* SPDX-License-Identifier: MIT */
/*
 * Talking to the hypervisor [spec/ghcb.md]. Every reply is copied out of the
 * shared page once and checked; one that makes no sense stops the VM with
 * REASON_GHCB_REPLY. All calls use the calling vCPU's own GHCB.
 */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

/* Hypervisor feature bits [ghcb 3]. */
#define HV_SNP 0x1U
#define HV_AP_CREATION 0x2U
#define HV_APIC_IDS 0x10U
#define HV_MULTI_VMPL 0x20U

/* MSR protocol, before a GHCB page exists. Stops the VM on nonsense. */
void msr_negotiate(unsigned int *cbit); /* REASON_GHCB_VERSION */
uint64_t msr_hv_features(void);
must_check enum err msr_psc(pa_t page, bool to_private); /* one 4K page */
must_check enum err msr_register_ghcb(pa_t page);
_Noreturn void msr_terminate(unsigned int set, unsigned int code);

/*
 * Makes `page` (already shared and mapped C=0 at `va`) this vCPU's GHCB.
 * ERR_HOST when the hypervisor refuses to register it.
 */
must_check enum err ghcb_init(void *va, pa_t page);
bool ghcb_ready(void);

/*
 * Asks the hypervisor to enter `vmpl` on this vCPU; returns when VMPL0 is
 * entered again, for whatever reason. ERR_HOST: it refused.
 */
must_check enum err ghcb_run_vmpl(unsigned int vmpl);

/*
 * Tells the hypervisor which save area `vmpl` of the vCPU has [ghcb 5.5]; it
 * starts it now, or nothing is started. ERR_HOST: it refused.
 */
must_check enum err ghcb_ap_create(uint32_t apic_id, unsigned int vmpl, pa_t vmsa,
				   uint64_t sev_features, bool now);

/*
 * AP reset hold [ghcb 5.3]: nothing to do and no VMPL to enter. Returns when
 * VMPL0 is entered again, for whatever reason. ERR_HOST: it refused.
 */
must_check enum err ghcb_hold(void);

/*
 * The APIC ids of the VM's vCPUs [ghcb 5.6], by way of a shared page. Each
 * word is read once, none is checked but the count: 1 to CPU_MAX. ERR_HOST: it
 * refused. ERR_STATE: not so many, or more than one page of them.
 */
must_check enum err ghcb_apic_ids(void *va, pa_t page, uint32_t apic_id[CPU_MAX],
				  unsigned int *count);

/*
 * Page state change of `count` pages from `start` [ghcb 5.4], in batches.
 * ERR_HOST with *done pages changed. Loops while the hypervisor progresses;
 * REASON_GHCB_REPLY when it goes backwards.
 */
must_check enum err ghcb_psc(pa_t start, uint64_t count, enum page_size size, bool to_private,
			     uint64_t *done);

/* 16550 port writes and reads through IOIO events. */
void ghcb_out8(uint16_t port, uint8_t value);
uint8_t ghcb_in8(uint16_t port);

/* COM1; waits for the transmitter, but not for ever. */
void ghcb_console(const char *text, size_t bytes);
