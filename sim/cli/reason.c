/* SPDX-License-Identifier: MIT */
/* svsm-sim reason: why a guest asked for its end, from any of the forms it is seen in. [ghcb 4] */
#include <errno.h>
#include <sim/command.h>
#include <snp/snp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <svsm/reason.h>

#define MSR_TERMINATE 0x100U
#define MSR_SETS 16U

static const char *const help =
	"usage: svsm-sim reason CODE...\n"
	"CODE is the value of the GHCB MSR (its low 12 bits 0x100), SET:CODE, or a code of\n"
	"Turnstile's own set 14. Decimal, or hexadecimal after 0x.\n";

static bool number(const char *text, char ends, const char **rest, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	*rest = end;
	return *text >= '0' && *text <= '9' && errno == 0 && *end == ends;
}

static bool parse(const char *text, uint64_t *set, uint64_t *code)
{
	const char *rest;

	if (number(text, ':', &rest, set))
		return number(rest + 1, '\0', &rest, code) && *set < MSR_SETS && *code <= UINT8_MAX;
	if (!number(text, '\0', &rest, code))
		return false;
	*set = REASON_SET;
	if (*code <= UINT8_MAX)
		return true;
	if ((*code & 0xfff) != MSR_TERMINATE || *code >> 24 != 0)
		return false;
	*set = *code >> 12 & 0xf;
	*code = *code >> 16 & UINT8_MAX;
	return true;
}

int cmd_reason(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(help, stdout);
		return 0;
	}
	if (argc < 2) {
		fputs(help, stderr);
		return STATUS_BAD_INPUT;
	}
	for (int i = 1; i < argc; i++) {
		uint64_t set, code;

		if (!parse(argv[i], &set, &code)) {
			fprintf(stderr, "svsm-sim reason: %s is no termination reason\n", argv[i]);
			return STATUS_BAD_INPUT;
		}
		printf("set %u%s code %u: %s\n", (unsigned int)set,
		       set == REASON_SET ? " (Turnstile)" : "", (unsigned int)code,
		       snp_term_words((unsigned int)set, (unsigned int)code));
	}
	return 0;
}
