/* SPDX-License-Identifier: MIT */
/* Where a CPU is, in words: for whoever reads why the VM has ended. */
#include <stdio.h>
#include <svsm/boot.h>
#include <svsm/ring.h>
#include <svsm/vcpu.h>

#define WORDS(table, i) ((i) < sizeof(table) / sizeof((table)[0]) ? (table)[i] : "?")

/* A step of bring-up is named by the state that it leads to. */
static const char *const boot[] = {
	[BOOT_START] = "start",		[BOOT_CONFIG] = "configuration",
	[BOOT_CPUID] = "CPUID page",	[BOOT_FEATURES] = "CPU features",
	[BOOT_NEGOTIATE] = "negotiate", [BOOT_GHCB] = "GHCB",
	[BOOT_APICS] = "APIC ids",	[BOOT_SECRETS] = "secrets page",
	[BOOT_MEMORY] = "memory map",	[BOOT_TABLES] = "page tables",
	[BOOT_RECORD] = "page record",	[BOOT_PREPARE] = "guest pages",
	[BOOT_RAM] = "guest memory",	[BOOT_GUEST] = "guest save area",
	[BOOT_CPUS] = "CPUs",		[BOOT_READY] = "ready",
	[BOOT_STOPPED] = "stopped",
};

static const char *const vcpu[] = {
	[VCPU_NEW] = "new",	    [VCPU_GUEST] = "guest", [VCPU_GATE] = "gate",
	[VCPU_DECODE] = "decode",   [VCPU_LIST] = "list",   [VCPU_CHANGE] = "change",
	[VCPU_SERVE] = "serve",	    [VCPU_REPLY] = "reply", [VCPU_PARKED] = "parked",
	[VCPU_STOPPED] = "stopped", [VCPU_GONE] = "gone",
};

static const char *const list[] = {
	[PVALIDATE_NEW] = "new",     [PVALIDATE_OPEN] = "open",	    [PVALIDATE_RUN] = "run",
	[PVALIDATE_FLUSH] = "flush", [PVALIDATE_SETTLE] = "settle", [PVALIDATE_CLOSED] = "closed",
};

static const char *const create[] = {
	[CREATE_NEW] = "new",	    [CREATE_CLAIM] = "claim", [CREATE_REVOKE] = "revoke",
	[CREATE_CHECK] = "check",   [CREATE_ROOM] = "room",   [CREATE_SEAL] = "seal",
	[CREATE_AREA] = "area",	    [CREATE_HOLD] = "hold",   [CREATE_OPEN] = "open",
	[CREATE_CLOSED] = "closed",
};

void ring_where(unsigned int cpu, char words[RING_WORDS])
{
	struct ring_entry e;

	if (!ring_read(cpu, ring_count(cpu) - 1, &e)) {
		snprintf(words, RING_WORDS, "CPU %u, start", cpu);
		return;
	}
	switch (e.machine) {
	case MACHINE_BOOT:
		snprintf(words, RING_WORDS, "CPU %u, boot: %s", cpu,
			 WORDS(boot, e.state + (e.event == EV_FAILED ? 0U : 1U)));
		break;
	case MACHINE_VCPU:
		snprintf(words, RING_WORDS, "CPU %u, vCPU %u: %s", cpu, e.vcpu,
			 WORDS(vcpu, e.state));
		break;
	case MACHINE_PVALIDATE:
		snprintf(words, RING_WORDS, "CPU %u, vCPU %u, list: %s", cpu, e.vcpu,
			 WORDS(list, e.state));
		break;
	default:
		snprintf(words, RING_WORDS, "CPU %u, vCPU %u, change: %s", cpu, e.vcpu,
			 WORDS(create, e.state));
		break;
	}
}
