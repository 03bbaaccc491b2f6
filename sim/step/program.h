/* SPDX-License-Identifier: MIT */
/* What happens when no scenario is given. */
#pragma once
#include <sim/engine.h>

#include <sim/scenario.h>

/* What the scenario expected and did not get, at the last move or before; NULL. */
const char *program_complaint(void);
const struct engine_program *program_scenario(const struct scenario *s);

extern const struct engine_program program_first_calls;
void program_repeat(unsigned long times);
