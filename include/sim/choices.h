/* SPDX-License-Identifier: MIT */
/*
 * The choices that a search of `svsm-sim explore` has saved, for `step` and
 * `run`: see sim/explore/README.md. One file in a process.
 */
#pragma once
#include <sim/engine.h>

/* A regular file has some. */
bool choices_are_in(const char *path);
/* All of them, on a machine of this process; the exit status. */
int choices_run(const char *path);

/*
 * The same as a program of the engine, each up to an event or operation at a time. NULL: they make
 * no sense, and standard error has a line about it.
 */
const struct engine_program *choices_program(const char *path);
/* Which the last move began; NULL: none. */
const char *choices_words(void);
/* What is next in the file cannot be; NULL. */
const char *choices_complaint(void);
#define CHOICES_CANNOT "this choice cannot be made here"
/* What is not as it must be; NULL. */
const char *choices_broken(void);
/* Something is looked at: not in the midst of a choice, nor before bring-up has ended. */
bool choices_are_looked_at(void);
