/* SPDX-License-Identifier: MIT */
/* A command line that makes no sense, in one line. */
#include <getopt.h>
#include <sim/command.h>
#include <stdio.h>
#include <string.h>

int command_bad(char **argv, const char *what)
{
	fprintf(stderr, "svsm-sim %s: %s; --help says more\n", argv[0], what);
	return STATUS_BAD_INPUT;
}

int command_bad_option(char **argv, int option)
{
	const char *word = argv[optind - 1], letter[] = { '-', (char)optopt, '\0' };
	char words[200];

	/* One of several letters in a word is not yet behind. */
	if (optopt != 0 && strncmp(word, "--", 2) != 0)
		word = letter;
	(void)snprintf(words, sizeof(words), "%s %.100s",
		       option == ':' ? "there is no value for" : "there is no option", word);
	return command_bad(argv, words);
}
