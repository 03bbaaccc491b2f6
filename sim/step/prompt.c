/* SPDX-License-Identifier: MIT */
/* Where commands come from: a person, with history and completion, or a file. */
#include "session.h"

#include <editline/readline.h>
#include <errno.h>
#include <inttypes.h>
#include <sim/command.h>
#include <stdlib.h>
#include <string.h>

static bool obey(const char *text, size_t length, const char *file, unsigned int number)
{
	struct line line = { .file = file, .number = number };

	if (!line_cut(&line, text))
		return false;
	return strlen(text) == length ? command_do(&line)
				      : line_wrong(&line, SESSION_WORDS, "byte 0x00 in a text");
}

int session_batch(const char *name)
{
	FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
	char *text = NULL;
	size_t room = 0;
	ssize_t length;
	bool good = true;

	if (file == NULL) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		return STATUS_BAD_INPUT;
	}
	for (unsigned int n = 1; good && !session_over; n++) {
		length = getline(&text, &room, file);
		if (length < 0)
			break;
		good = obey(text, (size_t)length, name, n);
	}
	if (ferror(file)) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		good = false;
	}
	free(text);
	if (file != stdin)
		(void)fclose(file);
	return good ? 0 : STATUS_BAD_INPUT;
}

/* The first word only. */
static char *next_name(const char *begin, int again)
{
	static unsigned int i;
	const char *name;

	if (again == 0)
		i = 0;
	while ((name = command_name(i++)) != NULL)
		if (strncmp(name, begin, strlen(begin)) == 0)
			return strdup(name);
	return NULL;
}

static char **complete(const char *begin, int start, int end)
{
	(void)end;
	return start == 0 ? rl_completion_matches(begin, next_name) : NULL;
}

static void where(char *to, size_t room)
{
	const struct engine_event *e = &engine_at(engine_cpu())->pending;

	if (e->there)
		snprintf(to, room, "#%" PRIu64 " cpu %u %s %s %s> ", engine_position(),
			 engine_cpu(), charts[e->machine].name, report_state(e->machine, e->state),
			 report_event(e->event));
	else
		snprintf(to, room, "#%" PRIu64 " cpu %u> ", engine_position(), engine_cpu());
}

/* An empty line is `step`. */
int session_run(void)
{
	char at[160], *text;

	rl_initialize();
	rl_attempted_completion_function = complete;
	using_history();
	while (!session_over) {
		where(at, sizeof(at));
		text = readline(at);
		if (text == NULL)
			break;
		if (*text != '\0')
			add_history(text);
		if (*text == '\0')
			(void)obey("step", strlen("step"), NULL, 0);
		else
			(void)obey(text, strlen(text), NULL, 0);
		free(text);
	}
	return 0;
}
