/* SPDX-License-Identifier: MIT */
/* The event ring: see ring.h. */
#include <svsm/err.h>
#include <svsm/hw.h>
#include <svsm/ring.h>

static struct {
	uint64_t count;
	struct ring_entry entry[RING_ENTRIES];
} rings[RING_CPUS];

void ring_append(enum machine machine, uint32_t vcpu, unsigned int state, enum event ev,
		 uint64_t argument)
{
	unsigned int cpu = hw_cpu();

	CHECK(cpu < RING_CPUS);
	rings[cpu].entry[rings[cpu].count++ % RING_ENTRIES] = (struct ring_entry){
		.time = hw_tsc(),
		.argument = argument,
		.vcpu = vcpu,
		.machine = (uint8_t)machine,
		.state = (uint8_t)state,
		.event = (uint16_t)ev,
	};
}

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
