/* SPDX-License-Identifier: MIT */
/*
 * The conformance suite: rules of the SVSM specification as rows of tables,
 * each run from below by a guest at VMPL 1 to 3. The low-level code is that
 * of the stub guest.
 */
#pragma once
#include "guest/stub/stub.h"

/* ---- rules ------------------------------------------------------------- */

/* Results of a call, as sets: what a specification leaves open has several members. */
#define R_OK 0x1U
#define R_INCOMPLETE 0x2U
#define R_PROTOCOL 0x4U
#define R_CALL 0x8U
#define R_ADDRESS 0x10U
#define R_FORMAT 0x20U
#define R_PARAMETER 0x40U
#define R_REQUEST 0x80U
#define R_BUSY 0x100U
#define R_IN_USE 0x200U
#define R_SIZE 0x400U
#define R_UNCHANGED 0x800U
#define R_MEMORY 0x1000U /* 0x40000000 + pages wanted */
#define R_OTHER 0x2000U	 /* 0x80001011: no result of the instruction's */

/* What a rule needs; without it, it is skipped. */
#define NEED_STRICT 0x1U   /* Turnstile's own decision: option "strict" */
#define NEED_REFLECT 0x2U  /* refusals by the RMP reach the guest as #PF: option "reflect" */
#define NEED_AP 0x4U	   /* a second vCPU */
#define NEED_CREATE 0x8U   /* CREATE_VCPU and DELETE_VCPU */
#define NEED_DEPOSIT 0x10U /* DEPOSIT_MEM and WITHDRAW_MEM */
#define NEED_E820 0x20U	   /* a memory map from the firmware */
#define NEED_CPU2 (NEED_AP | NEED_CREATE)

/* A row may stand for several cases. */
enum each {
	EACH_ONCE,
	EACH_FORM,   /* with the call made through the MSR, and through the GHCB page */
	EACH_BAD_4K, /* for every page that no call may accept */
	EACH_BAD_2M,
};

struct rule {
	const char *section, *text;
	void (*run)(const struct rule *r);
	uint32_t accept; /* the results that the specification allows */
	uint32_t strict; /* Turnstile's; 0: the same */
	uint32_t needs;
	enum each each;
	uint64_t a, b, c;
};

struct bad_page {
	uint64_t gpa;
	const char *text;
	uint32_t also; /* results allowed besides, when not strict */
	uint32_t needs;
};

/* The case at hand, of a row that stands for several. */
extern struct bad_page bad_page;

/* `at` counts from 0; false behind the last. */
bool bad_page_at(unsigned int at, uint64_t size, struct bad_page *bad);

struct group {
	const struct rule *rules;
	unsigned int count;
};

extern const struct group group_secrets, group_area, group_convention, group_state, group_protocol,
	group_vtom, group_remap, group_page_4k, group_page_2m, group_list, group_list_bad,
	group_address, group_create, group_delete, group_running, group_deposit, group_place,
	group_withdraw, group_taken, group_crowd, group_end;

#define GROUP(name) const struct group group_##name = { rules, sizeof(rules) / sizeof(rules[0]) }

/* ---- options ----------------------------------------------------------- */

struct options {
	bool strict, reflect, verbose;
	const char *only; /* cases that have this in "SECTION TEXT", or NULL */
};

extern struct options options;
void options_read(const char *words);
bool options_want(const char *section, const char *text, const char *more);

/* ---- report ------------------------------------------------------------ */

/* check() and check_eq() of stub.h, in a case: a failure is told, the case goes on. */
bool expect(uint64_t got, uint32_t accept, const char *what);
/* The rule's own results. */
bool expect_rule(uint64_t got, const struct rule *r, const char *what);
bool was(uint64_t got, uint32_t set);
/* These end the case. */
_Noreturn void give_up(const char *why);
_Noreturn void skip(const char *why);
void need(bool ok, const char *what);
/* And this the run. */
_Noreturn void report_lost(const char *why);

void report_group(const struct group *g);
_Noreturn void report_end(void);

/* Calls that the SVSM has; asked once, before the first rule. */
extern uint32_t missing_needs;
void platform_ask(void);

/* ---- memory: pages in a known state ------------------------------------ */

uint64_t mem_private(void);    /* assigned to the guest, not validated */
uint64_t mem_valid(void);      /* validated, zero; never at a 2 MiB boundary */
uint64_t mem_shared(void);     /* the hypervisor's */
uint64_t mem_private_2m(void); /* not validated, 2 MiB for the host too */
uint64_t mem_small_2m(void);   /* the same in 512 pages */
void mem_make_private(uint64_t gpa);
void mem_make_shared(uint64_t gpa);
/* Lists of the case, in pages of the payload; `i` below 4. */
struct list mem_list(unsigned int i, unsigned int offset);
/* Everything works that works with an ordinary page. */
void mem_is_ordinary(uint64_t gpa, const char *what);
/* Validated once, then taken by the host and given back: the SVSM has not heard of it. */
uint64_t mem_taken(void);
void mem_take(uint64_t gpa);
/* No read, no write, no execution. With "reflect" alone, or it would be the end. */
void mem_is_closed(uint64_t gpa, const char *what);

/* ---- calls ------------------------------------------------------------- */

uint64_t call_remap(uint64_t gpa);
bool call_works(void);
uint64_t call_deposit(uint64_t entry); /* a list of one, in mem_list(0, 0) */
uint64_t call_withdraw(uint64_t buffer);
/* WITHDRAW_MEM of all that is lent; what an earlier case left as well. */
void call_take_back(void);
/* One call with all registers looked at. False: something changed that may not. */
bool call_clean(struct call *c, uint32_t outputs);

/* ---- vCPUs ------------------------------------------------------------- */

enum ap_work { AP_NOTHING, AP_CALL, AP_READ, AP_WRITE, AP_LISTS };

/* The second vCPU's mailbox. `work` is set by the first, cleared by the second. */
struct ap {
	uint64_t vmsa, ca;
	volatile uint32_t alive, lost;
	volatile uint32_t work;
	struct call call;
	uint64_t at, value; /* AP_READ, AP_WRITE */
	volatile uint64_t vector;
	/* AP_LISTS: so many times a list is handed in; how it came out. */
	unsigned int rounds;
	volatile unsigned int ok, unchanged, other;
	volatile bool go;
};

extern uint32_t ap_id; /* APIC id */
uint32_t ap_own_id(void);
bool ap_find(void);

/* A good save area for the second vCPU, in a validated page. */
uint64_t ap_vmsa(void);
void ap_vmsa_fill(uint64_t gpa);
uint64_t ap_get(uint64_t vmsa, unsigned int offset, unsigned int bytes);
uint64_t vcpu_create(uint64_t vmsa, uint64_t ca, uint64_t id);
uint64_t vcpu_delete(uint64_t vmsa);
/* One that is being stopped may take a moment until its save area is free. */
uint64_t vcpu_delete_soon(uint64_t vmsa);

/* Creates and starts it; ends the case when that fails. */
struct ap *ap_start(void);
bool ap_run(struct ap *ap, uint64_t vmsa); /* AP_CREATION and its first sign of life */
bool ap_stop(struct ap *ap);		   /* AP_CREATION, destroy */
void ap_begin(struct ap *ap, enum ap_work work);
bool ap_wait(struct ap *ap);
uint64_t ap_call(struct ap *ap, uint32_t number, uint64_t rcx, uint64_t rdx, uint64_t r8);
/* Undoes what a case has left. */
void ap_clean_up(void);
/* Whether this code runs on the second vCPU; where a fault nobody expected ends there. */
bool ap_is_here(void);
_Noreturn void ap_lost(void);
