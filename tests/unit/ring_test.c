/* SPDX-License-Identifier: MIT */
/* The event ring, and the names of what is in it. */
#include <snp/host.h>
#include <svsm/boot.h>
#include <svsm/ring.h>

#include "test.h"

#include <stdio.h>
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

/* What the firmware says of itself when it stops. */
static void where_is(enum machine machine, unsigned int state, enum event ev, const char *words)
{
	char text[RING_WORDS];

	ring_append(machine, 12, state, ev, 0);
	ring_where(0, text);
	if (strcmp(text, words) != 0)
		printf("# %s\n", text);
	check(strcmp(text, words) == 0);
}

declare_test(ring_where_in_words)
{
	char text[RING_WORDS];

	ring_where(0, text);
	check(strcmp(text, "CPU 0, start") == 0);
	ring_where(7, text);
	check(strcmp(text, "CPU 7, start") == 0);
	where_is(MACHINE_BOOT, BOOT_START, EV_START, "CPU 0, boot: configuration");
	where_is(MACHINE_BOOT, BOOT_TABLES, EV_DONE, "CPU 0, boot: page record");
	where_is(MACHINE_BOOT, BOOT_RECORD, EV_FAILED, "CPU 0, boot: page record");
	where_is(MACHINE_BOOT, BOOT_CPUS, EV_DONE, "CPU 0, boot: ready");
	where_is(MACHINE_VCPU, VCPU_GATE, EV_CALL, "CPU 0, vCPU 12: gate");
	where_is(MACHINE_PVALIDATE, PVALIDATE_FLUSH, EV_DONE, "CPU 0, vCPU 12, list: flush");
	where_is(MACHINE_CREATE, CREATE_SEAL, EV_DONE, "CPU 0, vCPU 12, change: seal");
	where_is(MACHINE_VCPU, 200, EV_DONE, "CPU 0, vCPU 12: ?");
	where_is(MACHINE_BOOT, BOOT_STOPPED, EV_DONE, "CPU 0, boot: ?");
}

/* No state is without words, and no two of a machine have the same. */
static void all_have_words(enum machine machine, unsigned int states)
{
	static char text[32][RING_WORDS];

	for (unsigned int i = 0; i < states; i++) {
		ring_append(machine, 0, i, EV_FAILED, 0);
		ring_where(0, text[i]);
		check(strchr(text[i], '?') == NULL && strstr(text[i], "null") == NULL);
		for (unsigned int j = 0; j < i; j++)
			check(strcmp(text[i], text[j]) != 0);
	}
}

declare_test(ring_where_knows_all_states)
{
	all_have_words(MACHINE_BOOT, BOOT_STOPPED + 1);
	all_have_words(MACHINE_VCPU, VCPU_GONE + 1);
	all_have_words(MACHINE_PVALIDATE, PVALIDATE_CLOSED + 1);
	all_have_words(MACHINE_CREATE, CREATE_CLOSED + 1);
}

declare_test(ring_event_names)
{
	check(strcmp(event_name(EV_NONE), "EV_NONE") == 0);
	check(strcmp(event_name(EV_HOST_REFUSED), "EV_HOST_REFUSED") == 0);
	check(strcmp(event_name(EV_STOP), "EV_STOP") == 0);
	check(strcmp(event_name((enum event)1000), "?") == 0);
}
