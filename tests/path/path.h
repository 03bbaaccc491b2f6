/* SPDX-License-Identifier: MIT */
/*
 * Sentences of a machine, read from the event ring: where it was, what came,
 * where it was then... PATH(machine, from, place, event, place, event, ...).
 */
#pragma once
#include <snp/host.h>
#include <svsm/ring.h>

#include "test.h"

static inline void path_check(enum machine machine, uint64_t from, const int *want,
			      unsigned int count)
{
	unsigned int at = 0;

	for (uint64_t i = from; i < ring_count(0); i++) {
		struct ring_entry e;

		check(ring_read(0, i, &e));
		if (e.machine != machine)
			continue;
		if (at + 2 > count) {
			check(at + 2 <= count);
			return;
		}
		check_eq(at << 8 | e.state, at << 8 | (unsigned int)want[at]);
		check_eq(at << 8 | e.event, at << 8 | (unsigned int)want[at + 1]);
		at += 2;
	}
	check_eq(at, count);
}

#define PATH(machine, from, ...)                                                                   \
	do {                                                                                       \
		static const int want[] = { __VA_ARGS__ };                                         \
		path_check((machine), (from), want, sizeof(want) / sizeof(want[0]));               \
	} while (0)
