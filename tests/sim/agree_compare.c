/* SPDX-License-Identifier: MIT */
/*
 * Two traces of one scenario. Of the image's counts what lies between the two
 * calls of the vCPU that drives it (table.h), and not that vCPU's own. On each
 * CPU the same machines of the same vCPUs are to be given the same events in
 * the same states, in the same order: bring-up, and the set-up by the guest's
 * own calls, are before. The arguments too, where the scenario says what they
 * are: RAX once a call is decoded, how far a list is, a save area's address.
 */
#include "agree.h"
#include "guest/scenario/table.h"

#include <inttypes.h>
#include <sim/chart.h>
#include <sim/trace.h>
#include <stdio.h>

struct run {
	struct trace trace;
	uint64_t first, end; /* steps that count */
};

static bool is_mark(const struct trace_step *t, uint64_t rax)
{
	return t->machine == MACHINE_VCPU && t->state == VCPU_DECODE && t->argument == rax;
}

static bool find(const struct trace *t, uint64_t rax, uint64_t from, uint64_t *at)
{
	for (*at = from; *at < t->steps; (*at)++)
		if (is_mark(&t->step[*at], rax))
			return true;
	return false;
}

static bool counts(const struct scenario *s, const struct trace_step *t)
{
	return t->cpu < s->cpus && t->machine < MACHINES && t->machine != MACHINE_BOOT;
}

/* The next one on that CPU at or after *at; NULL: none. */
static const struct trace_step *next(const struct scenario *s, const struct run *r,
				     unsigned int cpu, uint64_t *at)
{
	while (*at < r->end) {
		const struct trace_step *t = &r->trace.step[(*at)++];

		if (t->cpu == cpu && counts(s, t))
			return t;
	}
	return NULL;
}

/* An address as in the scenario; ~0: what was there before it, or not yet. */
static uint64_t argument(const struct trace_step *t)
{
	if (t->machine == MACHINE_CREATE)
		return t->argument - (t->argument - TABLE_BASE < TABLE_BYTES ? TABLE_BASE : 0);
	if (t->machine != MACHINE_VCPU)
		return t->argument;
	return t->state == VCPU_NEW || t->state == VCPU_GUEST || t->state == VCPU_GATE
		       ? ~0ULL
		       : t->argument;
}

static bool same(const struct trace_step *m, const struct trace_step *i)
{
	return m->machine == i->machine && m->state == i->state && m->event == i->event &&
	       m->vcpu == i->vcpu && argument(m) == argument(i) && i->lost == 0;
}

static void say(const char *who, const struct trace_step *t)
{
	const struct chart *c;

	if (t == NULL) {
		printf("# %s: nothing more\n", who);
		return;
	}
	c = &charts[t->machine];
	printf("# %s: vcpu %u: %s %s %s, argument 0x%" PRIx64 ", %u lost before\n", who, t->vcpu,
	       c->name, t->state < c->states ? c->state[t->state] : "?",
	       event_name((enum event)t->event), argument(t), t->lost);
}

static bool has(const struct scenario *s, enum scenario_word word, unsigned int cpu)
{
	for (unsigned int i = 0; i < s->lines; i++)
		if (s->line[i].word == word && s->line[i].cpu == cpu)
			return true;
	return false;
}

/*
 * A vCPU that is stopped for ever is left before its next operation by the
 * model, and right behind its last one by soft-SNP: the model has what is between.
 */
static bool only_the_model(const struct scenario *s, const struct run *model, unsigned int cpu,
			   const struct trace_step *m, uint64_t at)
{
	for (; m != NULL; m = next(s, model, cpu, &at))
		if (m->event == EV_ENTERED)
			return false;
	return has(s, SCENARIO_STOP, cpu);
}

/*
 * When the hypervisor only pretends that it has entered the guest, the model
 * leaves it at that until VMPL0 is entered next. The image goes on at once, and finds
 * that nobody has asked.
 */
static bool only_the_image(const struct scenario *s, const struct run *image, unsigned int cpu,
			   const struct trace_step *i, uint64_t at)
{
	const struct trace_step *then = next(s, image, cpu, &at);

	return has(s, SCENARIO_PRETEND, 0) && i->event == EV_ENTERED && then != NULL &&
	       then->event == EV_SPURIOUS && next(s, image, cpu, &at) == NULL;
}

static bool compare_cpu(const struct scenario *s, const struct run *model, const struct run *image,
			unsigned int cpu, uint64_t *steps)
{
	uint64_t at_model = model->first, at_image = image->first;

	for (uint64_t nth = 1;; nth++) {
		const struct trace_step *m = next(s, model, cpu, &at_model);
		const struct trace_step *i = next(s, image, cpu, &at_image);

		if (i == NULL && (m == NULL || only_the_model(s, model, cpu, m, at_model)))
			return true;
		if (m == NULL && i != NULL && only_the_image(s, image, cpu, i, at_image))
			return true;
		if (m == NULL || i == NULL || !same(m, i)) {
			printf("# CPU %u, step %" PRIu64 "\n", cpu, nth);
			say("model", m);
			say("image", i);
			return false;
		}
		++*steps;
	}
}

static bool open_model(struct run *r, const char *path)
{
	*r = (struct run){ 0 };
	if (!trace_open(&r->trace, path))
		return false;
	r->end = r->trace.steps;
	return true;
}

/* Where the VM is stopped there is no second mark. */
static bool open_image(const struct scenario *s, struct run *r, const char *path)
{
	*r = (struct run){ 0 };
	if (!trace_open(&r->trace, path))
		return false;
	if (find(&r->trace, TABLE_BEGIN, 0, &r->first) &&
	    find(&r->trace, TABLE_END, r->first, &r->end) != s->line[s->lines - 1].expect.stops)
		return true;
	printf("# %s: the scenario does not come to its end\n", path);
	return false;
}

int agree_compare(const struct scenario *s, const char *model_path, const char *image_path)
{
	struct run model, image;
	uint64_t steps = 0;

	if (!open_model(&model, model_path) || !open_image(s, &image, image_path))
		return 1;
	for (unsigned int cpu = 0; cpu < s->cpus; cpu++)
		if (!compare_cpu(s, &model, &image, cpu, &steps))
			return 1;
	if (steps == 0)
		puts("# no steps at all");
	else
		printf("%" PRIu64 "\n", steps);
	trace_close(&model.trace);
	trace_close(&image.trace);
	return steps == 0 ? 1 : 0;
}
