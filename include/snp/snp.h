/* SPDX-License-Identifier: MIT */
/*
 * The platform model: what an SNP machine does to its guest. Written from the
 * manuals' facts (spec/snp-arch.md, spec/ghcb.md, spec/boot-abi.md), never
 * from the firmware. Freestanding; no allocation; the embedder supplies
 * memory. One struct snp is one machine with one SNP guest (ASID 1).
 *
 * spa = system physical (what the RMP is indexed by), gpa = guest physical
 * without the C-bit. The nested page table is a list of slots, as a
 * hypervisor keeps them; an override list lets a hostile one lie by the page.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNP_VMPLS 4U
#define SNP_SLOTS 16U
#define SNP_OVERRIDES 16U
#define SNP_VCPUS 16U
#define SNP_TLB_ENTRIES 64U
#define SNP_PAGE 0x1000ULL
#define SNP_2M 0x200000ULL
#define SNP_UNMAPPED (~0ULL) /* spa of an override that maps nothing */

/* ---- RMP [snp-arch 1] -------------------------------------------------- */

struct snp_rmp_entry {
	uint64_t gpa; /* 51:12 */
	uint32_t asid;
	uint8_t assigned : 1, size_2m : 1, immutable : 1, vmsa : 1, validated : 1, in_use : 1;
	uint8_t perm[SNP_VMPLS];
};

struct snp_slot {
	uint64_t gpa, spa, bytes; /* 4K aligned; 2M aligned where 2M pages are wanted */
};

/* One cached translation: stale until flushed [snp-arch 2.4]. */
struct snp_tlb_entry {
	uint64_t gpa;
	uint64_t spa;
	uint8_t valid : 1, cbit : 1, size_2m : 1, vmpl : 2;
	uint8_t perm; /* SNP_PERM_* that were granted */
};

struct snp_tlb {
	struct snp_tlb_entry entry[SNP_TLB_ENTRIES];
	uint32_t next;
};

/* What happened at VMPL-independent level; soft-SNP prints them at the end. */
struct snp_counters {
	uint64_t vmgexit_msr[256]; /* by request code; [255]: 0x100, [254]: others above 0xfd */
	uint64_t vmgexit_nae;	   /* by page */
	uint64_t nae_cpuid, nae_ioio, nae_msr, nae_mmio, nae_psc, nae_run_vmpl, nae_features,
		nae_other;
	uint64_t pvalidate_ok, pvalidate_unchanged, pvalidate_failed;
	uint64_t rmpadjust_ok, rmpadjust_failed;
	uint64_t psc_private, psc_shared; /* in 4K pages */
	uint64_t psmash;
	uint64_t flush_all; /* INVLPGB + TLBSYNC */
	uint64_t vc_404;
	uint64_t switches; /* VMPL switches */
	uint64_t ap_created, ap_destroyed, ap_holds;
};

struct snp;

/*
 * The embedder's services. `memory` gives a pointer to 4 KiB of system
 * memory, never NULL for an spa inside a slot. `changed` tells that the
 * access rights of [gpa, +bytes) may have changed (drop nested mappings); the
 * instructions and RMPUPDATE call it too. `wake` tells that another vCPU
 * should ask snp_next() soon. All but `memory` may be NULL.
 */
struct snp_ops {
	uint8_t *(*memory)(struct snp *m, uint64_t spa);
	void (*changed)(struct snp *m, uint64_t gpa, uint64_t bytes);
	uint32_t (*port_in)(struct snp *m, uint16_t port, unsigned int bytes);
	void (*port_out)(struct snp *m, uint16_t port, unsigned int bytes, uint32_t value);
	bool (*mmio)(struct snp *m, uint64_t gpa, void *data, unsigned int bytes, bool write);
	bool (*msr)(struct snp *m, uint32_t index, uint64_t *value, bool write);
	void (*cpuid)(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
	void (*wake)(struct snp *m, unsigned int cpu);
};

/* Per vCPU: which VMSA belongs to each VMPL, the GHCB MSR of each, the TLB. */
struct snp_vcpu {
	uint32_t apic_id;
	unsigned int vmpl;	      /* the VMPL that runs, or ran last */
	uint64_t vmsa_spa[SNP_VMPLS]; /* 0: none */
	uint64_t vmsa_gpa[SNP_VMPLS];
	uint64_t ghcb_msr[SNP_VMPLS];
	uint64_t ghcb_gpa[SNP_VMPLS]; /* registered; ~0: none */
	bool started;		      /* runs, at .vmpl; else stopped or in AP reset hold */
	bool created;		      /* AP_CREATION asked to run .created_vmpl */
	bool held;		      /* in AP reset hold by its page, below VMPL0 */
	bool leaving;		      /* what runs has its time until it next asks for something */
	unsigned int created_vmpl;
	uint64_t running_spa; /* VMSA that snp_vmrun() marked; 0: none */
	bool invlpgb_pending; /* an INVLPGB that no TLBSYNC has completed */
	struct snp_tlb tlb;
};

struct snp {
	struct snp_ops ops;
	void *user;
	struct snp_rmp_entry *rmp; /* rmp_frames entries, spa 0 upwards from rmp_base */
	uint64_t rmp_base;	   /* first spa covered */
	uint64_t rmp_frames;
	struct snp_slot slot[SNP_SLOTS];
	unsigned int slots;
	struct snp_slot override[SNP_OVERRIDES]; /* looked up first; bytes of 4K each */
	unsigned int overrides;
	uint32_t asid;
	unsigned int cbit;
	uint64_t hv_features;
	uint64_t scramble;	      /* state of the generator that scrambles page contents */
	uint8_t vmpck[SNP_VMPLS][32]; /* for the secrets page; from the generator at first */
	uint32_t fms;		      /* CPUID signature: secrets page */
	unsigned int psc_chunk;	      /* entries of one PSC event served at once; 0: all */
	bool switch_keeps_tlb;	      /* test mode: a VMPL switch removes no entry */
	struct snp_vcpu vcpu[SNP_VCPUS];
	unsigned int vcpus;
	struct snp_counters count;
	/* termination by the guest, valid when terminated */
	bool terminated;
	unsigned int term_set, term_code;
};

/* All memory hypervisor-owned, one vCPU (APIC id 0), hv_features 0x23. */
void snp_init(struct snp *m, const struct snp_ops *ops, struct snp_rmp_entry *rmp,
	      uint64_t rmp_base, uint64_t rmp_frames, unsigned int cbit);
bool snp_add_slot(struct snp *m, uint64_t gpa, uint64_t spa, uint64_t bytes);
/* NULL / false when no slot covers it. */
bool snp_gpa_to_spa(const struct snp *m, uint64_t gpa, uint64_t *spa);
uint8_t *snp_gpa_memory(struct snp *m, uint64_t gpa);		  /* the page's bytes, host view */
struct snp_rmp_entry *snp_rmp(const struct snp *m, uint64_t spa); /* NULL: not covered */
/* The entry that carries the state of spa (the first of a 2M page). */
struct snp_rmp_entry *snp_rmp_head(const struct snp *m, uint64_t spa);

/* Codes of the RMP instructions [snp-arch 2.2]. */
enum snp_code {
	SNP_OK = 0,
	SNP_FAIL_INPUT = 1,
	SNP_FAIL_PERMISSION = 2,
	SNP_FAIL_INUSE = 3,
	SNP_FAIL_OVERLAP = 4,
	SNP_FAIL_SIZEMISMATCH = 6,
	SNP_FAIL_BADADDR = 7,
};

/* What RMPUPDATE writes [snp-arch 2.1]. */
struct snp_rmpupdate {
	uint64_t gpa;
	bool assigned, size_2m, immutable;
	uint32_t asid;
};

enum snp_code snp_rmpupdate(struct snp *m, uint64_t spa, const struct snp_rmpupdate *u);
enum snp_code snp_psmash(struct snp *m, uint64_t spa);

/* ---- accesses [snp-arch 3] --------------------------------------------- */

#define SNP_PERM_R 0x1U
#define SNP_PERM_W 0x2U
#define SNP_PERM_XU 0x4U
#define SNP_PERM_XS 0x8U

/* SNP_WALK reads a guest table, SNP_WALK_AD sets accessed and dirty bits. */
enum snp_access_kind {
	SNP_READ,
	SNP_WRITE,
	SNP_EXEC_USER,
	SNP_EXEC_SUPER,
	SNP_WALK,
	SNP_WALK_AD,
};

/* EXITINFO1 of #NPF [snp-arch 3.2]. */
#define SNP_NPF_P (1ULL << 0) /* the nested mapping is there */
#define SNP_NPF_W (1ULL << 1)
#define SNP_NPF_U (1ULL << 2)
#define SNP_NPF_ID (1ULL << 4)
#define SNP_NPF_RMP (1ULL << 31)
#define SNP_NPF_FINAL (1ULL << 32)
#define SNP_NPF_WALK (1ULL << 33)
#define SNP_NPF_ENC (1ULL << 34)
#define SNP_NPF_SIZEM (1ULL << 35)
#define SNP_NPF_VMPL (1ULL << 36)
#define SNP_VC_NOT_VALIDATED 0x404ULL

enum snp_outcome { SNP_ACCESS_OK, SNP_ACCESS_VC, SNP_ACCESS_NPF };

struct snp_fault {
	enum snp_outcome outcome;
	uint64_t error; /* VC: 0x404; NPF: EXITINFO1 [snp-arch 3.2] */
	uint64_t gpa;	/* EXITINFO2 */
	uint64_t spa;	/* on OK */
	bool size_2m;	/* on OK: may be mapped as 2M */
	uint8_t perm;	/* on OK: everything this VMPL may do with the page */
};

/*
 * The check without the TLB: the truth of the RMP now. `cbit` is the
 * C-bit of the access; fetches and walks count as private whatever it says.
 */
struct snp_fault snp_check(struct snp *m, unsigned int vmpl, uint64_t gpa, bool cbit,
			   enum snp_access_kind kind);
/* The same through the vCPU's TLB: a stale entry still grants. */
struct snp_fault snp_access(struct snp *m, unsigned int cpu, uint64_t gpa, bool cbit,
			    enum snp_access_kind kind);
void snp_invlpg(struct snp *m, unsigned int cpu, uint64_t gpa);
void snp_flush(struct snp *m, unsigned int cpu);
/* INVLPGB of everything promises nothing until the same vCPU's TLBSYNC. */
void snp_invlpgb(struct snp *m, unsigned int cpu);
void snp_tlbsync(struct snp *m, unsigned int cpu);
void snp_invlpgb_tlbsync(struct snp *m);
/*
 * The hypervisor's answer to a #NPF, as KVM's: PSMASH after SIZEM, unassigned
 * memory accessed as private becomes private (unvalidated). True: retry.
 */
bool snp_nested_fault(struct snp *m, uint64_t gpa, uint64_t error);

/* ---- guest instructions [snp-arch 2] ----------------------------------- */

enum snp_trap {
	SNP_NO_TRAP,
	SNP_TRAP_UD,
	SNP_TRAP_GP,
	SNP_TRAP_VC,
	SNP_TRAP_NPF, /* see snp_nested_fault() */
	SNP_TRAP_PF,  /* only with snp_operand.page_fault */
};

struct snp_result {
	enum snp_trap trap;
	uint64_t error; /* #VC error code, or NPF EXITINFO1 */
	uint64_t gpa;
	uint32_t eax;
	bool carry;
	uint64_t rcx, rdx; /* RMPQUERY outputs */
};

/*
 * The operand page as the caller's walk of the guest tables found it.
 * map_bytes: size of the guest's leaf. The registers are checked before the
 * translation [snp-arch 10]: a caller whose walk failed sets page_fault and
 * raises #PF when told so.
 */
struct snp_operand {
	uint64_t va, gpa, map_bytes;
	bool cbit;
	unsigned int cpl;
	bool long_mode; /* 64-bit code */
	bool page_fault;
};

struct snp_result snp_pvalidate(struct snp *m, unsigned int cpu, const struct snp_operand *at,
				uint32_t ecx, uint32_t edx);
struct snp_result snp_rmpadjust(struct snp *m, unsigned int cpu, const struct snp_operand *at,
				uint64_t rcx, uint64_t rdx);
struct snp_result snp_rmpquery(struct snp *m, unsigned int cpu, const struct snp_operand *at,
			       uint64_t rdx);
/* rFLAGS after any of them [snp-arch 10]: OF SF ZF AF PF CF as bits. */
uint64_t snp_flags(const struct snp_result *r);

/* ---- the hypervisor's side of the GHCB [spec/ghcb.md] ------------------- */

enum snp_exit {
	SNP_RESUME,	/* same VMPL again */
	SNP_SWITCH,	/* enter m->vcpu[cpu].vmpl from its VMSA, changed by the call */
	SNP_WAIT,	/* nothing to run: not before snp_next() says otherwise */
	SNP_TERMINATED, /* m->term_set, m->term_code */
};

/* term_set beyond the protocol's: the hypervisor gives up by itself. */
#define SNP_TERM_HOST 0x100U
#define SNP_TERM_HOST_GHCB 0U	     /* the GHCB page is not usable shared memory */
#define SNP_TERM_HOST_UNSUPPORTED 1U /* event 0x8000FFFF: the guest cannot go on */

/* VMGEXIT by the VMPL that runs: MSR protocol or GHCB page, by its GHCB MSR. */
enum snp_exit snp_vmgexit(struct snp *m, unsigned int cpu);
/*
 * To be asked before every entry: what other vCPUs have done to this one.
 * SNP_SWITCH: AP_CREATION gave it a VMSA; SNP_RESUME: nothing.
 */
enum snp_exit snp_next(struct snp *m, unsigned int cpu);
/* 4K or 2M page to private or shared: RMPUPDATE, scramble, `changed`. */
bool snp_page_state(struct snp *m, uint64_t gpa, bool size_2m, bool to_private);
/* "not VMPL0" for set 1 code 3 [ghcb 4], Turnstile's own set 14 too. */
const char *snp_term_words(unsigned int set, unsigned int code);

/* ---- launch [spec/boot-abi.md 3] ---------------------------------------- */

enum snp_page_type {
	SNP_PAGE_NORMAL = 1,
	SNP_PAGE_VMSA = 2,
	SNP_PAGE_ZERO = 3,
	SNP_PAGE_UNMEASURED = 4,
	SNP_PAGE_SECRETS = 5,
	SNP_PAGE_CPUID = 6,
};

struct snp_launch {
	uint8_t digest[48];
	uint64_t pages;
};

void snp_launch_start(struct snp_launch *l);
/* The digest alone, for host tools: `bytes` is the 4 KiB page or NULL. */
void snp_launch_measure(struct snp_launch *l, enum snp_page_type type, uint64_t gpa,
			const uint8_t *bytes);
/*
 * LAUNCH_UPDATE of one 4K page whose contents are already in place: RMP,
 * validated, digest. SECRETS and CPUID pages are filled in here. False when
 * the page is already assigned or has no memory. l NULL: not measured.
 */
bool snp_launch_page(struct snp *m, struct snp_launch *l, enum snp_page_type type, uint64_t gpa);

/* Secrets page as the PSP writes it: `keys` gives the four VMPCKs. */
void snp_secrets_page(uint8_t page[4096], const uint8_t keys[4][32], uint32_t fms);
/* ops.cpuid with the policy applied: what the guest is told, by whatever way. */
void snp_cpuid(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
/* CPUID page: standard leaves to 0xb, extended to 0x8000001f; INVLPGB offered. */
void snp_cpuid_page(struct snp *m, uint8_t page[4096]);

/* ---- VMSA [snp-arch 3.1, 7] --------------------------------------------- */

/* The rules of VMRUN for the page: 0, or -1 INVALID, -2 BUSY. */
int snp_vmrun_check(struct snp *m, uint64_t vmsa_spa, uint64_t vmsa_gpa);
/*
 * Whether VMRUN takes an EVENTINJ [snp-arch 3.1, APM2 15.20]: software interrupts
 * and exceptions 3 and 4 never, with RestrictedInjection #HV alone.
 */
bool snp_event_allowed(uint64_t sev_features, uint64_t event);
/*
 * Optional: marks the VMSA of the vCPU's current VMPL in use from entry to
 * exit, so that RMPUPDATE refuses it meanwhile. snp_vmgexit() is an exit.
 */
int snp_vmrun(struct snp *m, unsigned int cpu);
void snp_vmexit(struct snp *m, unsigned int cpu);
/* VMSA as KVM/QEMU make it at launch [snp-arch 8.1]. */
void snp_vmsa_reset(uint8_t page[4096], uint32_t signature, uint64_t features);
