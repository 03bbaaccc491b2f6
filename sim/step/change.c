/* SPDX-License-Identifier: MIT */
/* What the user does to the machine. */
#include "program.h"
#include "session.h"

#include <string.h>
#include <svsm/vmsa.h>

static const struct {
	const char *name;
	unsigned int offset;
} registers[] = {
	{ "rax", VMSA_RAX }, { "rcx", VMSA_RCX }, { "rdx", VMSA_RDX },
	{ "r8", VMSA_R8 },   { "r9", VMSA_R9 },	  { "exit", VMSA_EXITCODE },
};

#define REGISTERS (sizeof(registers) / sizeof(*registers))

/* `refused`: why, NULL: program_refused(). */
static bool made(const struct line *line, const struct engine_move *move, const char *refused)
{
	enum engine_outcome outcome = engine_move(move);

	if (outcome == ENGINE_ENDED)
		return line_wrong(line, 0, "the VM is stopped");
	if (outcome == ENGINE_REFUSED)
		return line_wrong(line, 0, refused != NULL ? refused : program_refused());
	report_where();
	return true;
}

/* They would be answers to what a guest of the search has not asked. */
static bool is_free(const struct line *line)
{
	return !session_choices ||
	       line_wrong(line, 0, "not in a search's choices: cpu, fail and inject are");
}

bool inject_command(const struct line *line)
{
	struct engine_move move = { .kind = ENGINE_EVENT, .cpu = engine_cpu() };

	return line_event(line, 1, &move.a) && made(line, &move, "no machine waits for an event");
}

bool fail_command(const struct line *line)
{
	struct engine_move move = { .kind = ENGINE_FAIL };
	enum host_kind kind;

	if (!report_kind(line->word[1], &kind))
		return line_wrong(line, 1, "no such operation; they are those that `micro` names");
	move.cpu = kind;
	if (!line_number(line, 2, &move.b) || !line_number(line, 3, &move.a))
		return false;
	if (move.b == 0 || move.b > UINT32_MAX)
		return line_wrong(line, 2, "1 is the next one");
	return made(line, &move, "it cannot fail");
}

bool set_command(const struct line *line)
{
	struct engine_move move = { .kind = ENGINE_SET, .cpu = engine_cpu() };
	unsigned int i = 0;

	if (!is_free(line))
		return false;
	while (i < REGISTERS && strcasecmp(line->word[1], registers[i].name) != 0)
		i++;
	if (i == REGISTERS)
		return line_wrong(line, 1, "no such register: rax, rcx, rdx, r8, r9 or exit");
	move.a = registers[i].offset;
	return line_number(line, 2, &move.b) && made(line, &move, "that CPU has no save area");
}

bool call_command(const struct line *line)
{
	const struct engine_move move = { .kind = ENGINE_BEGIN, .cpu = engine_cpu() };

	return is_free(line) &&
	       made(line, &move, "that CPU is in the middle of a call, or has no guest");
}

/* A line of a scenario, in its place. It is kept: moves are made again. */
bool do_command(const struct line *line)
{
	char text[sizeof(line->text)];
	struct engine_move move = { .kind = ENGINE_HAND, .hand = program_hand };
	unsigned int i;

	if (!is_free(line))
		return false;
	memset(text, ' ', sizeof(text));
	for (i = 1; i < line->words; i++)
		memcpy(&text[line->column[i] - 1], line->word[i], strlen(line->word[i]));
	text[line->column[i - 1] - 1 + strlen(line->word[i - 1])] = '\0';
	move.what = scenario_by_hand(program_scenario(), line->file != NULL ? line->file : "typed",
				     line->file != NULL ? line->number : 1, text);
	return move.what != NULL && made(line, &move, NULL);
}

const char *change_register(uint64_t offset)
{
	for (unsigned int i = 0; i < REGISTERS; i++)
		if (registers[i].offset == offset)
			return registers[i].name;
	return "?";
}
