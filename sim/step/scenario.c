/* SPDX-License-Identifier: MIT */
/* A scenario as the program of the engine: its lines are the turns of the CPUs. */
#include "program.h"

#include <stdio.h>

static const struct scenario *s;

/* Goes back and forth with the machine. */
static struct {
	uint64_t at; /* line that is next */
	char complaint[224];
} now __attribute__((aligned(8)));

static void complain(unsigned int line, unsigned int column, const char *what)
{
	if (what != NULL && now.complaint[0] == '\0')
		(void)snprintf(now.complaint, sizeof(now.complaint), "%s:%u:%u: %s", s->path, line,
			       column, what);
}

/* The line before has had its turn. */
static void look_back(void)
{
	const struct scenario_line *l;

	if (now.at == 0)
		return;
	l = &s->line[now.at - 1];
	if (scenario_is_turn(l))
		complain(l->expect.line, l->expect.column, scenario_expect(l, -1));
}

static bool begin(const struct scenario_line *l)
{
	const char *wrong = scenario_begin(l);

	complain(l->line, l->column, wrong);
	return wrong == NULL;
}

static enum engine_turn turn(const struct scenario_line *l, struct engine_line *line)
{
	line->cpu = l->cpu;
	switch (l->word) {
	case SCENARIO_BEGIN:
		line->steps = 0;
		return begin(l) ? ENGINE_BEGUN : ENGINE_NONE;
	case SCENARIO_CALL:
		return begin(l) ? ENGINE_BEGUN : ENGINE_NONE;
	case SCENARIO_ADVANCE:
		line->ops = l->count;
		line->kind = l->past ? (enum host_kind)l->what : HOST_KINDS;
		return ENGINE_ON;
	default:
		return ENGINE_ON;
	}
}

static enum engine_turn next(struct engine_line *line)
{
	look_back();
	while (now.at < s->lines) {
		const struct scenario_line *l = &s->line[now.at++];

		if (scenario_is_turn(l))
			return turn(l, line);
		complain(l->line, l->column, scenario_apply(s, l));
	}
	return ENGINE_NONE;
}

const char *program_complaint(void)
{
	return now.complaint[0] != '\0' ? now.complaint : NULL;
}

const struct engine_program *program_scenario(const struct scenario *scenario)
{
	static const struct engine_program program = { next, &now, sizeof(now) };

	s = scenario;
	scenario_set_up(s);
	return &program;
}
