/* SPDX-License-Identifier: MIT */
/* What can follow what, as far as the text alone tells. */
#include "parser.h"

static bool overlap(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return a < b + b_bytes && b < a + a_bytes;
}

bool flow_pages(struct parser *p, const struct token *where)
{
	const struct scenario_line *l = p->line;

	if (p->running)
		return text_error(&p->text, where, "memory is set up before anything happens");
	if (overlap(l->address, size_bytes(l->size), HOST_GUEST_PAGES,
		    HOST_GUEST_PAGE_COUNT * PAGE_4K))
		return text_error(&p->text, where, "the guest has had these pages from the start");
	for (const struct scenario_line *other = p->s->line; other < l; other++)
		if (other->word == SCENARIO_PAGE &&
		    overlap(l->address, size_bytes(l->size), other->address,
			    size_bytes(other->size)))
			return text_error(&p->text, where, "overlaps the page of line %u",
					  other->line);
	return true;
}

static bool begin(struct parser *p, const struct token *where)
{
	enum flow_at *at = &p->flow[p->line->cpu];

	/* VMPL0 is there on every CPU. */
	switch (*at == FLOW_AWAY && p->line->uncalled ? FLOW_READY : *at) {
	case FLOW_AWAY:
		return text_error(&p->text, where, "nothing of the guest's was started there");
	case FLOW_BUSY:
		return text_error(&p->text, where, "it has not finished the call of line %u",
				  p->begun[p->line->cpu]->line);
	case FLOW_STOPPED:
		return text_error(&p->text, where, "it was stopped for ever");
	default:
		p->before[p->line->cpu] = *at;
		p->begun[p->line->cpu] = where;
		if (p->line->word == SCENARIO_BEGIN)
			*at = FLOW_BUSY;
		return true;
	}
}

static bool go_on(struct parser *p, const struct token *where)
{
	enum flow_at *at = &p->flow[p->line->cpu];

	if (*at == FLOW_STOPPED)
		return text_error(&p->text, where, "it was stopped for ever");
	if (*at != FLOW_BUSY)
		return text_error(&p->text, where, "it has not begun a call");
	if (p->line->word == SCENARIO_FINISH)
		*at = p->before[p->line->cpu];
	if (p->line->word == SCENARIO_STOP)
		*at = FLOW_STOPPED;
	return true;
}

/* VMPL0 is not on that CPU. */
static bool idle(struct parser *p, const struct token *where)
{
	enum flow_at *at = &p->flow[p->line->cpu];
	enum flow_at *before = &p->before[p->line->cpu];

	/* VMPL0 was entered by itself, and is told meanwhile what to run. */
	if (*at == FLOW_BUSY && *before == FLOW_AWAY && p->line->word == SCENARIO_START) {
		*before = FLOW_READY;
		return true;
	}
	if (*at == FLOW_BUSY || *at == FLOW_STOPPED)
		return text_error(&p->text, where, "it is in the middle of a call");
	if (p->line->word == SCENARIO_START)
		*at = FLOW_READY;
	if (p->line->word == SCENARIO_ACCESS && *at == FLOW_AWAY)
		return text_error(&p->text, where, "nothing of the guest's was started there");
	return true;
}

/* `where`: the number of the CPU. */
bool flow_turn(struct parser *p, const struct token *where)
{
	switch (p->line->word) {
	case SCENARIO_CALL:
	case SCENARIO_BEGIN:
		return begin(p, where);
	case SCENARIO_START:
	case SCENARIO_ENTER:
	case SCENARIO_ACCESS:
		return idle(p, where);
	case SCENARIO_SET:
		return p->flow[p->line->cpu] != FLOW_AWAY ||
		       text_error(&p->text, where, "nothing of the guest's was started there");
	default:
		return go_on(p, where);
	}
}

bool flow_map(struct parser *p, const struct token *where)
{
	if (p->maps++ == SNP_OVERRIDES)
		return text_error(&p->text, where, "more than %u pages mapped elsewhere",
				  SNP_OVERRIDES);
	return true;
}

bool flow_calm(const struct parser *p)
{
	for (unsigned int cpu = 0; cpu < p->s->cpus; cpu++)
		if (p->flow[cpu] == FLOW_BUSY || p->flow[cpu] == FLOW_STOPPED)
			return false;
	return true;
}

bool flow_end(struct parser *p)
{
	for (unsigned int cpu = 0; cpu < p->s->cpus && !p->over && !p->paused; cpu++)
		if (p->flow[cpu] == FLOW_BUSY)
			return text_error(&p->text, p->begun[cpu],
					  "a call that is neither finished nor stopped");
	return true;
}
