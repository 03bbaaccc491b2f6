/* SPDX-License-Identifier: MIT */
/* What happens: a scenario's lines, or a guest's first calls, over and over. */
#pragma once
#include <sim/engine.h>

#include <sim/scenario.h>

/* Up to the process's end; all but its first line so many times. */
const struct engine_program *program_of(const struct scenario *s, uint64_t times);
/* What is taken when no scenario is given. */
const struct scenario *program_first_calls(void);

/* What the scenario expected and did not get, at the last move or before; NULL. */
const char *program_complaint(void);
/* Lines that have been begun; the n-th of them, from 0. */
uint64_t program_at(void);
const struct scenario_line *program_line(uint64_t n);
const char *program_path(void);
/* A line by hand (scenario_by_hand()): false, and program_refused() says why. For a move. */
bool program_hand(const void *line);
const char *program_refused(void);
const struct scenario *program_scenario(void);
