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

/* `is_there`: it has been cut into words. */
static bool load(struct parser *p, bool is_there)
{
	struct scenario *s = p->s;
	bool is_loaded = false;

	s->text = p->text.bytes;
	p->text.bytes = NULL;
	if (is_there) {
		/* Neither has more than there are words. */
		s->line = zeroed(p->text.tokens, sizeof(*s->line));
		s->entry = zeroed(p->text.tokens, sizeof(*s->entry));
		is_loaded = parse(p);
	}
	text_free(&p->text);
	if (!is_loaded)
		scenario_free(s);
	return is_loaded;
}

static void name(struct scenario *s, const char *path)
{
	*s = (struct scenario){ .path = strdup(path) };
	if (s->path == NULL)
		abort();
}

bool scenario_load(struct scenario *s, const char *path)
{
	struct parser p = { .s = s };

	name(s, path);
	return load(&p, text_load(&p.text, path));
}

bool scenario_parse(struct scenario *s, const char *path, const char *text)
{
	struct parser p = { .s = s };

	name(s, path);
	return load(&p, text_take(&p.text, path, text));
}

void scenario_free(struct scenario *s)
{
	free(s->path);
	free(s->text);
	free(s->line);
	free(s->entry);
	*s = (struct scenario){ 0 };
}
