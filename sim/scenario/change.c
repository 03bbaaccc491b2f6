/* SPDX-License-Identifier: MIT */
/* What is changed by hand, and where it is left. */
#include "apply.h"

#include <sim/engine.h>

static const char *set(const struct scenario_line *l)
{
	const unsigned int before = host_cpu;

	if (host_page(host.guest_of[l->cpu].vmsa) == NULL)
		return not_so("its save area is not mapped");
	host_on(l->cpu);
	host_set((unsigned int)l->other, l->value);
	host_on(before);
	return NULL;
}

bool scenario_is_open(void)
{
	bool is_busy = false;

	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		is_busy |= host.guest_of[cpu].busy && !host.stopped;
	return is_busy || lies_await();
}

const char *apply_change(const struct scenario_line *l)
{
	switch (l->word) {
	case SCENARIO_SLOTS:
		while (slot_take() != NULL)
			;
		return NULL;
	case SCENARIO_SET:
		return set(l);
	case SCENARIO_INJECT:
		return engine_inject(l->cpu, (enum event)l->value)
			       ? NULL
			       : not_so("no machine waits for an event there");
	default:
		return scenario_is_open() ? NULL : not_so("nothing is to come any more");
	}
}
