/* SPDX-License-Identifier: MIT */
/* What the files that carry out a line share: NULL, or what is not so. */
#pragma once
#include <sim/scenario.h>

const char *not_so(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* set_up.c */
const char *apply_page(const struct scenario_line *l);
const char *apply_frames(const struct scenario_line *l);
/* memory.c */
const char *apply_memory(const struct scenario *s, const struct scenario_line *l);
/* change.c */
const char *apply_change(const struct scenario_line *l);
/* lies.c */
bool lies_await(void); /* a failure or lie is still to come */
const char *apply_lie(const struct scenario_line *l);
