/* SPDX-License-Identifier: MIT */
/*
 * The event ring: every step of every machine, newest over oldest, a ring per
 * CPU written by that CPU alone. How the firmware is debugged, and what the
 * simulator replays. It never leaves the VM by itself.
 */
#pragma once
#include <svsm/event.h>
#include <svsm/types.h>

#define RING_CPUS 4U
#define RING_ENTRIES 128U /* a power of two */

enum machine { MACHINE_BOOT, MACHINE_VCPU, MACHINE_PVALIDATE };

struct ring_entry {
	uint64_t time; /* hw_tsc() */
	uint64_t argument;
	uint32_t vcpu; /* APIC id */
	uint8_t machine;
	uint8_t state; /* where the step began: the machine's `at` */
	uint16_t event;
};

void ring_append(enum machine machine, uint32_t vcpu, unsigned int state, enum event ev,
		 uint64_t argument);

/* Entries ever appended by `cpu`; the last RING_ENTRIES of them can be read. */
uint64_t ring_count(unsigned int cpu);
/* The `index`-th ever appended; false when it is gone or not there yet. */
bool ring_read(unsigned int cpu, uint64_t index, struct ring_entry *entry);
