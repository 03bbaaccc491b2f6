/* SPDX-License-Identifier: MIT */
/* What the files of the stub guest show each other. */
#pragma once
#include "abi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_4K 0x1000ULL
#define PAGE_2M 0x200000ULL
#define PAGES_2M 512U
#define HIGH_RAM 0x100000000ULL /* behind the PCI hole, when there is so much */

/* ---- machine: what C cannot say ---------------------------------------- */

static inline uint64_t rdmsr(uint32_t index)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
	return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t index, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

static inline void vmgexit(void)
{
	__asm__ volatile("rep; vmmcall" : : : "memory");
}

_Noreturn void machine_off(void); /* HLT with IF=0 */

/* What the entry found, in start.S. */
extern uint64_t entry_rsi, entry_rflags, entry_cr3, entry_cs, entry_ds, entry_ss;

/* ---- boot: what the guest was told ------------------------------------- */

struct boot {
	const uint8_t *params;
	const uint8_t *blob, *secrets, *cpuid;
	uint64_t svsm_base, svsm_size, caa;
	unsigned int vmpl;
	uint64_t c_bit;	     /* mask */
	uint32_t sev_leaf;   /* Fn8000_001F EAX */
	uint64_t image_end;  /* of the stub and what was launched behind it */
	uint64_t ram_end;    /* of the e820 entry the stub lies in */
	unsigned int c_leaf; /* how often Fn8000_001F is in the table */
};

extern struct boot boot;

/* Follows the pointers; the words of what is missing, or NULL. */
const char *boot_read(void);

/* From stub_main() to a GHCB and a console; until then termination codes 0x10, 0x11 say what
 * failed. */
void guest_begin(void);
bool boot_is_ram(uint64_t start, uint64_t end);

static inline uint64_t get(const uint8_t *p, unsigned int bytes)
{
	uint64_t x = 0;

	while (bytes-- > 0)
		x = x << 8 | p[bytes];
	return x;
}

/* ---- page: own page tables, two aliases of everything ------------------ */

void page_init(void);
void *page_private(uint64_t gpa); /* RAM below 5 GiB, or the SVSM's range */
void *page_shared(uint64_t gpa);
/* Fresh memory: hypervisor's, never assigned to the guest. */
uint64_t page_take_4k(void);
uint64_t page_take_2m(void);
/* Validated pages of the stub's own, to put lists into. */
uint64_t page_take_list(void);
void page_fill(void *page, uint64_t seed);
bool page_filled(const void *page, uint64_t seed);
bool page_zero(const void *page);

/* ---- trap: faults that are expected ------------------------------------ */

struct trap {
	uint64_t vector, error, cr2; /* vector: TRAP_NONE when nothing happened */
};
#define TRAP_NONE 0xffU

extern struct trap trap;

void trap_init(void);
/* In probe.S. Each clears `trap` first, and returns RAX. */
uint64_t probe_rdmsr(uint32_t index);
uint64_t probe_read(const void *at);
uint64_t probe_write(void *at, uint64_t value);
uint64_t probe_fetch(const void *at);
uint64_t probe_cpuid(uint32_t leaf);
uint64_t probe_out(uint16_t port, uint8_t value);
uint64_t probe_pvalidate(const void *at, uint64_t size, uint64_t validate);
uint64_t probe_rmpadjust(const void *at, uint64_t size, uint64_t target);
uint64_t probe_rmpquery(const void *at, uint64_t vmpl, uint64_t *permissions);

/* Whether an access now ends as the name says. */
bool trap_works(uint64_t gpa);	       /* private read and write */
bool trap_not_validated(uint64_t gpa); /* #VC 0x404, CR2 the linear address: read, write, fetch */
bool trap_refused(void);	       /* the last probe: #PF by the RMP */

/* ---- ghcb, console ----------------------------------------------------- */

uint64_t ghcb_msr(uint64_t request);
bool ghcb_psc_msr(uint64_t gpa, uint64_t operation);
/* `first` and `count` in pages of the size. */
bool ghcb_psc(uint64_t first, unsigned int count, uint64_t operation, bool is_2m);
_Noreturn void ghcb_terminate(unsigned int code);
/* Shares the page, registers it. 0, or the step that failed. */
unsigned int ghcb_init(void);
bool ghcb_out(uint16_t port, uint8_t value);
bool ghcb_out_string(uint16_t port, const char *bytes, unsigned int count);
bool ghcb_in(uint16_t port, uint8_t *value);
/* Any event with RAX in and out. False, and nothing in RAX, when it was refused. */
bool ghcb_event(uint64_t code, uint64_t info1, uint64_t info2, uint64_t *rax);
void ghcb_prepare_run_vmpl(void);
uint64_t ghcb_run_vmpl_result(void);

void console_ports(void); /* no SNP: plain port I/O */
void console_ghcb(void);
void console_put(char c);
void console_flush(void);

/* ---- check: the tests' report ------------------------------------------ */

__attribute__((format(printf, 1, 2))) void say(const char *format, ...);
__attribute__((format(printf, 2, 3))) void check(bool ok, const char *format, ...);
/* The same, and says what it got. */
__attribute__((format(printf, 3, 4))) void check_eq(uint64_t got, uint64_t want, const char *format,
						    ...);
_Noreturn void check_end(void);
_Noreturn void check_bail(const char *why);

/* ---- call -------------------------------------------------------------- */

struct regs {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rflags;
};
#define REG_RAX 0x1U
#define REG_RCX 0x4U
#define REG_RDX 0x8U
#define REG_R8 0x80U
#define REGS 16U

enum form { FORM_MSR, FORM_GHCB };

struct call {
	struct regs in, out;
	uint8_t pending; /* what is stored before VMGEXIT */
	uint8_t left;	 /* what is found after it */
	bool hv_ok;	 /* the hypervisor reports success */
};

extern uint64_t call_ca;    /* gPA */
extern enum form call_form; /* that call_core uses */

/* All registers get new patterns but RAX, RCX, RDX, R8, R9, which are given. */
void call_set(struct call *c, uint64_t rax, uint64_t rcx, uint64_t rdx, uint64_t r8);
void call_run(struct call *c, enum form form);
/* With another calling area: another vCPU's. */
void call_run_at(struct call *c, enum form form, uint64_t ca);
/* Bits of the registers that differ, in the order of struct regs. */
uint32_t call_changed(const struct call *c);

/*
 * A core call, repeated while BUSY. Every one is looked at: registers beyond
 * `outputs` unchanged, CALL_PENDING cleared, hypervisor's answer. call_checks
 * reports what was found in all of them.
 */
uint64_t call_core(uint32_t number, uint64_t rcx, uint64_t rdx, uint64_t r8, uint32_t outputs);
extern struct call call_last;

/* What was found in the calls of call_core. */
struct call_count {
	unsigned int calls, damaged, left_pending, hv_failed, high_rax, busy;
};
extern struct call_count call_count;
void call_checks(void);

/* ---- area: save areas of other vCPUs ------------------------------------ */

#define VMSA_VMPL 0x0caU
#define VMSA_EFER 0x0d0U
#define VMSA_SEV_FEATURES 0x3b0U
#define EFER_SVME 0x1000ULL

void area_put(uint64_t vmsa, unsigned int offset, uint64_t value, unsigned int bytes);
/* A good one in 64-bit mode, with the page tables of whoever asks. */
void area_fill(uint64_t vmsa, uint64_t rip, uint64_t rsp, uint64_t rdi);

enum ap_request { AP_CREATE = 1, AP_DESTROY };

bool area_creation(enum ap_request request, uint32_t apic_id, uint64_t vmsa);

/* ---- list: PVALIDATE --------------------------------------------------- */

/* A list in validated private memory of the guest. */
struct list {
	uint64_t gpa;
	volatile uint16_t *count, *next;
	volatile uint32_t *reserved;
	volatile uint64_t *entry;
};

struct list list_at(uint64_t gpa);
struct list list_ca(void); /* behind the calling area */
void list_begin(const struct list *l);
void list_add(const struct list *l, uint64_t entry);
/* `count` pages from gpa on. */
void list_add_run(const struct list *l, uint64_t gpa, unsigned int count, uint64_t flags);
uint64_t list_call(const struct list *l); /* once */
uint64_t list_run(const struct list *l);  /* until it is not INCOMPLETE */
extern unsigned int list_incomplete;	  /* times seen in list_run */
extern bool list_lost_count;		  /* INCOMPLETE without progress */

/* A list of one entry. */
uint64_t list_one(uint64_t entry);
uint64_t list_validate(uint64_t gpa);
uint64_t list_rescind(uint64_t gpa);

/* ---- bad: addresses that no call may accept ---------------------------- */

struct bad {
	uint64_t gpa;
	const char *text;
};

/*
 * How many, all aligned to `size`. `good` would do but for the bits that are
 * set in it. Valid until the next call.
 */
unsigned int bad_addresses(const struct bad **bad, uint64_t size, uint64_t good);

/* ---- the tests, one file each, in this order --------------------------- */

void test_entry(void);	 /* registers, boot_params, e820 */
void test_secrets(void); /* secrets, CPUID page, calling area */
void test_vmpl(void);	 /* what the guest's VMPL may not do */
void test_launch(void);	 /* what is left of the launch */
void test_convention(void);
void test_state(void); /* what a call leaves alone */
void test_query(void);
void test_vtom(void);
void test_page_4k(void);
void test_page_2m(void);
void test_list(void);
void test_list_bad(void);
void test_address(void);
void test_remap(void);
void test_access(void);
