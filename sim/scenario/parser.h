/* SPDX-License-Identifier: MIT */
/* What the parser's files share. Each take_*() is false when it has said what is wrong. */
#pragma once
#include "names.h"
#include "text.h"

#include <sim/scenario.h>
#include <svsm/abi.h>

/* What a CPU of the guest's is doing, as far as the text tells. */
enum flow_at { FLOW_AWAY, FLOW_READY, FLOW_BUSY, FLOW_STOPPED };

struct parser {
	struct text text;
	unsigned int at; /* the next token */
	struct scenario *s;
	struct scenario_line *line;
	enum flow_at flow[HOST_CPUS];
	enum flow_at before[HOST_CPUS]; /* the call that it is in */
	const struct token *begun[HOST_CPUS];
	unsigned int maps; /* lies about mappings since the last `restore` */
	unsigned int touches;
	bool over;    /* the VM was stopped */
	bool paused;  /* the last line was there */
	bool running; /* set-up is over */
};

/* ---- take.c: one word or two ---- */

const struct token *take_peek(const struct parser *p);
bool take_wrong(const struct parser *p, const char *what);
bool take_is(const struct parser *p, const char *word);
bool take_maybe(struct parser *p, const char *word);
bool take_word(struct parser *p, const char *word);
bool take_end(struct parser *p);
bool take_kind(struct parser *p, enum token_kind kind, const char *what);
bool take_number(struct parser *p, const char *what, uint64_t least, uint64_t most,
		 uint64_t *value);
bool take_name(struct parser *p, const struct name *names, const char *what, uint64_t *value);
/* What a name stands for, or a number as it is. */
bool take_name_or_number(struct parser *p, const struct name *names, const char *what,
			 uint64_t *value);
/* An address of the guest's memory, `bytes` from there on in it, and aligned so. */
bool take_guest_address(struct parser *p, uint64_t alignment, uint64_t *address);
/* Or of the SVSM's. */
bool take_address(struct parser *p, uint64_t alignment, uint64_t *address);
bool take_page(struct parser *p);     /* address and size of the line */
bool take_any_page(struct parser *p); /* the SVSM's too */
bool take_cpu(struct parser *p);

/* ---- expect.c: registers, entries and results ---- */

bool take_registers(struct parser *p, uint64_t *given, unsigned int *checked);
bool take_result(struct parser *p);
bool take_entries(struct parser *p);

/* ---- flow.c: what can follow what ---- */

bool flow_pages(struct parser *p, const struct token *where);
bool flow_turn(struct parser *p, const struct token *where);
bool flow_calm(const struct parser *p); /* no CPU is in the middle of a call */
bool flow_map(struct parser *p, const struct token *where);
bool flow_end(struct parser *p);

/* ---- order.c: lines of an exact order ---- */

bool parse_steps(struct parser *p);
bool parse_set(struct parser *p);
bool parse_inject(struct parser *p);
bool parse_slots(struct parser *p);
bool parse_touch(struct parser *p);
bool parse_pause(struct parser *p);

/* ---- lines.c ---- */

bool line_parse(struct parser *p);
