/* SPDX-License-Identifier: MIT */
/*
 * The CPUs, each on a stack of its own, and the memory between them: x86-TSO.
 * A store goes to the CPU's buffer and from there, oldest first, to memory; a
 * load sees its own buffer first; a locked access waits for the empty buffer.
 */
#include "machine.h"

#include <svsm/err.h>

#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define STACK 65536U

struct cpu cpu[CPUS];
unsigned int cpus;

static uint8_t stack[CPUS][STACK] __attribute__((aligned(64)));
static jmp_buf scheduler;
static struct cpu *running;
static void (*program)(unsigned int cpu);
struct piece pieces[PIECES];

/* Of each byte of the pieces, which operations touch it and which write it. */
static struct {
	uint16_t touch, write;
} use[2][SHARED];
static bool all_shared, is_aside;

static unsigned int number(const struct cpu *c)
{
	return (unsigned int)(c - cpu);
}

static bool inside(const void *word, const void *start, size_t bytes)
{
	return (uintptr_t)word - (uintptr_t)start < bytes;
}

size_t machine_offset(const void *word)
{
	size_t before = 0;

	for (unsigned int i = 0; i < PIECES; before += pieces[i++].bytes)
		if (inside(word, pieces[i].start, pieces[i].bytes))
			return before + (uintptr_t)word - (uintptr_t)pieces[i].start;
	return SIZE_MAX;
}

unsigned int machine_running(void)
{
	return running == NULL ? CPUS : number(running);
}

void machine_learn(bool all)
{
	memset(use, 0, sizeof(use));
	all_shared = all;
}

void machine_learn_more(void)
{
	all_shared = false;
}

bool machine_learnt(void)
{
	bool more = false;

	for (size_t i = 0; i < sizeof(use[0]) / sizeof(use[0][0]); i++)
		more |= use[0][i].touch != use[1][i].touch || use[0][i].write != use[1][i].write;
	memcpy(use[0], use[1], sizeof(use[0]));
	return more;
}

/* What other CPUs have still to do: their operations, and stores from earlier ones. */
static unsigned int to_come(const struct cpu *c)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < cpus; i++) {
		unsigned int from = cpu[i].finished ? OPS : cpu[i].now;

		if (cpu[i].stores > 0 && cpu[i].buffer[0].op < from)
			from = cpu[i].buffer[0].op;
		if (&cpu[i] != c)
			mask |= ((1U << OPS) - (1U << from)) << (i * OPS);
	}
	return mask;
}

/* Whether another CPU can notice the access, or this one notice another CPU in it. */
static bool is_shared(const struct cpu *c, enum access kind, const void *word)
{
	size_t at = machine_offset(word);
	unsigned int others;

	if (at == SIZE_MAX)
		return false;
	if (all_shared)
		return true;
	others = to_come(c);
	return (use[0][at].write & others) != 0 ||
	       (kind != ACCESS_LOAD && (use[0][at].touch & others) != 0);
}

static void note_use(const struct cpu *c, enum access kind, const void *word)
{
	size_t at = machine_offset(word);

	if (at == SIZE_MAX) {
		if (kind != ACCESS_LOAD)
			fail(world_outside);
		return;
	}
	use[1][at].touch |= (uint16_t)(1U << (number(c) * OPS + c->now));
	if (kind != ACCESS_LOAD)
		use[1][at].write |= (uint16_t)(1U << (number(c) * OPS + c->now));
}

static uint64_t read_memory(const void *word, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, word, bytes);
	return value;
}

/* The world looks at it with no CPU running: its own accesses are no choices. */
static void write_memory(struct cpu *c, void *word, unsigned int bytes, uint64_t value)
{
	uint64_t old = read_memory(word, bytes);
	struct cpu *was = running;

	memcpy(word, &value, bytes);
	running = NULL;
	if (c != NULL)
		world_written(c, word, old, value);
	running = was;
}

static uint64_t updated(enum access kind, uint64_t old, uint64_t a, uint64_t b)
{
	switch (kind) {
	case ACCESS_SWAP:
	case ACCESS_STORE:
		return a;
	case ACCESS_CAS:
		return old == a ? b : old;
	case ACCESS_OR:
		return old | a;
	case ACCESS_AND:
		return old & a;
	default:
		return old;
	}
}

static void drain_one(struct cpu *c)
{
	struct store s = c->buffer[0];

	trace_say(c, "drains", s.word, read_memory(s.word, s.bytes), s.value);
	memmove(&c->buffer[0], &c->buffer[1], --c->stores * sizeof(s));
	trace_choice((char)('a' + number(c)));
	write_memory(c, s.word, s.bytes, s.value);
}

/* Whether others can see the oldest store drain; one that changes nothing, only a writer can. */
static bool drain_is_shared(const struct cpu *c)
{
	const struct store *s = &c->buffer[0];
	bool changes = read_memory(s->word, s->bytes) != s->value;

	return is_shared(c, changes ? ACCESS_STORE : ACCESS_LOAD, s->word);
}

/* Stores that nobody else can see leave the buffer when their turn comes. */
static void drain_private(void)
{
	for (unsigned int i = 0; i < cpus; i++) {
		while (cpu[i].stores > 0 && !drain_is_shared(&cpu[i]))
			drain_one(&cpu[i]);
	}
}

uint64_t machine_load(const struct cpu *c, const void *word, unsigned int bytes)
{
	for (unsigned int i = c->stores; i-- > 0;) {
		if (c->buffer[i].word == word)
			return c->buffer[i].value;
	}
	return read_memory(word, bytes);
}

static void __attribute__((noinline)) park(struct cpu *c)
{
	c->deep = (uint8_t *)__builtin_frame_address(0) - SLACK;
	if (_setjmp(c->at) == 0)
		_longjmp(scheduler, 1);
}

static void put(struct cpu *c, void *word, unsigned int bytes, uint64_t value)
{
	if (c->stores == BUFFER) {
		fail("more stores in a row than the explorer's buffer takes");
		park(c);
	}
	trace_say(c, "stores", word, machine_load(c, word, bytes), value);
	c->buffer[c->stores++] = (struct store){ word, value, (uint8_t)bytes, (uint8_t)c->now };
}

static uint64_t perform(struct cpu *c, enum access kind, void *word, unsigned int bytes, uint64_t a,
			uint64_t b)
{
	uint64_t old = machine_load(c, word, bytes);

	if (machine_offset(word) != SIZE_MAX)
		trace_choice((char)('0' + number(c)));
	trace_say(c, kind == ACCESS_LOAD ? "loads" : "locked", word, old, updated(kind, old, a, b));
	if (kind != ACCESS_LOAD)
		write_memory(c, word, bytes, updated(kind, old, a, b));
	return old;
}

uint64_t race_access(enum access kind, const void *at, unsigned int bytes, uint64_t a, uint64_t b)
{
	struct cpu *c = running;
	void *word = (void *)(uintptr_t)at;

	if (c == NULL) {
		uint64_t old = read_memory(word, bytes);

		if (kind != ACCESS_LOAD)
			write_memory(NULL, word, bytes, updated(kind, old, a, b));
		return old;
	}
	note_use(c, kind, word);
	c->made++;
	if (++c->accesses > LIMIT)
		fail("an operation does not end: it waits for another CPU, or loops");
	if (wrong != NULL)
		park(c);
	if (kind == ACCESS_STORE) {
		put(c, word, bytes, a);
		return 0;
	}
	if (is_shared(c, kind, word) || (kind != ACCESS_LOAD && c->stores > 0)) {
		c->kind = kind;
		c->word = word;
		park(c);
		machine_operation_starts(c);
	}
	return perform(c, kind, word, bytes, a, b);
}

static void enter(void)
{
	struct cpu *c = running;

	program(number(c));
	c->finished = true;
	park(c);
}

uint8_t *stack_end(unsigned int i)
{
	return stack[i] + STACK;
}

static void launch(unsigned int i)
{
	static ucontext_t fresh;

	getcontext(&fresh);
	fresh.uc_stack.ss_sp = stack[i];
	fresh.uc_stack.ss_size = STACK;
	fresh.uc_link = NULL;
	makecontext(&fresh, enter, 0);
	setcontext(&fresh);
}

static void run(unsigned int i, bool first)
{
	running = &cpu[i];
	if (_setjmp(scheduler) == 0) {
		if (first)
			launch(i);
		_longjmp(cpu[i].at, 1);
	}
	running = NULL;
	drain_private();
}

void machine_start(void (*what)(unsigned int cpu))
{
	program = what;
	for (unsigned int i = 0; i < cpus; i++)
		run(i, true);
}

void machine_step(unsigned int i)
{
	run(i, false);
}

void machine_drain(unsigned int i)
{
	drain_one(&cpu[i]);
	drain_private();
}

bool machine_can_step(unsigned int i)
{
	return !cpu[i].finished && (cpu[i].kind == ACCESS_LOAD || cpu[i].stores == 0);
}

bool machine_alone(unsigned int i)
{
	return machine_can_step(i) && !is_shared(&cpu[i], cpu[i].kind, cpu[i].word);
}

/* An operation is over when it has returned, and all stores up to its end are in memory. */
uint16_t machine_over(void)
{
	unsigned int over = 0;

	for (unsigned int i = 0; i < cpus; i++) {
		for (unsigned int k = 0; k < OPS && cpu[i].out[k].returned; k++) {
			if (cpu[i].stores > 0 && cpu[i].buffer[0].op <= k)
				break;
			over |= 1U << (i * OPS + k);
		}
	}
	return (uint16_t)over;
}

/* Begun as late as can be, so that as much as can be is over before it. */
void machine_operation_starts(struct cpu *c)
{
	struct outcome *out = &c->out[c->now];

	if (out->started)
		return;
	out->started = true;
	world_started(c);
}

bool machine_aside(void (*what)(void))
{
	is_aside = true;
	if (_setjmp(scheduler) != 0)
		return is_aside = false;
	what();
	is_aside = false;
	return true;
}

_Noreturn void hw_stop(enum reason reason, uint64_t detail)
{
	(void)reason;
	(void)detail;
	fail("a CHECK of the firmware");
	if (is_aside)
		_longjmp(scheduler, 1);
	if (running == NULL)
		abort();
	for (;;)
		park(running);
}
