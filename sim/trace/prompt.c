/* SPDX-License-Identifier: MIT */
/* The prompt of svsm-sim replay: to any step of a trace, forwards and backwards. */
#include "prompt.h"

#include <errno.h>
#include <sim/chart.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *const help =
	"next [N], or nothing: N steps on     back [N]: N steps back\n"
	"goto N: to step N                    find WORD: to the next step with that state or "
	"event\n"
	"quit                                 rfind WORD: to the last one before\n";

static const char *state_name(const struct trace_step *s, unsigned int state)
{
	return s->machine < MACHINES && state < charts[s->machine].states
		       ? charts[s->machine].state[state]
		       : "?";
}

static void show_page(const struct trace_step *s, uint64_t index)
{
	static const char *const what[] = { "?",       "validated", "rescinded",   "rights",
					    "private", "shared",    "a save area", "no save area" };

	printf("%6llu  CPU %u vCPU %u  page %#llx, %s: %s", (unsigned long long)index, s->cpu,
	       s->vcpu, (unsigned long long)(s->argument & ~1ULL),
	       (s->argument & 1) != 0 ? "2M" : "4K", what[trace_page_known(s) ? s->state : 0]);
	if (s->state == TRACE_RMPADJUST)
		printf(" of VMPL %u: %#x", s->result >> 8, s->result & 0xff);
	printf("  time %llu\n", (unsigned long long)s->time);
}

void prompt_show(const struct trace *t, uint64_t index)
{
	const struct trace_step *s = &t->step[index];
	const struct chart_arrow *a = chart_find(s->machine, s->state, s->event);

	if (trace_is_page(s)) {
		show_page(s, index);
		return;
	}
	if (s->lost != 0)
		printf("       (CPU %u: %u steps are lost here)\n", s->cpu, s->lost);
	printf("%6llu  CPU %u vCPU %u  %-9s %s -> %s  %s %#llx", (unsigned long long)index, s->cpu,
	       s->vcpu, s->machine < MACHINES ? charts[s->machine].name : "?",
	       state_name(s, s->state), a != NULL ? state_name(s, a->to) : "nowhere",
	       event_name((enum event)s->event), (unsigned long long)s->argument);
	if (a != NULL)
		printf("  @%s %s:%u", a->verb, charts[s->machine].file, a->line);
	printf("  time %llu\n", (unsigned long long)s->time);
}

static bool matches(const struct trace_step *s, const char *word)
{
	return strcasecmp(state_name(s, s->state), word) == 0 ||
	       strcasecmp(event_name((enum event)s->event), word) == 0;
}

static uint64_t find(const struct trace *t, uint64_t from, bool is_back, const char *word)
{
	for (uint64_t i = from; is_back ? i-- > 0 : ++i < t->steps;)
		if (matches(&t->step[i], word))
			return i;
	printf("no %s %s step %llu\n", word, is_back ? "before" : "after",
	       (unsigned long long)from);
	return from;
}

/* Clamped to the trace. */
static uint64_t moved(const struct trace *t, uint64_t from, uint64_t by, bool is_back)
{
	if (is_back)
		return by < from ? from - by : 0;
	return by < t->steps - 1 - from ? from + by : t->steps - 1;
}

static bool number(const char *text, uint64_t otherwise, uint64_t *value)
{
	char *end;

	*value = otherwise;
	if (text == NULL)
		return true;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0;
}

/* True: somewhere else, or the same again. */
static bool command(const struct trace *t, uint64_t *at, const char *word, const char *argument)
{
	bool is_back = strcmp(word, "back") == 0 || strcmp(word, "rfind") == 0;
	uint64_t value;

	if (strcmp(word, "find") == 0 || strcmp(word, "rfind") == 0) {
		if (argument == NULL) {
			puts("find what?");
			return false;
		}
		value = find(t, *at, is_back, argument);
		if (value == *at)
			return false;
		*at = value;
		return true;
	}
	if (strcmp(word, "next") != 0 && strcmp(word, "back") != 0 && strcmp(word, "goto") != 0) {
		fputs(strcmp(word, "help") == 0 ? help : "no such command; `help` lists them\n",
		      stdout);
		return false;
	}
	if (!number(argument, 1, &value) || (*word == 'g' && argument == NULL)) {
		puts("not a number of steps");
		return false;
	}
	*at = *word == 'g' ? moved(t, 0, value, false) : moved(t, *at, value, is_back);
	return true;
}

void prompt_run(const struct trace *t, uint64_t index)
{
	char line[100];

	if (t->steps == 0)
		return;
	prompt_show(t, index);
	for (;;) {
		char *word, *argument, *rest;

		if (isatty(STDIN_FILENO))
			fputs("> ", stdout);
		(void)fflush(stdout);
		if (fgets(line, sizeof(line), stdin) == NULL)
			return;
		word = strtok_r(line, " \t\n", &rest);
		argument = strtok_r(NULL, " \t\n", &rest);
		if (word != NULL && (strcmp(word, "quit") == 0 || strcmp(word, "q") == 0))
			return;
		if (command(t, &index, word == NULL ? "next" : word, argument))
			prompt_show(t, index);
	}
}
