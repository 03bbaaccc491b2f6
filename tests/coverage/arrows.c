/* SPDX-License-Identifier: MIT */
/*
 * Which arrows the tests take: every step of every machine passes here on
 * its way (ld --wrap), and each place and event is written once per process
 * to the file that ARROWS names. tests/coverage/run.sh compares with the charts.
 */
#include <svsm/boot.h>
#include <svsm/create.h>
#include <svsm/pvalidate.h>
#include <svsm/vcpu.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PLACES 32
#define EVENTS 32

/* As in the charts, of which the first place of each is `new`. */
static const char *const boot[PLACES] = {
	[BOOT_START] = "new",	      [BOOT_CONFIG] = "config",	      [BOOT_CPUID] = "cpuid",
	[BOOT_FEATURES] = "features", [BOOT_NEGOTIATE] = "negotiate", [BOOT_GHCB] = "ghcb",
	[BOOT_APICS] = "apics",	      [BOOT_SECRETS] = "secrets",     [BOOT_MEMORY] = "memory",
	[BOOT_TABLES] = "tables",     [BOOT_RECORD] = "record",	      [BOOT_PREPARE] = "prepare",
	[BOOT_RAM] = "ram",	      [BOOT_GUEST] = "guest",	      [BOOT_CPUS] = "cpus",
	[BOOT_READY] = "ready",
};
static const char *const vcpu[PLACES] = {
	[VCPU_NEW] = "new",	  [VCPU_GUEST] = "guest", [VCPU_GATE] = "gate",
	[VCPU_DECODE] = "decode", [VCPU_LIST] = "list",	  [VCPU_CHANGE] = "change",
	[VCPU_SERVE] = "serve",	  [VCPU_REPLY] = "reply", [VCPU_PARKED] = "parked",
};
static const char *const pvalidate[PLACES] = {
	[PVALIDATE_NEW] = "new",     [PVALIDATE_OPEN] = "open",	    [PVALIDATE_RUN] = "run",
	[PVALIDATE_FLUSH] = "flush", [PVALIDATE_SETTLE] = "settle",
};
static const char *const create[PLACES] = {
	[CREATE_NEW] = "new",	  [CREATE_CLAIM] = "claim", [CREATE_REVOKE] = "revoke",
	[CREATE_CHECK] = "check", [CREATE_ROOM] = "room",   [CREATE_SEAL] = "seal",
	[CREATE_AREA] = "area",	  [CREATE_HOLD] = "hold",   [CREATE_OPEN] = "open",
};

static struct chart {
	const char *machine;
	const char *const *place;
	bool seen[PLACES][EVENTS];
} charts[] = {
	[MACHINE_BOOT] = { "boot", boot, { { 0 } } },
	[MACHINE_VCPU] = { "vcpu", vcpu, { { 0 } } },
	[MACHINE_PVALIDATE] = { "pvalidate", pvalidate, { { 0 } } },
	[MACHINE_CREATE] = { "create", create, { { 0 } } },
};

/* At once: a test may end in any way. One write, of whole lines. */
static void note(enum machine machine, unsigned int at, enum event ev)
{
	struct chart *c = &charts[machine];
	const char *file = getenv("ARROWS");
	char line[64];
	int fd, bytes;

	if (file == NULL || at >= PLACES || c->place[at] == NULL || ev >= EVENTS || c->seen[at][ev])
		return;
	c->seen[at][ev] = true;
	bytes = snprintf(line, sizeof(line), "%s %s %s\n", c->machine, c->place[at],
			 event_name(ev));
	fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, line, (size_t)bytes) != bytes)
		abort();
	close(fd);
}

/* `wrap` and `real`, as ld names them. */
enum event __wrap_boot_step(struct boot *b, enum event ev);
enum event __real_boot_step(struct boot *b, enum event ev);
enum event __wrap_vcpu_go(struct vcpu *v, enum event ev, uint64_t steps);
enum event __real_vcpu_go(struct vcpu *v, enum event ev, uint64_t steps);
enum event __wrap_pvalidate_step(struct pvalidate *p, enum event ev);
enum event __real_pvalidate_step(struct pvalidate *p, enum event ev);
enum event __wrap_create_step(struct create *c, enum event ev);
enum event __real_create_step(struct create *c, enum event ev);

enum event __wrap_boot_step(struct boot *b, enum event ev)
{
	note(MACHINE_BOOT, b->at, ev);
	return __real_boot_step(b, ev);
}

/* As many steps as vcpu_go() makes, one by one. */
enum event __wrap_vcpu_go(struct vcpu *v, enum event ev, uint64_t steps)
{
	do {
		note(MACHINE_VCPU, v->at, ev);
		ev = __real_vcpu_go(v, ev, 1);
	} while (--steps != 0 && v->at != VCPU_STOPPED && v->at != VCPU_GONE);
	return ev;
}

enum event __wrap_pvalidate_step(struct pvalidate *p, enum event ev)
{
	note(MACHINE_PVALIDATE, p->at, ev);
	return __real_pvalidate_step(p, ev);
}

enum event __wrap_create_step(struct create *c, enum event ev)
{
	note(MACHINE_CREATE, c->at, ev);
	return __real_create_step(c, ev);
}
