/* SPDX-License-Identifier: MIT */
/*
 * The event ring: every step of every machine, newest over oldest, a ring per
 * CPU written by that CPU alone. How the firmware is debugged, and what the
 * simulator replays. It never leaves the VM by itself.
 */
#pragma once
#include <svsm/event.h>
#include <svsm/hw.h>

#define RING_ENTRIES 128U /* a power of two */

enum machine { MACHINE_BOOT, MACHINE_VCPU, MACHINE_PVALIDATE, MACHINE_CREATE };

struct ring_entry {
	uint64_t time; /* hw_tsc() */
	uint64_t argument;
	union {
		struct {
			uint32_t vcpu; /* APIC id */
			uint8_t machine;
			uint8_t state; /* where the step began: the machine's `at` */
			uint16_t event;
		};
		uint64_t step; /* all of it */
	};
};
/* A step of this vCPU's and machine, its state and event yet to be set. */
#define RING_WHO(machine, vcpu) ((uint64_t)(machine) << 32 | (vcpu))

struct ring {
	uint64_t count; /* ever appended */
	struct ring_entry entry[RING_ENTRIES];
};

/* By CPU. The boot CPU's is there from the start, another one's when the CPU has its area. */
extern struct ring *rings[CPU_MAX];

static inline struct ring *ring_own(void)
{
	unsigned int cpu = hw_cpu();

	CHECK(cpu < CPU_MAX);
	return rings[cpu];
}

/* The next entry of one's own ring, its time set; the rest is the caller's to fill in. */
static inline struct ring_entry *ring_next(struct ring *own)
{
	uint64_t now = hw_tsc();
	struct ring_entry *e = &own->entry[own->count++ % RING_ENTRIES];

	e->time = now;
	return e;
}

void ring_append(enum machine machine, uint32_t vcpu, unsigned int state, enum event ev,
		 uint64_t argument);

/* Entries ever appended by `cpu`; the last RING_ENTRIES of them can be read. */
uint64_t ring_count(unsigned int cpu);
/* The `index`-th ever appended; false when it is gone or not there yet. */
bool ring_read(unsigned int cpu, uint64_t index, struct ring_entry *entry);

/* In words: which CPU, and the machine and place its ring has last. Cut to fit. */
#define RING_WORDS 64U
void ring_where(unsigned int cpu, char words[RING_WORDS]);
