/* SPDX-License-Identifier: MIT */
/* The two halves of agree.c. Each is its exit status. */
#pragma once
#include <sim/scenario.h>

int agree_table(const struct scenario *s, const char *path);
int agree_compare(const struct scenario *s, const char *model, const char *image);
