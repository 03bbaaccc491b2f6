/* SPDX-License-Identifier: MIT */
/* A text file as words: blanks between them, a comment from # to the line's end. */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_MAX (1U << 20)

bool text_error(const struct text *t, const struct token *where, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%u:%u: ", t->path, where->line, where->column);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return false;
}

static bool no_file(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	return false;
}

static bool read_all(struct text *t, FILE *from, size_t *length)
{
	struct stat about;

	if (fstat(fileno(from), &about) != 0 || !S_ISREG(about.st_mode))
		return no_file(t->path, "not a file");
	t->bytes = malloc(TEXT_MAX + 1);
	if (t->bytes == NULL)
		abort();
	*length = fread(t->bytes, 1, TEXT_MAX + 1, from);
	if (ferror(from))
		return no_file(t->path, strerror(errno));
	if (*length > TEXT_MAX)
		return no_file(t->path, "longer than 1 MiB");
	t->bytes[*length] = '\0';
	return true;
}

static bool is_word(char c)
{
	return c > ' ' && c <= '~' && c != ',' && c != ':' && c != '#';
}

/* One token at `at`; its length, 0: none begins there. */
static unsigned int length_of(const char *at, enum token_kind *kind)
{
	unsigned int length = 0;

	*kind = TOKEN_WORD;
	if (*at == '\n' || *at == ',' || *at == ':') {
		*kind = *at == '\n' ? TOKEN_NEWLINE : *at == ',' ? TOKEN_COMMA : TOKEN_COLON;
		return 1;
	}
	while (is_word(at[length]))
		length++;
	if (length == 2 && memcmp(at, "->", 2) == 0)
		*kind = TOKEN_ARROW;
	return length;
}

static const char *skip(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	if (*at == '#')
		while (*at == '\t' || (*at != '\0' && *at != '\n' && (*at < 0 || *at >= ' ')))
			at++;
	return at;
}

static bool split(struct text *t, size_t length, unsigned int line)
{
	const char *at = t->bytes, *end = t->bytes + length, *start = at;

	t->token = calloc(length + 1, sizeof(*t->token));
	if (t->token == NULL)
		abort();
	for (;;) {
		struct token *token = &t->token[t->tokens];

		at = skip(at);
		*token = (struct token){ TOKEN_END, at, 0, line, (unsigned int)(at - start) + 1 };
		if (at == end) {
			t->tokens++;
			return true;
		}
		token->length = length_of(at, &token->kind);
		if (token->length == 0)
			return text_error(t, token, "byte 0x%02x in a text",
					  (unsigned int)(unsigned char)*at);
		t->tokens++;
		at += token->length;
		if (token->kind == TOKEN_NEWLINE) {
			start = at;
			line++;
		}
	}
}

bool text_load(struct text *t, const char *path)
{
	FILE *from = fopen(path, "re");
	size_t length = 0;
	bool is_read;

	*t = (struct text){ .path = path };
	if (from == NULL)
		return no_file(path, strerror(errno));
	is_read = read_all(t, from, &length);
	(void)fclose(from);
	return is_read && split(t, length, 1);
}

bool text_take(struct text *t, const char *path, const char *from, unsigned int line)
{
	*t = (struct text){ .path = path, .bytes = strdup(from) };
	if (t->bytes == NULL)
		abort();
	return split(t, strlen(from), line);
}

void text_free(struct text *t)
{
	free(t->bytes);
	free(t->token);
	*t = (struct text){ 0 };
}
