/* SPDX-License-Identifier: MIT */
/* What one move does to the machine. Which moves, and back: journal.c. */
#include "engine.h"

#include <string.h>
#include <svsm/vmsa.h>

/* Goes back and forth with the machine. */
static struct {
	struct engine_cpu cpu[HOST_CPUS];
	struct engine_event taken;
	uint64_t turn, ops; /* until the program is asked again */
	struct engine_parts parts;
	enum host_kind kind; /* of ops */
	unsigned int on;
	bool open, micro, lost; /* lost: a part has not come back */
} now __attribute__((aligned(8)));

static const struct engine_program *program;
static void (*watcher)(const struct engine_event *event);
static bool is_watched, aside;

void engine_prepare(const struct engine_program *what)
{
	program = what;
	now.open = true;
	if (!what->is_saved)
		host_save();
	image_include(&now, sizeof(now));
	if (what->is_hashed)
		image_hash_also(what->state[ENGINE_STATES - 1]);
	for (unsigned int i = 0; i < ENGINE_STATES && what->state[i].bytes != 0; i++)
		image_include(what->state[i].at, what->state[i].bytes);
}

void engine_watch(void (*watch)(const struct engine_event *event))
{
	watcher = watch;
	is_watched = true;
}

void engine_aside(bool is_aside)
{
	aside = is_aside;
}

uint16_t engine_arrives(const struct engine_event *event)
{
	struct engine_event *pending = &now.cpu[host_cpu].pending;

	if ((!now.open && !is_watched) || aside)
		return event->event;
	*pending = *event;
	host_part_event();
	now.taken = *pending;
	pending->there = false;
	if (watcher != NULL)
		watcher(&now.taken);
	return now.taken.event;
}

static void begun(unsigned int cpu)
{
	host_log_clear();
	now.cpu[cpu].busy = true;
	now.parts.begun = true;
	now.on = cpu;
}

static bool has_turn(void)
{
	return now.cpu[now.on].busy && now.turn != 0 &&
	       (now.ops != 0 || host_part_waits(now.on) == NULL);
}

/* Until some CPU has a step to make: ENGINE_ON. */
static enum engine_turn ask(void)
{
	while (!has_turn()) {
		struct engine_line line = { .steps = ~0ULL, .ops = ~0ULL, .kind = HOST_KINDS };

		enum engine_turn turn = program->next(&line);

		switch (turn) {
		case ENGINE_NONE:
		case ENGINE_DONE:
			return turn;
		case ENGINE_BEGUN:
			begun(line.cpu);
			break;
		case ENGINE_ON:
			now.on = line.cpu;
			break;
		case ENGINE_PLACED:
			now.on = line.cpu;
			if (!now.cpu[now.on].busy && host.guest_of[now.on].busy)
				begun(now.on);
			now.cpu[now.on].busy = host.guest_of[now.on].busy;
			now.turn = 0;
			return ENGINE_DONE;
		}
		now.turn = now.cpu[now.on].busy ? line.steps : 0;
		now.ops = line.ops;
		now.kind = line.kind;
		now.micro = line.micro;
	}
	return ENGINE_ON;
}

static void count(const struct host_op *op)
{
	if (now.ops != ~0ULL && (now.kind == HOST_KINDS || op->kind == now.kind))
		now.ops--;
}

/* True: over. */
static bool part(bool small)
{
	if (program->go == NULL)
		return host_part_step(now.on, small);
	now.lost = !program->go(now.on, small);
	return !now.lost && !host.guest_of[now.on].busy;
}

/* Up to an event, the end of the call, or of the operations that the CPU has. True: over. */
static bool go_on(bool micro)
{
	bool over, small = micro || now.micro || now.ops != ~0ULL;

	now.parts.cpu = now.on;
	now.parts.micro = small;
	do {
		const struct host_op *op = host_part_waits(now.on);

		if (op != NULL)
			count(op);
		over = part(small);
		now.parts.count++;
	} while (!micro && !now.micro && !over && !host.stopped && !now.lost && now.ops != 0 &&
		 host_part_waits(now.on) != NULL);
	return over;
}

static enum engine_outcome step(bool micro)
{
	struct engine_cpu *c;

	switch (ask()) {
	case ENGINE_NONE:
		return ENGINE_ENDED;
	case ENGINE_DONE:
		return ENGINE_MOVED;
	default:
		break;
	}
	c = &now.cpu[now.on];
	if (now.turn != ~0ULL)
		now.turn--;
	c->busy = !go_on(micro);
	if (!c->busy && !host.stopped)
		c->result = host_part_result(now.on);
	if (program->went != NULL && !now.lost)
		program->went(now.on);
	if (host.stopped)
		return ENGINE_STOPPED;
	return c->busy ? ENGINE_MOVED : ENGINE_OVER;
}

static enum engine_outcome begin_as_set(unsigned int cpu)
{
	struct host_registers r;

	if (now.cpu[cpu].busy || host.guest_of[cpu].vmsa == 0)
		return ENGINE_REFUSED;
	host_on(cpu);
	r = (struct host_registers){ host_get(VMSA_RAX), host_get(VMSA_RCX), host_get(VMSA_RDX),
				     host_get(VMSA_R8), host_get(VMSA_R9) };
	host_on(0);
	host_part_begin(cpu, &r);
	begun(cpu);
	now.turn = now.ops = ~0ULL;
	now.micro = false;
	return ENGINE_MOVED;
}

static enum engine_outcome set(const struct engine_move *m)
{
	if (host.guest_of[m->cpu].vmsa == 0 || m->a > PAGE_4K - sizeof(uint64_t))
		return ENGINE_REFUSED;
	host_on(m->cpu);
	host_set((unsigned int)m->a, m->b);
	host_on(0);
	return ENGINE_MOVED;
}

bool engine_inject(unsigned int cpu, enum event event)
{
	struct engine_event *pending = &now.cpu[cpu].pending;

	if (pending->there)
		pending->event = (uint16_t)event;
	return pending->there;
}

static enum engine_outcome perform(const struct engine_move *m)
{
	now.taken.there = false;
	now.parts = (struct engine_parts){ .count = 0 };
	switch (m->kind) {
	case ENGINE_STEP:
	case ENGINE_MICRO:
		return step(m->kind == ENGINE_MICRO);
	case ENGINE_CPU:
		now.on = m->cpu;
		now.turn = now.ops = ~0ULL;
		now.micro = false;
		return ENGINE_MOVED;
	case ENGINE_BEGIN:
		return begin_as_set(m->cpu);
	case ENGINE_FAIL:
		host_fail((enum host_kind)m->cpu, (unsigned int)m->b, (uint32_t)m->a);
		return ENGINE_MOVED;
	case ENGINE_SET:
		return set(m);
	case ENGINE_EVENT:
		return engine_inject(m->cpu, (enum event)m->a) ? ENGINE_MOVED : ENGINE_REFUSED;
	case ENGINE_HAND:
		return m->hand(m->what) ? ENGINE_MOVED : ENGINE_REFUSED;
	}
	return ENGINE_REFUSED;
}

static struct {
	const struct engine_move *move;
	enum engine_outcome outcome;
} asked;

static void perform_asked(void)
{
	asked.outcome = perform(asked.move);
}

enum engine_outcome engine_perform(const struct engine_move *m)
{
	if (host.stopped || now.lost)
		return ENGINE_ENDED;
	if (m->kind != ENGINE_FAIL && m->cpu >= host.snp.vcpus)
		return ENGINE_REFUSED;
	asked.move = m;
	if (host_stops(perform_asked) != -1) {
		host.stopped = true;
		return ENGINE_STOPPED;
	}
	return asked.outcome;
}

unsigned int engine_cpu(void)
{
	return now.on;
}

const struct engine_cpu *engine_at(unsigned int cpu)
{
	return &now.cpu[cpu];
}

const struct engine_parts *engine_parts(void)
{
	return &now.parts;
}

const struct engine_event *engine_taken(void)
{
	return &now.taken;
}
