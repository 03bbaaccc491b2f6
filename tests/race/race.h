/* SPDX-License-Identifier: MIT */
/* The interleaving explorer: what its files share. See README.md. */
#pragma once
#include <svsm/frame.h>
#include <svsm/page.h>

#include <setjmp.h>
#include <stddef.h>

#define CPUS 3U
#define OPS 5U	   /* of one CPU */
#define REGIONS 3U /* of each half of the record */
#define ROWS (REGIONS * ROWS_PER_2M)
#define BUFFER 40U  /* stores a CPU can have under way */
#define LIMIT 1500U /* accesses of one operation: more, and it waits for somebody */
#define TRACE 4096U

#define GUEST_BASE 0x40000000ULL
#define FRAME_BASE 0x80000000ULL

/* What a CPU does, step by step. */
enum op_kind {
	OP_END,
	OP_ALLOC, /* a frame: kept in `got` */
	OP_ALLOC_VMSA,
	OP_ALLOC_2M,
	OP_FREE, /* `where`, or GOT */
	OP_FREE_2M,
	OP_FRAME_STATE,
	OP_GROW, /* a region: kept in `got` */
	OP_GROWN,
	OP_GROWN_FAILED,
	OP_GROW_ROWS,
	OP_GROWN_ROWS,
	OP_GROWN_ROWS_FAILED,
	OP_CLAIM,   /* `where`, size, from state */
	OP_SETTLE,  /* if the last claim was granted */
	OP_RELEASE, /* settles what was claimed before all began */
	OP_CLAIM_RUN,
	OP_SETTLE_RUN, /* as many as the last run has claimed */
	OP_PAGE_STATE,
};
#define GOT 0xffffU

struct op {
	uint8_t kind;
	uint8_t size;	/* SIZE_4K, SIZE_2M; of a run: pages */
	uint8_t state;	/* from, to */
	uint16_t where; /* number of the frame in its half of the record */
};

/* What became of an operation. `before`: those that were over when it began. */
struct outcome {
	uint16_t where; /* what it worked on, or got */
	uint16_t before;
	uint8_t result; /* enum err; of a run: pages claimed */
	uint8_t state;	/* of OP_FRAME_STATE, OP_PAGE_STATE */
	bool started, returned, skipped;
	bool nothing; /* there was a moment at which it could find nothing */
};

struct store {
	void *word;
	uint64_t value;
	uint8_t bytes, op;
};

struct cpu {
	jmp_buf at; /* where it is, and how deep its stack is */
	uint8_t *deep;
	struct op op[OPS + 1];
	struct outcome out[OPS];
	struct store buffer[BUFFER];
	unsigned int stores;	     /* in the buffer, oldest first */
	unsigned int now;	     /* operation under way */
	unsigned int accesses, made; /* by this operation, by all */
	unsigned int got;
	uint32_t rows, regions; /* it has written their bytes in this operation */
	bool finished, granted;
	enum access kind; /* the access it is about to make */
	const void *word;
};

/* The record: all that the CPUs share, but for frame.c's blocks. */
struct memory {
	struct page_row page_row[ROWS];
	struct frame_row frame_row[ROWS];
	shared8 owner[ROWS];
	shared8 guest[8];
	shared8 region[8];
};
extern struct memory memory;
extern struct cpu cpu[CPUS];
extern unsigned int cpus; /* of the scenario */

/* The first thing that was wrong; NULL: nothing so far. */
extern const char *wrong;
void fail(const char *what);

/* machine.c: the CPUs and their memory. */
void machine_start(void (*program)(unsigned int cpu));
void machine_step(unsigned int i);
void machine_drain(unsigned int i);
uint8_t *stack_end(unsigned int i);
bool machine_can_step(unsigned int i);
bool machine_alone(unsigned int i); /* its next access is nobody else's business */
/* What the CPU sees: its own stores first. */
uint64_t machine_load(const struct cpu *c, const void *word, unsigned int bytes);
uint64_t machine_hash(void);
void machine_operation_starts(struct cpu *c);
uint16_t machine_over(void);   /* a bit for each operation that is over, with its stores */
void machine_learn(bool all);  /* forget which words are shared, and take all as shared or none */
void machine_learn_more(void); /* shared is what was found to be; the rest is found out */
bool machine_learnt(void);     /* more words are shared than this search knew: search again */

size_t machine_offset(const void *word); /* in the record; SIZE_MAX: not of it */

/* trace.c */
extern char trace[TRACE];
extern unsigned int trace_length;
extern bool verbose;
void trace_choice(char choice);
void trace_say(const struct cpu *c, const char *what, const void *word, uint64_t old, uint64_t new);

/* snapshot.c: states of the machine, one for each depth of the search. */
struct snapshot;
struct snapshot *snapshot_at(unsigned int depth);
void snapshot_take(struct snapshot *s);
void snapshot_restore(const struct snapshot *s);

/* program.c: runs a CPU's operations. */
void program_run(unsigned int i);

/* nothing.c: is there anything that the CPU's allocation could find? */
void nothing_note(void);

/* What the record says, in words of the specification. */
enum region_kind { UNACCEPTED, GROWING, SMALL, BIG, FIXED, RESERVED, GROWING_ROWS };
struct picture {
	uint64_t used[ROWS], guest[ROWS]; /* neither: PAGE_NONE */
	bool split[REGIONS];
	uint8_t splitter[REGIONS]; /* the operation that split it, and one */
	uint64_t free[ROWS];	   /* of a SMALL region */
	uint8_t kind[REGIONS];
};

/* picture.c: reads the record, and fails when it is not whole. */
void picture_take(struct picture *p);
void picture_check(const struct picture *p); /* memory is used up by this */

/* spec.c: what an operation does. False: it may not have returned that. */
bool spec_step(struct picture *p, unsigned int op, const struct op *what,
	       const struct outcome *out);
bool overlap(unsigned int x, unsigned int y);

/* order.c: is there an order of the operations that explains what they returned? */
void order_take(void);	/* the state now is the first one */
void order_check(void); /* all is over: compare */

/* setup.c: records to begin with, and what a program may ask of them. */
enum {
	FRAMES = 1,    /* the SVSM's frames */
	MINE = 2,      /* each CPU has the frame FRAME_MINE */
	MINE_2M = 4,   /* each of two CPUs has the region REGION_MINE */
	UNGROWN = 8,   /* a region that is not accepted */
	GUEST = 16,    /* the guest's pages */
	CLAIMED = 32,  /* each CPU has claimed the page PAGE_MINE */
	KEPT = 64,     /* region KEPT_REGION is to have the guest's rows */
	JOINING = 128, /* enough is free to make 2 MiB of it */
	ALIKE = 1024,  /* the record is the same for all CPUs */
	SOAK = 512,    /* takes long, and is much like another */
	LATE = 256     /* frames of region 1 are CPU 0's and the last CPU's */
};
struct setup {
	const char *name;
	void (*build)(void);
	unsigned int offers;
};
extern const struct setup setups[];
extern const unsigned int setup_count;
extern unsigned int frame_regions; /* in the range */
extern unsigned int rows_region;   /* where the guest's rows lie; REGIONS: elsewhere */
extern bool in_flux;		   /* a whole region of frames may be split or joined */

/* `where` of an operation: what is different for each CPU. */
#define EACH 0x4000U	/* plus its number */
#define EACH_2M 0x2000U /* plus its number, in regions */
#define FRAME_MINE (EACH + ROW_FRAMES + 8U)
#define REGION_MINE (EACH_2M + FRAMES_PER_2M)
#define PAGE_MINE (EACH + ROW_FRAMES + 8U)
#define KEPT_REGION 2U

/* scenario.c: every pair of programs from every record. */
struct scenario {
	char name[96];
	const struct setup *setup;
	unsigned int cpus;
	struct op op[CPUS][OPS + 1];
};
/* Calls `run` for each; `three`: three CPUs. Stops when it returns false. */
void scenario_all(bool three, bool soak, bool (*run)(const struct scenario *s));

/* explore.c */
struct result {
	uint64_t states;
	double interleavings;
	unsigned int solo; /* accesses a CPU makes until it is done when the others are stopped */
};
#define NO_BOUND 99U
void explore(const struct scenario *s, unsigned int preemptions, struct result *result);
void explore_replay(const struct scenario *s, const char *choices);
