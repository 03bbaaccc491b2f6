/* SPDX-License-Identifier: MIT */
/*
 * A trace of so many steps of four vCPUs, each walking its chart. `pages` makes each tenth the
 * change of a page; `wrong` adds one that is no arrow, `page` one that is no change.
 */
#include <sim/chart.h>
#include <sim/trace.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VCPUS 4U
#define REGIONS 128U

/* A 2M page after the other is given, validated and shown to the guest; then 4K pages of them
 * are shared, one of each. */
static struct trace_step page(unsigned int n)
{
	static const uint8_t what[] = { TRACE_PRIVATE, TRACE_VALIDATE, TRACE_RMPADJUST };
	struct trace_step s = { .machine = TRACE_PAGE };

	if (n < 3 * REGIONS) {
		s.argument = (uint64_t)(n / 3) << 21 | 1;
		s.state = what[n % 3];
		s.result = s.state == TRACE_RMPADJUST ? 0x10f : 0;
	} else {
		s.argument = ((uint64_t)(n % REGIONS) << 21) + 0x5000;
		s.state = TRACE_SHARED;
	}
	return s;
}

int main(int argc, char **argv)
{
	const struct trace_header header = {
		.magic = TRACE_MAGIC,
		.version = TRACE_VERSION,
		.record_bytes = sizeof(struct trace_step),
		.machines = chart_hash(),
	};
	static const uint16_t round[] = { EV_ENTERED, EV_CALL, EV_QUERY, EV_DONE, EV_DONE };
	unsigned long steps = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	const char *with = argc > 2 ? argv[2] : "";
	unsigned int turn[VCPUS] = { 0 };
	uint8_t state[VCPUS] = { 0 };
	struct trace_step s = { 0 };

	fwrite(&header, sizeof(header), 1, stdout);
	for (unsigned long i = 0; i < steps; i++) {
		unsigned int v = (unsigned int)(i / 1000) % VCPUS;
		uint64_t time = s.time + 100 - (i % 1000 == 500 ? 150 : 0);

		if (strcmp(with, "pages") == 0 && i % 10 == 9) {
			s = page((unsigned int)(i / 10));
		} else {
			s = (struct trace_step){ .machine = MACHINE_VCPU, .argument = 6 };
			s.state = state[v];
			s.event = round[turn[v]++ % (sizeof(round) / sizeof(round[0]))];
			state[v] = chart_find(s.machine, s.state, s.event)->to;
		}
		s.time = time;
		s.vcpu = s.cpu = (uint16_t)v;
		fwrite(&s, sizeof(s), 1, stdout);
	}
	if (strcmp(with, "wrong") == 0 || strcmp(with, "page") == 0) {
		s.machine = *with == 'p' ? TRACE_PAGE : MACHINE_VCPU;
		s.state = 0;
		s.event = EV_NONE;
		fwrite(&s, sizeof(s), 1, stdout);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
