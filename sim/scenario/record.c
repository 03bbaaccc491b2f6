/* SPDX-License-Identifier: MIT */
#include <sim/record.h>

#include <sim/changes.h>
#include <sim/chart.h>
#include <sim/engine.h>
#include <stdlib.h>

static FILE *file;
static uint64_t steps;
static struct changes changes;

/* There is no clock: the order is the time. */
static void put(struct trace_step step)
{
	step.time = ++steps;
	step.cpu = (uint16_t)host_cpu;
	(void)fwrite(&step, sizeof(step), 1, file);
}

static void put_event(const struct engine_event *event)
{
	put((struct trace_step){
		.argument = event->argument,
		.vcpu = event->vcpu,
		.machine = event->machine,
		.state = event->state,
		.event = event->event,
	});
}

static void put_page(uint64_t address, enum trace_page what, uint32_t result)
{
	put((struct trace_step){
		.argument = address,
		.vcpu = HOST_APIC_ID + host_cpu,
		.machine = TRACE_PAGE,
		.state = (uint8_t)what,
		.result = result,
	});
}

static void changed(struct snp *machine, uint64_t gpa, uint64_t bytes)
{
	(void)machine;
	changes_look(&changes, gpa, bytes);
}

void record_head(FILE *to)
{
	const struct trace_header header = {
		.magic = TRACE_MAGIC,
		.version = TRACE_VERSION,
		.record_bytes = sizeof(struct trace_step),
		.machines = chart_hash(),
		.begins = TRACE_MODEL,
	};

	(void)fwrite(&header, sizeof(header), 1, to);
}

void record_begin(FILE *to)
{
	file = to;
	steps = 0;
	changes = (struct changes){ &host.snp, malloc(CHANGES_BYTES(&host.snp)), put_page };
	CHECK(changes.said != NULL);
	changes_begin(&changes);
	host.snp.ops.changed = changed;
	engine_watch(put_event);
}

void record_end(void)
{
	engine_watch(NULL);
	host.snp.ops.changed = NULL;
	free(changes.said);
	changes.said = NULL;
}
