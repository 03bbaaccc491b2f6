/* SPDX-License-Identifier: MIT */
/* What one move does to the machine. Which moves, and back: journal.c. */
#include "engine.h"

#include <string.h>
#include <svsm/vmsa.h>

/* Goes back and forth with the machine. */
static struct {
	struct engine_cpu cpu[HOST_CPUS];
	struct engine_event taken;
	uint64_t turn, ops;  /* until the program is asked again */
	enum host_kind kind; /* of ops */
	unsigned int on;
	bool open, ended;
} now __attribute__((aligned(8)));

static const struct engine_program *program;
static void (*watcher)(const struct engine_event *event);

void engine_prepare(const struct engine_program *what)
{
	program = what;
	now.open = true;
	host_save();
	image_include(&now, sizeof(now));
	if (what->bytes != 0)
		image_include(what->state, what->bytes);
}

void engine_watch(void (*watch)(const struct engine_event *event))
{
	watcher = watch;
}

uint16_t engine_arrives(const struct engine_event *event)
{
	struct engine_event *pending = &now.cpu[host_cpu].pending;

	if (!now.open) {
		if (watcher != NULL)
			watcher(event);
		return event->event;
	}
	*pending = *event;
	host_part_event();
	now.taken = *pending;
	pending->there = false;
	return now.taken.event;
}

static void begun(unsigned int cpu)
{
	host_log_clear();
	now.cpu[cpu].busy = true;
	now.on = cpu;
}

static void begin(unsigned int cpu, const struct host_registers *r)
{
	host_part_begin(cpu, r);
	begun(cpu);
}

static bool has_turn(void)
{
	return now.cpu[now.on].busy && now.turn != 0 &&
	       (now.ops != 0 || host_part_waits(now.on) == NULL);
}

/* Until some CPU has a step to make. */
static bool ask(void)
{
	while (!has_turn()) {
		struct engine_line line = { .steps = ~0ULL, .ops = ~0ULL, .kind = HOST_KINDS };

		switch (program->next(&line)) {
		case ENGINE_NONE:
			return false;
		case ENGINE_CALL:
			begin(line.cpu, &line.call);
			break;
		case ENGINE_BEGUN:
			begun(line.cpu);
			break;
		case ENGINE_ON:
			now.on = line.cpu;
			break;
		}
		now.turn = now.cpu[now.on].busy ? line.steps : 0;
		now.ops = line.ops;
		now.kind = line.kind;
	}
	return true;
}

static void count(const struct host_op *op)
{
	if (now.ops != ~0ULL && (now.kind == HOST_KINDS || op->kind == now.kind))
		now.ops--;
}

/* Up to an event, the end of the call, or of the operations that the CPU has. True: over. */
static bool go_on(bool micro)
{
	bool over;

	do {
		const struct host_op *op = host_part_waits(now.on);

		if (op != NULL)
			count(op);
		over = host_part_step(now.on, micro || now.ops != ~0ULL);
	} while (!micro && !over && !host.stopped && now.ops != 0 &&
		 host_part_waits(now.on) != NULL);
	return over;
}

static enum engine_outcome step(bool micro)
{
	struct engine_cpu *c;

	if (!ask()) {
		now.ended = true;
		return ENGINE_ENDED;
	}
	c = &now.cpu[now.on];
	if (now.turn != ~0ULL)
		now.turn--;
	c->busy = !go_on(micro);
	if (host.stopped)
		return ENGINE_STOPPED;
	if (c->busy)
		return ENGINE_MOVED;
	c->result = host_part_result(now.on);
	return ENGINE_OVER;
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
	begin(cpu, &r);
	now.turn = now.ops = ~0ULL;
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

static enum engine_outcome replace(const struct engine_move *m)
{
	struct engine_event *pending = &now.cpu[m->cpu].pending;

	if (!pending->there)
		return ENGINE_REFUSED;
	pending->event = (uint16_t)m->a;
	return ENGINE_MOVED;
}

static enum engine_outcome perform(const struct engine_move *m)
{
	now.taken.there = false;
	switch (m->kind) {
	case ENGINE_STEP:
	case ENGINE_MICRO:
		return step(m->kind == ENGINE_MICRO);
	case ENGINE_CPU:
		now.on = m->cpu;
		now.turn = now.ops = ~0ULL;
		return ENGINE_MOVED;
	case ENGINE_BEGIN:
		return begin_as_set(m->cpu);
	case ENGINE_FAIL:
		host_fail((enum host_kind)m->cpu, (unsigned int)m->b, (uint32_t)m->a);
		return ENGINE_MOVED;
	case ENGINE_SET:
		return set(m);
	case ENGINE_EVENT:
		return replace(m);
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
	if (host.stopped)
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

const struct engine_event *engine_taken(void)
{
	return &now.taken;
}
