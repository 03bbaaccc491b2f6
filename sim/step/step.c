/* SPDX-License-Identifier: MIT */
/* svsm-sim step: the firmware on the model, event by event. */
#include "program.h"
#include "session.h"

#include <getopt.h>
#include <sim/choices.h>
#include <sim/command.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <unistd.h>

static const char *const help =
	"usage: svsm-sim step [--batch FILE] [--json] [SCENARIO | CHOICES | --repeat N]\n"
	"CHOICES: what `svsm-sim explore --save` has written. Without it and without a scenario\n"
	"(sim/scenarios): one vCPU, some first calls, N times over.\n"
	"  --batch FILE  commands from the file (-: standard input), plain text\n"
	"  --json        one object a step\n"
	"Commands:\n";

static const struct option options[] = {
	{ "batch", required_argument, NULL, 'b' },
	{ "json", no_argument, NULL, 'j' },
	{ "repeat", required_argument, NULL, 'r' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/*
 * Addresses are part of what a stack has, so that of the machine too: each process has the same
 * ones. `argv` is main()'s. Where that is not allowed the hash is only of this session.
 */
static void fix_addresses(char **argv)
{
	int is_now = personality(0xffffffff);

	if (is_now == -1 || (is_now & ADDR_NO_RANDOMIZE) != 0 ||
	    personality((unsigned int)is_now | ADDR_NO_RANDOMIZE) == -1)
		return;
	(void)execv("/proc/self/exe", argv);
}

static const struct engine_program *open_program(const char *path, unsigned long times)
{
	static struct scenario scenario; /* up to the process's end */

	session_choices = path != NULL && choices_are_in(path);
	if (session_choices)
		return choices_program(path);
	if (path == NULL)
		return program_of(program_first_calls(), times);
	return scenario_load(&scenario, path) ? program_of(&scenario, 1) : NULL;
}

/*
 * A page that is touched for the first time leaves marks on the firmware's stack, which are hashed:
 * with all touched once, the same place has the same hash the first time too.
 */
static void know_all(void)
{
	(void)engine_goto(UINT64_MAX);
	(void)engine_goto(0);
}

int cmd_step(int argc, char **argv)
{
	const struct engine_program *program;
	const char *batch = NULL, *repeat = "1";
	unsigned long times;
	char *end;
	int option;

	fix_addresses(argv - 1);
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (option) {
		case 'b':
			batch = optarg;
			break;
		case 'j':
			session_json = true;
			break;
		case 'r':
			repeat = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			command_help(stdout);
			return 0;
		default:
			return command_bad_option(argv, option);
		}
	}
	times = strtoul(repeat, &end, 10);
	if (*end != '\0' || *repeat < '0' || *repeat > '9') {
		fprintf(stderr, "svsm-sim step: --repeat %s: not a number\n", repeat);
		return STATUS_BAD_INPUT;
	}
	if (argc - optind > 1)
		return command_bad(argv, "more than one scenario");
	program = open_program(argv[optind], times);
	if (program == NULL)
		return STATUS_BAD_INPUT;
	engine_open(program);
	if (session_choices)
		know_all();
	return batch != NULL ? session_batch(batch) : session_run();
}
