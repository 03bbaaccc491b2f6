/* SPDX-License-Identifier: MIT */
/* svsm-sim step: the firmware on the model, event by event. */
#include "program.h"
#include "session.h"

#include <getopt.h>
#include <sim/command.h>
#include <stdlib.h>

static const char *const help =
	"usage: svsm-sim step [--batch FILE] [--json] [SCENARIO | --repeat N]\n"
	"Without a scenario (sim/scenarios): one vCPU, some first calls, N times over.\n"
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

int cmd_step(int argc, char **argv)
{
	static struct scenario scenario; /* up to the process's end */
	const char *batch = NULL, *repeat = "1";
	char *end;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
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
			return STATUS_BAD_INPUT;
		}
	}
	program_repeat(strtoul(repeat, &end, 10));
	if (*end != '\0' || *repeat < '0' || *repeat > '9') {
		fprintf(stderr, "svsm-sim step: --repeat %s: not a number\n", repeat);
		return STATUS_BAD_INPUT;
	}
	if (argc - optind > 1) {
		fputs(help, stderr);
		return STATUS_BAD_INPUT;
	}
	if (optind == argc) {
		host_new_cpus(1, 1);
		engine_open(&program_first_calls);
	} else {
		if (!scenario_load(&scenario, argv[optind]))
			return STATUS_BAD_INPUT;
		engine_open(program_scenario(&scenario));
	}
	return batch != NULL ? session_batch(batch) : session_run();
}
