/* SPDX-License-Identifier: MIT */
/* What the files of this guest show each other. */
#pragma once
#include "guest/stub/stub.h"
#include "table.h"

/* ---- main.c ------------------------------------------------------------ */

extern const struct table *table;

const struct table_step *table_steps(void);
const uint64_t *table_entries(void);
/* The verdict, and power off. */
_Noreturn void scenario_end(void);
_Noreturn void scenario_bail(const char *why);

/* ---- set_up.c: by the guest's own calls, on CPU 0 ----------------------- */

void set_up(void);
/* Pages of the guest's that are no part of the scenario: validated, at no 2 MiB boundary. */
uint64_t set_up_page(void);

/* ---- runner.c: the scenario's vCPUs, each with what it is to do -------- */

enum work { WORK_NOTHING, WORK_CALL, WORK_ENTER, WORK_READ, WORK_WRITE };

struct runner {
	uint64_t vmsa, ca;
	uint32_t cpu;
	volatile uint32_t work; /* set by the driver, cleared when it is done */
	struct call call;
	uint64_t at, times;
	bool works; /* the access */
	uint8_t stack[0x4000] __attribute__((aligned(16)));
};

/* On the vCPU itself. */
_Noreturn void runner_run(struct runner *r);
/* A save area for some vCPU. */
void runner_area(uint64_t vmsa);
/* The driver's: that vCPU is started there, and waits for its turn. */
void runner_start(unsigned int cpu, uint64_t vmsa, uint64_t ca);
/*
 * The vCPU that boots, when VMPL0 sleeps on all others: what it does there
 * is not to depend on how long they take. runner_hold(): it has been running.
 */
struct runner *runner_boot(void);
void runner_hold(const struct runner *r);
struct runner *runner_of(unsigned int cpu);
void runner_begin(struct runner *r, enum work work);
/* Its turn: true: the work is done; false: VMPL0 there has done the nth of that kind before. */
bool runner_go(const struct runner *r, enum turn_kind kind, uint64_t nth);

/* ---- orders.c: soft-SNP's ports (sim/turns.h) -------------------------- */

uint32_t order_ask(unsigned int port);
/* With TURN(); scenario_bail() when it is not carried out. */
void order(uint32_t what);
void order_fail(enum turn_kind kind, uint64_t nth, uint32_t code);
void order_assign(uint64_t gpa, uint64_t to);

/* ---- steps.c ----------------------------------------------------------- */

void step_take(const struct table_step *t);
