/* SPDX-License-Identifier: MIT */
/* The parser's single words. */
#include "parser.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_LENGTH 32U

const struct token *take_peek(const struct parser *p)
{
	return &p->text.token[p->at];
}

bool take_wrong(const struct parser *p, const char *what)
{
	const struct token *t = take_peek(p);

	if (t->kind == TOKEN_NEWLINE || t->kind == TOKEN_END)
		(void)text_error(&p->text, t, "%s is missing", what);
	else
		(void)text_error(&p->text, t, "%.*s is not %s", (int)t->length, t->at, what);
	return false;
}

bool take_is(const struct parser *p, const char *word)
{
	const struct token *t = take_peek(p);

	return t->kind == TOKEN_WORD && t->length == strlen(word) &&
	       memcmp(t->at, word, t->length) == 0;
}

bool take_maybe(struct parser *p, const char *word)
{
	if (!take_is(p, word))
		return false;
	p->at++;
	return true;
}

bool take_word(struct parser *p, const char *word)
{
	return take_maybe(p, word) || take_wrong(p, word);
}

bool take_kind(struct parser *p, enum token_kind kind, const char *what)
{
	if (take_peek(p)->kind != kind)
		return take_wrong(p, what);
	p->at++;
	return true;
}

bool take_end(struct parser *p)
{
	const struct token *t = take_peek(p);

	if (t->kind != TOKEN_NEWLINE && t->kind != TOKEN_END)
		return text_error(&p->text, t, "%.*s is one word too many", (int)t->length, t->at);
	return true;
}

/* Decimal, or hexadecimal after 0x; no sign, no octal. */
static bool parse_number(const struct token *t, uint64_t *value)
{
	char digits[NUMBER_LENGTH + 1];
	bool is_hex = t->length > 2 && memcmp(t->at, "0x", 2) == 0;
	const char *from = digits + (is_hex ? 2 : 0), *allowed = "0123456789abcdefABCDEF";

	if (t->length > NUMBER_LENGTH)
		return false;
	memcpy(digits, t->at, t->length);
	digits[t->length] = '\0';
	if (strspn(from, is_hex ? allowed : "0123456789") != strlen(from))
		return false;
	errno = 0;
	*value = strtoull(from, NULL, is_hex ? 16 : 10);
	return errno == 0;
}

bool take_number(struct parser *p, const char *what, uint64_t least, uint64_t most, uint64_t *value)
{
	const struct token *t = take_peek(p);

	if (t->kind != TOKEN_WORD || !parse_number(t, value))
		return take_wrong(p, what);
	if (*value < least || *value > most)
		return text_error(&p->text, t, "%.*s is not %s of 0x%llx to 0x%llx", (int)t->length,
				  t->at, what, (unsigned long long)least, (unsigned long long)most);
	p->at++;
	return true;
}

bool take_name(struct parser *p, const struct name *names, const char *what, uint64_t *value)
{
	const struct token *t = take_peek(p);
	const struct name *found =
		t->kind == TOKEN_WORD ? name_find(names, t->at, t->length) : NULL;

	if (found == NULL)
		return take_wrong(p, what);
	*value = found->value;
	p->at++;
	return true;
}

bool take_name_or_number(struct parser *p, const struct name *names, const char *what,
			 uint64_t *value)
{
	const struct token *t = take_peek(p);

	if (t->kind == TOKEN_WORD && *t->at >= '0' && *t->at <= '9')
		return take_number(p, what, 0, ~0ULL, value);
	return take_name(p, names, what, value);
}

static bool is_guest(uint64_t address)
{
	return address < HOST_RAM && (address < HOST_HOLE || address >= HOST_HOLE_END);
}

static bool check_address(struct parser *p, uint64_t alignment, uint64_t address, bool is_there)
{
	const struct token *t = take_peek(p) - 1;

	if (!is_there)
		return text_error(&p->text, t, "nothing is at %.*s", (int)t->length, t->at);
	if (address % alignment != 0)
		return text_error(&p->text, t, "%.*s is not a multiple of 0x%llx", (int)t->length,
				  t->at, (unsigned long long)alignment);
	return true;
}

bool take_guest_address(struct parser *p, uint64_t alignment, uint64_t *address)
{
	return take_number(p, "an address", 0, ~0ULL, address) &&
	       check_address(p, alignment, *address, is_guest(*address));
}

bool take_address(struct parser *p, uint64_t alignment, uint64_t *address)
{
	return take_number(p, "an address", 0, ~0ULL, address) &&
	       check_address(p, alignment, *address,
			     is_guest(*address) || *address - HOST_SVSM_GPA < HOST_SVSM_BYTES);
}

static bool take_size(struct parser *p, const struct token *where)
{
	struct scenario_line *l = p->line;
	uint64_t size = SIZE_4K;

	if (!take_name(p, name_sizes, "4K or 2M", &size))
		return false;
	l->size = size == SIZE_2M ? SIZE_2M : SIZE_4K;
	/* The first 2 MiB have the hole in them. */
	if (l->size == SIZE_2M && (l->address % PAGE_2M != 0 || l->address == 0))
		return text_error(&p->text, where, "%.*s is not the address of a 2M page",
				  (int)where->length, where->at);
	return true;
}

bool take_page(struct parser *p)
{
	const struct token *where = take_peek(p);

	return take_guest_address(p, PAGE_4K, &p->line->address) && take_size(p, where);
}

bool take_any_page(struct parser *p)
{
	const struct token *where = take_peek(p);

	return take_address(p, PAGE_4K, &p->line->address) && take_size(p, where);
}

bool take_cpu(struct parser *p)
{
	uint64_t cpu;

	if (!take_word(p, "cpu") || !take_number(p, "a CPU", 0, p->s->cpus - 1, &cpu))
		return false;
	p->line->cpu = (unsigned int)cpu;
	return true;
}
