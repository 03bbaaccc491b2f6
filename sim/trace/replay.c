/* SPDX-License-Identifier: MIT */
/* svsm-sim replay: a recorded run, checked, and stepped through in both directions. */
#include "prompt.h"

#include <getopt.h>
#include <sim/check.h>
#include <sim/command.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const help =
	"usage: svsm-sim replay [--check] FILE\n"
	"Steps through the trace of a run (make run TRACE=FILE; svsm-sim run --trace FILE; the\n"
	"`save FILE.trace` of svsm-sim step) at a prompt; `help` there says how. --check only\n"
	"says whether the machines allow every step; if not, which is the first that they do\n"
	"not, with exit status 1. A file that is no trace: exit status 2.\n"
	"Of several CPUs: a vCPU is sat after it was made, a save area is in one call at a time,\n"
	"and no vCPU asks for anything when all that its CPU may have are deleted. Which CPU a\n"
	"vCPU was made for is not in a trace, only what follows from the others.\n"
	"Of pages, unless it was recorded with PAGES=0: each change is one of what the page\n"
	"was, and what VMPL0 alone can do is done there. A lie of the hypervisor's, which shows\n"
	"other memory at an address, may look like a change that cannot be.\n"
	"It replays transitions, not effects: memory and the guest are not part of a trace, so\n"
	"what a verb did is not seen, but for those changes, only what it returned.\n";

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t lost_steps(const struct trace *t)
{
	uint64_t lost = 0;

	for (uint64_t i = 0; i < t->steps; i++)
		lost += t->step[i].lost;
	return lost;
}

static void say_allowed(const struct trace *t, double seconds)
{
	uint64_t lost = lost_steps(t);

	printf("%llu steps, all allowed", (unsigned long long)t->steps);
	if (lost != 0)
		printf(", %llu more overwritten before they were read", (unsigned long long)lost);
	if (t->rest != 0)
		printf(", cut off: %llu bytes at the end are left out",
		       (unsigned long long)t->rest);
	if (seconds > 0)
		printf(" (%.1f million steps/s)", (double)t->steps / seconds * 1e-6);
	putchar('\n');
}

/* True: all are allowed. */
static bool check_all(const struct trace *t, uint64_t *refused)
{
	struct check *c = malloc(sizeof(*c));
	char why[CHECK_WORDS];
	double begin = now();
	uint64_t i = 0;

	if (c == NULL)
		abort();
	check_begin(c, t->begins);
	while (i < t->steps && check_step(c, &t->step[i], why))
		i++;
	free(c);
	*refused = i;
	if (i == t->steps && check_order(t->step, t->steps, refused, why) &&
	    check_pages(t->step, t->steps, refused, why)) {
		say_allowed(t, now() - begin);
		return true;
	}
	printf("step %llu, byte %llu, is not allowed: %s\n", (unsigned long long)*refused,
	       (unsigned long long)trace_offset(*refused), why);
	prompt_show(t, *refused);
	return false;
}

int cmd_replay(int argc, char **argv)
{
	static const struct option options[] = {
		{ "check", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool check_only = false, is_allowed;
	struct trace t;
	uint64_t refused;
	int option;

	while ((option = getopt_long(argc, argv, ":ch", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option != 'c')
			return command_bad_option(argv, option);
		check_only = true;
	}
	if (argc - optind != 1)
		return command_bad(argv, "one trace is needed");
	if (!trace_open(&t, argv[optind]))
		return STATUS_BAD_INPUT;
	is_allowed = check_all(&t, &refused);
	if (!check_only)
		prompt_run(&t, is_allowed ? 0 : refused);
	trace_close(&t);
	return is_allowed ? 0 : STATUS_REFUSED;
}
