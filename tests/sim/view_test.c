/* SPDX-License-Identifier: MIT */
/* A trace of so many steps of four vCPUs, each walking its chart; `wrong` adds one that is no
 * arrow. */
#include <sim/chart.h>
#include <sim/trace.h>
#include <stdio.h>
#include <stdlib.h>

#define VCPUS 4U

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
	unsigned int turn[VCPUS] = { 0 };
	uint8_t state[VCPUS] = { 0 };
	struct trace_step s = { .machine = MACHINE_VCPU };

	fwrite(&header, sizeof(header), 1, stdout);
	for (unsigned long i = 0; i < steps; i++) {
		unsigned int v = (unsigned int)(i / 1000) % VCPUS;

		s.time += 100;
		s.vcpu = s.cpu = (uint16_t)v;
		s.state = state[v];
		s.event = round[turn[v]++ % (sizeof(round) / sizeof(round[0]))];
		s.argument = 6;
		state[v] = chart_find(s.machine, s.state, s.event)->to;
		fwrite(&s, sizeof(s), 1, stdout);
	}
	if (argc > 2) {
		s.event = EV_NONE;
		fwrite(&s, sizeof(s), 1, stdout);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
