/* SPDX-License-Identifier: MIT */
/* Lines of commands: their words, numbers and mistakes. */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool line_wrong(const struct line *line, unsigned int i, const char *what)
{
	unsigned int column =
		i < line->words ? line->column[i] : (unsigned int)strlen(line->text) + 1;

	fflush(stdout);
	if (line->file != NULL)
		fprintf(stderr, "%s:%u:%u: %s\n", line->file, line->number, column, what);
	else
		fprintf(stderr, "%u: %s\n", column, what);
	return false;
}

/* `#` begins a comment. */
bool line_cut(struct line *line, const char *text)
{
	size_t bytes = strcspn(text, "#\n"), at = 0;
	bool inside = false;

	line->words = 0;
	line->text[0] = '\0';
	if (bytes >= sizeof(line->text))
		return line_wrong(line, 0, "the line is too long");
	memcpy(line->text, text, bytes);
	line->text[bytes] = '\0';
	for (; at < bytes; at++) {
		if (strchr(" \t\r", line->text[at]) != NULL) {
			line->text[at] = '\0';
			inside = false;
			continue;
		}
		if (inside)
			continue;
		if (line->words == SESSION_WORDS)
			return line_wrong(line, SESSION_WORDS - 1, "too many words");
		inside = true;
		line->column[line->words] = (unsigned int)at + 1;
		line->word[line->words++] = &line->text[at];
	}
	return true;
}

bool line_number(const struct line *line, unsigned int i, uint64_t *value)
{
	char *end;

	if (i >= line->words)
		return line_wrong(line, i, "a number is missing");
	errno = 0;
	*value = strtoull(line->word[i], &end, 0);
	if (errno != 0 || *end != '\0' || line->word[i][0] < '0' || line->word[i][0] > '9')
		return line_wrong(line, i, "not a number");
	return true;
}

bool line_cpu(const struct line *line, unsigned int i, unsigned int *cpu)
{
	uint64_t value;

	if (!line_number(line, i, &value))
		return false;
	if (value >= host.snp.vcpus)
		return line_wrong(line, i, "there is no such CPU");
	*cpu = (unsigned int)value;
	return true;
}

bool line_address(const struct line *line, unsigned int i, uint64_t *gpa)
{
	uint64_t spa;

	if (!line_number(line, i, gpa))
		return false;
	return snp_gpa_to_spa(&host.snp, *gpa, &spa) ||
	       line_wrong(line, i, "nothing is mapped there");
}

bool line_event(const struct line *line, unsigned int i, uint64_t *event)
{
	if (i >= line->words)
		return line_wrong(line, i, "an event is missing, such as EV_DONE");
	for (*event = EV_NONE + 1; *event <= EV_GONE; ++*event)
		if (strcmp(line->word[i], event_name((enum event) * event)) == 0)
			return true;
	return line_wrong(line, i, "no such event");
}
