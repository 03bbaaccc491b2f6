/* SPDX-License-Identifier: MIT */
/*
 * What the firmware's event rings have new, written to a file of the host's
 * whenever a CPU leaves VMPL0 by VMGEXIT: it is in the middle of no entry
 * then, and its ring is its own. The firmware knows nothing of it. See
 * include/sim/trace.h.
 */
#include "port.h"
#include "softsnp.h"
#include <sim/chart.h>
#include <sim/trace.h>
#include <string.h>

#define EVENTS_PORT 0xe9U

static uint64_t seen[SNP_VCPUS]; /* by the firmware's CPU: entries read, or gone */
static bool begun;

/* Without a trace in the model: nothing but page tables is asked. */
static bool peek(const struct cpu *c, uint64_t linear, void *to, size_t bytes)
{
	uint8_t *out = to;

	while (bytes != 0) {
		struct walk w = walk_linear(c, linear);
		size_t left = SNP_PAGE - (linear & PAGE_MASK), part = bytes < left ? bytes : left;
		const uint8_t *page = w.present ? snp_gpa_memory(&machine.snp, w.gpa) : NULL;

		if (page == NULL)
			return false;
		memcpy(out, page + (linear & PAGE_MASK), part);
		out += part;
		linear += part;
		bytes -= part;
	}
	return true;
}

/* A header or a step. */
void events_put(const void *from)
{
	uint8_t bytes[sizeof(struct trace_step)];

	memcpy(bytes, from, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		port_out8(EVENTS_PORT, bytes[i]);
}

static void begin(void)
{
	struct trace_header header = {
		.magic = TRACE_MAGIC,
		.version = TRACE_VERSION,
		.record_bytes = sizeof(struct trace_step),
		.machines = chart_hash(),
	};

	begun = true;
	events_put(&header);
	pages_begin();
}

static void put_entry(const struct cpu *c, const struct ring_entry *e, unsigned int cpu,
		      uint64_t lost)
{
	struct trace_step step = {
		.time = e->time,
		.argument = e->argument,
		.vcpu = e->vcpu,
		.machine = e->machine,
		.state = e->state,
		.event = e->event,
		.cpu = (uint16_t)cpu,
		.lost = lost < UINT16_MAX ? (uint16_t)lost : UINT16_MAX,
	};

	pages_put(c->id, step.time);
	events_put(&step);
}

void events_read(const struct cpu *c)
{
	uint64_t ring, count, lost;
	uint32_t cpu;

	if (machine.options.rings == 0)
		return;
	if (!begun)
		begin();
	/* A CPU's number is the first word of its block (cpu/percpu.h). */
	if (!peek(c, c->v->gs.base, &cpu, sizeof(cpu)) || cpu >= SNP_VCPUS ||
	    !peek(c, machine.options.rings + cpu * sizeof(ring), &ring, sizeof(ring)) ||
	    !peek(c, ring, &count, sizeof(count)))
		return;
	lost = count - seen[cpu] > RING_ENTRIES ? count - seen[cpu] - RING_ENTRIES : 0;
	for (seen[cpu] += lost; seen[cpu] < count; seen[cpu]++) {
		struct ring_entry e;
		uint64_t at = offsetof(struct ring, entry) + seen[cpu] % RING_ENTRIES * sizeof(e);

		if (!peek(c, ring + at, &e, sizeof(e)))
			return;
		put_entry(c, &e, cpu, lost);
		lost = 0;
	}
	pages_put(c->id, UINT64_MAX);
}
