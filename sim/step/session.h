/* SPDX-License-Identifier: MIT */
/* Between the files of the prompt. */
#pragma once
#include <sim/engine.h>
#include <stdio.h>

#define SESSION_WORDS 16U

/* A line of commands, cut into words, and where it stands. */
struct line {
	const char *file; /* NULL: typed */
	unsigned int number;
	char text[512];
	const char *word[SESSION_WORDS];
	unsigned int column[SESSION_WORDS];
	unsigned int words;
};

extern bool session_json, session_over;
extern bool session_choices; /* of a search (sim/choices.h), no scenario */

/* Says what is wrong with word i of the line; false, for who returns it. */
bool line_wrong(const struct line *line, unsigned int i, const char *what);
bool line_cut(struct line *line, const char *text);
/* Word i as a number, or false after having said so. */
bool line_number(const struct line *line, unsigned int i, uint64_t *value);
bool line_cpu(const struct line *line, unsigned int i, unsigned int *cpu);
bool line_address(const struct line *line, unsigned int i, uint64_t *gpa);
/* Which of the names it is, or an upper-case form of it with `prefix` before; false: none, said. */
bool line_event(const struct line *line, unsigned int i, uint64_t *event);

/* Does what the line says; false: it was wrong, and that has been said. */
bool command_do(const struct line *line);
/* The i-th command's name; NULL: there are no more. */
const char *command_name(unsigned int i);
void command_help(FILE *to);

/* The first words of a command are its name; these do the rest. */
typedef bool command_function(const struct line *line);
command_function show_command, break_command, watch_command, inject_command, fail_command,
	set_command, call_command, do_command, save_command;

const char *change_register(uint64_t offset);
/* scenario_save.c; false: *wrong says why */
bool save_scenario(FILE *file, const char **wrong);

/* One object, or one line. */
void report_move(enum engine_outcome outcome);
/* The same of a move that `why`, unless it is NULL, stops at. */
void report_stop(enum engine_outcome outcome, const char *why);
/* What is not as it must be now (host_invariants(), or what a search looks at); NULL. */
const char *report_broken(void);
/* Where it is, in full. */
void report_where(void);
const char *report_event(unsigned int event);
const char *report_state(unsigned int machine, unsigned int state);
const char *report_op(enum host_kind kind);
bool report_kind(const char *name, enum host_kind *kind);

/* Before and after a move; stops_hit(): why it is to be stopped at, or NULL. */
void stops_before(void);
const char *stops_hit(enum engine_outcome outcome);
void stops_list(void);

/* Reads commands until the end; the exit status. */
int session_run(void);
int session_batch(const char *file);
