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
#include <svsm/page.h>
#include <svsm/vcpu.h>

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

/*
 * The record, behind the image: for every 2 MiB region its byte (the guest's
 * with room between), the owner bytes of the SVSM's rows, these rows; then the
 * guest's rows, for the worst case: 64 KiB for each GiB. All of it is accepted
 * now. If the rows were when a region is first split, a vCPU stopped while it is
 * at that would keep all others from splitting. [DESIGN 5]
 */
struct layout {
	uint64_t own;	       /* regions of the SVSM's, whose bytes are first */
	uint64_t guests;       /* where the bytes of the guest's begin */
	uint64_t owners, rows; /* where they begin */
	uint64_t guest_rows;
	uint64_t end; /* 2 MiB aligned */
};

static uint64_t range_regions(const struct ram_range *r)
{
	return page_regions(pa(r->start), r->end - r->start);
}

static uint64_t region_bytes(const struct ram_range *r)
{
	return page_region_bytes(pa(r->start), r->end - r->start);
}

static struct layout lay_out(const struct boot *b)
{
	struct layout l = { .own = b->config.svsm_mem / PAGE_2M };
	uint64_t regions = 0;

	/* Whole pages: the regions' bytes share no cache line with anything else. */
	l.guests = align_up(b->image_end + l.own, PAGE_4K);
	l.owners = l.guests;
	for (unsigned int i = 0; i < b->memory.count; i++) {
		regions += range_regions(&b->memory.range[i]);
		l.owners += region_bytes(&b->memory.range[i]);
	}
	/* A region's rows share no cache line with another's. */
	l.rows = align_up(l.owners + l.own * ROWS_PER_2M, ROWS_PER_2M * sizeof(struct frame_row));
	l.guest_rows = l.rows + l.own * ROWS_PER_2M * sizeof(struct frame_row);
	l.end = align_up(l.guest_rows + regions * ROWS_PER_2M * sizeof(struct page_row), PAGE_2M);
	return l;
}

/* The bytes are zeroed; rows are written before they are read. */
static enum event take_record(struct boot *b, const struct layout *l)
{
	uint64_t done;

	if (ghcb_psc(pa(b->image_end), (l->end - b->image_end) / PAGE_2M, SIZE_2M, true, &done) !=
	    OK)
		return boot_refuse(b, REASON_PSC, b->image_end + done * PAGE_2M);
	for (uint64_t at = b->image_end; at < l->end; at += PAGE_2M)
		if (accept_validate(pa(at)) != OK)
			return boot_refuse(b, REASON_PVALIDATE, at);
	memset(cpu_memory(pa(b->image_end)), 0, l->rows - b->image_end);
	return EV_DONE;
}

static void add_own(const struct boot *b, const struct layout *l)
{
	frame_init(pa(b->config.svsm_gpa), b->config.svsm_mem, cpu_memory(pa(b->image_end)),
		   cpu_memory(pa(l->owners)), cpu_memory(pa(l->rows)), b->cpus);
	frame_fix(pa(b->config.svsm_gpa), l->end - b->config.svsm_gpa);
}

static enum err add_guest(const struct boot *b, const struct layout *l)
{
	uint64_t region = l->guests, row = l->guest_rows;
	enum err err = OK;

	for (unsigned int i = 0; i < b->memory.count && err == OK; i++) {
		const struct ram_range *r = &b->memory.range[i];

		err = page_add_range(pa(r->start), r->end - r->start, cpu_memory(pa(region)),
				     region_bytes(r), cpu_memory(pa(row)));
		region += region_bytes(r);
		row += range_regions(r) * ROWS_PER_2M * sizeof(struct page_row);
	}
	return err;
}

enum event boot_record(struct boot *b)
{
	const struct layout l = lay_out(b);

	if (l.end >= b->svsm_end)
		return boot_refuse(b, REASON_NO_MEMORY, l.end);
	if (take_record(b, &l) != EV_DONE)
		return EV_FAILED;
	add_own(b, &l);
	if (add_guest(b, &l) != OK)
		return boot_refuse(b, REASON_MEMORY_MAP, MAP_TOO_MANY);
	return EV_DONE;
}
