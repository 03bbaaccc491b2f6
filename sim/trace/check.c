/* SPDX-License-Identifier: MIT */
/* Whether a step may be where it is: see include/sim/check.h. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <svsm/boot.h>
#include <svsm/create.h>
#include <svsm/vcpu.h>

/* By the first CPU, in bring-up; by the others. */
static const struct check_next brought_up[] = {
	{ MACHINE_BOOT, BOOT_START, 1U << EV_START, ARGUMENT_SAME, 0 },
	{ MACHINE_VCPU, VCPU_NEW, 1U << EV_START | 1U << EV_ENTERED, ARGUMENT_LEFT, 0 },
};
/* It has given the first CPU to the guest, and the others sleep. */
static const struct check_next modelled[] = {
	{ MACHINE_VCPU, VCPU_GUEST, 1U << EV_ENTERED | 1U << EV_HOST_REFUSED, ARGUMENT_SAME, 0 },
	{ MACHINE_VCPU, VCPU_NEW, 1U << EV_ENTERED, ARGUMENT_LEFT, 0 },
};

void check_begin(struct check *c, enum trace_begins begins)
{
	const struct check_next *first = begins == TRACE_MODEL ? modelled : brought_up;

	memset(c, 0, sizeof(*c));
	c->booted = begins == TRACE_MODEL;
	for (unsigned int i = 0; i < CPU_MAX; i++) {
		c->cpu[i].count = 1;
		c->cpu[i].next[0] = first[i == BOOT_CPU ? 0 : 1];
	}
}

static bool no(char why[CHECK_WORDS], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool no(char why[CHECK_WORDS], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(why, CHECK_WORDS, format, arguments);
	va_end(arguments);
	return false;
}

/* A vCPU's RAX is 0 at first; one that was left still has its own. */
static bool was_left(const struct check_cpu *cpu, uint64_t rax)
{
	if (rax == 0 || cpu->left_count > CHECK_LEFT)
		return true;
	for (unsigned int i = 0; i < cpu->left_count; i++)
		if (cpu->left[i] == rax)
			return true;
	return false;
}

static bool argument_ok(const struct check_cpu *cpu, const struct check_next *n, uint64_t argument)
{
	switch (n->rule) {
	case ARGUMENT_SAME:
		return argument == n->argument;
	case ARGUMENT_LEAST:
		return argument >= n->argument;
	case ARGUMENT_MORE:
		return argument > n->argument;
	case ARGUMENT_LEFT:
		return was_left(cpu, argument);
	default:
		return true;
	}
}

/* Whatever came before. */
static bool argument_possible(const struct trace_step *s, const struct chart_arrow *a)
{
	switch (s->machine) {
	case MACHINE_BOOT:
		return s->argument == 0;
	case MACHINE_PVALIDATE:
		if (strcmp(a->verb, "open") == 0)
			return s->argument == 0;
		/* Of a list that was refused it may be anything in 16 bits. */
		return s->argument <= (s->event == EV_REFUSED ? UINT16_MAX : SVSM_LIST_MAX);
	case MACHINE_CREATE:
		return is_aligned(s->argument, PAGE_4K) &&
		       (s->event != EV_CREATE || !is_aligned(s->argument, PAGE_2M));
	default:
		return true;
	}
}

/* ---- what was expected, in words ------------------------------------------ */

static size_t add(char *to, size_t at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static size_t add(char *to, size_t at, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(to + at, CHECK_WORDS - at, format, arguments);
	va_end(arguments);
	at += (size_t)length;
	return at < CHECK_WORDS ? at : CHECK_WORDS - 1;
}

static size_t add_next(char *why, size_t at, const struct check_next *n)
{
	static const char *const rule[] = { "", " argument ", " argument at least ",
					    " argument more than " };
	const char *between = " ";

	at = add(why, at, "%s %s", charts[n->machine].name, charts[n->machine].state[n->state]);
	for (unsigned int ev = 0; ev < 32; ev++) {
		if ((n->events >> ev & 1) == 0)
			continue;
		at = add(why, at, "%s%s", between, event_name((enum event)ev));
		between = "|";
	}
	if (n->rule == ARGUMENT_LEFT)
		at = add(why, at, " argument 0, or of a vCPU that it left");
	else if (n->rule != ARGUMENT_ANY)
		at = add(why, at, "%s%#llx", rule[n->rule], (unsigned long long)n->argument);
	return at;
}

static bool unexpected(const struct check_cpu *cpu, char why[CHECK_WORDS])
{
	size_t at = add(why, 0, "expected on this CPU: ");

	if (cpu->count == 0)
		(void)add(why, at, "nothing more");
	for (unsigned int i = 0; i < cpu->count; i++)
		at = add_next(why, i == 0 ? at : add(why, at, ", or "), &cpu->next[i]);
	return false;
}

/* ---- the rules -------------------------------------------------------------- */

/* Steps are lost when 128 came in one go: those are read one after the other. */
static bool check_lost(struct check *c, const struct trace_step *s, char why[CHECK_WORDS])
{
	if (c->lost_left != 0) {
		if (s->cpu != c->lost_cpu || s->lost != 0)
			return no(why, "CPU %u lost steps: %u more of its own were expected",
				  c->lost_cpu, c->lost_left);
		if (c->lost_guest)
			return no(why, "CPU %u lost steps, and yet its guest ran after the next",
				  c->lost_cpu);
		c->lost_left--;
	}
	if (s->lost == 0)
		return true;
	c->cpu[s->cpu].unknown = true;
	c->lost_cpu = s->cpu;
	c->lost_left = RING_ENTRIES - 1;
	c->lost_guest = false;
	if (s->cpu == BOOT_CPU)
		c->booted = true;
	return true;
}

static bool check_place(const struct check *c, const struct trace_step *s, char why[CHECK_WORDS])
{
	const struct check_cpu *cpu = &c->cpu[s->cpu];

	uint64_t least = cpu->time;

	if (cpu->pages < TRACE_WAITING && cpu->page_time > least)
		least = cpu->page_time;
	if (s->time < least)
		return no(why, "time goes back on CPU %u: it was %#llx", s->cpu,
			  (unsigned long long)least);
	if (s->cpu != BOOT_CPU && !c->booted)
		return no(why, "CPU %u before CPU %u has booted", s->cpu, BOOT_CPU);
	return true;
}

/* A vCPU is its APIC id's CPU's for ever. */
static bool check_vcpu(struct check *c, const struct trace_step *s, char why[CHECK_WORDS])
{
	struct check_cpu *cpu = &c->cpu[s->cpu];

	if (s->machine == MACHINE_BOOT || s->cpu == BOOT_CPU)
		return s->vcpu == BOOT_APIC_ID ||
		       no(why, "expected vCPU %u on the boot CPU", BOOT_APIC_ID);
	if (cpu->has_vcpu)
		return s->vcpu == cpu->vcpu || no(why, "CPU %u serves vCPU %u", s->cpu, cpu->vcpu);
	for (unsigned int i = 0; i < CPU_MAX; i++)
		if ((c->cpu[i].has_vcpu && c->cpu[i].vcpu == s->vcpu) || s->vcpu == BOOT_APIC_ID)
			return no(why, "vCPU %u is another CPU's", s->vcpu);
	cpu->has_vcpu = true;
	cpu->vcpu = s->vcpu;
	return true;
}

static bool is_expected(const struct check_cpu *cpu, const struct trace_step *s)
{
	for (unsigned int i = 0; i < cpu->count; i++) {
		const struct check_next *n = &cpu->next[i];

		if (n->machine == s->machine && n->state == s->state && s->event < 32 &&
		    (n->events >> s->event & 1) != 0 && argument_ok(cpu, n, s->argument))
			return true;
	}
	return false;
}

/* Nothing is known of it now, but what it says itself. */
static void forget(struct check_cpu *cpu)
{
	cpu->unknown = false;
	cpu->has_rax = false;
	cpu->has_list = false;
	cpu->is_uncounted = true;
	cpu->left_count = CHECK_LEFT + 1;
}

static bool check_chart(struct check *c, const struct trace_step *s, char why[CHECK_WORDS])
{
	const struct chart_arrow *a = chart_find(s->machine, s->state, s->event);
	struct check_cpu *cpu = &c->cpu[s->cpu];

	if (cpu->unknown && a == NULL)
		return no(why, "%s has no such arrow", charts[s->machine].name);
	if (cpu->unknown && s->machine == MACHINE_BOOT && s->cpu != BOOT_CPU)
		return no(why, "CPU %u alone boots", BOOT_CPU);
	if (!cpu->unknown && (!is_expected(cpu, s) || a == NULL))
		return unexpected(cpu, why);
	if (!argument_possible(s, a))
		return no(why, "%s cannot have that argument", charts[s->machine].name);
	if (cpu->unknown)
		forget(cpu);
	check_follow(cpu, s, a);
	if (s->machine == MACHINE_BOOT && strcmp(a->verb, "ready") == 0)
		c->booted = true;
	if (strcmp(a->verb, "enter") == 0)
		c->lost_guest = true;
	return true;
}

/* Numbered by the host: the first CPU is the same, and the others' are their own. */
static bool check_page_vcpu(struct check *c, const struct trace_step *s, char why[CHECK_WORDS])
{
	struct check_cpu *cpu = &c->cpu[s->cpu];

	if (cpu->has_page_vcpu)
		return s->vcpu == cpu->page_vcpu ||
		       no(why, "a change by vCPU %u was expected", cpu->page_vcpu);
	if ((s->cpu == BOOT_CPU) != (s->vcpu == BOOT_APIC_ID))
		return no(why, "vCPU %u is CPU %u's", BOOT_APIC_ID, BOOT_CPU);
	for (unsigned int i = 0; i < CPU_MAX; i++)
		if (c->cpu[i].has_page_vcpu && c->cpu[i].page_vcpu == s->vcpu)
			return no(why, "vCPU %u is CPU %u's", s->vcpu, i);
	cpu->has_page_vcpu = true;
	cpu->page_vcpu = s->vcpu;
	return true;
}

static bool check_page(struct check *c, const struct trace_step *s, char why[CHECK_WORDS])
{
	struct check_cpu *cpu = &c->cpu[s->cpu];
	uint64_t least = cpu->time > cpu->page_time ? cpu->time : cpu->page_time;

	if (!trace_page_known(s))
		return no(why, "there is no such change of a page");
	if (s->time < least)
		return no(why, "time goes back on CPU %u: it was %#llx", s->cpu,
			  (unsigned long long)least);
	cpu->page_time = s->time;
	cpu->pages++;
	return check_page_vcpu(c, s, why);
}

bool check_step(struct check *c, const struct trace_step *s, char why[CHECK_WORDS])
{
	if (s->cpu >= CPU_MAX)
		return no(why, "there are at most %u CPUs", CPU_MAX);
	if (trace_is_page(s)) /* no machine's step */
		return check_page(c, s, why);
	if (s->machine >= MACHINES)
		return no(why, "there are %u machines", MACHINES);
	if (s->state >= charts[s->machine].states)
		return no(why, "%s has %u states", charts[s->machine].name,
			  charts[s->machine].states);
	if (s->result != 0)
		return no(why, "the result is always 0");
	if (!check_lost(c, s, why) || !check_place(c, s, why) || !check_vcpu(c, s, why) ||
	    !check_chart(c, s, why))
		return false;
	c->cpu[s->cpu].begun = true;
	c->cpu[s->cpu].time = s->time;
	c->cpu[s->cpu].page_time = 0;
	c->cpu[s->cpu].pages = 0;
	c->steps++;
	return true;
}
