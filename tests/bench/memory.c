/* SPDX-License-Identifier: MIT */
/* Memory for records, an end for what must not happen, and sizes in words. */
#define _GNU_SOURCE
#include "bench.h"

#include <svsm/err.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* The firmware's flags want one. */
uint64_t __stack_chk_guard = 0x2b992ddfa23249d6;

void fail(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(2);
}

void hw_stop(enum reason reason, uint64_t detail)
{
	fprintf(stderr, "bench: the firmware stops: reason %u, line %lu\n", (unsigned int)reason,
		detail);
	exit(2);
}

void *memory_get(uint64_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		fail("no memory");
	return memory;
}

void memory_put(void *memory, uint64_t bytes)
{
	munmap(memory, bytes);
}

const char *size_name(uint64_t bytes)
{
	static char text[24];

	if (bytes >= GIB)
		snprintf(text, sizeof(text), "%luGiB", bytes / GIB);
	else
		snprintf(text, sizeof(text), "%luMiB", bytes / MIB);
	return text;
}
