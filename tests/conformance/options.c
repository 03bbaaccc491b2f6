/* SPDX-License-Identifier: MIT */
/* The options, from the kernel's command line: strict, reflect, verbose, only=TEXT. */
#include "conf.h"

static bool starts(const char *text, const char *with)
{
	while (*with != '\0')
		if (*text++ != *with++)
			return false;
	return true;
}

void options_read(const char *words)
{
	while (*words != '\0') {
		if (starts(words, "strict"))
			options.strict = true;
		else if (starts(words, "reflect"))
			options.reflect = true;
		else if (starts(words, "verbose"))
			options.verbose = true;
		else if (starts(words, "only=")) {
			options.only = words + 5; /* up to the end */
			return;
		}
		while (*words != '\0' && *words != ' ')
			words++;
		while (*words == ' ')
			words++;
	}
}

bool options_want(const char *section, const char *text, const char *more)
{
	static char line[256];
	const char *const parts[] = { section, " ", text, more };
	unsigned int n = 0;

	if (options.only == NULL)
		return true;
	for (unsigned int i = 0; i < 4; i++)
		for (const char *p = parts[i]; *p != '\0' && n < sizeof(line) - 1; p++)
			line[n++] = *p;
	line[n] = '\0';
	for (const char *p = line; *p != '\0'; p++)
		if (starts(p, options.only))
			return true;
	return false;
}
