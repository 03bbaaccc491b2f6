/* SPDX-License-Identifier: MIT */
/*
 * A scenario: a machine, and what guest and hypervisor do on it in turn, line
 * by line. The text is described in sim/scenarios/README.md.
 */
#pragma once
#include <snp/host.h>

enum scenario_word {
	SCENARIO_MACHINE, /* always the first */
	SCENARIO_PAGE,
	SCENARIO_FRAMES,
	SCENARIO_SLOTS,
	SCENARIO_VMSA,
	SCENARIO_WRITE,
	SCENARIO_LIST,
	SCENARIO_READ,
	SCENARIO_ACCESS,
	SCENARIO_CALL,
	SCENARIO_BEGIN,
	SCENARIO_ADVANCE,
	SCENARIO_STEP,
	SCENARIO_MICRO,
	SCENARIO_FINISH,
	SCENARIO_STOP,
	SCENARIO_PAUSE, /* only as the last */
	SCENARIO_START,
	SCENARIO_ENTER,
	SCENARIO_SET,
	SCENARIO_INJECT,
	SCENARIO_TOUCH,
	SCENARIO_FAIL,
	SCENARIO_REFUSE,
	SCENARIO_PRETEND,
	SCENARIO_TAKE,
	SCENARIO_LOSS,
	SCENARIO_MAP,
	SCENARIO_ASSIGN,
	SCENARIO_UNMAP,
	SCENARIO_RESTORE,
	SCENARIO_WORDS,
};

#define SCENARIO_TOUCHES 16U /* pages */

enum scenario_page { SCENARIO_GIVEN, SCENARIO_SHARED, SCENARIO_SPLIT };
enum scenario_frames { SCENARIO_USED, SCENARIO_NONE };

/* Registers with a bit of their own. */
enum scenario_register { SCENARIO_RAX, SCENARIO_RCX, SCENARIO_RDX, SCENARIO_R8, SCENARIO_R9 };
#define SCENARIO_REGISTERS 5U

struct scenario_line {
	enum scenario_word word;
	unsigned int line, column; /* from 1 */
	const char *words;	   /* its text, which may go on in the next line */
	unsigned int length;
	unsigned int cpu;
	unsigned int what;	 /* scenario_page, scenario_frames, host_kind, snp_access_kind */
	enum page_size size;	 /* of `address` */
	unsigned int bytes;	 /* of a value in memory */
	bool past;		 /* advance: `count` operations of kind `what`, else of any */
	bool uncalled;		 /* begin: VMPL0 is entered, the guest has not called */
	uint64_t address, other; /* other: calling area, where to map, code */
	uint64_t value;		 /* set: of the word at `other`; inject: the event */
	uint64_t count;		 /* times, steps, operations, or a list's count */
	uint16_t next;		 /* of a list */
	unsigned int entry, entries;	    /* of scenario.entry[] */
	uint64_t given[SCENARIO_REGISTERS]; /* by scenario_register */
	struct {
		unsigned int line, column; /* of the result; 0: nothing is expected */
		bool stops;		   /* the firmware stops the VM, for reason `value` */
		bool any;		   /* whatever it is */
		uint64_t value;		   /* RAX, or what is read */
		unsigned int checked;	   /* a bit for each other register */
		uint64_t given[SCENARIO_REGISTERS];
	} expect;
};

struct scenario {
	char *path, *text;
	unsigned int vmpl, cpus;
	struct scenario_line *line;
	unsigned int lines;
	uint64_t *entry;
	unsigned int entries;
	struct scenario *before; /* the one by hand before this one */
};

/* False: it makes no sense, and standard error has a line that says where and why. */
bool scenario_load(struct scenario *s, const char *path);
/* The same of a text, which is called `name`. */
bool scenario_parse(struct scenario *s, const char *name, const char *text);
void scenario_free(struct scenario *s);

/* One line that is no CPU's turn, for the machine of `s`; it stays there. NULL: it makes no sense.
 */
const struct scenario *scenario_by_hand(const struct scenario *s, const char *path,
					unsigned int line, const char *text);

/* The machine of the first line, before anything has happened on it. Once in a process. */
void scenario_set_up(const struct scenario *s);

/* A CPU's turn: to begin a call, go on with it or both. Others are for scenario_apply(). */
bool scenario_is_turn(const struct scenario_line *l);
/* Of the machine as it is before anything happens; the first lines. */
bool scenario_sets_up(const struct scenario_line *l);

/*
 * What follows gives NULL, or what is not as the line has it, in words that
 * stay until the next call. If the firmware stops the VM, none returns: host_stops().
 */
const char *scenario_apply(const struct scenario *s, const struct scenario_line *l);
/* On a CPU that VMPL0 must not be in the middle of anything on. */
bool scenario_needs_idle(const struct scenario_line *l);
/* `call`, `begin`: registers and CALL_PENDING. Nothing is executed yet. */
const char *scenario_begin(const struct scenario_line *l);
/* All of the line's turn, after scenario_begin() if it has one. */
const char *scenario_go_on(const struct scenario_line *l);
/* A failure or lie that this line announced is still to come. */
bool scenario_awaited(const struct scenario_line *l);
/* Any is, or a CPU is in the middle of something: what `pause` allows. */
bool scenario_is_open(void);
/* As a text has it. */
#define SCENARIO_RESULT 32U
const char *scenario_result(uint64_t result, char to[SCENARIO_RESULT]);
const char *scenario_reason(enum reason reason);
const char *scenario_kind(enum host_kind kind);
/* How a call's line ended. `reason`: that the VM was stopped with, or -1. */
const char *scenario_expect(const struct scenario_line *l, int reason);
