/* SPDX-License-Identifier: MIT */
/*
 * What becomes of the RMP's entries, for the file of events.c. A change waits
 * until its CPU's events are read, to come between these by its time.
 */
#include "port.h"
#include "softsnp.h"
#include <sim/changes.h>
#include <string.h>

static struct {
	struct trace_step step[TRACE_WAITING];
	unsigned int count;
} waiting[SNP_VCPUS];

static void wait(uint64_t address, enum trace_page what, uint32_t result)
{
	unsigned int cpu = smp_this()->id;
	struct trace_step *s;

	if (waiting[cpu].count == TRACE_WAITING)
		pages_put(cpu, UINT64_MAX);
	s = &waiting[cpu].step[waiting[cpu].count++];
	*s = (struct trace_step){
		.time = host_tsc(),
		.argument = address,
		.vcpu = machine.snp.vcpu[cpu].apic_id,
		.machine = TRACE_PAGE,
		.state = (uint8_t)what,
		.cpu = (uint16_t)cpu,
		.result = result,
	};
}

static struct changes changes = { &machine.snp, NULL, wait }; /* said: NULL, nothing is recorded */

void pages_begin(void)
{
	if (!machine.options.pages)
		return;
	changes.said = (uint16_t *)(uintptr_t)mem_region(CHANGES_BYTES(changes.machine), SNP_PAGE);
	if (changes.said == NULL)
		report_bad_image("no host memory for pages=1: give QEMU more, with -m");
	changes_begin(&changes);
	pages_put(smp_this()->id, UINT64_MAX);
}

void pages_changed(uint64_t gpa, uint64_t bytes)
{
	if (changes.said != NULL)
		changes_look(&changes, gpa, bytes);
}

void pages_put(unsigned int cpu, uint64_t until)
{
	unsigned int done = 0;

	while (done < waiting[cpu].count && waiting[cpu].step[done].time <= until)
		events_put(&waiting[cpu].step[done++]);
	waiting[cpu].count -= done;
	memmove(waiting[cpu].step, waiting[cpu].step + done,
		waiting[cpu].count * sizeof(struct trace_step));
}
