/* SPDX-License-Identifier: MIT */
/*
 * The console: COM1 through the GHCB. Lines begin with "svsm: ". Never
 * prints secrets. log_verbose() prints only with FEATURES=verbose, and never
 * on the request path.
 */
#pragma once
#include <stdbool.h>

void log_set_verbose(bool on);
/* Ends the line that the guest may be amidst. */
void log_break(void);
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_verbose(const char *format, ...) __attribute__((format(printf, 1, 2)));
