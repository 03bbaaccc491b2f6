/* SPDX-License-Identifier: MIT */
/* The event ring, and the names of what is in it. */
#include <snp/host.h>
#include <svsm/ring.h>

#include "test.h"

#include <string.h>

declare_test(ring_keeps_all_fields)
{
	struct ring_entry e;

	check_eq(ring_count(0), 0);
	check(!ring_read(0, 0, &e));
	ring_append(MACHINE_VCPU, 0x12345678, VCPU_PARKED, EV_STOP, ~0ULL);
	check_eq(ring_count(0), 1);
	check(ring_read(0, 0, &e));
	check_eq(e.vcpu, 0x12345678);
	check_eq(e.machine, MACHINE_VCPU);
	check_eq(e.state, VCPU_PARKED);
	check_eq(e.event, EV_STOP);
	check_eq(e.argument, ~0ULL);
	check(!ring_read(0, 1, &e));
}

declare_test(ring_newest_over_oldest)
{
	struct ring_entry e;

	for (unsigned int i = 0; i < 2 * RING_ENTRIES + 3; i++)
		ring_append(MACHINE_BOOT, 0, 0, EV_DONE, i);
	check_eq(ring_count(0), 2 * RING_ENTRIES + 3);
	check(!ring_read(0, RING_ENTRIES + 2, &e));
	for (unsigned int i = RING_ENTRIES + 3; i < 2 * RING_ENTRIES + 3; i++) {
		check(ring_read(0, i, &e));
		check_eq(e.argument, i);
	}
}

declare_test(ring_per_cpu)
{
	static struct ring last;
	struct ring_entry e;

	rings[CPU_MAX - 1] = &last;
	host_cpu = CPU_MAX - 1;
	ring_append(MACHINE_BOOT, 1, 0, EV_DONE, 7);
	check_eq(ring_count(0), 0);
	check_eq(ring_count(CPU_MAX - 1), 1);
	check(ring_read(CPU_MAX - 1, 0, &e));
	check_eq(ring_count(1), 0);
	check(!ring_read(1, 0, &e));
	check_eq(ring_count(CPU_MAX), 0);
	check(!ring_read(CPU_MAX, 0, &e));
}

/* Every step of every machine: as many as the calls in it. */
declare_test(ring_has_every_step)
{
	const uint64_t entry = 0x200000 | SVSM_ENTRY_VALIDATE;
	uint64_t before;

	host_new(1);
	host_serve(EV_START);
	before = ring_count(0);
	check_eq(host_pvalidate(&entry, 1, 0), SVSM_SUCCESS);
	/* vCPU: entered, call, pvalidate, again, 2 done; PVALIDATE: start, done, done */
	check_eq(ring_count(0) - before, 6 + 3);
}

declare_test(ring_event_names)
{
	check(strcmp(event_name(EV_NONE), "EV_NONE") == 0);
	check(strcmp(event_name(EV_HOST_REFUSED), "EV_HOST_REFUSED") == 0);
	check(strcmp(event_name(EV_STOP), "EV_STOP") == 0);
	check(strcmp(event_name((enum event)1000), "?") == 0);
}
