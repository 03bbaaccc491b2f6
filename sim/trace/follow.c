/* SPDX-License-Identifier: MIT */
/* From one step to what may come next: where its arrow leads, and what its verb can return. */
#include "check.h"

#include <string.h>
#include <svsm/abi.h>
#include <svsm/boot.h>
#include <svsm/create.h>
#include <svsm/vcpu.h>

#define EVENT(ev) (1U << (ev))

static bool is_verb(const struct chart_arrow *a, const char *verb)
{
	return strcmp(a->verb, verb) == 0;
}

/* All events that have an arrow in that state. */
static uint32_t events_of(unsigned int machine, unsigned int state)
{
	uint32_t events = 0;

	for (unsigned int i = 0; i < charts[machine].arrows; i++)
		if (charts[machine].arrow[i].from == state)
			events |= EVENT(charts[machine].arrow[i].event);
	return events;
}

static struct check_next *expect(struct check_cpu *cpu, unsigned int machine, unsigned int state,
				 uint32_t events)
{
	struct check_next *n = &cpu->next[cpu->count++];

	*n = (struct check_next){
		.machine = (uint8_t)machine,
		.state = (uint8_t)state,
		.events = events & events_of(machine, state),
	};
	return n;
}

static void same(struct check_next *n, uint64_t argument)
{
	n->rule = ARGUMENT_SAME;
	n->argument = argument;
}

/* The registers are the vCPU's until the gate copies others. */
static void expect_vcpu(struct check_cpu *cpu, unsigned int state, uint32_t events)
{
	struct check_next *n = expect(cpu, MACHINE_VCPU, state, events);

	if (cpu->has_rax)
		same(n, cpu->rax);
}

/* What decode can find in that RAX [svsm 5]; the other registers may be wrong. */
static uint32_t decoded(uint64_t rax)
{
	static const enum event found[] = {
		[SVSM_CORE_REMAP_CA] = EV_REMAP,       [SVSM_CORE_PVALIDATE] = EV_PVALIDATE,
		[SVSM_CORE_CREATE_VCPU] = EV_CREATE,   [SVSM_CORE_DELETE_VCPU] = EV_DELETE,
		[SVSM_CORE_DEPOSIT_MEM] = EV_DEPOSIT,  [SVSM_CORE_WITHDRAW_MEM] = EV_WITHDRAW,
		[SVSM_CORE_QUERY_PROTOCOL] = EV_QUERY, [SVSM_CORE_CONFIGURE_VTOM] = EV_VTOM,
	};

	if (rax >= sizeof(found) / sizeof(found[0]))
		return EVENT(EV_REFUSED);
	/* A query of any registers is one. */
	return EVENT(found[rax]) | (rax == SVSM_CORE_QUERY_PROTOCOL ? 0 : EVENT(EV_REFUSED));
}

static void after_boot(struct check_cpu *cpu, const struct chart_arrow *a)
{
	struct check_next *n;

	if (is_verb(a, "stop"))
		return;
	if (!is_verb(a, "ready")) {
		same(expect(cpu, MACHINE_BOOT, a->to, UINT32_MAX), 0);
		return;
	}
	same(expect(cpu, MACHINE_BOOT, a->to, EVENT(EV_FAILED)), 0);
	n = expect(cpu, MACHINE_VCPU, VCPU_NEW, EVENT(EV_START));
	same(n, 0);
}

/* A call's own machine, before its first step or where it was left. */
static void enter_list(struct check_cpu *cpu)
{
	if (cpu->has_list)
		cpu->next[cpu->count++] = cpu->list;
	else
		expect(cpu, MACHINE_PVALIDATE, PVALIDATE_RUN, EVENT(EV_AGAIN));
}

static void open_list(struct check_cpu *cpu)
{
	cpu->has_list = true;
	cpu->list = (struct check_next){
		.machine = MACHINE_PVALIDATE,
		.state = PVALIDATE_NEW,
		.events = EVENT(EV_START),
		.rule = ARGUMENT_SAME,
		.argument = 0,
	};
}

/* One that is sat again has the RAX it had; one that deleted itself is not. */
static void leave(struct check_cpu *cpu, const struct trace_step *s)
{
	if (s->state == VCPU_GATE && cpu->left_count < CHECK_LEFT)
		cpu->left[cpu->left_count] = s->argument;
	if (s->state == VCPU_GATE && cpu->left_count <= CHECK_LEFT)
		cpu->left_count++;
	expect(cpu, MACHINE_VCPU, VCPU_NEW, EVENT(EV_ENTERED))->rule = ARGUMENT_LEFT;
}

/* After so many refusals in a row the CPU sleeps, or stops the VM whose first vCPU never ran. */
static void park(struct check_cpu *cpu, const struct trace_step *s, const struct chart_arrow *a)
{
	const bool is_idle = s->cpu == BOOT_CPU && !cpu->entered;
	const uint32_t limit = is_idle ? EVENT(EV_STOP) : EVENT(EV_AGAIN) | EVENT(EV_ENTERED);

	if (cpu->is_uncounted)
		expect_vcpu(cpu, a->to, EVENT(EV_AGAIN) | limit);
	else
		expect_vcpu(cpu, a->to,
			    ++cpu->refusals % VCPU_PARK_LIMIT == 0 ? limit : EVENT(EV_AGAIN));
}

static void at_gate(struct check_cpu *cpu)
{
	cpu->is_uncounted = false;
	cpu->refusals = 0;
	cpu->entered = true;
}

static void after_vcpu(struct check_cpu *cpu, const struct trace_step *s,
		       const struct chart_arrow *a)
{
	cpu->has_rax = !is_verb(a, "gate");
	cpu->rax = s->argument;
	if (is_verb(a, "stop"))
		return;
	if (is_verb(a, "gate"))
		at_gate(cpu);
	if (is_verb(a, "leave")) {
		leave(cpu, s);
	} else if (is_verb(a, "park")) {
		park(cpu, s, a);
	} else if (is_verb(a, "decode")) {
		expect_vcpu(cpu, a->to, decoded(s->argument));
	} else if (is_verb(a, "create") || is_verb(a, "delete")) {
		expect(cpu, MACHINE_CREATE, CREATE_NEW, EVENT(s->event));
	} else if (is_verb(a, "open") || is_verb(a, "lend")) {
		open_list(cpu);
		expect_vcpu(cpu, a->to, EVENT(EV_AGAIN));
	} else if (is_verb(a, "work")) {
		enter_list(cpu);
	} else {
		expect_vcpu(cpu, a->to, UINT32_MAX);
	}
}

/* The argument is the list's `next`: read by open, moved on by run. */
static void list_argument(struct check_next *n, const struct trace_step *s,
			  const struct chart_arrow *a)
{
	n->argument = s->argument;
	if (is_verb(a, "run"))
		n->rule = ARGUMENT_LEAST;
	else if (!is_verb(a, "open"))
		n->rule = ARGUMENT_SAME;
}

static void after_pvalidate(struct check_cpu *cpu, const struct trace_step *s,
			    const struct chart_arrow *a)
{
	if (is_verb(a, "close")) {
		cpu->has_list = false;
		expect_vcpu(cpu, VCPU_LIST, EVENT(EV_DONE));
		return;
	}
	list_argument(expect(cpu, MACHINE_PVALIDATE, a->to, ~EVENT(EV_AGAIN)), s, a);
	if (!is_verb(a, "run"))
		return;
	/* One run may not be the end: the vCPU's machine comes first. */
	cpu->has_list = true;
	cpu->list = cpu->next[cpu->count - 1];
	cpu->list.events = EVENT(EV_AGAIN);
	cpu->list.rule = ARGUMENT_MORE;
	expect_vcpu(cpu, VCPU_LIST, EVENT(EV_AGAIN));
}

static void after_create(struct check_cpu *cpu, const struct trace_step *s,
			 const struct chart_arrow *a)
{
	if (a->to == CREATE_CLOSED)
		expect_vcpu(cpu, VCPU_CHANGE, EVENT(EV_DONE) | EVENT(EV_GONE));
	else
		same(expect(cpu, MACHINE_CREATE, a->to, UINT32_MAX), s->argument);
}

void check_follow(struct check_cpu *cpu, const struct trace_step *s, const struct chart_arrow *a)
{
	cpu->count = 0;
	switch (s->machine) {
	case MACHINE_BOOT:
		after_boot(cpu, a);
		break;
	case MACHINE_VCPU:
		after_vcpu(cpu, s, a);
		break;
	case MACHINE_PVALIDATE:
		after_pvalidate(cpu, s, a);
		break;
	default:
		after_create(cpu, s, a);
		break;
	}
}
