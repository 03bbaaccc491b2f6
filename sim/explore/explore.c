/* SPDX-License-Identifier: MIT */
/* svsm-sim explore: see README.md. */
#include "explore.h"

#include <launch/whole.h>
#include <sim/command.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const help =
	"usage: svsm-sim explore [--no-reduction] [--most STATES] [--jobs N] [--save FILE] "
	"[CONFIG]\n"
	"       svsm-sim explore --replay FILE [CONFIG]\n"
	"Every order of what CONFIG allows, a file or one of the default's searches; without it, "
	"all of\n"
	"these, two at a time: see sim/explore/README.md. Interrupted, it says what it has.\n"
	"Exit status 1: something is not as it must be, and a shortest trace to it is printed,\n"
	"or saved with --save, for `svsm-sim step FILE`; or the default was not exhausted,\n"
	"or has not reached everything.\n";

struct options {
	struct explore_options o;
	const char *replay, *config;
};

#define MOST (UINT32_MAX / 4)

static bool number(const char *word, uint64_t most, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(word, &end, 10);
	return *end == '\0' && errno == 0 && *value != 0 && *value <= most;
}

/* 0, or the exit status. */
static int parse(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "no-reduction", no_argument, NULL, 'n' },
		{ "most", required_argument, NULL, 'm' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "save", required_argument, NULL, 's' },
		{ "replay", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t jobs;
	int c;

	*o = (struct options){ .o = { .reduce = true, .most = MOST, .jobs = 2 } };
	while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		switch (c) {
		case 'n':
			o->o.reduce = false;
			break;
		case 'm':
			if (!number(optarg, MOST, &o->o.most))
				return command_bad(argv, "--most: no number of states");
			break;
		case 'j':
			if (!number(optarg, 64, &jobs))
				return command_bad(argv, "--jobs: no number from 1 to 64");
			o->o.jobs = (unsigned int)jobs;
			break;
		case 's':
			o->o.save = optarg;
			break;
		case 'r':
			o->replay = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		default:
			return command_bad_option(argv, c);
		}
	}
	o->config = argv[optind];
	return optind >= argc - 1 ? 0 : command_bad(argv, "more than one CONFIG");
}

static bool complain(const char *path)
{
	fprintf(stderr, "svsm-sim explore: %s: %s\n", path, strerror(errno));
	return false;
}

static int replay(const struct options *o)
{
	struct choices c;

	if (!choices_read(&c, o->replay, o->config))
		return STATUS_BAD_INPUT;
	cover_own();
	world_open(&c.config, false);
	return choices_replay(&c);
}

static int explore_one(const struct options *o)
{
	struct explore_result result;
	struct explore_config c;

	if (!config_named(&c, o->config))
		return STATUS_BAD_INPUT;
	cover_own();
	world_open(&c, false);
	search(&c, o->o.reduce, o->o.most, &result);
	if (!report(&c, &o->o, &result, stdout))
		return STATUS_BAD_INPUT;
	(void)cover_print(NULL, false, stdout);
	return result.violation == NULL ? 0 : STATUS_REFUSED;
}

/* A search takes long. */
static bool can_save(const char *path)
{
	struct whole w;

	if (!whole_begin(&w, path))
		return complain(path);
	(void)whole_end(&w, false);
	return true;
}

int cmd_explore(int argc, char **argv)
{
	struct options o;

	int status = parse(argc, argv, &o);

	if (status != 0)
		return status;
#ifdef __SANITIZE_ADDRESS__
	fputs("svsm-sim explore: not in a build with sanitizers\n", stderr);
	return STATUS_BAD_INPUT;
#endif
	if (o.o.save != NULL && !can_save(o.o.save))
		return STATUS_BAD_INPUT;
	if (o.replay != NULL)
		return replay(&o);
	return o.config != NULL ? explore_one(&o) : explore_default(&o.o);
}
