/* SPDX-License-Identifier: MIT */
/*
 * The seam (hw.h) on the platform model: one machine in this process, its
 * memory, what is asked of it logged in order, and whatever a test wants to
 * go wrong. VMPL0 reaches memory through the model's check and TLB, C=1.
 */
#pragma once
#include <snp/snp.h>
#include <svsm/config.h>
#include <svsm/cpu.h>
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
#define HOST_APIC_ID 0U /* of the boot CPU; CPU n has this and n */
#define HOST_CPUS SNP_VCPUS
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
	HOST_WORD, /* an access to a shared word, at `gpa`: in parts only, see sim/explore */
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

/* A CPU as its guest sees it: the save area that runs there, and its calling area. */
struct host_guest {
	uint64_t vmsa, ca; /* 0: nothing was started there */
	enum event next;   /* what VMPL0 takes there when it is entered */
	bool asleep;	   /* AP reset hold */
	bool busy;	   /* in the middle of a request: see host_part() */
};

struct host {
	struct snp snp;
	struct snp_rmp_entry *rmp;
	uint8_t *memory;
	unsigned int vmpl; /* of the guest */
	struct vcpu *vcpu; /* that the executing CPU serves */
	struct host_guest guest_of[HOST_CPUS];
	struct host_context { /* as cpu_map_context() shows it */
		pa_t frame[CPU_CONTEXT_FRAMES];
		bool shown;
	} context[CPU_CONTEXTS];
	const char *violation; /* the first, see host_invariants() */
	bool no_tables;	       /* cpu_map_windows() finds no page for one */
	bool threads;	       /* see host_threads() */
	bool stopped;	       /* in a part */
	bool lied;	       /* the hypervisor has taken pages or mappings away */
	struct host_op log[HOST_LOG];
	unsigned int ops;
	/* Called before each operation; other than 0: the operation fails so. */
	uint32_t (*hook)(const struct host_op *op);
	/* Called when the hypervisor has answered, before VMPL0 sees it. */
	void (*reply)(void);
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
extern _Thread_local unsigned int host_cpu; /* that executes */

/*
 * Memory, RMP and record as after bring-up; a vCPU at `vmpl`, not started.
 * Once in a process: see host_reset(). host_new_cpus() has the others asleep
 * at VMPL0, without a vCPU of the guest's.
 */
void host_new(unsigned int vmpl);
void host_new_cpus(unsigned int vmpl, unsigned int cpus);

/*
 * Instead: as the launch leaves it, pages launched for `vmpl`, memory that
 * nobody has written full of `filling`. RAM is as above, without a hole.
 */
#define HOST_KERNEL 0x1000000ULL
#define HOST_KERNEL_PAGES 4ULL
void host_launched(unsigned int vmpl, uint8_t filling);
struct svsm_config *host_config(void); /* what was launched; may be changed */
struct launch_params *host_params(void);

/* The nth operation of a kind from now on (1: the next) fails with `code`. */
void host_fail(enum host_kind kind, unsigned int nth, uint32_t code);
void host_log_clear(void);
/* Index of the first such operation at or after `from`; HOST_LOG: none. `argument` ~0: any. */
unsigned int host_log_find(enum host_kind kind, uint64_t gpa, uint64_t argument, unsigned int from);
unsigned int host_log_count(enum host_kind kind);

/* Page i of an operation on many. For the seam's own files. */
pa_t host_nth(const struct hw_pages *pages, unsigned int i);

/* Logs the operation and asks the test. 0: go on. The same. */
uint32_t host_begin(enum host_kind kind, uint64_t gpa, enum page_size size, uint64_t argument);

/* ---- the guest's side (guest.c): of the executing CPU ---- */

/* The page as the hardware stores it, whatever the RMP says. NULL: nothing is mapped. */
uint8_t *host_page(uint64_t gpa);
uint64_t host_get(unsigned int offset); /* of the guest's VMSA */
void host_set(unsigned int offset, uint64_t value);
uint64_t host_ca(void);
/* Whether an access at the guest's VMPL goes through, by the TLB as it is now. */
bool host_guest_may(uint64_t gpa, enum snp_access_kind kind);

/* Steps the machine from `ev` on until it has given the CPU away again, or is over. */
enum event host_serve(enum event ev);
/* VMPL0 is entered, for whatever reason, and runs until the guest does again or nothing is there.
 */
void host_enter(void);

struct host_registers {
	uint64_t rax, rcx, rdx, r8, r9;
};

/* A request as a guest makes it: registers, CALL_PENDING, VMGEXIT. Returns RAX. */
uint64_t host_call_with(const struct host_registers *r);
uint64_t host_call(uint64_t rax, uint64_t rcx); /* the others as they are */
/* Only registers and CALL_PENDING; host_enter() does the rest. */
void host_prepare(const struct host_registers *r);

/* PVALIDATE's and DEPOSIT_MEM's list, anywhere. */
void host_list(uint64_t list, const uint64_t *entries, uint16_t count, uint16_t next);
/* PVALIDATE with a list of `count` entries at HOST_LIST, from `next` on. */
uint32_t host_pvalidate(const uint64_t *entries, uint16_t count, uint16_t next);
uint16_t host_next(void); /* `next` of that list */

/* ---- several CPUs (cpus.c), one of which executes ---- */

/* That CPU is the one from now on. */
void host_on(unsigned int cpu);
/* As above, by another CPU; then the one that executed does again. For hooks too. */
uint64_t host_call_on(unsigned int cpu, const struct host_registers *r);
void host_enter_on(unsigned int cpu);

/* A save area for the guest's VMPL; CREATE_VCPU with it for CPU `cpu`; if it succeeds,
 * host_start(). */
void host_build_vmsa(uint64_t vmsa);
uint32_t host_create(unsigned int cpu, uint64_t vmsa, uint64_t ca);
/* The hypervisor runs that save area on the CPU from now on: AP_CREATION. */
void host_start(unsigned int cpu, uint64_t vmsa, uint64_t ca);
/* The guest's VMPL executes there right now: its save area is in use. */
void host_running(unsigned int cpu, bool running);

/* ---- requests in parts (part.c) ---- */

/*
 * host_part() carries out so many operations of the CPU's request and stops
 * before the next; true: it is over. One that is never continued is a CPU
 * that the hypervisor has stopped for ever. Not from a hook.
 */
void host_part_begin(unsigned int cpu, const struct host_registers *r);
/* The same of anything else that the CPU does. */
void host_part_run(unsigned int cpu, void (*what)(void));
bool host_part(unsigned int cpu, unsigned int ops);
uint64_t host_part_result(unsigned int cpu);

/*
 * As far as the next event that a machine is given; `micro`: or the next
 * operation, if that comes first. True: the request is over. With
 * host.stopped set the VM is. Needs who calls host_part_event(): sim/step.
 */
bool host_part_step(unsigned int cpu, bool micro);
/* The operation that the CPU was stopped before; NULL: none. */
const struct host_op *host_part_waits(unsigned int cpu);
/*
 * How many times a part was gone on with; 0: none runs. Who leaves one that
 * runs by a way of its own, siglongjmp(), abandons it: it is never gone on with.
 */
uint64_t host_part_turn(void);
void host_part_abandon(void);
/* A machine is about to be given an event. */
void host_part_event(void);

/* ---- what must be so whatever guest and hypervisor do (invariants.c) ---- */

/*
 * NULL, or what is not so. No VMPL of the guest's reaches a page of the
 * SVSM's, a deposited page or a context, or may do more than read a save area,
 * by the RMP or by what a TLB still has; save areas of VMPL0 are ours; no address has two validated
 * pages; nothing was granted that was not zeroed since it was validated or
 * the SVSM's. The record and the RMP agree, a save area is a registered vCPU's
 * or withdrawn, and no claim is left behind (but by CPUs in the middle of a
 * request). Only with host.lied set a page of the guest's may be one that it
 * cannot use, and a frame of the SVSM's not validated.
 */
const char *host_invariants(void);
/* The same, though it looks too where nothing differs from what host_save() kept. */
const char *host_invariants_all(void);

/* ---- one machine after the other (reset.c) ---- */

/*
 * host_save() keeps the machine and the firmware's variables as they are,
 * host_reset() brings them back: what was touched costs, 0.1 ms and more. The
 * program has to be linked with sim/host/firmware.ld.
 */
void host_save(void);
void host_reset(void);

/* ---- many machines (reset.c): all that one is, for who keeps and compares them ---- */

#define HOST_AREAS 5U
struct host_area {
	uint8_t *at;
	size_t bytes;
};

/*
 * After host_save(): firmware and seam, RMP, contexts, requests in parts,
 * stacks; always the same. The rest is memory. `from` is put there past the sanitizer.
 */
void host_areas(struct host_area area[HOST_AREAS]);
void host_move(void *to, const void *from, size_t bytes);
/* All areas have been written: whatever else knows of it. */
void host_moved(void);
/* The pages touched since host_save(), in that order; as it was then: *before. */
unsigned int host_touched(void);
uint8_t *host_touched_page(unsigned int i, const uint8_t **before);
/* A suspended request: its stack, as far as it is used. */
struct host_area host_part_stack(unsigned int cpu);

/* ---- real threads (threads.c) ---- */

/*
 * From now on each thread is the CPU that it passes to host_on(). The
 * model, which only one thread may enter, is left out: PVALIDATE, RMPADJUST
 * and flushes succeed, memory is as it is, VMGEXIT of RUN_VMPL returns at
 * once, nothing is logged and no hook is called.
 */
void host_threads(void);

/* Runs f; the reason it stopped the VM with, or -1 when it returned. */
int host_stops(void (*f)(void));

/* ---- for the seam's own files ---- */

#define HOST_CBIT 51U
extern const struct snp_ops host_ops;
uint64_t host_spa_bytes(void);
void host_touch(uint64_t spa); /* about to be read or written */
/* Of a machine that was saved: these variables, RMP entries, the record of 2 MiB are as then. */
bool host_kept(const void *at, size_t bytes);
bool host_rmp_kept(uint64_t spa, uint64_t bytes);
bool host_record_kept(uint64_t gpa);
void host_invariants_keep(void);
void host_part_operation(const struct host_op *op);
void host_part_stopped(void);
void host_part_areas(struct host_area area[2]);
void host_part_moved(unsigned int cpu);
struct host_area host_context_area(void);
void host_context_mark(unsigned int slot);
void host_context_save(unsigned int slot, uint8_t to[CPU_CONTEXT_FRAMES * PAGE_4K]);
void host_context_restore(unsigned int slot, const uint8_t *from); /* NULL: not shown */
/* Contents of pages: not to be granted, zeroed. `granted` looks whether they may be. */
void host_foreign(uint64_t gpa, uint64_t bytes);
void host_zeroed(uint64_t gpa, uint64_t bytes);
void host_granted(uint64_t gpa, uint64_t bytes);
void host_violation(const char *what);
void host_thread_vmgexit(void);
