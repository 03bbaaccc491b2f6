/* SPDX-License-Identifier: MIT */
/* What went wrong; the choices so far, to print and to replay, and in words what each has done. */
#include "race.h"

#include <stdio.h>

char trace[TRACE];
unsigned int trace_length;
bool verbose;
const char *wrong;

void fail(const char *what)
{
	if (wrong == NULL)
		wrong = what;
}

static const char *name(const void *word)
{
	static char text[40];
	size_t at = machine_offset(word);

	if (at >= sizeof(memory))
		snprintf(text, sizeof(text), at == SIZE_MAX ? "no row" : "given");
	else if (at >= offsetof(struct memory, region))
		snprintf(text, sizeof(text), "region[%zu]", at - offsetof(struct memory, region));
	else if (at >= offsetof(struct memory, guest))
		snprintf(text, sizeof(text), "guest[%zu]", at - offsetof(struct memory, guest));
	else if (at >= offsetof(struct memory, owner))
		snprintf(text, sizeof(text), "owner[%zu]", at - offsetof(struct memory, owner));
	else if (at >= offsetof(struct memory, frame_row))
		snprintf(text, sizeof(text), "row[%zu].%s",
			 (at - offsetof(struct memory, frame_row)) / 16,
			 at % 16 == 0 ? "ready" : "returned");
	else
		snprintf(text, sizeof(text), "guest row[%zu].%s", at / 16,
			 at % 16 == 0 ? "taken" : "ready");
	return text;
}

void trace_say(const struct cpu *c, const char *what, const void *word, uint64_t old, uint64_t new)
{
	if (verbose)
		printf("# CPU %u op %u %s %s %#llx -> %#llx\n", (unsigned int)(c - cpu), c->now,
		       what, name(word), (unsigned long long)old, (unsigned long long)new);
}

void trace_choice(char choice)
{
	if (trace_length < TRACE - 1)
		trace[trace_length++] = choice;
}
