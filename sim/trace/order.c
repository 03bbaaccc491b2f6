/* SPDX-License-Identifier: MIT */
/*
 * What the steps of one CPU say of those of others, by their times: a step
 * begins, and its time is taken, before its verb does anything. A save area is
 * in one call at a time, is made once before it is deleted, and a CPU other than
 * the first serves a request only while there is one that may be its own.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <svsm/create.h>
#include <svsm/vcpu.h>

#define SAVES 1024U

struct moment {
	uint64_t time, step, before; /* before: the time of the CPU's last step */
};

enum phase { PHASE_GONE, PHASE_MADE, PHASE_LIVE, PHASE_CLOSING };

struct save {
	uint64_t page;
	uint64_t died; /* when it was last deleted */
	uint64_t cpus; /* whose it may be, a bit each */
	enum phase phase;
};

struct order {
	const struct trace_step *step;
	struct moment *moment;
	uint64_t moments, room;
	uint64_t horizon; /* steps are lost after that */
	uint64_t last[CPU_MAX];
	bool has_steps[CPU_MAX];
	struct save save[SAVES];
	unsigned int saves;
};

static bool is_moment(const struct trace_step *s)
{
	if (s->machine == MACHINE_CREATE)
		return s->state != CREATE_NEW;
	/* The startup vCPU is on the first CPU for ever. */
	return s->machine == MACHINE_VCPU && s->cpu != BOOT_CPU &&
	       (s->state == VCPU_NEW || (s->state == VCPU_GATE && s->event == EV_CALL));
}

static void add_moment(struct order *o, uint64_t at)
{
	const struct trace_step *s = &o->step[at];

	if (o->moments == o->room) {
		o->room = 2 * o->room + 1000;
		o->moment = realloc(o->moment, o->room * sizeof(*o->moment));
		if (o->moment == NULL)
			abort();
	}
	o->moment[o->moments++] = (struct moment){ s->time, at, o->last[s->cpu] };
}

static int by_time(const void *a, const void *b)
{
	const struct moment *l = a, *r = b;

	if (l->time != r->time)
		return l->time < r->time ? -1 : 1;
	return l->step < r->step ? -1 : 1;
}

static void collect(struct order *o, uint64_t steps)
{
	o->horizon = UINT64_MAX;
	for (uint64_t i = 0; i < steps; i++) {
		const struct trace_step *s = &o->step[i];

		if (trace_is_page(s))
			continue;
		if (s->lost != 0 && o->last[s->cpu] < o->horizon)
			o->horizon = o->last[s->cpu];
		if (is_moment(s))
			add_moment(o, i);
		o->last[s->cpu] = s->time;
		o->has_steps[s->cpu] = true;
	}
	if (o->moments != 0)
		qsort(o->moment, o->moments, sizeof(*o->moment), by_time);
}

/* ---- save areas --------------------------------------------------------------- */

static struct save *find(struct order *o, uint64_t page)
{
	for (unsigned int i = 0; i < o->saves; i++)
		if (o->save[i].page == page)
			return &o->save[i];
	return NULL;
}

static bool make(struct order *o, const struct trace_step *s, char why[CHECK_WORDS])
{
	struct save *v = find(o, s->argument);

	if (v != NULL && v->phase != PHASE_GONE) {
		(void)snprintf(why, CHECK_WORDS, "the page is %s",
			       v->phase == PHASE_LIVE ? "a save area, and was not deleted"
						      : "in another CPU's call meanwhile");
		return false;
	}
	if (v == NULL)
		v = &o->save[o->saves++];
	*v = (struct save){ s->argument, v->died, UINT64_MAX, PHASE_MADE };
	return true;
}

static bool close_it(struct save *v, char why[CHECK_WORDS])
{
	if (v != NULL && v->phase == PHASE_LIVE) {
		v->phase = PHASE_CLOSING;
		return true;
	}
	(void)snprintf(why, CHECK_WORDS, "%s",
		       v != NULL && v->phase != PHASE_GONE
			       ? "the page is in another CPU's call meanwhile"
			       : "no CREATE_VCPU made that page a save area before");
	return false;
}

static bool change(struct order *o, const struct trace_step *s, char why[CHECK_WORDS])
{
	const char *verb = chart_find(s->machine, s->state, s->event)->verb;
	struct save *v = find(o, s->argument);

	if (strcmp(verb, "revoke") == 0)
		return make(o, s, why);
	if (strcmp(verb, "open") == 0)
		return close_it(v, why);
	if (v == NULL || s->state == CREATE_CLAIM || s->state == CREATE_HOLD)
		return true;
	if (strcmp(verb, "publish") == 0 || strcmp(verb, "keep") == 0)
		v->phase = PHASE_LIVE;
	else if (strcmp(verb, "undo") == 0 || strcmp(verb, "remove") == 0)
		v->phase = PHASE_GONE;
	if (strcmp(verb, "remove") == 0)
		v->died = s->time;
	return true;
}

/* ---- their CPUs ----------------------------------------------------------------- */

/* A CPU sits a vCPU some time after its last step, and may find later that it is deleted. */
static bool check_sit(const struct order *o, const struct moment *m, char why[CHECK_WORDS])
{
	unsigned int cpu = o->step[m->step].cpu;

	for (unsigned int i = 0; i < o->saves; i++) {
		const struct save *v = &o->save[i];

		if ((v->cpus >> cpu & 1) != 0 && (v->phase >= PHASE_LIVE || v->died > m->before))
			return true;
	}
	(void)snprintf(why, CHECK_WORDS, "no CREATE_VCPU made a vCPU for CPU %u before", cpu);
	return false;
}

/* A request is served, and there is one save area that it can have: it is that CPU's alone. */
static bool check_call(struct order *o, const struct moment *m, char why[CHECK_WORDS])
{
	unsigned int cpu = o->step[m->step].cpu, count = 0;
	struct save *its = NULL;

	for (unsigned int i = 0; i < o->saves; i++) {
		if (o->save[i].phase != PHASE_LIVE || (o->save[i].cpus >> cpu & 1) == 0)
			continue;
		its = &o->save[i];
		count++;
	}
	if (count == 0) {
		(void)snprintf(why, CHECK_WORDS,
			       "a request, and each vCPU that CPU %u may have is deleted", cpu);
		return false;
	}
	if (count == 1)
		its->cpus = 1ULL << cpu;
	return true;
}

static bool check_moment(struct order *o, const struct moment *m, char why[CHECK_WORDS])
{
	const struct trace_step *s = &o->step[m->step];

	if (s->machine == MACHINE_CREATE)
		return change(o, s, why);
	return s->state == VCPU_NEW ? check_sit(o, m, why) : check_call(o, m, why);
}

/*
 * A CPU's steps are written when it next leaves VMPL0. What happened before the
 * last step of each is there; after that, another CPU's may not have come into
 * the file.
 */
static bool is_all_there(const struct order *o, const struct moment *m)
{
	for (unsigned int i = 0; i < CPU_MAX; i++)
		if (o->has_steps[i] && i != o->step[m->step].cpu && o->last[i] < m->time)
			return false;
	return true;
}

bool check_order(const struct trace_step *step, uint64_t steps, uint64_t *refused,
		 char why[CHECK_WORDS])
{
	struct order *o = calloc(1, sizeof(*o));
	bool ok = true;

	if (o == NULL)
		abort();
	o->step = step;
	collect(o, steps);
	for (uint64_t i = 0; i < o->moments; i++) {
		const struct moment *m = &o->moment[i];

		if (m->time > o->horizon || o->saves == SAVES)
			break;
		if (check_moment(o, m, why))
			continue;
		ok = !is_all_there(o, m);
		*refused = m->step;
		break;
	}
	free(o->moment);
	free(o);
	return ok;
}
