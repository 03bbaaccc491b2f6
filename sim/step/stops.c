/* SPDX-License-Identifier: MIT */
/* Where to stop on the way: break and watch. */
#include "session.h"

#include <inttypes.h>
#include <string.h>
#include <svsm/frame.h>
#include <svsm/page.h>

#define STOPS 32U

enum stop_kind { AT_STATE, AT_EVENT, AT_ADDRESS, AT_RESULT, AT_CHANGE };

static struct stop {
	enum stop_kind kind;
	unsigned int machine;
	uint64_t value; /* state, event, address, result */
	uint64_t seen;	/* AT_CHANGE: what the page was */
	char words[96];
} stop[STOPS];
static unsigned int stops;
static unsigned int ops_before;
static const char *broken; /* what is not as it must be */
static uint64_t broken_at; /* position that this is of */

static uint64_t page_now(uint64_t gpa)
{
	const uint8_t *page = host_page(gpa);
	enum page_state state = PAGE_NONE;
	uint64_t spa, h = 1, word;

	if (page_state(pa(gpa), &state) != OK && frame_state(pa(gpa), &state) != OK)
		state = PAGE_NONE;
	for (unsigned int i = 0; page != NULL && i < PAGE_4K; i += 8) {
		memcpy(&word, page + i, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
	}
	if (snp_gpa_to_spa(&host.snp, gpa, &spa)) {
		const struct snp_rmp_entry *e = snp_rmp_head(&host.snp, spa);

		for (unsigned int vmpl = 0; vmpl < SNP_VMPLS; vmpl++)
			h = h * 31 + e->perm[vmpl];
		h = h * 31 + (e->validated + 2U * e->assigned + 4U * e->vmsa + 8U * e->size_2m);
	}
	return h * 31 + state;
}

void stops_before(void)
{
	ops_before = host.ops;
	if (broken_at != engine_position() || broken != NULL)
		broken = report_broken();
	for (unsigned int i = 0; i < stops; i++)
		if (stop[i].kind == AT_CHANGE)
			stop[i].seen = page_now(stop[i].value);
}

static bool used(uint64_t page)
{
	/* A call that began has cleared the log. */
	for (unsigned int i = host.ops < ops_before ? 0 : ops_before; i < host.ops && i < HOST_LOG;
	     i++)
		if ((host.log[i].gpa & ~(PAGE_4K - 1)) == page)
			return true;
	return false;
}

static bool hit(const struct stop *s, enum engine_outcome outcome)
{
	const struct engine_cpu *c = engine_at(engine_cpu());

	switch (s->kind) {
	case AT_STATE:
		return c->pending.there && c->pending.machine == s->machine &&
		       c->pending.state == s->value;
	case AT_EVENT:
		return c->pending.there && c->pending.event == s->value;
	case AT_ADDRESS:
		return used(s->value);
	case AT_RESULT:
		return outcome == ENGINE_OVER && c->result == s->value;
	case AT_CHANGE:
		return page_now(s->value) != s->seen;
	}
	return false;
}

/* What has not been so before is always a reason. */
const char *stops_hit(enum engine_outcome outcome)
{
	const char *before = broken;

	broken = report_broken();
	broken_at = engine_position();
	if (outcome <= ENGINE_STOPPED && broken != NULL && broken != before)
		return "an invariant does not hold";
	for (unsigned int i = 0; i < stops; i++)
		if (outcome <= ENGINE_STOPPED && hit(&stop[i], outcome))
			return stop[i].words;
	return NULL;
}

static struct stop *add(const struct line *line, enum stop_kind kind, unsigned int word)
{
	struct stop *s = &stop[stops];

	if (stops == STOPS) {
		(void)line_wrong(line, 0, "too many breaks");
		return NULL;
	}
	stops++;
	s->kind = kind;
	snprintf(s->words, sizeof(s->words), "%s %.60s",
		 kind == AT_CHANGE ? "watch" : line->word[1], line->word[word]);
	return s;
}

/* "Gate", or "create.Open" where more than one machine has one. Of boot's only with its name. */
static bool state_of(const struct line *line, unsigned int *machine, uint64_t *state)
{
	const char *word = line->word[2], *dot = strchr(word, '.');
	size_t before = dot != NULL ? (size_t)(dot - word) : 0;

	for (*machine = 0; *machine < MACHINES; ++*machine) {
		const struct chart *c = &charts[*machine];

		if (dot != NULL ? strlen(c->name) != before || strncmp(c->name, word, before) != 0
				: *machine == MACHINE_BOOT)
			continue;
		for (*state = 0; *state < c->states; ++*state)
			if (strcmp(c->state[*state], dot != NULL ? dot + 1 : word) == 0)
				return true;
	}
	return line_wrong(line, 2, "no machine has that state");
}

void stops_list(void)
{
	for (unsigned int i = 0; i < stops; i++)
		printf("  %u: %s\n", i, stop[i].words);
}

bool break_command(const struct line *line)
{
	unsigned int machine = 0;
	enum stop_kind kind;
	struct stop *s;
	uint64_t value;

	if (line->words == 1) {
		stops_list();
		return true;
	}
	if (line->words < 3)
		return line_wrong(line, line->words, "a word is missing: what to stop at");
	if (strcmp(line->word[1], "state") == 0) {
		kind = AT_STATE;
		if (!state_of(line, &machine, &value))
			return false;
	} else if (strcmp(line->word[1], "event") == 0) {
		kind = AT_EVENT;
		if (!line_event(line, 2, &value))
			return false;
	} else if (strcmp(line->word[1], "address") == 0) {
		kind = AT_ADDRESS;
		if (!line_address(line, 2, &value))
			return false;
		value &= ~(PAGE_4K - 1);
	} else if (strcmp(line->word[1], "result") == 0) {
		kind = AT_RESULT;
		if (!line_number(line, 2, &value))
			return false;
	} else {
		return line_wrong(line, 1, "break on state, event, address or result");
	}
	s = add(line, kind, 2);
	if (s == NULL)
		return false;
	s->machine = machine;
	s->value = value;
	return true;
}

bool watch_command(const struct line *line)
{
	struct stop *s;
	uint64_t gpa;

	if (!line_address(line, 1, &gpa))
		return false;
	s = add(line, AT_CHANGE, 1);
	if (s == NULL)
		return false;
	s->value = gpa & ~(PAGE_4K - 1);
	return true;
}
