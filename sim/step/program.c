/* SPDX-License-Identifier: MIT */
/* A guest's first calls: which protocols there are, then a page validated and given back. */
#include "program.h"

static const char *const text = "machine vmpl 1 cpus 1\n"
				"call cpu 0 QUERY_PROTOCOL rcx 1 -> SUCCESS rcx 0x100000001\n"
				"list 0x11000: 0x200000 4K validate\n"
				"call cpu 0 PVALIDATE rcx 0x11000 -> SUCCESS\n"
				"list 0x11000: 0x200000 4K rescind\n"
				"call cpu 0 PVALIDATE rcx 0x11000 -> SUCCESS\n";

const struct scenario *program_first_calls(void)
{
	static struct scenario scenario;

	CHECK(scenario_parse(&scenario, "first calls", text));
	return &scenario;
}
