/* SPDX-License-Identifier: MIT */
/* The parser's lines of an exact order: single steps, and what is changed between them. */
#include "parser.h"

#include <string.h>
#include <svsm/event.h>
#include <svsm/vmsa.h>

#define TIMES_MAX 1000000U

static const struct name registers[] = {
	{ "rax", VMSA_RAX }, { "rcx", VMSA_RCX },	{ "rdx", VMSA_RDX }, { "r8", VMSA_R8 },
	{ "r9", VMSA_R9 },   { "exit", VMSA_EXITCODE }, { NULL, 0 },
};

static bool take_turn(struct parser *p)
{
	const struct token *where = take_peek(p) + 1;

	return take_cpu(p) && flow_turn(p, where);
}

bool parse_steps(struct parser *p)
{
	p->line->count = 1;
	return take_turn(p) && (take_peek(p)->kind != TOKEN_WORD ||
				take_number(p, "steps", 1, TIMES_MAX, &p->line->count));
}

bool parse_set(struct parser *p)
{
	return take_turn(p) &&
	       take_name(p, registers, "rax, rcx, rdx, r8, r9 or exit", &p->line->other) &&
	       take_number(p, "a number", 0, ~0ULL, &p->line->value);
}

bool parse_inject(struct parser *p)
{
	const struct token *t;

	if (!take_turn(p))
		return false;
	t = take_peek(p);
	for (unsigned int ev = EV_NONE + 1; t->kind == TOKEN_WORD && ev <= EV_GONE; ev++)
		if (take_maybe(p, event_name((enum event)ev))) {
			p->line->value = ev;
			return true;
		}
	return take_wrong(p, "an event");
}

bool parse_slots(struct parser *p)
{
	return take_word(p, "none");
}

bool parse_touch(struct parser *p)
{
	const struct token *where = take_peek(p);

	if (!take_guest_address(p, PAGE_4K, &p->line->address))
		return false;
	if (p->touches++ == SCENARIO_TOUCHES)
		return text_error(&p->text, where, "more than %u pages", SCENARIO_TOUCHES);
	return true;
}

bool parse_pause(struct parser *p)
{
	p->paused = true;
	return true;
}
