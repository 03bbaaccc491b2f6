/* SPDX-License-Identifier: MIT */
/*
 * The vCPUs of the scenario. Each waits for work in memory; soft-SNP holds all
 * of them but the one that has its turn (sim/turns.h), and lets none execute
 * between two turns. They call by the MSR protocol and need no GHCB page.
 */
#include "scenario.h"

#define POLLS 200000U
#define PAUSES 200U

static struct runner runners[TABLE_CPUS];
static struct runner *of[TABLE_CPUS];
static unsigned int count;

/* ---- on the vCPU ------------------------------------------------------- */

static void call(struct runner *r)
{
	call_run_at(&r->call, FORM_MSR, r->ca);
	if (r->call.in.rax == CORE_REMAP_CA && r->call.out.rax == OK)
		r->ca = r->call.in.rcx;
}

/* VMPL0 is entered, and nobody has asked for anything; registers are as it left them. */
static void enter(struct runner *r)
{
	r->call.in = r->call.out;
	r->call.pending = 0;
	for (uint64_t i = 0; i < r->times; i++)
		call_run_at(&r->call, FORM_MSR, r->ca);
}

static void access(struct runner *r, bool writes)
{
	void *at = page_private(r->at & ~7ULL);
	uint64_t old = probe_read(at);

	if (writes)
		probe_write(at, trap.vector == TRAP_NONE ? old : 0);
	r->works = trap.vector == TRAP_NONE;
}

static void work(struct runner *r)
{
	switch (r->work) {
	case WORK_CALL:
		call(r);
		break;
	case WORK_ENTER:
		enter(r);
		break;
	default:
		access(r, r->work == WORK_WRITE);
		break;
	}
	__atomic_store_n(&r->work, WORK_NOTHING, __ATOMIC_SEQ_CST);
}

void runner_run(struct runner *r)
{
	for (;;) {
		while (r->work == WORK_NOTHING)
			__builtin_ia32_pause();
		work(r);
	}
}

static _Noreturn void begin(struct runner *r)
{
	trap_init();
	r->work = WORK_NOTHING;
	runner_run(r);
}

/* ---- the driver's ------------------------------------------------------ */

static struct runner *find(uint64_t vmsa)
{
	for (unsigned int i = 0; i < count; i++)
		if (runners[i].vmsa == vmsa)
			return &runners[i];
	if (count == TABLE_CPUS)
		scenario_bail("too many save areas");
	runners[count].vmsa = vmsa;
	return &runners[count++];
}

void runner_area(uint64_t vmsa)
{
	struct runner *r = find(vmsa);

	area_fill(vmsa, (uintptr_t)begin, (uintptr_t)r->stack + sizeof(r->stack) - 8, (uintptr_t)r);
}

struct runner *runner_boot(void)
{
	const uint64_t others = (2ULL << table->cpus) - 2;

	while ((order_ask(TURN_ASLEEP) & others) != others)
		__builtin_ia32_pause();
	of[0] = find(0);
	of[0]->ca = TABLE_CA;
	return of[0];
}

struct runner *runner_of(unsigned int cpu)
{
	if (of[cpu] == NULL)
		scenario_bail("nothing was started there");
	return of[cpu];
}

static bool is_held(const struct runner *r)
{
	return (order_ask(TURN_PORT) >> r->cpu & 1) != 0;
}

/* Out of its guest when it has nothing to do any more. */
static bool wait(const struct runner *r)
{
	bool is_called = false;

	for (unsigned int i = 0; i < POLLS; i++) {
		bool is_done = r->work == WORK_NOTHING;

		if (is_held(r))
			return is_done;
		if (is_done && !is_called) {
			order(TURN(TURN_HOLD, r->cpu, 0, 0));
			is_called = true;
		}
		for (unsigned int k = 0; k < PAUSES; k++)
			__builtin_ia32_pause();
	}
	scenario_bail("a vCPU does not come to the end of its turn");
}

void runner_hold(const struct runner *r)
{
	(void)wait(r);
}

void runner_start(unsigned int cpu, uint64_t vmsa, uint64_t ca)
{
	struct runner *r = find(vmsa);

	of[cpu] = r;
	r->ca = ca;
	r->cpu = cpu;
	r->work = WORK_CALL; /* until it is there */
	if (!area_creation(AP_CREATE, cpu, vmsa))
		scenario_bail("AP creation");
	(void)wait(r);
}

void runner_begin(struct runner *r, enum work to_do)
{
	__atomic_store_n(&r->work, to_do, __ATOMIC_SEQ_CST);
}

bool runner_go(const struct runner *r, enum turn_kind kind, uint64_t nth)
{
	order(TURN(TURN_GO, r->cpu, kind, nth));
	return wait(r);
}
