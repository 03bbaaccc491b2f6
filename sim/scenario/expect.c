/* SPDX-License-Identifier: MIT */
/* The parser's registers, entries of lists, and results. */
#include "parser.h"

#include <svsm/abi.h>

bool take_registers(struct parser *p, uint64_t *given, unsigned int *checked)
{
	while (take_peek(p)->kind == TOKEN_WORD) {
		const struct token *t = take_peek(p);
		uint64_t number;

		if (!take_name(p, name_registers, "rcx, rdx, r8 or r9", &number))
			return false;
		if ((*checked & 1U << number) != 0)
			return text_error(&p->text, t, "%.*s a second time", (int)t->length, t->at);
		if (!take_number(p, "a number", 0, ~0ULL, &given[number]))
			return false;
		*checked |= 1U << number;
	}
	return true;
}

static bool take_stop(struct parser *p)
{
	p->line->expect.stops = true;
	return take_name(p, name_reasons, "a reason to stop", &p->line->expect.value);
}

/* DEPOSIT_MEM is to bring so many pages first. */
static bool take_need(struct parser *p)
{
	uint64_t *value = &p->line->expect.value;

	if (!take_number(p, "pages", 1, SVSM_NEED_PAGES - 1, value))
		return false;
	*value += SVSM_NEED_PAGES;
	return true;
}

bool take_result(struct parser *p)
{
	struct scenario_line *l = p->line;
	const struct token *t = take_peek(p) + 1;

	if (!take_kind(p, TOKEN_ARROW, "->"))
		return false;
	l->expect.line = t->line;
	l->expect.column = t->column;
	if (take_maybe(p, "STOPS"))
		return take_stop(p);
	l->expect.any = take_maybe(p, "ANY");
	if (l->expect.any)
		return true;
	if (take_maybe(p, "NEED")
		    ? !take_need(p)
		    : !take_name_or_number(p, name_results, "a result", &l->expect.value))
		return false;
	return take_registers(p, l->expect.given, &l->expect.checked);
}

static bool take_entry(struct parser *p, uint64_t *entry)
{
	uint64_t size;

	if (take_maybe(p, "raw"))
		return take_number(p, "an entry", 0, ~0ULL, entry);
	if (!take_number(p, "an address", 0, ~0ULL, entry))
		return false;
	if ((*entry & ~SVSM_ENTRY_ADDRESS) != 0) {
		p->at--;
		return take_wrong(p, "a page's address");
	}
	if (!take_name(p, name_sizes, "4K or 2M", &size))
		return false;
	*entry |= size;
	if (take_maybe(p, "validate"))
		*entry |= SVSM_ENTRY_VALIDATE;
	else if (!take_maybe(p, "lend") && !take_word(p, "rescind"))
		return false;
	if (take_maybe(p, "ignore-cf"))
		*entry |= SVSM_ENTRY_IGNORE_CF;
	return true;
}

/* A comma at the end of a line: more of them follow on the next one. */
static bool take_comma(struct parser *p)
{
	if (take_peek(p)->kind != TOKEN_COMMA)
		return false;
	p->at++;
	while (take_peek(p)->kind == TOKEN_NEWLINE)
		p->at++;
	return true;
}

bool take_entries(struct parser *p)
{
	struct scenario_line *l = p->line;
	const uint64_t room = (PAGE_4K - l->address % PAGE_4K - SVSM_LIST_HEADER) / SVSM_LIST_ENTRY;

	l->entry = p->s->entries;
	do {
		if (l->entries == room)
			return text_error(&p->text, take_peek(p),
					  "an entry beyond the end of the list's page");
		if (!take_entry(p, &p->s->entry[p->s->entries]))
			return false;
		p->s->entries++;
		l->entries++;
	} while (take_comma(p));
	return true;
}
