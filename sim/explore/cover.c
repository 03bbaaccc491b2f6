/* SPDX-License-Identifier: MIT */
/* What the search has come by. A child process shares it with its parent. */
#include "cover.h"

#include <stdio.h>
#include <string.h>

struct cover *cover;

void cover_use(struct cover *c)
{
	cover = c;
}

void cover_own(void)
{
	static struct cover own;

	cover_use(&own);
}

size_t cover_bytes(void)
{
	return sizeof(*cover);
}

void cover_forget(void)
{
	memset(cover, 0, sizeof(*cover));
}

void cover_add(struct cover *to, const struct cover *from)
{
	bool *t = (bool *)to;
	const bool *f = (const bool *)from;

	_Static_assert(sizeof(struct cover) % sizeof(bool) == 0, "nothing but bool");
	for (size_t i = 0; i < sizeof(*to) / sizeof(bool); i++)
		t[i] |= f[i];
}

void cover_arrow(unsigned int machine, unsigned int state, unsigned int event)
{
	if (machine < MACHINES && state < STATES && event < EVENTS)
		cover->arrow[machine][state][event] = true;
}

void cover_stop(enum reason reason)
{
	cover->stop[reason] = true;
}

static bool is_taken(const struct cover *c, unsigned int machine, const struct chart_arrow *a)
{
	return a->from < STATES && a->event < EVENTS && c->arrow[machine][a->from][a->event];
}

static unsigned int count(const struct cover *c, unsigned int machine)
{
	const struct chart *chart = &charts[machine];
	unsigned int taken = 0;

	for (unsigned int i = 0; i < chart->arrows; i++)
		taken += is_taken(c, machine, &chart->arrow[i]);
	return taken;
}

static bool print_machine(const struct cover *c, unsigned int machine, FILE *to)
{
	const struct chart *chart = &charts[machine];
	unsigned int taken = count(c, machine);

	fprintf(to, "arrows of %s: %u of %u%s", chart->name, taken, chart->arrows,
		taken == chart->arrows ? "" : ", not");
	for (unsigned int i = 0; i < chart->arrows; i++)
		if (!is_taken(c, machine, &chart->arrow[i]))
			fprintf(to, " %s.%s", chart->state[chart->arrow[i].from],
				event_name((enum event)chart->arrow[i].event));
	fputc('\n', to);
	return taken == chart->arrows;
}

bool cover_print(const struct cover *c, bool whole, FILE *to)
{
	bool is_all = true;

	c = c != NULL ? c : cover;
	for (unsigned int machine = 0; machine < MACHINES; machine++)
		if (whole || count(c, machine) != 0)
			is_all &= print_machine(c, machine, to);
	is_all &= cover_print_results(c, whole, to);
	for (unsigned int reason = 0; reason < 256; reason++)
		if (c->stop[reason])
			fprintf(to, "stops after a refusal: %s\n",
				reason_words((enum reason)reason));
	return is_all;
}
