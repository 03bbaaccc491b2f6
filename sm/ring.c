/* SPDX-License-Identifier: MIT */
/* The event ring: see ring.h. */
#include <svsm/ring.h>

struct ring rings[RING_CPUS];

uint64_t ring_count(unsigned int cpu)
{
	return cpu < RING_CPUS ? rings[cpu].count : 0;
}

bool ring_read(unsigned int cpu, uint64_t index, struct ring_entry *entry)
{
	uint64_t count = ring_count(cpu);

	if (index >= count || count - index > RING_ENTRIES)
		return false;
	*entry = rings[cpu].entry[index % RING_ENTRIES];
	return true;
}
