/* SPDX-License-Identifier: MIT */
/* What may happen, from a file: see README.md. */
#include "explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE 512U
#define MOST 8U /* calls, refusals */

static const char *const hows[] = { "code", "taken", "run", "wrong", "void", NULL };
static const char *const befores[] = { "asleep", "memory",   "slots",  "lent",	"launch",   "newer",
				       "page",	 "down",     "frames", "area",	"pending",  "few",
				       "owned",	 "boundary", "late",   "whole", "joinable", NULL };

struct place {
	const char *path;
	unsigned int line, column;
};

static bool bad(const struct place *at, const char *what, const char *word)
{
	fprintf(stderr, "%s:%u:%u: %s: %s\n", at->path, at->line, at->column, what, word);
	return false;
}

static bool number(const struct place *at, const char *word, unsigned int *value)
{
	if (word[0] < '0' || word[0] > '0' + (int)MOST || word[1] != '\0')
		return bad(at, "not a number from 0 to 8", word);
	*value = (unsigned int)(word[0] - '0');
	return true;
}

static bool add_call(struct explore_config *c, const struct place *at, const char *word)
{
	const unsigned int call = menu_find(word);

	if (menu_name(call) == NULL)
		return bad(at, "no such call", word);
	for (unsigned int i = 0; i < c->menus; i++)
		if (c->menu[i] == call)
			return bad(at, "said twice", word);
	c->menu[c->menus++] = call;
	return true;
}

static bool add_bit(unsigned int *bits, const char *const *names, const struct place *at,
		    const char *word)
{
	for (unsigned int i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], word) != 0)
			continue;
		*bits |= 1U << i;
		return true;
	}
	return bad(at, "no such thing", word);
}

/* Word `n` of a line, the first of which is `key`. */
static bool take(struct explore_config *c, const struct place *at, const char *key, unsigned int n,
		 const char *word)
{
	if (strcmp(key, "menu") == 0)
		return add_call(c, at, word);
	if (strcmp(key, "how") == 0)
		return add_bit(&c->how, hows, at, word);
	if (strcmp(key, "points") == 0) {
		c->words = strcmp(word, "words") == 0;
		return c->words || bad(at, "no such thing", word);
	}
	if (strcmp(key, "before") == 0)
		return add_bit(&c->before, befores, at, word);
	if (strcmp(key, "vmpl") == 0)
		return number(at, word, &c->vmpl);
	if (n > EXPLORE_CPUS)
		return bad(at, "more than 3 CPUs", word);
	if (strcmp(key, "lies") == 0)
		return number(at, word, &c->lies[n - 1]);
	if (strcmp(key, "runs") == 0)
		return number(at, word, &c->runs[n - 1]);
	c->cpus = n;
	return number(at, word, &c->calls[n - 1]);
}

static bool is_key(const char *word)
{
	static const char *const keys[] = { "calls",  "lies",	"runs", "how",
					    "before", "points", "vmpl", "menu" };

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(word, keys[i]) == 0)
			return true;
	return false;
}

static bool take_line(struct explore_config *c, struct place *at, char *line)
{
	char *key = NULL, *rest = line + strcspn(line, "#\r\n"), *word = line;
	unsigned int n = 0;

	*rest = '\0';
	for (;; n++) {
		word += strspn(word, " \t");
		if (*word == '\0')
			break;
		at->column = (unsigned int)(word - line) + 1;
		rest = word + strcspn(word, " \t");
		if (*rest != '\0')
			*rest++ = '\0';
		if (n == 0 && !is_key(key = word))
			return bad(at, "none of calls, lies, runs, how, before, points, vmpl, menu",
				   word);
		if (n > 0 && !take(c, at, key, n, word))
			return false;
		word = rest;
	}
	return n != 1 || bad(at, "nothing after it", key);
}

/* Bring-up and the frame allocator have calls of their own. */
static bool is_of_machine(const struct explore_config *c, const struct explore_call *call)
{
	return ((call->flags & CALL_LAUNCH) != 0) == ((c->before & BEFORE_LAUNCH) != 0) &&
	       ((call->flags & CALL_ALLOCATOR) != 0) == ((c->before & BEFORE_ALLOCATOR) != 0);
}

static bool check(const struct explore_config *c, struct place *at)
{
	at->column = 1;
	for (unsigned int i = 0; i < c->menus; i++)
		if (!is_of_machine(c, menu_call(c->menu[i])))
			return bad(at, "not with what was before", menu_name(c->menu[i]));
	if ((c->before & BEFORE_ALLOCATOR) != 0 && (c->before & (c->before - 1)) != 0)
		return bad(at, "not with another", "before");
	if ((c->before & BEFORE_ALLOCATOR) != 0 && !c->words)
		return bad(at, "not without", "points words");
	if (c->vmpl == 0 || c->vmpl >= SNP_VMPLS)
		return bad(at, "of no guest", "vmpl");
	if ((c->before & (BEFORE_DOWN | BEFORE_ASLEEP)) == BEFORE_DOWN)
		return bad(at, "needs asleep", "down");
	if (c->cpus != 1 && (c->before & BEFORE_LAUNCH) != 0)
		return bad(at, "of more than one CPU", "calls");
	if (c->cpus < 2 && (c->before & BEFORE_LAUNCH) == 0)
		return bad(at, "needs at least two CPUs", "calls");
	for (unsigned int cpu = c->cpus; cpu < EXPLORE_CPUS; cpu++)
		if (c->lies[cpu] != 0 || c->runs[cpu] != 0)
			return bad(at, "of a CPU that makes no calls", "lies or runs");
	for (unsigned int cpu = 0; cpu < c->cpus && (c->before & BEFORE_ALLOCATOR) != 0; cpu++)
		if (c->lies[cpu] != 0 || c->runs[cpu] != 0)
			return bad(at, "not of the frame allocator", "lies or runs");
	return c->menus != 0 || bad(at, "not there", "menu");
}

/* No byte of it is 0, since then there would be no end of line. */
static bool is_text(const char *line, bool is_last)
{
	size_t length = strlen(line);

	for (size_t i = 0; i < length; i++)
		if ((line[i] & 0x80) != 0 || (line[i] < ' ' && strchr("\t\r\n", line[i]) == NULL))
			return false;
	return length != 0 && (is_last || line[length - 1] == '\n');
}

bool config_read(struct explore_config *c, FILE *file, const char *name)
{
	struct place at = { name, 0, 1 };
	char line[LINE];

	*c = (struct explore_config){ .name = name, .vmpl = 1 };
	while (fgets(line, sizeof(line), file) != NULL) {
		at.line++;
		at.column = 1;
		if (strlen(line) == LINE - 1)
			return bad(&at, "too long", "the line");
		if (!is_text(line, feof(file) != 0))
			return bad(&at, "not text", "the line");
		if (!take_line(c, &at, line))
			return false;
	}
	if (ferror(file)) {
		perror(name);
		return false;
	}
	if (c->how == 0)
		c->how = 1U << HOW_CODE;
	return check(c, &at);
}

bool config_load(struct explore_config *c, const char *path)
{
	FILE *file = fopen(path, "r");
	bool is_good;

	if (file == NULL) {
		perror(path);
		return false;
	}
	is_good = config_read(c, file, path);
	(void)fclose(file);
	return is_good;
}

bool config_named(struct explore_config *c, const char *name)
{
	return default_load(c, name) || config_load(c, name);
}
