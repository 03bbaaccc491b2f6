/* SPDX-License-Identifier: MIT */
/* A scenario as the program of the engine: its lines are the turns of the CPUs. */
#include "program.h"

#include <stdio.h>

static const struct scenario *s;

static uint64_t end; /* lines there are, with repetitions */

/* Goes back and forth with the machine. */
static struct {
	uint64_t at; /* line that is next */
	char complaint[224];
} now __attribute__((aligned(8)));

/* True: it is the first one. */
static bool complain(unsigned int line, unsigned int column, const char *what)
{
	if (what == NULL || now.complaint[0] != '\0')
		return false;
	(void)snprintf(now.complaint, sizeof(now.complaint), "%s:%u:%u: %s", s->path, line, column,
		       what);
	return true;
}

static bool is_busy(const struct scenario_line *l, unsigned int *cpu)
{
	*cpu = l->cpu;
	return host.guest_of[l->cpu].busy;
}

/* A call has to end before the next line: its turn was cut short by hand. */
static bool is_left(unsigned int *cpu)
{
	const struct scenario_line *before = now.at != 0 ? program_line(now.at - 1) : NULL;

	if (before != NULL && (before->word == SCENARIO_CALL || before->word == SCENARIO_FINISH) &&
	    is_busy(before, cpu))
		return true;
	return now.at < end && scenario_needs_idle(program_line(now.at)) &&
	       is_busy(program_line(now.at), cpu);
}

/* The line before has had its turn. */
static bool look_back(void)
{
	const struct scenario_line *l;

	if (now.at == 0)
		return false;
	l = program_line(now.at - 1);
	return scenario_is_turn(l) && !host.guest_of[l->cpu].busy &&
	       complain(l->expect.line, l->expect.column, scenario_expect(l, -1));
}

static bool begin(const struct scenario_line *l)
{
	const char *wrong = scenario_begin(l);

	(void)complain(l->line, l->column, wrong);
	return wrong == NULL;
}

static enum engine_turn turn(const struct scenario_line *l, struct engine_line *line)
{
	line->cpu = l->cpu;
	line->micro = l->word == SCENARIO_MICRO;
	switch (l->word) {
	case SCENARIO_STEP:
	case SCENARIO_MICRO:
		line->steps = l->count;
		return ENGINE_ON;
	case SCENARIO_BEGIN:
		line->steps = 0;
		return begin(l) ? ENGINE_BEGUN : ENGINE_DONE;
	case SCENARIO_CALL:
		return begin(l) ? ENGINE_BEGUN : ENGINE_DONE;
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
	const struct scenario_line *l;
	bool is_done = false;

	for (;;) {
		if (is_left(&line->cpu))
			return ENGINE_ON;
		is_done |= look_back();
		if (now.at == end)
			return is_done ? ENGINE_DONE : ENGINE_NONE;
		l = program_line(now.at++);
		if (scenario_is_turn(l))
			return turn(l, line);
		(void)complain(l->line, l->column, scenario_apply(s, l));
		is_done = true;
	}
}

const char *program_complaint(void)
{
	return now.complaint[0] != '\0' ? now.complaint : NULL;
}

uint64_t program_at(void)
{
	return now.at;
}

const struct scenario_line *program_line(uint64_t n)
{
	return &s->line[n == 0 ? 0 : 1 + (n - 1) % (s->lines - 1)];
}

const char *program_path(void)
{
	return s->path;
}

const struct scenario *program_scenario(void)
{
	return s;
}

static const char *refused;

bool program_hand(const void *line)
{
	const struct scenario *by_hand = line;

	refused = scenario_apply(by_hand, &by_hand->line[1]);
	return refused == NULL;
}

const char *program_refused(void)
{
	return refused;
}

const struct engine_program *program_of(const struct scenario *scenario, uint64_t times)
{
	static const struct engine_program program = {
		.next = next, .state = { { (uint8_t *)&now, sizeof(now) } }
	};

	s = scenario;
	end = 1 + times * (s->lines - 1);
	scenario_set_up(s);
	for (; now.at < end && scenario_sets_up(program_line(now.at)); now.at++)
		(void)complain(program_line(now.at)->line, program_line(now.at)->column,
			       scenario_apply(s, program_line(now.at)));
	return &program;
}
