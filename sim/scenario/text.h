/* SPDX-License-Identifier: MIT */
/* A text file as words, each with its place. */
#pragma once
#include <stdbool.h>

enum token_kind { TOKEN_WORD, TOKEN_COMMA, TOKEN_COLON, TOKEN_ARROW, TOKEN_NEWLINE, TOKEN_END };

struct token {
	enum token_kind kind;
	const char *at;
	unsigned int length;
	unsigned int line, column; /* from 1 */
};

struct text {
	const char *path;
	char *bytes;
	struct token *token; /* the last is TOKEN_END */
	unsigned int tokens;
};

/* False: it was said why. */
bool text_load(struct text *t, const char *path);
/* The same of a text that is there; `line`: the number of its first one. */
bool text_take(struct text *t, const char *path, const char *from, unsigned int line);
void text_free(struct text *t);

/* Says path:line:column: and the rest on standard error. Always false. */
bool text_error(const struct text *t, const struct token *where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
