/* SPDX-License-Identifier: MIT */
/*
 * A scenario as the guest carries it out: made from the text by `agree table`
 * (tests/sim/agree.c), which has the simulator's own parser, and handed over
 * as the initrd. A struct table, then its steps, then the entries of lists.
 * Addresses are the image's.
 */
#pragma once
#include <sim/turns.h>
#include <stdint.h>

#define TABLE_MAGIC 0x3165656761707673ULL

/* The scenario's 32 MiB from 0 on are here; what is above stays where it is. */
#define TABLE_BASE 0x4000000ULL
#define TABLE_BYTES 0x2000000ULL
#define TABLE_RAM 0x8000000ULL		/* all that this guest has, from 0 on */
#define TABLE_CA (TABLE_BASE + 0x10000) /* of CPU 0, the first of the pages that it has */
#define TABLE_PAGES 16U
#define TABLE_CPUS 15U /* one more drives them */

enum step_word {
	/* Before anything happens. */
	STEP_GIVEN,
	STEP_SHARED,
	STEP_SPLIT,
	STEP_USED_FRAMES,
	STEP_NO_FRAMES,
	/* Memory. */
	STEP_AREA, /* a save area */
	STEP_WRITE,
	STEP_LIST,
	STEP_READ,
	STEP_ACCESS,
	/* Calls. */
	STEP_BEGIN,
	STEP_ADVANCE,
	STEP_FINISH,
	/* The hypervisor. */
	STEP_START,
	STEP_ENTER,
	STEP_FAIL,
	STEP_REFUSE,
	STEP_PRETEND,
	STEP_TAKE,
	STEP_ASSIGN,
	STEP_RESTORE,
};

enum table_register { TABLE_RAX, TABLE_RCX, TABLE_RDX, TABLE_R8, TABLE_R9, TABLE_REGISTERS };

struct table_step {
	uint32_t word, line; /* of the text */
	uint32_t cpu, kind;  /* enum turn_kind */
	uint64_t address, other;
	uint64_t count;	       /* of a list, times, which operation */
	uint64_t bytes;	       /* of a page or a value */
	uint64_t value;	       /* to write; wanted: in memory, whether there is access */
	uint32_t next, writes; /* of a list; access to write */
	uint32_t entry, entries;
	uint64_t given[TABLE_REGISTERS];
	uint64_t wanted[TABLE_REGISTERS];
	uint64_t checked; /* a bit for each register */
};

struct table {
	uint64_t magic;
	uint32_t cpus, steps, entries, reserved;
};

/* RAX of two calls around the scenario, by the vCPU that drives it. There is no such protocol. */
#define TABLE_BEGIN 0x7e57000000000001ULL
#define TABLE_END 0x7e57000000000002ULL
