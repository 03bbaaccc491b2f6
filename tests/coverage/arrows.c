/* SPDX-License-Identifier: MIT */
/*
 * Which arrows of the machines a test takes: stands before each machine's
 * step (the linker's --wrap) and notes the arrow from the state it is in,
 * once, as a line "MACHINE NUMBER" in the file that ARROWS names.
 */
#include <svsm/boot.h>
#include <svsm/create.h>
#include <svsm/pvalidate.h>
#include <svsm/vcpu.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct arrow {
	unsigned int from, event, to;
	const char *verb;
};
#include "arrows.h"

static void note(const char *machine, unsigned int number)
{
	const char *path = getenv("ARROWS");
	char line[32];
	int bytes = snprintf(line, sizeof(line), "%s %u\n", machine, number);
	int file = path != NULL ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644) : -1;

	if (file >= 0) {
		if (write(file, line, (size_t)bytes) != bytes)
			abort();
		(void)close(file);
	}
}

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define NOTE(machine, at, ev)                                                                      \
	do {                                                                                       \
		static bool taken[LENGTH(machine##_arrows)];                                       \
		for (unsigned int i = 0; i < LENGTH(machine##_arrows); i++) {                      \
			if (taken[i] || machine##_arrows[i].from != (unsigned int)(at) ||          \
			    machine##_arrows[i].event != (unsigned int)(ev))                       \
				continue;                                                          \
			taken[i] = true;                                                           \
			note(#machine, i + 1);                                                     \
		}                                                                                  \
	} while (0)

enum event __real_boot_step(struct boot *b, enum event ev);
enum event __wrap_boot_step(struct boot *b, enum event ev);
enum event __real_pvalidate_step(struct pvalidate *p, enum event ev);
enum event __wrap_pvalidate_step(struct pvalidate *p, enum event ev);
enum event __real_create_step(struct create *c, enum event ev);
enum event __wrap_create_step(struct create *c, enum event ev);
enum event __real_vcpu_go(struct vcpu *v, enum event next, uint64_t steps);
enum event __wrap_vcpu_go(struct vcpu *v, enum event next, uint64_t steps);

enum event __wrap_boot_step(struct boot *b, enum event ev)
{
	NOTE(boot, b->at, ev);
	return __real_boot_step(b, ev);
}

enum event __wrap_pvalidate_step(struct pvalidate *p, enum event ev)
{
	NOTE(pvalidate, p->at, ev);
	return __real_pvalidate_step(p, ev);
}

enum event __wrap_create_step(struct create *c, enum event ev)
{
	NOTE(create, c->at, ev);
	return __real_create_step(c, ev);
}

/* The tests go step by step; of several steps the first is noted. */
enum event __wrap_vcpu_go(struct vcpu *v, enum event next, uint64_t steps)
{
	NOTE(vcpu, v->at, next);
	return __real_vcpu_go(v, next, steps);
}
