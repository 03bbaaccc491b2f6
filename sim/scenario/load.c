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

/* The text, and room: neither has more than there are words, and the machine. */
static void take_over(struct parser *p)
{
	p->s->text = p->text.bytes;
	p->text.bytes = NULL;
	p->s->line = zeroed(p->text.tokens + 1, sizeof(*p->s->line));
	p->s->entry = zeroed(p->text.tokens + 1, sizeof(*p->s->entry));
}

/* `is_there`: it has been cut into words. */
static bool load(struct parser *p, bool is_there)
{
	struct scenario *s = p->s;
	bool is_loaded = false;

	take_over(p);
	if (is_there)
		is_loaded = parse(p);
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
	return load(&p, text_take(&p.text, path, text, 1));
}

/* What a text can say at any time, and no CPU does. */
static bool is_by_hand(enum scenario_word word)
{
	return word == SCENARIO_VMSA || word == SCENARIO_WRITE || word == SCENARIO_LIST ||
	       (word >= SCENARIO_TOUCH && word <= SCENARIO_RESTORE);
}

static bool take_by_hand(struct parser *p)
{
	const struct token *where = take_peek(p);

	p->line = &p->s->line[p->s->lines];
	if (!line_parse(p))
		return false;
	return is_by_hand(p->line->word) ||
	       text_error(&p->text, where, "%.*s is nothing to do by hand", (int)where->length,
			  where->at);
}

const struct scenario *scenario_by_hand(const struct scenario *of, const char *path,
					unsigned int line, const char *text)
{
	static struct scenario *last;
	struct scenario *s = zeroed(1, sizeof(*s));
	struct parser p = { .s = s };
	bool is_good;

	name(s, path);
	s->vmpl = of->vmpl;
	s->cpus = of->cpus;
	is_good = text_take(&p.text, path, text, line);
	take_over(&p);
	s->lines = 1; /* the machine */
	is_good = is_good && take_by_hand(&p);
	text_free(&p.text);
	if (is_good) {
		s->before = last;
		last = s;
		return s;
	}
	scenario_free(s);
	free(s);
	return NULL;
}

void scenario_free(struct scenario *s)
{
	free(s->path);
	free(s->text);
	free(s->line);
	free(s->entry);
	*s = (struct scenario){ 0 };
}
