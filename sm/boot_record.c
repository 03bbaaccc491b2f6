/* SPDX-License-Identifier: MIT */
/* Bring-up of memory: the map, the windows, the record of page state. */
#include <string.h>
#include <svsm/accept.h>
#include <svsm/boot.h>
#include <svsm/cpuid.h>
#include <svsm/frame.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/log.h>

static struct launch_params params;

static uint64_t address_top(void)
{
	unsigned int bits = cpuid_address_bits();

	return 1ULL << (bits < WINDOW_BITS ? bits : WINDOW_BITS);
}

/* What was launched, and what the kernel needs, has to be memory. */
static bool covers_launch(const struct boot *b)
{
	struct ram_range runs[LAUNCHED_RUNS];
	unsigned int count = boot_memory_launched(&b->config, runs);

	for (unsigned int i = 0; i < count; i++)
		if (!boot_memory_has(&b->memory, runs[i].start, runs[i].end))
			return false;
	return boot_memory_has(&b->memory, b->config.kernel_entry, b->config.kernel_end);
}

enum event boot_memory(struct boot *b)
{
	const struct ram_range svsm = { b->config.svsm_gpa, b->svsm_end };
	enum map_fault fault;

	if (hw_copy_in(&params, pa(LAUNCH_PARAMS), sizeof(params)) != OK)
		return boot_refuse(b, REASON_MEMORY_MAP, MAP_EMPTY);
	fault = boot_memory_read(&b->memory, params.map, address_top(), &svsm);
	if (fault == MAP_OK && !covers_launch(b))
		fault = MAP_MISSING;
	if (fault != MAP_OK)
		return boot_refuse(b, REASON_MEMORY_MAP, fault);
	for (unsigned int i = 0; i < b->memory.count; i++)
		log_verbose("RAM 0x%llx to 0x%llx", (unsigned long long)b->memory.range[i].start,
			    (unsigned long long)b->memory.range[i].end);
	return EV_DONE;
}

enum event boot_tables(struct boot *b)
{
	static struct cpu_window windows[WINDOWS];
	unsigned int count = boot_memory_windows(b, windows);

	if (cpu_map_windows(windows, count) != OK)
		return boot_refuse(b, REASON_NO_MEMORY, count);
	return EV_DONE;
}

static uint64_t record_bytes(const struct boot *b)
{
	uint64_t bytes = align_up(page_record_bytes(b->config.svsm_mem), 8);

	for (unsigned int i = 0; i < b->memory.count; i++)
		bytes += align_up(
			page_record_bytes(b->memory.range[i].end - b->memory.range[i].start), 8);
	return bytes;
}

/* The record's own memory, behind the image: accepted by 2 MiB, zeroed by need. */
static enum event take_record(struct boot *b, uint64_t bytes, uint64_t end)
{
	uint64_t done;

	if (ghcb_psc(pa(b->image_end), (end - b->image_end) / PAGE_2M, SIZE_2M, true, &done) != OK)
		return boot_refuse(b, REASON_PSC, b->image_end + done * PAGE_2M);
	for (uint64_t at = b->image_end; at < end; at += PAGE_2M)
		if (accept_validate(pa(at)) != OK)
			return boot_refuse(b, REASON_PVALIDATE, at);
	memset(cpu_memory(pa(b->image_end)), 0, bytes);
	return EV_DONE;
}

static enum err add_range(uint8_t **words, uint64_t start, uint64_t end)
{
	enum err err = page_add_range(pa(start), end - start, *words);

	*words += align_up(page_record_bytes(end - start), 8);
	return err;
}

static enum err add_ranges(const struct boot *b)
{
	uint8_t *words = cpu_memory(pa(b->image_end));
	enum err err = add_range(&words, b->config.svsm_gpa, b->svsm_end);

	for (unsigned int i = 0; i < b->memory.count && err == OK; i++)
		err = add_range(&words, b->memory.range[i].start, b->memory.range[i].end);
	return err;
}

/* The image and the record are in use for good. */
static void claim_own(const struct boot *b, uint64_t end)
{
	enum page_state seen;

	for (uint64_t at = b->config.svsm_gpa; at < end; at += PAGE_2M)
		CHECK(page_claim(pa(at), SIZE_2M, PAGE_NONE, &seen) == OK);
	frame_init(pa(b->config.svsm_gpa), b->config.svsm_mem);
}

enum event boot_record(struct boot *b)
{
	uint64_t bytes = record_bytes(b);
	uint64_t end = align_up(b->image_end + bytes, PAGE_2M);

	if (bytes > b->config.svsm_mem || end >= b->svsm_end)
		return boot_refuse(b, REASON_NO_MEMORY, bytes);
	if (take_record(b, bytes, end) != EV_DONE)
		return EV_FAILED;
	if (add_ranges(b) != OK)
		return boot_refuse(b, REASON_MEMORY_MAP, MAP_TOO_MANY);
	claim_own(b, end);
	return EV_DONE;
}
