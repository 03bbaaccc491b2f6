/* SPDX-License-Identifier: MIT */
/* A guest's first calls: which protocols there are, then a page validated and given back. */
#include "program.h"

#include <svsm/abi.h>

#define PAGE 0x200000ULL
#define QUERY ((uint64_t)SVSM_PROTOCOL_CORE << 32 | SVSM_CORE_QUERY_PROTOCOL)
#define VALIDATE ((uint64_t)SVSM_PROTOCOL_CORE << 32 | SVSM_CORE_PVALIDATE)

static const struct {
	uint64_t rax, rcx;
	uint64_t entry; /* of a list at rcx; 0: there is none */
} calls[] = {
	{ QUERY, SVSM_CORE_VERSION, 0 },
	{ VALIDATE, HOST_LIST, PAGE | SVSM_ENTRY_VALIDATE },
	{ VALIDATE, HOST_LIST, PAGE },
};

#define CALLS (sizeof(calls) / sizeof(*calls))

static struct {
	uint64_t at;
} now;
static uint64_t end = CALLS;

static enum engine_turn next(struct engine_line *line)
{
	uint64_t i = now.at % CALLS;

	if (now.at == end)
		return ENGINE_NONE;
	now.at++;
	line->cpu = 0;
	line->call = (struct host_registers){ .rax = calls[i].rax, .rcx = calls[i].rcx };
	if (calls[i].entry != 0)
		host_list(calls[i].rcx, &calls[i].entry, 1, 0);
	return ENGINE_CALL;
}

const struct engine_program program_first_calls = { next, &now, sizeof(now) };

void program_repeat(unsigned long times)
{
	end = times * CALLS;
}
