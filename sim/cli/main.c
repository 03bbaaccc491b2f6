/* SPDX-License-Identifier: MIT */
/* svsm-sim COMMAND ...: the firmware's own objects on the model of the platform. */
#include <errno.h>
#include <sim/command.h>
#include <stdio.h>
#include <string.h>

static const struct command {
	const char *name, *words;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "step", "the firmware event by event, forwards and backwards", cmd_step },
	{ "run", "scenarios, and whether their results are as they say", cmd_run },
	{ "replay", "a recorded run, checked and stepped through", cmd_replay },
	{ "view", "a recorded run as a page for a browser", cmd_view },
	{ "explore", "every order of what vCPUs and hypervisor may do", cmd_explore },
	{ "reason", "a GHCB termination reason in words", cmd_reason },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static void usage(FILE *to)
{
	fputs("usage: svsm-sim COMMAND ...; `svsm-sim COMMAND --help` says more\n", to);
	for (unsigned int i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].words);
}

/* What was said has to have arrived: a disk may be full. */
static int said(int status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	fprintf(stderr, "svsm-sim: standard output: %s\n", strerror(errno));
	return STATUS_BAD_INPUT;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return STATUS_BAD_INPUT;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return said(0);
	}
	for (unsigned int i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return said(commands[i].run(argc - 1, argv + 1));
	fprintf(stderr, "svsm-sim: no such command: %s\n", argv[1]);
	return STATUS_BAD_INPUT;
}
