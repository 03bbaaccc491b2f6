/* SPDX-License-Identifier: MIT */
/* The parser's lines: what follows each first word. */
#include "parser.h"

#define TIMES_MAX 1000000U

static bool parse_machine(struct parser *p)
{
	uint64_t vmpl, cpus;

	if (!take_word(p, "vmpl") || !take_number(p, "a VMPL", 1, SNP_VMPLS - 1, &vmpl) ||
	    !take_word(p, "cpus") || !take_number(p, "a number", 1, HOST_CPUS, &cpus))
		return false;
	p->s->vmpl = (unsigned int)vmpl;
	p->s->cpus = (unsigned int)cpus;
	p->flow[0] = FLOW_READY;
	return true;
}

static bool take_what(struct parser *p, const struct name *names, const char *what)
{
	uint64_t value = 0;

	if (!take_name(p, names, what, &value))
		return false;
	p->line->what = (unsigned int)value;
	return true;
}

static bool parse_page(struct parser *p)
{
	const struct token *where = take_peek(p);

	if (!take_page(p) || !flow_pages(p, where))
		return false;
	where = take_peek(p);
	if (!take_what(p, name_pages, "given, shared or split"))
		return false;
	if (p->line->what == SCENARIO_SPLIT && p->line->size == SIZE_4K)
		return text_error(&p->text, where, "a 4K page cannot be split");
	return true;
}

static bool parse_frames(struct parser *p)
{
	if (!flow_calm(p))
		return text_error(&p->text, take_peek(p) - 1, "a CPU is in the middle of a call");
	return take_what(p, name_frames, "used or none");
}

static bool parse_vmsa(struct parser *p)
{
	return take_guest_address(p, PAGE_4K, &p->line->address);
}

static bool take_place(struct parser *p)
{
	uint64_t bytes;

	if (!take_name(p, name_widths, "u8, u16, u32 or u64", &bytes))
		return false;
	p->line->bytes = (unsigned int)bytes;
	return take_guest_address(p, bytes, &p->line->address);
}

static uint64_t most(const struct parser *p)
{
	return ~0ULL >> (64 - 8 * p->line->bytes);
}

static bool parse_write(struct parser *p)
{
	return take_place(p) && take_number(p, "a value", 0, most(p), &p->line->value);
}

static bool take_answer(struct parser *p)
{
	const struct token *t = take_peek(p) + 1;

	if (!take_kind(p, TOKEN_ARROW, "->"))
		return false;
	p->line->expect.line = t->line;
	p->line->expect.column = t->column;
	return true;
}

static bool parse_read(struct parser *p)
{
	return take_place(p) && take_answer(p) &&
	       take_number(p, "a value", 0, most(p), &p->line->expect.value);
}

static bool parse_list(struct parser *p)
{
	struct scenario_line *l = p->line;
	bool is_counted;
	uint64_t next = 0;

	if (!take_guest_address(p, SVSM_LIST_HEADER, &l->address))
		return false;
	is_counted = take_maybe(p, "count");
	if (is_counted && !take_number(p, "a count", 0, UINT16_MAX, &l->count))
		return false;
	if (take_maybe(p, "next") && !take_number(p, "an index", 0, UINT16_MAX, &next))
		return false;
	if (!take_kind(p, TOKEN_COLON, ":") || !take_entries(p))
		return false;
	l->next = (uint16_t)next;
	if (!is_counted)
		l->count = l->entries;
	return true;
}

static bool take_call(struct parser *p)
{
	struct scenario_line *l = p->line;
	const struct token *where = take_peek(p) + 1;
	unsigned int given = 0;

	if (!take_cpu(p))
		return false;
	/* Of the hypervisor alone. */
	l->uncalled = l->word == SCENARIO_BEGIN && take_maybe(p, "enter");
	if (!flow_turn(p, where))
		return false;
	return l->uncalled ||
	       (take_name_or_number(p, name_calls, "a call", &l->given[SCENARIO_RAX]) &&
		take_registers(p, l->given, &given));
}

static bool take_ending(struct parser *p)
{
	if (!take_result(p))
		return false;
	p->over = p->line->expect.stops;
	return true;
}

static bool parse_call(struct parser *p)
{
	return take_call(p) && take_ending(p);
}

static bool take_turn(struct parser *p)
{
	const struct token *where = take_peek(p) + 1;

	return take_cpu(p) && flow_turn(p, where);
}

static bool parse_access(struct parser *p)
{
	return take_turn(p) && take_what(p, name_accesses, "read or write") &&
	       take_address(p, 1, &p->line->address) && take_answer(p) &&
	       take_name(p, name_answers, "yes or no", &p->line->expect.value);
}

static bool parse_finish(struct parser *p)
{
	return take_turn(p) && take_ending(p);
}

static bool parse_advance(struct parser *p)
{
	struct scenario_line *l = p->line;

	if (!take_turn(p))
		return false;
	l->past = take_maybe(p, "past");
	if (!l->past)
		return take_number(p, "operations", 0, TIMES_MAX, &l->count);
	l->count = 1;
	if (!take_what(p, name_kinds, "a kind of operation"))
		return false;
	return take_peek(p)->kind != TOKEN_WORD ||
	       take_number(p, "a number", 1, TIMES_MAX, &l->count);
}

static bool parse_start(struct parser *p)
{
	return take_turn(p) && take_word(p, "vmsa") &&
	       take_guest_address(p, PAGE_4K, &p->line->address) && take_word(p, "ca") &&
	       take_guest_address(p, PAGE_4K, &p->line->other);
}

static bool parse_enter(struct parser *p)
{
	p->line->count = 1;
	return take_turn(p) && (take_peek(p)->kind != TOKEN_WORD ||
				take_number(p, "times", 1, TIMES_MAX, &p->line->count));
}

static bool take_nth(struct parser *p)
{
	return take_number(p, "which", 1, TIMES_MAX, &p->line->count);
}

static bool parse_fail(struct parser *p)
{
	return take_what(p, name_kinds, "a kind of operation") && take_nth(p) &&
	       take_name_or_number(p, name_codes, "a code", &p->line->other);
}

static bool parse_unmap(struct parser *p)
{
	const struct token *where = take_peek(p);

	return take_guest_address(p, PAGE_4K, &p->line->address) && flow_map(p, where);
}

static bool parse_map(struct parser *p)
{
	return parse_unmap(p) && take_word(p, "to") && take_address(p, PAGE_4K, &p->line->other);
}

static bool parse_nothing(struct parser *p)
{
	(void)p;
	return true;
}

static bool parse_restore(struct parser *p)
{
	p->maps = 0;
	return true;
}

static const struct {
	const char *name;
	bool (*parse)(struct parser *p);
	bool sets_up;
} words[SCENARIO_WORDS] = {
	[SCENARIO_MACHINE] = { "machine", parse_machine, true },
	[SCENARIO_PAGE] = { "page", parse_page, true },
	[SCENARIO_FRAMES] = { "frames", parse_frames, true },
	[SCENARIO_SLOTS] = { "slots", parse_slots, true },
	[SCENARIO_VMSA] = { "vmsa", parse_vmsa, false },
	[SCENARIO_WRITE] = { "write", parse_write, false },
	[SCENARIO_LIST] = { "list", parse_list, false },
	[SCENARIO_READ] = { "read", parse_read, false },
	[SCENARIO_ACCESS] = { "access", parse_access, false },
	[SCENARIO_CALL] = { "call", parse_call, false },
	[SCENARIO_BEGIN] = { "begin", take_call, false },
	[SCENARIO_ADVANCE] = { "advance", parse_advance, false },
	[SCENARIO_STEP] = { "step", parse_steps, false },
	[SCENARIO_MICRO] = { "micro", parse_steps, false },
	[SCENARIO_FINISH] = { "finish", parse_finish, false },
	[SCENARIO_STOP] = { "stop", take_turn, false },
	[SCENARIO_PAUSE] = { "pause", parse_pause, false },
	[SCENARIO_START] = { "start", parse_start, false },
	[SCENARIO_ENTER] = { "enter", parse_enter, false },
	[SCENARIO_SET] = { "set", parse_set, false },
	[SCENARIO_INJECT] = { "inject", parse_inject, false },
	[SCENARIO_TOUCH] = { "touch", parse_touch, false },
	[SCENARIO_FAIL] = { "fail", parse_fail, false },
	[SCENARIO_REFUSE] = { "refuse", take_nth, false },
	[SCENARIO_PRETEND] = { "pretend", take_nth, false },
	[SCENARIO_TAKE] = { "take", take_any_page, false },
	[SCENARIO_LOSS] = { "loss", parse_nothing, false },
	[SCENARIO_MAP] = { "map", parse_map, false },
	[SCENARIO_ASSIGN] = { "assign", parse_map, false },
	[SCENARIO_UNMAP] = { "unmap", parse_unmap, false },
	[SCENARIO_RESTORE] = { "restore", parse_restore, false },
};

/* Where a line can stand. */
static bool check_place(struct parser *p, const struct token *where)
{
	const bool is_machine = p->line->word == SCENARIO_MACHINE;

	if (is_machine != (p->line == p->s->line))
		return text_error(&p->text, where,
				  is_machine ? "the machine is there already"
					     : "the first line has to be the machine");
	if (p->paused)
		return text_error(&p->text, where, "nothing follows a pause");
	if (p->over && p->line->word != SCENARIO_PAUSE)
		return text_error(&p->text, where, "the VM was stopped: nothing happens any more");
	return true;
}

bool line_parse(struct parser *p)
{
	const struct token *where = take_peek(p);

	p->line->line = where->line;
	p->line->column = where->column;
	p->line->words = where->at;
	for (unsigned int word = 0; word < SCENARIO_WORDS; word++)
		if (take_maybe(p, words[word].name)) {
			p->line->word = (enum scenario_word)word;
			if (!check_place(p, where) || !words[word].parse(p) || !take_end(p))
				return false;
			p->running |= !words[word].sets_up;
			p->line->length = (unsigned int)(take_peek(p)[-1].at - where->at) +
					  take_peek(p)[-1].length;
			return true;
		}
	return take_wrong(p, "a word that a line begins with");
}
