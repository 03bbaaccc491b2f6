/* SPDX-License-Identifier: MIT */
/* The words of scenarios that stand for numbers. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct name {
	const char *name; /* NULL: the last one */
	uint64_t value;
};

extern const struct name name_calls[], name_results[], name_reasons[], name_codes[], name_kinds[],
	name_registers[], name_sizes[], name_widths[], name_pages[], name_frames[], name_accesses[],
	name_answers[];

/* NULL: none. */
const struct name *name_find(const struct name *names, const char *at, size_t length);
const char *name_of(const struct name *names, uint64_t value);
