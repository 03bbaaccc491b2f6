/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <errno.h>
#include <sim/chart.h>
#include <sim/engine.h>
#include <sim/trace.h>
#include <stdio.h>
#include <string.h>

static FILE *to;
static uint64_t steps;

static bool complain(const char *path)
{
	fprintf(stderr, "svsm-sim run: %s: %s\n", path, strerror(errno));
	return false;
}

/* There is no clock: the order is the time. */
static void write_step(const struct engine_event *event)
{
	const struct trace_step step = {
		.time = ++steps,
		.argument = event->argument,
		.vcpu = event->vcpu,
		.machine = event->machine,
		.state = event->state,
		.event = event->event,
		.cpu = (uint16_t)host_cpu,
	};

	(void)fwrite(&step, sizeof(step), 1, to);
}

/* Nothing stays in a buffer that two processes have. */
bool record_open(const char *path)
{
	const struct trace_header header = {
		.magic = TRACE_MAGIC,
		.version = TRACE_VERSION,
		.record_bytes = sizeof(struct trace_step),
		.machines = chart_hash(),
	};

	to = fopen(path, "we");
	if (to == NULL)
		return complain(path);
	if (fwrite(&header, sizeof(header), 1, to) != 1 || fflush(to) != 0)
		return complain(path);
	return true;
}

void record_begin(void)
{
	engine_watch(write_step);
}

bool record_end(const char *path)
{
	const bool is_bad = ferror(to) != 0;

	engine_watch(NULL);
	return (fclose(to) == 0 && !is_bad) || complain(path);
}
