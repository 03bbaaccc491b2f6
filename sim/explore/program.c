/* SPDX-License-Identifier: MIT */
/*
 * A file's choices for `svsm-sim step`: each is a turn of its CPU, up to the
 * next operation, in parts if machines are given events on the way. What a
 * search looks at after each is looked at when that is over.
 */
#include "explore.h"

#include <sim/choices.h>

#include <stdio.h>

#define MOST_PARTS 20000U /* of a choice: far more than any has */
#define COMPLAINT 512U

static struct choices file;

/* Goes back and forth with the machine. */
static struct {
	uint64_t at; /* the choice that is next */
	bool open;   /* the one before is not over */
	uint64_t parts;
	const char *wrong;
	char words[ACT_WORDS];
} now __attribute__((aligned(8)));

static struct explore_act going; /* of the part that is made */
static bool is_micro;

static const struct explore_act *current(void)
{
	return &file.choice[now.at - 1].act;
}

/* ---- a choice in parts: for endless_or() ---- */

static const char *prepare(const struct explore_act *act)
{
	const char *wrong;

	words_begin(act->cpu);
	wrong = world_prepare(act);
	words_end();
	return wrong;
}

static const char *go(const struct explore_act *act)
{
	words_begin(act->cpu);
	(void)host_part_step(act->cpu, is_micro);
	words_end();
	return NULL;
}

static const char *look(const struct explore_act *act)
{
	const char *wrong = NULL;

	words_begin(act->cpu);
	if (world_goes_on(act))
		wrong = world_arrived(act);
	words_end();
	return world_look(act, wrong, world_has_record());
}

/* What is looked at runs the firmware too, and none of that has happened. */
static void settle(void)
{
	engine_aside(true);
	now.open = false;
	if (now.wrong == NULL && !world_is_whole())
		now.wrong = endless_or(look, current());
	if (now.wrong == NULL && now.at == file.count)
		now.wrong = choices_go_on(&file);
	engine_aside(false);
}

/* ---- the program ---- */

static bool is_over(const struct explore_act *act)
{
	return host.stopped || !world_busy(act->cpu) || host_part_waits(act->cpu) != NULL;
}

static enum engine_turn open_next(struct engine_line *line)
{
	const struct explore_act *act = &file.choice[now.at].act;
	const bool is_before_op = host_part_waits(act->cpu) != NULL;

	world_words(act, now.words);
	now.at++;
	now.open = true;
	now.parts = 0;
	line->cpu = act->cpu;
	line->ops = is_before_op;
	if (world_is_whole()) {
		now.wrong = world_act(act);
		settle();
		return ENGINE_PLACED;
	}
	now.wrong = endless_or(prepare, act);
	if (now.wrong == NULL && world_goes_on(act))
		return ENGINE_ON;
	settle();
	return ENGINE_PLACED;
}

static enum engine_turn next(struct engine_line *line)
{
	/* Its turn was cut short by hand. */
	if (now.open && !is_over(current())) {
		line->cpu = current()->cpu;
		line->ops = 0;
		return ENGINE_ON;
	}
	if (now.open)
		settle();
	if (now.wrong != NULL || now.at == file.count ||
	    !choices_possible(&file, (unsigned int)now.at))
		return ENGINE_NONE;
	return open_next(line);
}

static bool part(unsigned int cpu, bool micro)
{
	going = (struct explore_act){ ACT_STEP, (uint8_t)cpu, 0 };
	is_micro = micro;
	now.parts++;
	now.wrong = now.parts > MOST_PARTS ? ENDLESS_STEP : endless_or(go, &going);
	return now.wrong == NULL;
}

static void went(unsigned int cpu)
{
	if (now.open && cpu == current()->cpu && is_over(current()))
		settle();
}

bool choices_load(struct choices *c, const char *path)
{
#ifdef __SANITIZE_ADDRESS__
	(void)c;
	fprintf(stderr, "svsm-sim: %s: a search's choices, not in a build with sanitizers\n", path);
	return false;
#else
	return choices_read(c, path, NULL);
#endif
}

const struct engine_program *choices_program(const char *path)
{
	static struct engine_program program = {
		.next = next, .go = part, .went = went, .is_saved = true, .is_hashed = true
	};

	if (!choices_load(&file, path))
		return NULL;
	cover_own();
	world_open(&file.config, true);
	program.state[0] = (struct host_area){ (uint8_t *)&now, sizeof(now) };
	program.state[1] = (struct host_area){ (uint8_t *)left, PAGE_4K };
	program.state[2] = world_own();
	return &program;
}

const char *choices_words(void)
{
	return now.at != 0 && now.parts <= 1 ? now.words : NULL;
}

const char *choices_complaint(void)
{
	static char words[COMPLAINT];
	bool is_next;

	if (now.open || now.wrong != NULL || now.at == file.count)
		return NULL;
	is_next = choices_possible(&file, (unsigned int)now.at);
	host_on(0);
	if (is_next)
		return NULL;
	(void)snprintf(words, sizeof(words), "%s:%u:1: " CHOICES_CANNOT, file.path,
		       file.choice[now.at].line);
	return words;
}

bool choices_are_looked_at(void)
{
	return !now.open && !host.stopped && world_has_record();
}

const char *choices_broken(void)
{
	return now.wrong == NULL && choices_are_looked_at() ? host_invariants() : now.wrong;
}
