/* SPDX-License-Identifier: MIT */
/* A scenario from its file: all of it, or nothing. */
#include "parser.h"

#include <stdlib.h>
#include <string.h>

static void *zeroed(unsigned int count, size_t bytes)
{
	void *memory = calloc(count, bytes);

	if (memory == NULL)
		abort();
	return memory;
}

static bool parse(struct parser *p)
{
	for (; take_peek(p)->kind != TOKEN_END;) {
		if (take_peek(p)->kind == TOKEN_NEWLINE) {
			p->at++;
			continue;
		}
		p->line = &p->s->line[p->s->lines];
		if (!line_parse(p))
			return false;
		p->s->lines++;
	}
	if (p->s->lines == 0)
		return text_error(&p->text, take_peek(p), "the machine is missing");
	return flow_end(p);
}

bool scenario_load(struct scenario *s, const char *path)
{
	struct parser p = { .s = s };
	bool is_loaded = false;

	*s = (struct scenario){ .path = strdup(path) };
	if (s->path == NULL)
		abort();
	if (text_load(&p.text, path)) {
		/* Neither has more than there are words. */
		s->line = zeroed(p.text.tokens, sizeof(*s->line));
		s->entry = zeroed(p.text.tokens, sizeof(*s->entry));
		is_loaded = parse(&p);
	}
	text_free(&p.text);
	if (!is_loaded)
		scenario_free(s);
	return is_loaded;
}

void scenario_free(struct scenario *s)
{
	free(s->path);
	free(s->line);
	free(s->entry);
	*s = (struct scenario){ 0 };
}
