/* SPDX-License-Identifier: MIT */
/*
 * The changes of pages in a trace: each is one of what the page was, none is
 * made by a CPU that is in the guest, and a save area comes of CREATE_VCPU.
 * Pages are told apart by their guest physical addresses: a hypervisor that
 * shows another frame there is not understood.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <svsm/create.h>
#include <svsm/vcpu.h>

#define FRAMES 512U
#define FRAME_SHIFT 12U

/* A frame's, besides the rights of VMPL1 to 3 in 4 bits each. */
#define KNOWN 0x8000U
#define PRIVATE 0x4000U
#define VALID 0x2000U
#define SAVE_AREA 0x1000U
#define RIGHTS_SHIFT(vmpl) (4 * ((vmpl)-1))

struct region {
	uint64_t number;
	uint16_t frame[FRAMES];
};

struct pages {
	const struct trace_step *step;
	struct region **region; /* a hash table of pointers, of a power of two */
	uint64_t room, regions;
	const struct trace_step *last[CPU_MAX];	 /* a CPU's step, of a vCPU's or a call's machine */
	const struct trace_step *wrong[CPU_MAX]; /* the first change since then in a wrong place */
};

/* ---- a table of pages ------------------------------------------------------------ */

static struct region **place(const struct pages *p, uint64_t number)
{
	uint64_t at = number * 0x9e3779b97f4a7c15ULL >> 20;

	while (p->region[at & (p->room - 1)] != NULL &&
	       p->region[at & (p->room - 1)]->number != number)
		at++;
	return &p->region[at & (p->room - 1)];
}

static void grow(struct pages *p)
{
	struct pages old = *p;

	p->room = old.room == 0 ? 1024 : 2 * old.room;
	p->region = calloc(p->room, sizeof(struct region *));
	if (p->region == NULL)
		abort();
	for (uint64_t i = 0; i < old.room; i++)
		if (old.region[i] != NULL)
			*place(p, old.region[i]->number) = old.region[i];
	free(old.region);
}

static struct region *region_of(struct pages *p, uint64_t address)
{
	uint64_t number = (address >> FRAME_SHIFT) / FRAMES;
	struct region **at;

	if (2 * p->regions >= p->room)
		grow(p);
	at = place(p, number);
	if (*at == NULL) {
		*at = calloc(1, sizeof(**at));
		if (*at == NULL)
			abort();
		(*at)->number = number;
		p->regions++;
	}
	return *at;
}

static void drop(struct pages *p)
{
	for (uint64_t i = 0; i < p->room; i++)
		free(p->region[i]);
	free(p->region);
}

/* ---- one frame -------------------------------------------------------------------- */

static const char *change_rights(uint16_t *f, uint32_t what)
{
	unsigned int vmpl = what >> 8, rights = what & 0xff, old;

	if (vmpl < 1 || vmpl > 3 || rights > 15)
		return "there are no such rights";
	old = (unsigned int)*f >> RIGHTS_SHIFT(vmpl) & 15U;
	*f = (uint16_t)((*f & ~(15U << RIGHTS_SHIFT(vmpl))) | rights << RIGHTS_SHIFT(vmpl));
	return old == rights ? "the page has these rights already" : NULL;
}

static const char *set(uint16_t *f, unsigned int flag, bool on)
{
	bool was = (*f & flag) != 0;

	*f = (uint16_t)(on ? *f | flag : *f & ~flag);
	return was == on ? "the page is so already" : NULL;
}

static const char *assign(uint16_t *f, bool to_guest)
{
	bool same = (*f & KNOWN) != 0 && to_guest == ((*f & PRIVATE) != 0);

	*f = (uint16_t)(to_guest ? KNOWN | PRIVATE : KNOWN);
	return same ? "the page is so already" : NULL;
}

/* NULL: it can be so. */
static const char *change(uint16_t *f, const struct trace_step *s)
{
	if (s->state == TRACE_PRIVATE || s->state == TRACE_SHARED)
		return assign(f, s->state == TRACE_PRIVATE);
	if ((*f & PRIVATE) == 0)
		return "the page is not private";
	switch (s->state) {
	case TRACE_RMPADJUST:
		return change_rights(f, s->result);
	case TRACE_VALIDATE:
	case TRACE_RESCIND:
		return set(f, VALID, s->state == TRACE_VALIDATE);
	default:
		if ((*f & VALID) == 0 && s->state == TRACE_VMSA)
			return "the page is not validated";
		return set(f, SAVE_AREA, s->state == TRACE_VMSA);
	}
}

static const char *change_all(struct pages *p, const struct trace_step *s)
{
	bool is_2m = (s->argument & 1) != 0;
	struct region *r = region_of(p, s->argument);
	unsigned int first = s->argument >> FRAME_SHIFT & (FRAMES - 1);
	const char *wrong = NULL;

	if (is_2m && first != 0)
		return "it is no 2M page";
	for (unsigned int i = first; wrong == NULL && i < (is_2m ? FRAMES : first + 1); i++)
		wrong = change(&r->frame[i], s);
	return wrong;
}

/* ---- when ---------------------------------------------------------------------------- */

static bool is_in_guest(const struct trace_step *s)
{
	const struct chart_arrow *a = chart_find(s->machine, s->state, s->event);

	return s->machine == MACHINE_VCPU && a != NULL && strcmp(a->verb, "enter") == 0;
}

static bool is_sealed(const struct trace_step *s, uint64_t page)
{
	return s->machine == MACHINE_CREATE && s->state == CREATE_ROOM && s->event == EV_DONE &&
	       s->argument == page;
}

/* What only VMPL0 does: validate, and make a save area. Before its first step a CPU comes up. */
static bool is_in_place(const struct pages *p, const struct trace_step *s)
{
	const struct trace_step *last = p->last[s->cpu];

	if (last == NULL || last->vcpu != s->vcpu)
		return true;
	return s->state == TRACE_VMSA ? is_sealed(last, s->argument)
				      : s->state != TRACE_VALIDATE || !is_in_guest(last);
}

/* Unless the steps before it are lost, or come behind it: that is seen at the next one. */
static bool was_in_place(struct pages *p, const struct trace_step *s, uint64_t *refused)
{
	const struct trace_step *wrong = p->wrong[s->cpu];

	p->wrong[s->cpu] = NULL;
	if (s->machine != MACHINE_BOOT)
		p->last[s->cpu] = s;
	if (wrong == NULL || s->lost != 0 || s->time < wrong->time)
		return true;
	*refused = (uint64_t)(wrong - p->step);
	return false;
}

/* A page is a save area no longer when DELETE_VCPU says that it removes it, and still one if not.
 */
static bool is_removed(struct pages *p, const struct trace_step *s)
{
	unsigned int number = s->argument >> FRAME_SHIFT & (FRAMES - 1);
	uint16_t frame;

	if (s->machine != MACHINE_CREATE || s->state != CREATE_OPEN || s->lost != 0)
		return true;
	frame = region_of(p, s->argument)->frame[number];
	return (frame & KNOWN) == 0 || ((frame & SAVE_AREA) == 0) == (s->event == EV_DONE);
}

static bool check_one(struct pages *p, const struct trace_step *s, uint64_t at, uint64_t *refused,
		      char why[CHECK_WORDS])
{
	const char *wrong;

	if (!trace_is_page(s)) {
		if (!was_in_place(p, s, refused)) {
			(void)snprintf(why, CHECK_WORDS, "that is no time for it on CPU %u",
				       s->cpu);
			return false;
		}
		if (is_removed(p, s))
			return true;
		*refused = at;
		(void)snprintf(why, CHECK_WORDS, "the page is %s save area",
			       s->event == EV_DONE ? "still a" : "no longer a");
		return false;
	}
	if (p->wrong[s->cpu] == NULL && !is_in_place(p, s))
		p->wrong[s->cpu] = s;
	wrong = change_all(p, s);
	if (wrong == NULL)
		return true;
	*refused = at;
	(void)snprintf(why, CHECK_WORDS, "%s", wrong);
	return false;
}

bool check_pages(const struct trace_step *step, uint64_t steps, uint64_t *refused,
		 char why[CHECK_WORDS])
{
	struct pages p = { .step = step };
	bool ok = true;

	for (uint64_t i = 0; ok && i < steps; i++)
		ok = check_one(&p, &step[i], i, refused, why);
	drop(&p);
	return ok;
}
