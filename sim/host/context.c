/* SPDX-License-Identifier: MIT */
/*
 * Contexts of guest vCPUs (cpu.h). While one is shown, what its frames hold is
 * here, in contiguous memory, and nowhere else; it goes back into them when
 * it is hidden, and whoever touches it after that is seen by the sanitizer.
 */
#include <snp/host.h>

#include <svsm/cpu.h>

#include <string.h>

#if defined(__has_include)
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(at, bytes) ((void)(at))
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)(at))
#endif

#define BYTES (CPU_CONTEXT_FRAMES * PAGE_4K)

static uint8_t arena[CPU_CONTEXTS][BYTES] __attribute__((aligned(4096)));

/* Where VMPL0 can reach it, it is not taken away. */
static uint8_t *reach(pa_t frame)
{
	struct snp_fault f = snp_check(&host.snp, 0, frame.raw, true, SNP_WRITE);

	if (f.outcome != SNP_ACCESS_OK && !host.threads)
		hw_stop(REASON_UNVALIDATED, frame.raw);
	return host_page(frame.raw);
}

void *cpu_map_context(unsigned int slot, const pa_t frame[CPU_CONTEXT_FRAMES])
{
	CHECK(slot < CPU_CONTEXTS && !host.context[slot].shown);
	ASAN_UNPOISON_MEMORY_REGION(arena[slot], BYTES);
	for (unsigned int i = 0; i < CPU_CONTEXT_FRAMES; i++) {
		memcpy(arena[slot] + i * PAGE_4K, reach(frame[i]), PAGE_4K);
		host.context[slot].frame[i] = frame[i];
		host_foreign(frame[i].raw, PAGE_4K);
	}
	host.context[slot].shown = true;
	return arena[slot];
}

void cpu_unmap_context(unsigned int slot)
{
	CHECK(slot < CPU_CONTEXTS && host.context[slot].shown);
	host.context[slot].shown = false;
	for (unsigned int i = 0; i < CPU_CONTEXT_FRAMES; i++) {
		uint8_t *page = host_page(host.context[slot].frame[i].raw);

		if (page != NULL)
			memcpy(page, arena[slot] + i * PAGE_4K, PAGE_4K);
	}
	ASAN_POISON_MEMORY_REGION(arena[slot], BYTES);
}

void host_context_save(unsigned int slot, uint8_t to[CPU_CONTEXT_FRAMES * PAGE_4K])
{
	memcpy(to, arena[slot], BYTES);
}

void host_context_restore(unsigned int slot, const uint8_t *from)
{
	if (from == NULL) {
		ASAN_POISON_MEMORY_REGION(arena[slot], BYTES);
		return;
	}
	ASAN_UNPOISON_MEMORY_REGION(arena[slot], BYTES);
	memcpy(arena[slot], from, BYTES);
}

struct host_area host_context_area(void)
{
	return (struct host_area){ arena[0], sizeof(arena) };
}

void host_context_mark(unsigned int slot)
{
	if (host.context[slot].shown)
		ASAN_UNPOISON_MEMORY_REGION(arena[slot], BYTES);
	else
		ASAN_POISON_MEMORY_REGION(arena[slot], BYTES);
}
