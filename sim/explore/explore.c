/* SPDX-License-Identifier: MIT */
/* svsm-sim explore: see README.md. */
#include "explore.h"

#include <sim/command.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const help =
	"usage: svsm-sim explore [--no-reduction] [--most STATES] [--save FILE] [CONFIG]\n"
	"       svsm-sim explore --replay FILE [CONFIG]\n"
	"Every order of what CONFIG allows: see sim/explore/README.md. Interrupted, it says what "
	"it has.\n"
	"Exit status 1: something is not as it must be, and a shortest trace to it is printed,\n"
	"or saved with --save.\n";

struct options {
	bool reduce;
	uint64_t most;
	const char *save, *replay, *config;
};

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "no-reduction", no_argument, NULL, 'n' },
		{ "most", required_argument, NULL, 'm' },
		{ "save", required_argument, NULL, 's' },
		{ "replay", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char *end;
	int c;

	*o = (struct options){ .reduce = true, .most = UINT32_MAX / 4 };
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'n':
			o->reduce = false;
			break;
		case 'm':
			errno = 0;
			o->most = strtoull(optarg, &end, 10);
			if (*end != '\0' || errno != 0 || o->most == 0 || o->most > UINT32_MAX / 4)
				return false;
			break;
		case 's':
			o->save = optarg;
			break;
		case 'r':
			o->replay = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		default:
			return false;
		}
	}
	o->config = argv[optind];
	return optind >= argc - 1;
}

/* In words, from the first state on. */
static void print_trace(FILE *to, const struct explore_result *r)
{
	char words[ACT_WORDS];

	state_put(NULL);
	for (unsigned int i = 0; i < r->trace_length; i++) {
		world_words(&r->trace[i], words);
		fprintf(to, "%u %u %u # %s\n", r->trace[i].kind, r->trace[i].cpu, r->trace[i].call,
			words);
		(void)world_act(&r->trace[i]);
	}
}

static int report(const struct options *o, const struct explore_result *r)
{
	FILE *to = stdout;

	printf("%s: %llu states, %llu transitions, %llu steps, depth %u, %.1f s, %zu MiB, "
	       "%u pages live\n",
	       r->exhausted ? "exhausted" : "bounded", (unsigned long long)r->states,
	       (unsigned long long)r->transitions, (unsigned long long)r->steps, r->depth,
	       r->seconds, r->bytes >> 20, state_pages());
	printf("ends: %llu, hash %016llx\n", (unsigned long long)r->ends,
	       (unsigned long long)r->end_hash);
	printf("stopped anywhere, another vCPU ends its call in at most %u choices\n", r->solo);
	cover_print();
	if (r->violation == NULL)
		return 0;
	printf("violation: %s\n", r->violation);
	if (o->save != NULL && (to = fopen(o->save, "w")) == NULL) {
		perror(o->save);
		return STATUS_BAD_INPUT;
	}
	print_trace(to, r);
	if (to != stdout)
		(void)fclose(to);
	return STATUS_REFUSED;
}

static bool is_possible(const struct explore_config *c, const struct explore_act *act)
{
	if (act->cpu >= c->cpus || act->kind > ACT_REFUSED || world_stopped())
		return false;
	if (act->kind == ACT_BEGIN)
		return world_call_name(act->call) != NULL && world_may_begin(act->cpu, act->call);
	return act->kind == ACT_STEP ? world_busy(act->cpu) : world_may_refuse(act->cpu);
}

static int bad_line(const char *path, unsigned int line, const char *what)
{
	fprintf(stderr, "%s:%u:1: %s\n", path, line, what);
	return STATUS_BAD_INPUT;
}

static int replay(const struct explore_config *c, const char *path, FILE *file)
{
	char text[256], words[ACT_WORDS];

	for (unsigned int line = 1; fgets(text, sizeof(text), file) != NULL; line++) {
		struct explore_act act;
		const char *wrong;

		if (sscanf(text, "%hhu %hhu %hhu", &act.kind, &act.cpu, &act.call) != 3)
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
	return 0;
}

static int replay_file(const struct explore_config *c, const char *path)
{
	FILE *file = fopen(path, "r");
	int status;

	if (file == NULL) {
		perror(path);
		return STATUS_BAD_INPUT;
	}
	status = replay(c, path, file);
	(void)fclose(file);
	return status;
}

int cmd_explore(int argc, char **argv)
{
	struct explore_config config;
	struct explore_result result;
	struct options o;

	if (!parse(argc, argv, &o)) {
		fputs(help, stderr);
		return STATUS_BAD_INPUT;
	}
#ifdef __SANITIZE_ADDRESS__
	fputs("svsm-sim explore: not in a build with sanitizers\n", stderr);
	return STATUS_BAD_INPUT;
#endif
	if (!config_load(&config, o.config))
		return STATUS_BAD_INPUT;
	world_open(&config);
	if (o.replay != NULL)
		return replay_file(&config, o.replay);
	search(&config, o.reduce, o.most, &result);
	return report(&o, &result);
}
