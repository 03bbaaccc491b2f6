/* SPDX-License-Identifier: MIT */
/* The way to a violation, as --save has written it: read, and made again. */
#include "explore.h"

#include <sim/choices.h>
#include <sim/command.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MARK "#@"
#define ENDLESS_STEPS 20000U

static bool bad(const char *path, unsigned int line, const char *what)
{
	fprintf(stderr, "%s:%u:1: %s\n", path, line, what);
	return false;
}

/* ---- reading ---- */

/* By its name, the last word: their numbers change when there are more. */
static bool take_call(struct explore_act *act, char *text)
{
	const char *space;

	text[strcspn(text, "\n")] = '\0';
	space = strrchr(text, ' ');
	act->call = (uint8_t)menu_find(space != NULL ? space + 1 : text);
	return menu_name(act->call) != NULL;
}

static bool add(struct choices *c, unsigned int line, char *text)
{
	struct choice choice = { .line = line };
	struct explore_act *act = &choice.act;

	if (sscanf(text, MARK " %hhu %hhu %hhu", &act->kind, &act->cpu, &act->call) != 3)
		return bad(c->path, line, "not three numbers");
	if ((act->kind == ACT_BEGIN || act->kind == ACT_RUN) && !take_call(act, text))
		return bad(c->path, line, "no such call");
	c->choice = realloc(c->choice, (c->count + 1) * sizeof(choice));
	if (c->choice == NULL)
		abort();
	c->choice[c->count++] = choice;
	return true;
}

/* Its first line: which search it is of, and what it leads to. */
static bool begin(struct choices *c, const char *text, const char *config)
{
	char *name = NULL;
	bool is_good;

	c->is_endless = strstr(text, " : " SEARCH_ENDLESS "\n") != NULL;
	if (config != NULL)
		return config_named(&c->config, config);
	if (sscanf(text, "# search %ms", &name) != 1)
		return bad(c->path, 1, "does not say which search it is of");
	is_good = config_named(&c->config, name); /* which keeps it */
	if (!is_good)
		free(name);
	return is_good;
}

static bool take(struct choices *c, FILE *file, const char *config)
{
	char *text = NULL;
	size_t room = 0;
	bool is_good = true;

	for (unsigned int line = 1; is_good && getline(&text, &room, file) >= 0; line++) {
		if (line == 1)
			is_good = begin(c, text, config);
		else if (strncmp(text, MARK, strlen(MARK)) == 0)
			is_good = add(c, line, text);
	}
	free(text);
	return is_good;
}

bool choices_read(struct choices *c, const char *path, const char *config)
{
	FILE *file = fopen(path, "re");
	bool is_good = false;

	*c = (struct choices){ .path = path };
	if (file == NULL) {
		fprintf(stderr, "svsm-sim explore: %s: %s\n", path, strerror(errno));
		return false;
	}
	errno = 0;
	is_good = take(c, file, config);
	/* A folder can be opened, and not be read. */
	if (is_good && ferror(file)) {
		fprintf(stderr, "svsm-sim explore: %s: %s\n", path, strerror(errno));
		is_good = false;
	} else if (is_good && c->count == 0) {
		is_good = bad(path, 1, "no choices are in it");
	}
	(void)fclose(file);
	return is_good;
}

bool choices_are_in(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;
	struct stat st;
	bool are = false;

	if (file == NULL)
		return false;
	/* What can be read only once is left. */
	if (fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode))
		while (!are && getline(&text, &room, file) >= 0)
			are = strncmp(text, MARK " ", strlen(MARK " ")) == 0;
	free(text);
	(void)fclose(file);
	return are;
}

/* ---- making ---- */

static bool is_of(const struct explore_config *c, unsigned int call)
{
	for (unsigned int i = 0; i < c->menus; i++)
		if (c->menu[i] == call)
			return true;
	return false;
}

bool choices_possible(const struct choices *c, unsigned int i)
{
	const struct explore_act *act = &c->choice[i].act;

	if (act->cpu >= c->config.cpus || act->kind >= ACTS || world_stopped())
		return false;
	if (act->kind == ACT_BEGIN)
		return is_of(&c->config, act->call) && world_may_begin(act->cpu, act->call);
	if (act->kind == ACT_RUN)
		return is_of(&c->config, act->call) && world_may_run(act->cpu);
	if (act->kind == ACT_STEP)
		return world_busy(act->cpu);
	return act->call < HOWS && (world_may_refuse(act->cpu) >> act->call & 1) != 0;
}

/* A CPU is far longer in its call than any takes, the others where they are. */
const char *choices_go_on(const struct choices *c)
{
	bool does = false;
	uint64_t hash;
	struct state *now;

	if (!c->is_endless)
		return NULL;
	now = state_take(&hash);
	for (unsigned int cpu = 0; cpu < c->config.cpus && !does; cpu++) {
		const struct explore_act act = { ACT_STEP, (uint8_t)cpu, 0 };

		state_put(now);
		for (unsigned int i = 0; i < ENDLESS_STEPS && world_busy(cpu); i++)
			(void)world_act(&act);
		does = world_busy(cpu) && !world_stopped();
	}
	state_put(now);
	free(now);
	return does ? SEARCH_ENDLESS : NULL;
}

static int violation(const char *wrong)
{
	printf("violation: %s\n", wrong);
	return STATUS_REFUSED;
}

int choices_replay(const struct choices *c)
{
	char words[ACT_WORDS];
	const char *wrong;

	for (unsigned int i = 0; i < c->count; i++) {
		if (!choices_possible(c, i)) {
			(void)bad(c->path, c->choice[i].line, "cannot happen here");
			return STATUS_BAD_INPUT;
		}
		world_words(&c->choice[i].act, words);
		printf("%s\n", words);
		wrong = world_act(&c->choice[i].act);
		if (wrong != NULL)
			return violation(wrong);
	}
	wrong = choices_go_on(c);
	return wrong != NULL ? violation(wrong) : 0;
}

int choices_run(const char *path)
{
	struct choices c;
	const char *wrong;

	if (!choices_load(&c, path))
		return STATUS_BAD_INPUT;
	cover_own();
	world_open(&c.config, false);
	for (unsigned int i = 0; i < c.count; i++) {
		wrong = choices_possible(&c, i) ? world_act(&c.choice[i].act) : CHOICES_CANNOT;
		if (wrong == NULL && i + 1 == c.count)
			wrong = choices_go_on(&c);
		if (wrong != NULL) {
			printf("not ok %s:%u:1: %s\n", path, c.choice[i].line, wrong);
			return STATUS_REFUSED;
		}
	}
	printf("ok %s: %u choices\n", path, c.count);
	return 0;
}
