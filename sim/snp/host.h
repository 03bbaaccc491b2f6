/* SPDX-License-Identifier: MIT */
/* The hypervisor's side of the GHCB, shared by its files [ghcb]. */
#pragma once
#include "model.h"

/* SW_EXITINFO1 and, for bad input, SW_EXITINFO2 of a response [ghcb 6]. */
#define NAE_EXCEPTION 1U
#define NAE_BAD 2U
#define BAD_UNREGISTERED 1U
#define BAD_USAGE 2U
#define BAD_SCRATCH 3U
#define BAD_MISSING 4U
#define BAD_INPUT 5U
#define BAD_EVENT 6U

/* Feature bits that gate events [ghcb 3]. */
#define FEATURE_AP_CREATION 0x2U
#define FEATURE_APIC_IDS 0x10U
#define FEATURE_MULTI_VMPL 0x20U

/* One event: the request as copied, the response as it will be written. */
struct nae {
	struct snp *m;
	unsigned int cpu;
	uint8_t *page;
	uint64_t gpa;
	uint64_t code, info1, info2, scratch;
	uint64_t rax, rbx, rcx, rdx; /* in and out; 0 when not valid */
	uint64_t out1, out2;
	enum snp_exit exit;
	unsigned int next_vmpl; /* exit == SNP_SWITCH */
};

enum host_run { HOST_RUN_REFUSED, HOST_RUN_SAME, HOST_RUN_SWITCH };

/* GHCB MSR and registration of a vCPU that starts. */
void host_reset_ghcb(struct snp *m, unsigned int cpu, unsigned int vmpl);
uint64_t host_sev_info(const struct snp *m);
enum snp_exit host_terminate(struct snp *m, unsigned int set, unsigned int code);
/* May this vCPU enter that VMPL? The response is written before the switch. */
enum host_run host_run_vmpl(struct snp *m, unsigned int cpu, uint64_t vmpl);
void host_switch(struct snp *m, unsigned int cpu, unsigned int vmpl);
/* The vCPU that asks gives up the CPU: until AP_CREATION, or for what that left already. */
enum snp_exit host_hold(struct snp *m, unsigned int cpu);

enum snp_exit host_msr_request(struct snp *m, unsigned int cpu);
enum snp_exit host_nae_event(struct snp *m, unsigned int cpu);

void host_bad(struct nae *n, unsigned int reason);
/* `bytes` at SW_SCRATCH, inside the shared buffer; NULL after host_bad(). */
uint8_t *host_scratch(struct nae *n, uint64_t bytes);

void host_ioio(struct nae *n);
void host_msr_access(struct nae *n);
void host_mmio(struct nae *n);
void host_psc(struct nae *n);
void host_ap_creation(struct nae *n);
void host_apic_ids(struct nae *n);

/* SEV_FEATURES that this platform offers, SNPActive among them [snp-arch 10]. */
bool vmsa_features_ok(uint64_t features);
unsigned int vmsa_vmpl(struct snp *m, uint64_t spa);
