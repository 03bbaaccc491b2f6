/* SPDX-License-Identifier: MIT */
/*
 * The seam (hw.h) on the platform model: one machine in this process, its
 * memory, what is asked of it logged in order, and whatever a test wants to
 * go wrong. VMPL0 reaches memory through the model's check and TLB, C=1.
 */
#pragma once
#include <snp/snp.h>
#include <svsm/hw.h>
#include <svsm/vcpu.h>

#include <setjmp.h>

/* The machine that host_new() builds. GPA = SPA below HOST_RAM. */
#define HOST_RAM 0x2000000ULL /* 32 MiB, without the hole */
#define HOST_HOLE 0xa0000ULL
#define HOST_HOLE_END 0x100000ULL
#define HOST_GUEST_PAGES 0x10000ULL /* 16 pages that are the guest's from the start */
#define HOST_GUEST_PAGE_COUNT 16U
#define HOST_CA 0x10000ULL
#define HOST_LIST 0x11000ULL /* a page of the guest's for lists */
#define HOST_SVSM_GPA 0x8000000000ULL
#define HOST_SVSM_BYTES 0x800000ULL
#define HOST_APIC_ID 0U
#define HOST_CONSOLE_BYTES 4096U
#define HOST_LOG 8192U

enum host_kind {
	HOST_PVALIDATE, /* argument: 1 validate, 0 rescind */
	HOST_RMPADJUST, /* argument: HOST_ADJUST() */
	HOST_FLUSH,
	HOST_VMGEXIT,
	HOST_LOAD,    /* of 1 or 8 bytes */
	HOST_STORE,   /* argument: the value */
	HOST_CAS,     /* argument: the value wanted */
	HOST_COPY_IN, /* argument: bytes */
	HOST_COPY_OUT,
	HOST_ZERO,
	HOST_KINDS,
};

#define HOST_ADJUST(vmpl, perms, vmsa) ((uint64_t)(vmsa) << 16 | (uint64_t)(perms) << 8 | (vmpl))

struct host_op {
	enum host_kind kind;
	enum page_size size;
	uint64_t gpa, argument;
};

/* What a hook or host_fail() returns for PVALIDATE besides an EAX value: CF=1, nothing done. */
#define HOST_UNCHANGED 0x2000U

struct host {
	struct snp snp;
	struct snp_rmp_entry *rmp;
	uint8_t *memory;
	unsigned int cpu;  /* that executes */
	unsigned int vmpl; /* of the guest */
	struct vcpu *vcpu;
	struct host_op log[HOST_LOG];
	unsigned int ops;
	/* Called before each operation; other than 0: the operation fails so. */
	uint32_t (*hook)(const struct host_op *op);
	struct {
		unsigned int nth; /* counted down; 0: off */
		uint32_t code;
	} fail[HOST_KINDS];
	/* Called when the guest's VMPL is entered; it calls VMPL0 when it returns. */
	void (*guest)(void);
	bool stop_expected;
	jmp_buf stop;
	enum reason reason;
	uint64_t detail;
	char console[HOST_CONSOLE_BYTES];
	unsigned int console_bytes;
};

extern struct host host;

/* Memory, RMP and record as after bring-up; a vCPU at `vmpl`, not started. */
void host_new(unsigned int vmpl);

/* The nth operation of a kind from now on (1: the next) fails with `code`. */
void host_fail(enum host_kind kind, unsigned int nth, uint32_t code);
void host_log_clear(void);
/* Index of the first such operation at or after `from`; HOST_LOG: none. `argument` ~0: any. */
unsigned int host_log_find(enum host_kind kind, uint64_t gpa, uint64_t argument, unsigned int from);
unsigned int host_log_count(enum host_kind kind);

/* Logs the operation and asks the test. 0: go on. For the seam's own files. */
/* Page i of an operation on many. */
pa_t host_nth(const struct hw_pages *pages, unsigned int i);

uint32_t host_begin(enum host_kind kind, uint64_t gpa, enum page_size size, uint64_t argument);

/* ---- the guest's side (guest.c) ---- */

/* The page as the hardware stores it, whatever the RMP says. */
uint8_t *host_page(uint64_t gpa);
uint64_t host_get(unsigned int offset); /* of the guest's VMSA */
void host_set(unsigned int offset, uint64_t value);
/* Whether an access at the guest's VMPL goes through, by the TLB as it is now. */
bool host_guest_may(uint64_t gpa, enum snp_access_kind kind);

/* Steps the machine from `ev` on until it has given the CPU away again, or is over. */
enum event host_serve(enum event ev);
/* A request as a guest makes it: registers, CALL_PENDING, VMGEXIT. Returns RAX. */
uint64_t host_call(uint64_t rax, uint64_t rcx);
/* PVALIDATE with a list of `count` entries at HOST_LIST, from `next` on. */
uint32_t host_pvalidate(const uint64_t *entries, uint16_t count, uint16_t next);
uint16_t host_next(void); /* `next` of that list */

/* Runs f; the reason it stopped the VM with, or -1 when it returned. */
int host_stops(void (*f)(void));
