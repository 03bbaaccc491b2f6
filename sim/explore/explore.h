/* SPDX-License-Identifier: MIT */
/* What the files of the explorer share. See README.md. */
#pragma once
#include <snp/host.h>

#include <stdio.h>

#define EXPLORE_CPUS 3U
#define EXPLORE_CALLS 96U

/* ---- what may happen (config.c, default.c) ---- */

/* How the hypervisor refuses an operation. */
enum explore_how {
	HOW_CODE,  /* an error code, or an error in the GHCB */
	HOW_TAKEN, /* it takes the page away just before */
	HOW_RUN,   /* it does not run the vCPU any more until the CPU sleeps */
	HOW_WRONG, /* it says that it was done and has not, answers nothing; CF of PVALIDATE */
	HOW_VOID,  /* another's save area runs, and what VMPL0 wrote to its EFER is void */
	HOWS,
};

/* What has happened before: bits. */
#define BEFORE_ASLEEP 1U     /* the last CPU has no vCPU and sleeps */
#define BEFORE_MEMORY 2U     /* the SVSM's memory is used up */
#define BEFORE_SLOTS 4U	     /* every registration is in some CPU's hands */
#define BEFORE_LENT 8U	     /* as much memory as can be is lent */
#define BEFORE_LAUNCH 16U    /* nothing yet: bring-up */
#define BEFORE_NEWER 32U     /* CPU 1 has a second vCPU, of F0 and F1, which it has not found yet */
#define BEFORE_PAGE 64U	     /* a page is lent that nobody uses */
#define BEFORE_DOWN 128U     /* the last CPU has not come up; with BEFORE_ASLEEP */
#define BEFORE_FRAMES 256U   /* the SVSM's memory is used up, as far as it has been accepted */
#define BEFORE_AREA 512U     /* the calling area of CPU 0 is the last page of AREA_2M */
#define BEFORE_PENDING 1024U /* the guest has put into F0 what in a calling area is a request */
#define BEFORE_FEW 2048U     /* from here on: the frame allocator alone (allocator_before.c) */
#define BEFORE_ALLOCATOR (~0U << 11)

struct explore_config {
	const char *name;
	unsigned int cpus;
	unsigned int vmpl;		  /* of the guest */
	unsigned int calls[EXPLORE_CPUS]; /* that each makes */
	unsigned int lies[EXPLORE_CPUS];  /* operations of each that the hypervisor refuses */
	unsigned int runs[EXPLORE_CPUS];  /* of its save area while VMPL0 is at it */
	unsigned int how, before;	  /* bits */
	bool words;			  /* an access to a shared word is a choice too */
	unsigned int menu[EXPLORE_CALLS]; /* calls, for world_begin() */
	unsigned int menus;
};

/* From a file. False: it makes no sense, and standard error has a line about it. */
bool config_load(struct explore_config *c, const char *path);
bool config_read(struct explore_config *c, FILE *file, const char *name);
/* One of the default's searches; NULL: there are no more. */
const char *default_name(unsigned int i);
/* False: there is none of that name. */
bool default_load(struct explore_config *c, const char *name);
/* One of the default's, or a file, as config_load(). */
bool config_named(struct explore_config *c, const char *name);

/* ---- the calls (menu.c) ---- */

#define F0 0x12000ULL
#define F1 0x15000ULL
#define F2 0x20000ULL
#define F3 0x21000ULL
#define F4 0x22000ULL
#define FRAME_2M 0x200000ULL
#define SECOND_2M 0x400000ULL
#define VMSA(cpu) (0x13000ULL + 0x3000ULL * ((cpu)-1)) /* of CPUs 1 and 2 */
#define CA(cpu) (VMSA(cpu) + PAGE_4K)
#define LIST(cpu) (0x18000ULL + (cpu)*PAGE_4K)
#define LENT 0x1b000ULL	      /* three pages of the guest's from here on */
#define SPARE_PAGE 0x1e000ULL /* BEFORE_PAGE */
#define AREA_2M 0x800000ULL   /* BEFORE_AREA */
#define AREA_END (AREA_2M + PAGE_2M - PAGE_4K)
#define STARTUP_VMSA (HOST_SVSM_GPA + PAGE_2M + PAGE_4K)
#define CALL_ENTER 0xffffU /* no call: the hypervisor enters VMPL0 by itself */

struct explore_call {
	const char *name;
	uint64_t rax;
	uint64_t rcx, rdx; /* rcx 0: LIST() of the CPU */
	uint64_t entry[2]; /* of the list; 0: none */
	uint16_t repeat;   /* that many times entry[0] */
	uint8_t flags;
};
#define CALL_BUILDS 1U /* a save area at rcx first */
#define CALL_FOR_1 2U  /* r8 is CPU 1, not the one without a vCPU */
#define CALL_FORMAT 4U /* CALL_PENDING is none of its values */

#define CALL_LAUNCH 8U	   /* bring-up begins; rcx: enum explore_launch */
#define CALL_EFER 16U	   /* the guest has changed a bit of its EFER before */
#define CALL_FOR_0 32U	   /* r8 is CPU 0 */
#define CALL_ALLOCATOR 64U /* of the frame allocator; rax: enum explore_frames */

/* The CPU that its CREATE_VCPU is for. */
unsigned int menu_cpu(const struct explore_call *call, unsigned int spare);

const struct explore_call *menu_call(unsigned int call); /* NULL: there are no more */
const char *menu_name(unsigned int call);
/* One that menu_name() does not know: there is none of that name. */
unsigned int menu_find(const char *name);

/* ---- the machine before the first choice (before.c) ---- */

/* Not of bring-up. The CPU that has no vCPU. */
unsigned int before_vcpus(const struct explore_config *c);

/* ---- the machine (world.c) ---- */

enum explore_kind { ACT_BEGIN, ACT_STEP, ACT_REFUSED, ACT_RUN, ACTS };
struct explore_act {
	uint8_t kind, cpu, call; /* ACT_REFUSED: call is the enum explore_how */
};

/* `to_look_at`: all of its memory is its own, the rings and the log are kept. */
void world_open(const struct explore_config *c, bool to_look_at);
bool world_busy(unsigned int cpu);
/* Calls left that it could still make. */
bool world_may_begin(unsigned int cpu, unsigned int call);
/* The ways in which the next operation can be refused, if refusals are left: bits. */
unsigned int world_may_refuse(unsigned int cpu);
/* The hypervisor may run its save area though VMPL0 is at its request. */
bool world_may_run(unsigned int cpu);
bool world_finished(unsigned int cpu);
/* NULL, or what is not as it must be. */
const char *world_act(const struct explore_act *act);
bool world_stopped(void);
/* What host_invariants() looks at: not before bring-up has ended, not the allocator alone. */
bool world_has_record(void);
/* A choice has no parts: no machine is given an event. */
bool world_is_whole(void);
/* What is part of its state besides the host's and `left`; of no bytes: nothing is. */
struct host_area world_own(void);

/* The same in parts: up to where its CPU goes on; */
const char *world_prepare(const struct explore_act *act);
bool world_goes_on(const struct explore_act *act); /* if it does */
/* it is before the next operation, or its call is over, or the VM is stopped; */
const char *world_arrived(const struct explore_act *act);
/* what must be so now. */
const char *world_look(const struct explore_act *act, const char *wrong, bool has_changed);

/* ---- a step that does not come back (endless.c) ---- */

#define ENDLESS_STEP "a CPU runs on without an operation"
#define ENDLESS_FAULT "the firmware faults"
void endless_open(void);
/* What it returns; or, if the firmware runs on or faults in it, that. */
const char *endless_or(const char *(*what)(const struct explore_act *act),
		       const struct explore_act *act);
/* The firmware is in a step that has become too long. */
_Noreturn void endless(void);
/* A fault that nobody else is for; it comes back if it is not the firmware's. */
void endless_fault(void);

/* An act in words, before it happens. */
#define ACT_WORDS 128U
void world_words(const struct explore_act *act, char words[ACT_WORDS]);

/* What is part of a state besides the machine: a page of its own. */
struct explore_left {
	struct {
		uint8_t calls, lies, runs; /* left */
		uint8_t call;		   /* that it is at */
		bool shut;		   /* HOW_RUN */
		bool overwritten;	   /* its calling area, by another vCPU */
		bool met;		   /* another's call was under way as well */
		bool answered;		   /* RAX of the save area has been written */
		uint16_t list_read;	   /* bytes of its list that VMPL0 has read */
		uint64_t asked_in;	   /* its calling area when it asked */
		uint64_t sleeps_on;	   /* see rest_note() */
		uint64_t answer_in;	   /* the hypervisor's to its last request; 0: none */
		uint8_t answer_read[PAGE_4K / 32]; /* words of that page: a bit each */
	} cpu[EXPLORE_CPUS];
	bool lied;
	bool only_unchanged;	      /* no other lie than CF of PVALIDATE */
	bool newer[EXPLORE_CPUS + 1]; /* CREATE_VCPU for that CPU has been asked for */
};
extern struct explore_left *left;

/* ---- what a guest does, and what it sees (guest.c) ---- */

void guest_open(const struct explore_config *c, unsigned int spare);
/* It can run: it has not been deleted. */
bool guest_is_alive(unsigned int cpu);
/* The call is in its registers and calling area, and it has left its guest. */
void guest_asks(unsigned int cpu, unsigned int call);
/* VMRUN of its save area succeeds now, on whatever CPU. */
bool guest_may_be_run(unsigned int cpu);
/* It is, and asks for something else; CALL_ENTER: it is interrupted. */
void guest_is_run(unsigned int cpu, unsigned int call);
/* NULL, or what is not as it must be when it runs. */
const char *guest_looks(unsigned int cpu);
/* While VMPL0 is at nobody's request. */
const char *guest_all_can_run(void);
/* VMPL0 is about to do this, on the CPU that executes. */
void guest_operation(const struct host_op *op);

/* ---- what a list asks for (asked.c) ---- */

/* VMPL0 is about to do this, on the CPU that executes. */
void asked_read(const struct host_op *op);
/* NULL, or what is not as the answer says; `met`: another's call was under way as well. */
const char *asked_answered(unsigned int cpu, const struct explore_call *m, uint32_t result,
			   bool met);

/* ---- the hypervisor's answers (answer.c) ---- */

void answer_open(const struct explore_config *c);
/* In that page, to the CPU that executes; 0: in none. */
void answer_given(uint64_t gpa);
/* Reads of that CPU's are VMPL0's, until answer_leave(). */
void answer_watch(unsigned int cpu);
void answer_leave(void);

/* ---- what must be so of pages (looks.c): NULL, or what is not ---- */

void looks_contents(void); /* whether they were zeroed: for host_invariants() */
const char *looks_rights(void);
const char *looks_frames(void);
const char *looks_owners(void);

/* ---- what must be so when no CPU is at a request (rest.c) ---- */

void rest_open(unsigned int all_cpus); /* not before bring-up */
/* After each act: whose request a CPU has been entered for, and sleeps. */
void rest_note(const struct explore_act *act);
/* NULL, or what is not so; NULL too when one is. */
const char *rest_look(void);

/* ---- how the hypervisor refuses (refuse.c) ---- */

unsigned int refuse_ways(const struct host_op *op); /* bits */
void refuse(unsigned int cpu, const struct host_op *op, enum explore_how way);
void refuse_run(unsigned int cpu, const struct host_op *op); /* if it is that */

/* ---- bring-up (bringup.c) ---- */

enum explore_launch {
	LAUNCH_AS_IT_IS,
	LAUNCH_IDS,  /* the configuration has a second CPU */
	LAUNCH_ASKS, /* the hypervisor knows which CPUs there are */
	LAUNCH_BAD_CONFIG,
	LAUNCH_BAD_CPUID,
	LAUNCH_BAD_SECRETS,
	LAUNCH_BAD_MAP,
	LAUNCH_OWN_MAP,	  /* the map has the SVSM's memory as the guest's */
	LAUNCH_NO_TABLES, /* no page left for a page table */
};

/* `own`: memory that is part of the state. */
size_t bringup_open(unsigned int vmpl, void **own);
bool bringup_begin(enum explore_launch what); /* true: it may stop the VM */
/* A request to the hypervisor that the model does not know: 1, it has been answered. */
uint32_t bringup_request(const struct host_op *op);
/* NULL, or what is not as it must be when the guest runs. */
const char *bringup_ended(void);

/* ---- the frame allocator alone (allocator.c) ---- */

enum explore_frames {
	FRAME_TAKE,
	FRAME_TAKE_VMSA,
	FRAME_TAKE_2M,
	FRAME_GIVE, /* back, the oldest that it has */
	FRAME_GIVE_NEWEST,
	FRAME_GIVE_2M,
	FRAME_GIVE_AGAIN, /* what it has given back last */
	FRAME_LOOK,	  /* frame_state() of that */
	FRAME_CALLS,
};

/* `own`: memory that is part of the state. */
size_t allocator_open(const struct explore_config *c, void **own);
bool allocator_may_begin(unsigned int cpu, unsigned int call);
/* NULL, or what is not as it must be. */
const char *allocator_act(const struct explore_act *act);
/* An access to a shared word, before it happens. */
void allocator_words(unsigned int cpu, const struct host_op *op, char words[ACT_WORDS]);

/* ---- the choices of a file (choices.c) ---- */

struct choices {
	const char *path;
	struct explore_config config;
	struct choice {
		struct explore_act act;
		unsigned int line;
	} * choice;
	unsigned int count;
	bool is_endless; /* then CPUs go on for ever */
};

/* `config`: NULL: that of its first line. False: it makes no sense, standard error has a line. */
bool choices_read(struct choices *c, const char *path, const char *config);
/* The same with NULL; not in a build with sanitizers. */
bool choices_load(struct choices *c, const char *path);
/* It can be made now. */
bool choices_possible(const struct choices *c, unsigned int i);
/* After the last: what is not as it must be. */
const char *choices_go_on(const struct choices *c);
/* Each in words, and what is not as it must be; the exit status. */
int choices_replay(const struct choices *c);

/* ---- what of it counts (mask.c) ---- */

#define FRAMES_4K 4U
extern const uint64_t frame_4k[FRAMES_4K];
/* Masked state is put to zero, what may be in any order is sorted. */
void mask_all(void);
void mask_no_history(void);	   /* from now on rings and log are left */
void mask_stack(unsigned int cpu); /* after its step */

/* ---- coverage (cover.c, results.c) ---- */

struct cover;
size_t cover_bytes(void);
void cover_use(struct cover *c); /* what is reached goes there */
void cover_own(void);		 /* into one of this process */
void cover_forget(void);
void cover_add(struct cover *to, const struct cover *from);
void cover_arrow(unsigned int machine, unsigned int state, unsigned int event);
void cover_stop(enum reason reason);
/* NULL, or that the call has no such result. */
const char *cover_result(const struct explore_call *call, uint32_t result);
/* NULL: this process's. True: every arrow of each machine, every result of each call was reached.
 */
bool cover_print(const struct cover *c, bool whole, FILE *to);

/* ---- states (state.c) ---- */

struct state; /* how a machine differs from the first one */

/* From now on, whatever is written in these and in the host's areas is part of the state. */
void state_open(const struct host_area *own, unsigned int count);
struct state *state_take(uint64_t *hash);
void state_put(const struct state *state); /* NULL: the first */
/* What it returns; then the state is put back. */
const char *state_aside(const char *(*look)(void));
size_t state_bytes(const struct state *state);
unsigned int state_pages(void); /* that anything was ever written to */

/* ---- who touches what (words.c) ---- */

void words_open(const struct explore_config *c, bool to_learn); /* for a search */
void words_begin(unsigned int cpu);
void words_end(void);
/* A shared word, rights or translations have been written: else every invariant is as it was. */
bool words_changed(void);
void words_page(uint64_t gpa, bool write);
/* `others`: CPUs, a bit each. None of them touches what this one has since words_begin(). */
bool words_alone(uint8_t others);
void words_rely(uint8_t others); /* on that, for good */
/* True: what was relied on was not so. */
bool words_learnt(void);
/* Where a CPU is, and whether its next step there was found to be others' business (alone.c). */
uint64_t alone_where(unsigned int cpu, uint8_t others);
bool alone_is_not(uint64_t where);
void alone_keep_not(uint64_t where);

/* ---- the search (search.c) ---- */

/* A violation that is none of a state: the others stand still meanwhile. */
#define SEARCH_ENDLESS "a CPU does not end its call"

struct explore_result {
	uint64_t states, transitions, steps, ends, restarts;
	uint64_t end_hash; /* of the set of states where all has ended */
	unsigned int depth, solo;
	size_t bytes;
	double seconds;
	bool exhausted;
	const char *violation;
	struct explore_act *trace; /* of the violation */
	unsigned int trace_length;
};

void search(const struct explore_config *c, bool reduce, uint64_t most,
	    struct explore_result *result);

/* ---- what is said (report.c), several searches (several.c) ---- */

struct explore_options {
	bool reduce;
	uint64_t most;
	unsigned int jobs; /* searches at a time */
	const char *save;
};

/* A line, and the trace if there is one; false: it cannot be saved. */
bool report(const struct explore_config *c, const struct explore_options *o,
	    const struct explore_result *r, FILE *to);
/* The way to a violation: for choices.c, and as a scenario. */
void save_acts(FILE *to, const struct explore_config *c, const struct explore_act *act,
	       unsigned int acts);
/* The exit status. */
int explore_default(const struct explore_options *o);
