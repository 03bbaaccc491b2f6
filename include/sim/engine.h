/* SPDX-License-Identifier: MIT */
/*
 * The engine: the firmware on the model, one event of one machine at a time,
 * forwards and backwards. Each move is written down; to go back is to put
 * back an image of everything, and to make the moves since then again.
 */
#pragma once
#include <sim/chart.h>
#include <snp/host.h>

/* ---- what is to happen ---- */

enum engine_turn {
	ENGINE_NONE,   /* there is nothing more */
	ENGINE_DONE,   /* nothing more but what the program has done just now */
	ENGINE_BEGUN,  /* the CPU has a call begun: host_part_begin() */
	ENGINE_ON,     /* the CPU goes on with its call */
	ENGINE_PLACED, /* as ENGINE_DONE; that was on the CPU, which may have a call begun */
};

struct engine_line {
	unsigned int cpu;
	/* Until the program is asked again, ~0: to the end of the call. */
	uint64_t steps;
	uint64_t ops;	     /* of the seam, and on to the next one; none begins behind */
	enum host_kind kind; /* that are counted; HOST_KINDS: all */
	bool micro;	     /* a step is up to the next operation too */
};

/*
 * What guests and hypervisor do in turn: asked when a CPU has had its steps.
 * What is not a CPU's turn, it does itself through host_*(). `state` goes
 * back and forth with the machine.
 */
#define ENGINE_STATES 3U
struct engine_program {
	enum engine_turn (*next)(struct engine_line *line);
	struct host_area state[ENGINE_STATES]; /* bytes: a multiple of 8 */
	/* Instead of host_part_step(); false: it has not come back, and nothing goes on. Or NULL.
	 */
	bool (*go)(unsigned int cpu, bool micro);
	/* The CPU has executed a part. Or NULL. */
	void (*went)(unsigned int cpu);
	bool is_saved;	/* host_save() has been called */
	bool is_hashed; /* the last state is the machine's */
};

/* The machine must be there: host_new_cpus(), its vCPUs. Once. */
void engine_open(const struct engine_program *program);

/* ---- moves: each is one position further ---- */

enum engine_kind {
	ENGINE_STEP,  /* up to the next event */
	ENGINE_MICRO, /* or up to the next operation of the seam */
	ENGINE_CPU,   /* from now on the steps are of `cpu`, to the end of its call */
	ENGINE_BEGIN, /* `cpu` makes a call, its registers as they are */
	ENGINE_FAIL,  /* the b-th operation of kind `cpu` from now on fails with a: host_fail() */
	ENGINE_SET,   /* the word at offset a of the save area on `cpu` becomes b */
	ENGINE_EVENT, /* the machine that `cpu` waits in is given event a instead */
	ENGINE_HAND,  /* hand(what), false: it makes no sense now */
};

struct engine_move {
	enum engine_kind kind;
	unsigned int cpu;
	uint64_t a, b;
	bool (*hand)(const void *what);
	const void *what; /* stays there */
};

enum engine_outcome {
	ENGINE_MOVED,
	ENGINE_OVER,	/* and the CPU's call is over */
	ENGINE_STOPPED, /* the firmware has stopped the VM: host.reason */
	ENGINE_ENDED,	/* not moved: nothing is left to do */
	ENGINE_REFUSED, /* not moved: it makes no sense now */
};

/* Moves that had been gone back from are forgotten. */
enum engine_outcome engine_move(const struct engine_move *move);
enum engine_outcome engine_step(void);

uint64_t engine_position(void); /* moves made */
uint64_t engine_length(void);	/* moves known: so far one can go without anything new */
const struct engine_move *engine_moves(void);
/* To that position, with steps when it is not known yet. False: the end comes first. */
bool engine_goto(uint64_t position);

/* Of the whole machine but time, rings, log, counters and the console. */
uint64_t engine_hash(void);
size_t engine_image_bytes(void); /* memory that going back costs */

/* ---- where it is ---- */

struct engine_event {
	bool there;
	uint8_t machine, state;
	uint16_t event;
	uint32_t vcpu; /* APIC id */
	uint64_t argument;
};

struct engine_cpu {
	bool busy;		     /* in the middle of a call */
	struct engine_event pending; /* what it waits for the next step with */
	uint64_t result;	     /* RAX of its last call */
};

unsigned int engine_cpu(void); /* whose turn it was, or is */
const struct engine_cpu *engine_at(unsigned int cpu);
const struct engine_event *engine_taken(void); /* by the last move */

/* What the last move executed: so many parts, each up to an event, `micro`: or operation. */
struct engine_parts {
	unsigned int cpu;
	bool micro, begun; /* the CPU's call with it */
	uint64_t count;
};
const struct engine_parts *engine_parts(void);

/* ---- without engine_open() ---- */

/* From now on host_part_step() stops at events. `watch`, or NULL: each that a machine is given. */
void engine_watch(void (*watch)(const struct engine_event *event));

/* ---- with and without ---- */

/* From now on, or not any more, machines run to look at something: their events are none. */
void engine_aside(bool is_aside);

/* The machine that the CPU waits in is given that event instead; false: none waits. */
bool engine_inject(unsigned int cpu, enum event event);

/* ---- for sim/step's own files: a machine is about to be given `event` ---- */

uint16_t engine_arrives(const struct engine_event *event);
