/* SPDX-License-Identifier: MIT */
/*
 * The interleaving explorer: CPUs, memory between them, and the search. What
 * they run, on which memory, and what is checked is a world's: race.h the
 * memory manager's, vcpus.h the vCPU registrations'. See README.md.
 */
#pragma once
#include <svsm/atomic.h>
#include <svsm/types.h>

#include <setjmp.h>
#include <stddef.h>

#define CPUS 3U
#define OPS 5U	    /* of one CPU */
#define BUFFER 40U  /* stores a CPU can have under way */
#define LIMIT 1500U /* accesses of one operation: more, and it waits for somebody */
#define TRACE 4096U
#define SLACK 256U /* below the frame of park(): what it calls, and the red zone */
#define PIECES 2U
#define SHARED 8192U /* bytes that all pieces together have at most */

struct op {
	uint8_t kind;	/* a world's; OP_END: none */
	uint8_t size;	/* SIZE_4K, SIZE_2M; of a run: pages; of a vCPU: its CPU */
	uint8_t state;	/* from, to; of a deletion: the save area is in use */
	uint16_t where; /* number of the frame, the page or the vCPU */
};
#define OP_END 0U

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

/* All that the CPUs share, and what the world notes about it: hashed and saved. */
struct piece {
	void *start;
	size_t bytes; /* of 8 */
};
extern struct piece pieces[PIECES];

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
unsigned int machine_running(void); /* CPUS: none */
/* With none of them running; false: the firmware has stopped the VM. */
bool machine_aside(void (*what)(void));
/* What the CPU sees: its own stores first. */
uint64_t machine_load(const struct cpu *c, const void *word, unsigned int bytes);
void machine_operation_starts(struct cpu *c);
uint16_t machine_over(void);   /* a bit for each operation that is over, with its stores */
void machine_learn(bool all);  /* forget which words are shared, and take all as shared or none */
void machine_learn_more(void); /* shared is what was found to be; the rest is found out */
bool machine_learnt(void);     /* more words are shared than this search knew: search again */

size_t machine_offset(const void *word); /* in the pieces; SIZE_MAX: in none */

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
uint64_t machine_hash(void);

/* setup.c: what is there to begin with, and what a program may ask of it. */
struct setup {
	const char *name;
	void (*build)(void);
	unsigned int offers;
};

/* scenario.c: every pair of programs from every setup. */
struct scenario {
	char name[96];
	const struct setup *setup;
	unsigned int cpus;
	struct op op[CPUS][OPS + 1];
};
/* Calls `run` for each; `three`: three CPUs. Stops when it returns false. */
void scenario_all(bool three, bool soak, bool (*run)(const struct scenario *s));

/* The world's. */
extern const char world_program[]; /* its executable */
void world_begin(const struct setup *setup);
void world_run(unsigned int i);	   /* a CPU's operations */
void world_end(void);		   /* all is over: check */
void world_started(struct cpu *c); /* its operation begins */
/* After each change of memory; c: who made it, NULL: nobody of them. */
void world_written(struct cpu *c, void *word, uint64_t old, uint64_t value);
/* A write to no piece; the text says what is wrong with that. */
extern const char world_outside[];
const char *world_name(const void *word);

/* explore.c */
struct result {
	uint64_t states;
	double interleavings;
	unsigned int solo; /* accesses a CPU makes until it is done when the others are stopped */
};
#define NO_BOUND 99U
void explore(const struct scenario *s, unsigned int preemptions, struct result *result);
void explore_replay(const struct scenario *s, const char *choices);
