/* SPDX-License-Identifier: MIT */
/* The event ring: see ring.h. */
#include <svsm/ring.h>

static struct ring boot_ring;
struct ring *rings[CPU_MAX] = { &boot_ring };

void ring_append(enum machine machine, uint32_t vcpu, unsigned int state, enum event ev,
		 uint64_t argument)
{
	struct ring_entry *e = ring_next(ring_own());

	e->argument = argument;
	e->vcpu = vcpu;
	e->machine = (uint8_t)machine;
	e->state = (uint8_t)state;
	e->event = (uint16_t)ev;
}

uint64_t ring_count(unsigned int cpu)
{
	return cpu < CPU_MAX && rings[cpu] != NULL ? rings[cpu]->count : 0;
}

bool ring_read(unsigned int cpu, uint64_t index, struct ring_entry *entry)
{
	uint64_t count = ring_count(cpu);

	if (index >= count || count - index > RING_ENTRIES)
		return false;
	*entry = rings[cpu]->entry[index % RING_ENTRIES];
	return true;
}
