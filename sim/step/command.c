/* SPDX-License-Identifier: MIT */
/* The commands, and those that move. */
#include "session.h"

#include <inttypes.h>
#include <string.h>

bool session_json, session_over, session_choices;

static enum engine_outcome outcome; /* of the last move */

/* Makes the move; false: there is nothing to go on for. */
static bool one(const struct engine_move *move, bool quiet)
{
	const char *why;

	stops_before();
	outcome = engine_move(move);
	why = stops_hit(outcome);
	if (!quiet || why != NULL || outcome >= ENGINE_STOPPED || session_json)
		report_stop(outcome, why);
	return why == NULL && outcome < ENGINE_STOPPED;
}

static bool steps(const struct line *line, enum engine_kind kind)
{
	const struct engine_move move = { .kind = kind, .cpu = 0 };
	uint64_t count = 1;

	if (line->words > 1 && !line_number(line, 1, &count))
		return false;
	for (uint64_t i = 0; i < count; i++)
		if (!one(&move, false))
			break;
	report_where();
	return true;
}

static bool do_step(const struct line *line)
{
	return steps(line, ENGINE_STEP);
}

static bool do_micro(const struct line *line)
{
	return steps(line, ENGINE_MICRO);
}

static bool do_next(const struct line *line)
{
	const struct engine_move step = { .kind = ENGINE_STEP };
	bool was_busy;

	(void)line;
	do
		was_busy = one(&step, true);
	while (was_busy && engine_at(engine_cpu())->busy);
	if (was_busy && !session_json)
		report_move(outcome);
	return true;
}

static bool do_run(const struct line *line)
{
	const struct engine_move step = { .kind = ENGINE_STEP };
	uint64_t count = UINT64_MAX;

	if (line->words > 1 && !line_number(line, 1, &count))
		return false;
	while (count != 0 && one(&step, true))
		count--;
	if (count == 0 && !session_json)
		report_move(outcome);
	report_where();
	return true;
}

static bool go(uint64_t position)
{
	bool there = engine_goto(position);

	report_move(there ? ENGINE_MOVED : ENGINE_ENDED);
	report_where();
	return true;
}

static bool do_back(const struct line *line)
{
	uint64_t count = 1, at = engine_position();

	if (line->words > 1 && !line_number(line, 1, &count))
		return false;
	return go(count < at ? at - count : 0);
}

static bool do_goto(const struct line *line)
{
	uint64_t position;

	return line_number(line, 1, &position) && go(position);
}

static bool do_cpu(const struct line *line)
{
	struct engine_move move = { .kind = ENGINE_CPU };

	if (!line_cpu(line, 1, &move.cpu))
		return false;
	(void)engine_move(&move);
	if (!session_json && !engine_at(move.cpu)->busy)
		printf("  cpu %u is in no call: the scenario goes on\n", move.cpu);
	report_where();
	return true;
}

static bool do_hash(const struct line *line)
{
	(void)line;
	if (session_json)
		printf("{\"step\":%" PRIu64 ",\"hash\":\"%016" PRIx64 "\"}\n", engine_position(),
		       engine_hash());
	else
		printf("#%" PRIu64 " hash %016" PRIx64 "\n", engine_position(), engine_hash());
	fflush(stdout); /* a program that drives this one waits for it */
	return true;
}

static bool do_help(const struct line *line)
{
	(void)line;
	command_help(stdout);
	return true;
}

static bool do_quit(const struct line *line)
{
	(void)line;
	session_over = true;
	return true;
}

static const struct command {
	const char *name, *words, *what;
	unsigned int least; /* words */
	command_function *run;
} commands[] = {
	{ "step", "[N]", "up to the next event, N times", 1, do_step },
	{ "micro", "[N]", "up to the next event or operation of the seam", 1, do_micro },
	{ "next", "", "to the end of this call", 1, do_next },
	{ "run", "[N]", "to the end or a break, N steps at most", 1, do_run },
	{ "back", "[N]", "N steps back", 1, do_back },
	{ "goto", "N", "to step N, forwards or backwards", 2, do_goto },
	{ "cpu", "N", "from now on the steps are of CPU N", 2, do_cpu },
	{ "break", "[state|event|address|result X]", "stop there when running; without words: list",
	  1, break_command },
	{ "watch", "ADDRESS", "stop when record, RMP or contents of the page change", 2,
	  watch_command },
	{ "show", "rmp|frames|ca|vmsa|ghcb|ring|where ...", "what is there now", 2, show_command },
	{ "inject", "EVENT", "the waiting machine is given that instead", 2, inject_command },
	{ "fail", "OPERATION N CODE", "the hypervisor: the Nth from now on fails so", 4,
	  fail_command },
	{ "set", "rax|rcx|rdx|r8|r9|exit VALUE", "a register of the guest", 3, set_command },
	{ "call", "", "the guest makes a call with its registers as they are", 1, call_command },
	{ "do", "LINE", "of a scenario: refuse, pretend, take, map, write, list ...", 2,
	  do_command },
	{ "hash", "", "of the whole machine; without time, rings, counters", 1, do_hash },
	{ "save", "FILE", "*.svsm: a scenario, *.trace, else the commands that lead here", 2,
	  save_command },
	{ "help", "", "this list", 1, do_help },
	{ "quit", "", "the end", 1, do_quit },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

const char *command_name(unsigned int i)
{
	return i < COMMANDS ? commands[i].name : NULL;
}

void command_help(FILE *to)
{
	for (unsigned int i = 0; i < COMMANDS; i++) {
		int room = 43 - (int)strlen(commands[i].name);

		fprintf(to, "  %s %-*s%s\n", commands[i].name, room, commands[i].words,
			commands[i].what);
	}
}

/* A name may be cut short: the first that begins so is it. */
bool command_do(const struct line *line)
{
	if (line->words == 0)
		return true;
	for (unsigned int i = 0; i < COMMANDS; i++) {
		const struct command *c = &commands[i];

		if (strncmp(c->name, line->word[0], strlen(line->word[0])) != 0)
			continue;
		if (line->words < c->least)
			return line_wrong(line, line->words, "a word is missing; `help` says more");
		return c->run(line);
	}
	return line_wrong(line, 0, "no such command; `help` lists them");
}
