/* SPDX-License-Identifier: MIT */
/*
 * jemalloc and mimalloc, to compare with: 4 KiB blocks, 4 KiB aligned. They are
 * general allocators: they serve every size, and keep part of their lists in
 * the blocks. Loaded beside libc's malloc, each under its own names.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#define JEMALLOC_ALIGN_4K 12 /* MALLOCX_LG_ALIGN(12) */

static void *(*je_mallocx)(size_t bytes, int flags);
static void (*je_dallocx)(void *block, int flags);
static void *(*mi_malloc_aligned)(size_t bytes, size_t align);
static void (*mi_free)(void *block);

/* mimalloc touches what it hands out: leave a third of the memory alone. */
static bool fits(uint64_t frames)
{
	uint64_t available = (uint64_t)sysconf(_SC_AVPHYS_PAGES);

	return frames <= 4 * GIB / PAGE_4K && frames < available / 3 * 2;
}

static void *symbol(const char *library, const char *name)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	void *found = handle == NULL ? NULL : dlsym(handle, name);

	if (found == NULL)
		fail(dlerror());
	return found;
}

static bool je_setup(uint64_t frames)
{
	*(void **)&je_mallocx = symbol("libjemalloc.so.2", "mallocx");
	*(void **)&je_dallocx = symbol("libjemalloc.so.2", "dallocx");
	return fits(frames);
}

static uint64_t je_get(unsigned int cpu)
{
	(void)cpu;
	return (uintptr_t)je_mallocx(PAGE_4K, JEMALLOC_ALIGN_4K);
}

static void je_put(unsigned int cpu, uint64_t frame)
{
	(void)cpu;
	je_dallocx((void *)frame, 0);
}

static bool mi_setup(uint64_t frames)
{
	*(void **)&mi_malloc_aligned = symbol("libmimalloc.so.2", "mi_malloc_aligned");
	*(void **)&mi_free = symbol("libmimalloc.so.2", "mi_free");
	return fits(frames);
}

static uint64_t mi_get(unsigned int cpu)
{
	(void)cpu;
	return (uintptr_t)mi_malloc_aligned(PAGE_4K, PAGE_4K);
}

static void mi_put(unsigned int cpu, uint64_t frame)
{
	(void)cpu;
	mi_free((void *)frame);
}

static void end(void)
{
}

const struct allocator allocator_jemalloc = {
	"jemalloc", je_setup, je_get, je_put, NULL, NULL, end
};
const struct allocator allocator_mimalloc = {
	"mimalloc", mi_setup, mi_get, mi_put, NULL, NULL, end
};
