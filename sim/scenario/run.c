/* SPDX-License-Identifier: MIT */
/* svsm-sim run: scenarios to their ends, each on a machine of its own. */

#include <errno.h>
#include <getopt.h>
#include <sim/choices.h>
#include <sim/command.h>
#include <sim/engine.h>
#include <sim/record.h>
#include <sim/scenario.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const help =
	"usage: svsm-sim run [--trace FILE] SCENARIO...\n"
	"       svsm-sim run CHOICES...\n"
	"Carries out each scenario (sim/scenarios/README.md) and prints a line for it: whether\n"
	"every result is as its text has it, and after every line the invariants of\n"
	"include/snp/host.h hold. Exit status 1: not so. 2: one of them makes no sense, the\n"
	"line is said, and none of them is run.\n"
	"CHOICES: what `svsm-sim explore --save` has written; they are made.\n"
	"  --trace FILE  of one scenario: the steps of its machines and what becomes of each "
	"page,\n"
	"                for svsm-sim replay and view. Bring-up is over when it begins\n";

static const struct scenario *current;
static const struct scenario_line *here;
static const char *wrong;
static FILE *trace; /* NULL: none is wanted */

static void carry_out(void)
{
	wrong = NULL;
	if (!scenario_is_turn(here)) {
		wrong = scenario_apply(current, here);
		return;
	}
	if (here->word == SCENARIO_CALL || here->word == SCENARIO_BEGIN)
		wrong = scenario_begin(here);
	if (wrong == NULL)
		wrong = scenario_go_on(here);
}

static bool complain(const char *what, unsigned int line, unsigned int column)
{
	printf("not ok %s:%u:%u: %s\n", current->path, line, column, what);
	return false;
}

static bool run_line(void)
{
	int reason = host_stops(carry_out);
	const char *unexpected;

	if (reason < 0 && wrong != NULL)
		return complain(wrong, here->line, here->column);
	unexpected = scenario_expect(here, reason);
	if (unexpected != NULL && here->expect.line != 0)
		return complain(unexpected, here->expect.line, here->expect.column);
	if (unexpected == NULL)
		unexpected = host_invariants();
	return unexpected == NULL || complain(unexpected, here->line, here->column);
}

/* A scenario shows what it says only if everything in it has come about. */
static bool check_awaited(void)
{
	if (current->line[current->lines - 1].word == SCENARIO_PAUSE)
		return true;
	for (here = current->line; here < current->line + current->lines; here++)
		if (scenario_awaited(here))
			return complain("it never came to that", here->line, here->column);
	return true;
}

static bool run_lines(const struct scenario *s)
{
	unsigned int calls = 0;
	bool is_begun = trace == NULL;

	for (here = s->line; here < s->line + s->lines; here++) {
		if (!is_begun && !scenario_sets_up(here)) {
			record_begin(trace);
			is_begun = true;
		}
		if (!run_line())
			return false;
		calls += here->word == SCENARIO_CALL || here->word == SCENARIO_BEGIN;
	}
	if (!check_awaited())
		return false;
	printf("ok %s: %u lines, %u call%s\n", s->path, s->lines, calls, calls == 1 ? "" : "s");
	return true;
}

static bool run(const struct scenario *s)
{
	current = s;
	scenario_set_up(s);
	engine_watch(NULL);
	return run_lines(s);
}

static bool complain_of_trace(const char *path)
{
	fprintf(stderr, "svsm-sim run: %s: %s\n", path, strerror(errno));
	return false;
}

/* Nothing stays in a buffer that two processes have. */
static bool open_trace(const char *path)
{
	trace = fopen(path, "we");
	if (trace == NULL)
		return complain_of_trace(path);
	record_head(trace);
	return fflush(trace) == 0 || complain_of_trace(path);
}

static bool has_choices(const struct scenario *s)
{
	return s->lines == 0;
}

/* In the scenario's process. */
static int run_to_end(const struct scenario *s, const char *path)
{
	int status = has_choices(s) ? choices_run(s->path) : run(s) ? 0 : STATUS_REFUSED;

	if (trace != NULL && (ferror(trace) | fclose(trace)) != 0) {
		(void)complain_of_trace(path);
		status = STATUS_BAD_INPUT;
	}
	if (fflush(stdout) != 0) {
		perror("svsm-sim run");
		status = STATUS_BAD_INPUT;
	}
	return status;
}

/* There is one machine in a process. */
static int run_alone(const struct scenario *s, const char *path)
{
	int status;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0)
		exit(run_to_end(s, path));
	if (child < 0 || waitpid(child, &status, 0) != child) {
		perror("svsm-sim run");
		return STATUS_BAD_INPUT;
	}
	if (WIFSIGNALED(status))
		printf("not ok %s: ended by signal %d\n", s->path, WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_REFUSED;
}

static bool load_all(struct scenario *s, char **path, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (choices_are_in(path[i]))
			s[i].path = strdup(path[i]);
		else if (!scenario_load(&s[i], path[i]))
			return false;
	return true;
}

int cmd_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "trace", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = NULL; /* of the trace */
	struct scenario *s;
	unsigned int count;
	int option, status = STATUS_BAD_INPUT;

	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option != 't')
			return command_bad_option(argv, option);
		path = optarg;
	}
	count = (unsigned int)(argc - optind);
	if (count == 0)
		return command_bad(argv, "a scenario is needed");
	if (path != NULL && count != 1)
		return command_bad(argv, "--trace is of one scenario");
	if (path != NULL && choices_are_in(argv[optind]))
		return command_bad(argv, "--trace is of no search's choices");
	s = calloc(count, sizeof(*s));
	if (s == NULL)
		abort();
	if (load_all(s, argv + optind, count) && (path == NULL || open_trace(path))) {
		status = 0;
		for (unsigned int i = 0; i < count; i++) {
			int one = run_alone(&s[i], path);

			status = one > status ? one : status;
		}
	}
	for (unsigned int i = 0; i < count; i++)
		scenario_free(&s[i]);
	free(s);
	return status;
}
