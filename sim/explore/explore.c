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

static bool is_possible(const struct explore_config *c, const struct explore_act *act)
{
	if (act->cpu >= c->cpus || act->kind >= ACTS || world_stopped())
		return false;
	if (act->kind == ACT_BEGIN)
		return menu_name(act->call) != NULL && world_may_begin(act->cpu, act->call);
	if (act->kind == ACT_RUN)
		return menu_name(act->call) != NULL && world_may_run(act->cpu);
	if (act->kind == ACT_STEP)
		return world_busy(act->cpu);
	return act->call < HOWS && (world_may_refuse(act->cpu) >> act->call & 1) != 0;
}

static bool complain(const char *path)
{
	fprintf(stderr, "svsm-sim explore: %s: %s\n", path, strerror(errno));
	return false;
}

#define LINE 256U

static int bad_line(const char *path, unsigned int line, const char *what)
{
	fprintf(stderr, "%s:%u:1: %s\n", path, line, what);
	return STATUS_BAD_INPUT;
}

#define ENDLESS_STEPS 20000U

/* A CPU is far longer in its call than any takes, the others where they are. */
static bool goes_on(unsigned int cpus)
{
	bool does = false;
	uint64_t hash;
	struct state *now = state_take(&hash);

	for (unsigned int cpu = 0; cpu < cpus && !does; cpu++) {
		const struct explore_act act = { ACT_STEP, (uint8_t)cpu, 0 };

		state_put(now);
		for (unsigned int i = 0; i < ENDLESS_STEPS && world_busy(cpu); i++)
			(void)world_act(&act);
		does = world_busy(cpu) && !world_stopped();
	}
	free(now);
	return does;
}

static int replay(const struct explore_config *c, const char *path, FILE *file)
{
	char text[LINE], words[ACT_WORDS];
	bool is_empty = true, is_endless = false;

	rewind(file);
	for (unsigned int line = 1; fgets(text, sizeof(text), file) != NULL; line++) {
		struct explore_act act;
		const char *wrong;

		is_endless |= line == 1 && strstr(text, " : " SEARCH_ENDLESS "\n") != NULL;
		if (strncmp(text, "#@", 2) != 0)
			continue;
		is_empty = false;
		if (sscanf(text, "#@ %hhu %hhu %hhu", &act.kind, &act.cpu, &act.call) != 3)
			return bad_line(path, line, "not three numbers");
		if (!is_possible(c, &act))
			return bad_line(path, line, "cannot happen here");
		world_words(&act, words);
		printf("%s\n", words);
		wrong = world_act(&act);
		if (wrong != NULL) {
			printf("violation: %s\n", wrong);
			return STATUS_REFUSED;
		}
	}
	if (is_endless && !is_empty && goes_on(c->cpus)) {
		printf("violation: %s\n", SEARCH_ENDLESS);
		return STATUS_REFUSED;
	}
	return is_empty ? bad_line(path, 1, "no choices are in it") : 0;
}

static bool load(struct explore_config *c, const char *name)
{
	return default_load(c, name) || config_load(c, name);
}

/* What it is a trace of, from its first line. */
static bool load_named(struct explore_config *c, const char *path, FILE *file)
{
	static char name[LINE];

	if (fscanf(file, "# search %255s", name) == 1)
		return load(c, name);
	(void)bad_line(path, 1, "does not say which search it is of");
	return false;
}

static void open_world(const struct explore_config *c)
{
	struct cover *cover = calloc(1, cover_bytes());

	if (cover == NULL)
		abort();
	cover_use(cover);
	world_open(c);
}

static int replay_file(const struct options *o)
{
	FILE *file = fopen(o->replay, "r");
	struct explore_config c;
	int status = STATUS_BAD_INPUT;

	/* A folder can be opened, and not be read. */
	if (file == NULL || (getc(file) == EOF && ferror(file))) {
		(void)complain(o->replay);
		if (file != NULL)
			(void)fclose(file);
		return status;
	}
	rewind(file);
	if (o->config != NULL ? load(&c, o->config) : load_named(&c, o->replay, file)) {
		open_world(&c);
		status = replay(&c, o->replay, file);
	}
	(void)fclose(file);
	return status;
}

static int explore_one(const struct options *o)
{
	struct explore_result result;
	struct explore_config c;

	if (!load(&c, o->config))
		return STATUS_BAD_INPUT;
	open_world(&c);
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
		return replay_file(&o);
	return o.config != NULL ? explore_one(&o) : explore_default(&o.o);
}
