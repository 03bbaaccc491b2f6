/* SPDX-License-Identifier: MIT */
/*
 * Locked instructions on cache lines that two or more vCPUs touch, a request:
 * what keeps requests of different vCPUs from running side by side. The vCPUs
 * take turns; every access through svsm/atomic.h is noted by its line.
 */
#include "requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE 64U
#define LINES 65536U
#define ROUNDS 50U

void bench_touch(const volatile void *word, bool locked);

static struct line {
	uintptr_t line;
	unsigned int cpus; /* a bit each */
	uint64_t locked;
} lines[LINES];
static bool noting;

static struct line *find(uintptr_t line)
{
	for (size_t i = line % LINES, tries = 0; tries < LINES; i = (i + 1) % LINES, tries++)
		if (lines[i].line == line || lines[i].line == 0)
			return &lines[i];
	abort();
}

void bench_touch(const volatile void *word, bool locked)
{
	struct line *l;

	if (!noting)
		return;
	l = find((uintptr_t)word / LINE);
	l->line = (uintptr_t)word / LINE;
	l->cpus |= 1U << host_cpu;
	l->locked += locked;
}

static void report(const char *name, uint64_t requests)
{
	uint64_t shared = 0, locked = 0, all = 0;

	for (size_t i = 0; i < LINES; i++) {
		bool is_shared = (lines[i].cpus & (lines[i].cpus - 1)) != 0;

		shared += is_shared;
		locked += is_shared ? lines[i].locked : 0;
		all += lines[i].locked;
	}
	printf("shared/locked-on-shared-lines/%s %.4f rmw/request\n", name,
	       (double)locked / (double)requests);
	printf("shared/locked/%s %.4f rmw/request\n", name, (double)all / (double)requests);
	printf("shared/lines/%s %llu lines\n", name, (unsigned long long)shared);
}

static uint64_t round_of_all(enum kind kind)
{
	for (unsigned int validate = 0; validate < 2; validate++) {
		for (unsigned int cpu = 0; cpu < VCPUS; cpu++) {
			host_on(cpu);
			(void)requests_make(cpu, kind, validate == 0);
		}
	}
	return 2 * VCPUS;
}

int main(void)
{
	requests_setup(VCPUS);
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		uint64_t requests = 0;

		memset(lines, 0, sizeof(lines));
		(void)round_of_all((enum kind)kind); /* what happens only once */
		noting = true;
		for (unsigned int i = 0; i < ROUNDS; i++)
			requests += round_of_all((enum kind)kind);
		noting = false;
		report(kind_name[kind], requests);
	}
	return 0;
}
