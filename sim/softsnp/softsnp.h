/* SPDX-License-Identifier: MIT */
/* What the files of soft-SNP show to each other. One concept a file. */
#pragma once
#include "vmcb.h"
#include <sim/trace.h>
#include <snp/snp.h>

#define PAGE_MASK (SNP_PAGE - 1)

/* Registers in the order of their numbers in instructions. */
enum gpr { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R15 = 15, GPRS };

/* Exit statuses of run.sh, written to the debug-exit port as 0x10 + status. */
enum status { STATUS_OFF = 0, STATUS_IMAGE = 2, STATUS_RESET = 3, STATUS_STOPPED = 4 };

struct options {
	uint64_t mem;
	bool alias;	    /* firmware boot: low aliases of private pages for fetches and walks */
	bool icount;	    /* the TSC counts instructions */
	bool trace;	    /* a line for every exit */
	bool calls;	    /* a line for every SVSM call */
	uint64_t inject_at; /* entry of VMPL0 that gets an event; 0: none */
	unsigned int inject, inject_type, inject_cpu;
	uint64_t inject_error, inject_step;
	bool inject_all, inject_force; /* lie.c */
	uint64_t rings;		       /* where VMPL0 has its event rings; 0: they are not read */
	bool pages;		       /* page changes are recorded with them */
	bool turns;		       /* the guest says which vCPUs run (turns.c) */
};

/* One kind of SVSM call, by what the guest had in RAX; the last: all others. */
#define CALL_KINDS 10U
struct call_kind {
	uint64_t rax, count, instructions, zeroing, entries;
};

struct call_stats {
	struct call_kind kind[CALL_KINDS];
	unsigned int kinds;
	bool open; /* a request is at VMPL0 */
	unsigned int current;
	uint64_t requests, switches, exits, flushes, broadcasts; /* sums over the requests */
	uint64_t most_switches, most_exits;
	uint64_t table_writes;
	uint64_t switches_before, flushes_before, writes_before, exits_now;
	uint64_t broadcasts_before, zeroing_before, rax, instructions; /* of this request */
	uint64_t list;						       /* of a PVALIDATE request */
	uint16_t next_before;
};

/* VMPL0's page tables, made read-only (protect.c). */
#define PROTECTED_LEAVES 64U
#define TABLE_PAGES 1024U
struct protect {
	bool on, writes_unseen;
	uint64_t *leaf[PROTECTED_LEAVES]; /* leaves that lost W */
	unsigned int leaves;
	uint64_t *stepping;	     /* the one that has it for one instruction */
	uint64_t table[TABLE_PAGES]; /* GPAs of the tables */
	unsigned int tables;
	uint64_t writes, cr_writes;
};

/* VMPL0's REP STOS (zero.c): all, and the last one, at a fault of it. */
struct zeroing {
	uint64_t repetitions, rip, end, at;
};

struct cpu_counters {
	uint64_t exits[SNP_VMPLS];
	uint64_t nested_faults, converted, pf_injected, ud_reflected, table_aliases;
	uint64_t vc[SNP_VMPLS], vc_cpuid, vc_ioio, vc_msr, vc_other;
	uint64_t invlpgb, tlbsync, flushes, switches, cr0_writes, hlt;
	uint64_t boot_instructions, boot_zeroing, service_instructions;
};

/* Events that the hypervisor makes up (lie.c). */
struct lie {
	bool stepping;
	uint64_t steps, next, refused, delivered;
};

/* Whether the vCPU may run (turns.c). */
struct turn {
	bool hold, held;
	unsigned int kind, left; /* until it is held */
};

struct cpu {
	unsigned int id;
	struct vmcb *vmcb[SNP_VMPLS];
	struct vmcb *v; /* of the VMPL that runs */
	uint64_t host_save;
	uint64_t gpr[GPRS];
	bool lme;		     /* EFER.LME as the guest sees it */
	bool waiting;		     /* in HLT, until an interrupt is pending */
	bool halted;		     /* in HLT with interrupts off: only AP_CREATION ends it */
	bool guest_entered;	     /* a VMPL above 0 has run */
	bool alive, in_guest, wake;  /* other CPUs look at these (smp.c) */
	uint64_t vmsa_spa, vmsa_gpa; /* of the VMSA that is loaded; 0: none */
	bool stored;		     /* and its page is as the registers */
	bool replaced;		     /* by a VMSA that it has not looked at yet */
	struct cpu *awaits;	     /* whose old VMSA has its moment */
	uint64_t hlt_rip;
	uint64_t root_alias[SNP_VMPLS]; /* root table mapped at its low alias; 0: none */
	uint64_t fault_gpa;		/* the last nested fault, and how often in a row */
	unsigned int fault_repeats;
	struct protect protect;
	struct zeroing zeroing;
	struct lie lie;
	struct turn turn;
	struct call_stats calls;
	struct cpu_counters count;
};

struct soft_snp {
	struct snp snp;
	struct options options;
	struct cpu cpu[SNP_VCPUS];
	unsigned int cpus;
	uint64_t shootdowns;
	unsigned int cbit, levels; /* of the nested tables */
	uint64_t enter_cost;	   /* TSC ticks around VMRUN that are not the guest's */
};

extern struct soft_snp machine;
extern const char image_start[], image_end[]; /* softsnp.lds */

static inline unsigned int cpu_vmpl(const struct cpu *c)
{
	return machine.snp.vcpu[c->id].vmpl;
}

static inline uint64_t load64(const uint8_t *at)
{
	uint64_t value;

	__builtin_memcpy(&value, at, sizeof(value));
	return value;
}

static inline void store64(uint8_t *at, uint64_t value)
{
	__builtin_memcpy(at, &value, sizeof(value));
}

/* mem.c: host memory that is soft-SNP's own to give */
bool mem_init(const void *multiboot, const void **module, size_t *module_bytes);
void *mem_pages(uint64_t pages);		     /* zeroed; never NULL */
uint64_t mem_region(uint64_t bytes, uint64_t align); /* address; 0: none left */
const char *mem_command_line(void);
uint64_t mem_end(void);
uint8_t *mem_at(uint64_t spa);
uint8_t *mem_of_model(struct snp *m, uint64_t spa);

/* serial.c */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void serial_guest_wrote(uint8_t byte);

/* trap.c */
void trap_init(void);
void trap_load(void);

/* smp.c: the other CPUs. The lock is held wherever soft-SNP's state is touched. */
void smp_start(void);
void smp_lock(void);
void smp_unlock(void);
struct cpu *smp_this(void);
void smp_wake(struct cpu *c); /* out of its sleep or its guest, once */
/* Returns when no CPU has stale mappings of these VMPLs, nor walks freed `tables`. */
void smp_shootdown(unsigned int vmpls, bool tables);
void smp_stop(void);
void svm_sleep(const bool *wake); /* enter.S */

/* apic.c */
#define APIC_NMI 0x4400U
#define APIC_INIT 0x4500U
#define APIC_STARTUP 0x4600U
void apic_send(unsigned int id, uint32_t command);
void apic_forget(void);
void svm_take_interrupts(void); /* enter.S */
bool apic_write_allowed(uint64_t gpa, unsigned int bytes, uint32_t value);
bool apic_msr_write(uint32_t index, uint64_t value); /* false: #GP */

/* ap.c: what a vCPU runs */
void ap_store(struct cpu *c);
void ap_load(struct cpu *c);	/* of the VMPL the model chose */
void ap_prepare(struct cpu *c); /* returns when there is something to enter */
void ap_wake(struct snp *m, unsigned int cpu);
void ap_await(struct cpu *c); /* returns when AP_CREATION of this vCPU has had its effect */

/* svm.c */
void svm_init(struct cpu *c);
void svm_enable(const struct cpu *c); /* on that CPU */
void svm_calibrate(struct cpu *c);
_Noreturn void svm_run(struct cpu *c);
void svm_select_view(struct cpu *c); /* nested tables by VMPL and paging mode */
uint64_t svm_enter(struct vmcb *v, uint64_t *gpr, uint64_t *ticks); /* enter.S */

/* npt.c: nested tables */
#define NPT_W 0x2U
#define NPT_X 0x1U
#define NPT_2M 0x80U
void npt_init(void);
uint64_t npt_root(unsigned int vmpl, bool paged);
void npt_map(unsigned int vmpl, bool paged, uint64_t address, uint64_t spa, unsigned int flags);
void npt_drop(uint64_t gpa, uint64_t bytes); /* every VMPL, view and alias */
void npt_changed(struct snp *m, uint64_t gpa, uint64_t bytes);

/* fault.c: what a nested page fault means */
void fault_nested(struct cpu *c);
void fault_check_root_alias(struct cpu *c);

/* zero.c: a write of VMPL0 that has faulted and is allowed */
void zero_fault(struct cpu *c);

/* walk.c: guest memory by linear address */
struct walk {
	bool present;
	uint64_t gpa, bytes; /* of the leaf: bytes */
	bool cbit, writable, user, executable;
};
struct walk walk_linear(const struct cpu *c, uint64_t linear);
bool walk_is_paged(const struct cpu *c); /* paging with a C-bit: PAE or long mode */
bool walk_read(struct cpu *c, uint64_t linear, void *to, size_t bytes);
bool walk_write(struct cpu *c, uint64_t linear, const void *from, size_t bytes);
size_t walk_code(struct cpu *c, uint8_t bytes[15]); /* at RIP; how many could be read */

/* operand.c: which linear address of the instruction reaches a GPA */
bool operand_linear(struct cpu *c, uint64_t gpa, uint64_t *linear);

/* vc.c: exceptions */
void vc_deliver(struct cpu *c, uint64_t error);
void vc_inject(struct cpu *c, unsigned int vector, bool has_error, uint32_t error);
void vc_inject_pf(struct cpu *c, uint64_t cr2, uint32_t error);

/* lie.c: what the command line asks for, before each VMRUN; a #DB that is its own. */
void lie_prepare(struct cpu *c);
bool lie_stepped(struct cpu *c);

/* turns.c: a port's access that was for it; a vCPU that is to wait; VMPL0's enum turn_kind */
bool turns_out(uint16_t port, uint32_t value);
bool turns_in(uint16_t port, uint32_t *value);
void turns_wait(struct cpu *c);
void turns_done(struct cpu *c, unsigned int kind);
bool turns_fail(const struct cpu *c, unsigned int kind, struct snp_result *r);
bool turns_answer(const struct cpu *c); /* the VMGEXIT is answered, and not to be served */

/* exit.c, insn.c, cr.c, msr.c, halt.c */
void exit_handle(struct cpu *c);
void exit_skip(struct cpu *c, unsigned int bytes);
void exit_switch(struct cpu *c, unsigned int from); /* RUN_VMPL to the one the model chose */
void insn_undefined(struct cpu *c);
void insn_vmmcall(struct cpu *c);
void cr_write(struct cpu *c);
void msr_access(struct cpu *c);
void msr_permissions(uint8_t *bitmap);
void halt_exit(struct cpu *c);
void halt_interrupt(struct cpu *c);
void halt_called(struct cpu *c); /* out of the guest, by another CPU */
void halt_forget(struct cpu *c); /* the guest that waited is another one now */

/* vmsa.c */
void vmsa_store(const struct cpu *c, uint64_t spa);
void vmsa_load(struct cpu *c, uint64_t spa);

/* io.c: the model's view of devices */
uint32_t io_in(struct snp *m, uint16_t port, unsigned int bytes);
void io_out(struct snp *m, uint16_t port, unsigned int bytes, uint32_t value);
bool io_mmio(struct snp *m, uint64_t gpa, void *data, unsigned int bytes, bool write);
void io_cpuid(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);

/* calls.c: SVSM calls, seen from outside */
void calls_begin(struct cpu *c); /* registers are still the guest's */
void calls_end(struct cpu *c);
void calls_add(struct call_stats *total, const struct call_stats *s);
void calls_account(struct cpu *c, uint64_t ticks); /* of the guest, its exit counted as one */

/* events.c: VMPL0 is about to be left, by VMGEXIT */
void events_read(const struct cpu *c);
void events_put(const void *from); /* a header or a step */

/* pages.c: changes of the RMP, between them */
void pages_begin(void);
void pages_changed(uint64_t gpa, uint64_t bytes);
void pages_put(unsigned int cpu, uint64_t until); /* those that CPU made up to then */

/* protect.c: writes to VMPL0's page tables */
void protect_start(struct cpu *c);
bool protect_fault(struct cpu *c, uint64_t linear, uint64_t error);
bool protect_stepped(struct cpu *c);

/* load.c: the image */
void load_image(const void *file, size_t bytes);

/* report.c */
void report_counters(void);
_Noreturn void report_stop(enum status status); /* counters, then the end */
_Noreturn void report_fatal(struct cpu *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
_Noreturn void report_bad_image(const char *format, ...) __attribute__((format(printf, 1, 2)));
