/* SPDX-License-Identifier: MIT */
/* What went wrong; the choices so far, to print and to replay, and in words what each has done. */
#include "machine.h"

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

void trace_say(const struct cpu *c, const char *what, const void *word, uint64_t old, uint64_t new)
{
	if (verbose)
		printf("# CPU %u op %u %s %s %#llx -> %#llx\n", (unsigned int)(c - cpu), c->now,
		       what, world_name(word), (unsigned long long)old, (unsigned long long)new);
}

void trace_choice(char choice)
{
	if (trace_length < TRACE - 1)
		trace[trace_length++] = choice;
}
