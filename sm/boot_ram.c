/* SPDX-License-Identifier: MIT */
/*
 * Gives the guest its memory: what was launched for it, the firmware's own
 * launch pages wiped, and, when the configuration says so, all other RAM.
 * A page is zeroed before it is granted: the hypervisor chooses what frame
 * lies behind it. [DESIGN 6]
 */
#include <svsm/accept.h>
#include <svsm/boot.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>

#define BATCH 64U /* 2 MiB pages handled together */

/* The guest's VMPL, and the more privileged ones above the SVSM [svsm 6.1]. */
static uint32_t grant(const struct boot *b, const struct hw_pages *pages)
{
	uint32_t code = RMP_OK;

	for (unsigned int vmpl = 1; vmpl <= b->config.guest_vmpl && code == RMP_OK; vmpl++)
		(void)hw_rmpadjust_pages(pages, vmpl, PERM_ALL, false, &code);
	return code;
}

static struct hw_pages pages_4k(const pa_t *start, uint64_t bytes)
{
	return (struct hw_pages){ &start->raw, 0, (unsigned int)(bytes / PAGE_4K), SIZE_4K, true };
}

/* A run that the PSP validated: already the guest's, or the firmware's to wipe. */
static enum event give_run(struct boot *b, const struct ram_range *run, bool wipe)
{
	const pa_t start = pa(run->start);
	const struct hw_pages pages = pages_4k(&start, run->end - run->start);

	if (page_claim_run(start, pages.count, PAGE_NONE) != pages.count)
		return boot_refuse(b, REASON_GUEST_PAGE, start.raw);
	if (wipe && hw_zero_pages(&pages) != pages.count)
		return boot_refuse(b, REASON_GUEST_PAGE, start.raw);
	if (grant(b, &pages) != RMP_OK)
		return boot_refuse(b, REASON_RMPADJUST, start.raw);
	page_settle_run(start, pages.count, PAGE_GUEST);
	return EV_DONE;
}

/*
 * Pages in state private: validates, zeroes and grants as many as PVALIDATE
 * takes, in order. 0: *code is why, and is RMP_OK when nothing has changed.
 */
static unsigned int accept(const struct boot *b, struct hw_pages pages, uint32_t *code)
{
	struct hw_pvalidate_result r;

	pages.count = hw_pvalidate_pages(&pages, true, &r);
	*code = r.code;
	if (pages.count == 0)
		return 0;
	*code = hw_zero_pages(&pages) == pages.count ? grant(b, &pages) : HW_FAULT;
	return *code == RMP_OK ? pages.count : 0;
}

static bool accept_all(const struct boot *b, pa_t start, uint64_t bytes)
{
	const struct hw_pages pages = pages_4k(&start, bytes);
	uint32_t code;

	return accept(b, pages, &code) == pages.count;
}

static enum event take(struct boot *b, uint64_t start, uint64_t end, enum page_size size)
{
	uint64_t done;

	if (ghcb_psc(pa(start), (end - start) / size_bytes(size), size, true, &done) != OK)
		return boot_refuse(b, REASON_PSC, start + done * size_bytes(size));
	return EV_DONE;
}

static enum event accept_4k(struct boot *b, uint64_t start, uint64_t end)
{
	const pa_t first = pa(start);
	unsigned int count = (unsigned int)((end - start) / PAGE_4K);

	if (start >= end)
		return EV_DONE;
	if (take(b, start, end, SIZE_4K) != EV_DONE)
		return EV_FAILED;
	if (page_claim_run(first, count, PAGE_NONE) != count || !accept_all(b, first, end - start))
		return boot_refuse(b, REASON_PVALIDATE, start);
	page_settle_run(first, count, PAGE_GUEST);
	return EV_DONE;
}

/* The first of the pages, or more of them, by 4 KiB if the hypervisor has no 2 MiB page there. */
static unsigned int accept_some(const struct boot *b, const struct hw_pages *pages)
{
	uint32_t code;
	unsigned int done = accept(b, *pages, &code);

	if (done == 0 && code == RMP_FAIL_SIZEMISMATCH &&
	    accept_all(b, pa(pages->word[0]), PAGE_2M))
		done = 1;
	return done;
}

/* Nearly all of boot's work: recorded at once, nobody else being there to see it. */
static enum event accept_2m(struct boot *b, uint64_t start, uint64_t end)
{
	uint64_t word[BATCH];
	struct hw_pages pages = { word, 0, 0, SIZE_2M, false };

	if (start >= end)
		return EV_DONE;
	if (take(b, start, end, SIZE_2M) != EV_DONE)
		return EV_FAILED;
	for (uint64_t at = start; at < end;) {
		unsigned int done;

		for (pages.count = 0; pages.count < BATCH && at + pages.count * PAGE_2M < end;
		     pages.count++)
			word[pages.count] = at + pages.count * PAGE_2M;
		done = accept_some(b, &pages);
		if (done == 0)
			return boot_refuse(b, REASON_PVALIDATE, at);
		at += done * PAGE_2M;
	}
	if (page_fill(pa(start), end - start) != OK)
		return boot_refuse(b, REASON_MEMORY_MAP, MAP_MISSING);
	return EV_DONE;
}

/* RAM that nobody launched: by 2 MiB, and by 4 KiB at ragged edges. */
static enum event accept_run(struct boot *b, uint64_t start, uint64_t end)
{
	uint64_t head = align_up(start, PAGE_2M), tail = align_down(end, PAGE_2M);

	if (head > tail)
		return accept_4k(b, start, end);
	if (accept_4k(b, start, head) != EV_DONE || accept_2m(b, head, tail) != EV_DONE)
		return EV_FAILED;
	return accept_4k(b, tail, end);
}

/* What of one range of RAM lies between the launched runs. */
static enum event accept_range(struct boot *b, const struct ram_range *ram,
			       const struct ram_range *runs, unsigned int count)
{
	uint64_t at = ram->start;

	for (unsigned int i = 0; i < count; i++) {
		if (runs[i].end <= at || runs[i].start >= ram->end)
			continue;
		if (at < runs[i].start && accept_run(b, at, runs[i].start) != EV_DONE)
			return EV_FAILED;
		at = runs[i].end;
	}
	return at < ram->end ? accept_run(b, at, ram->end) : EV_DONE;
}

enum event boot_ram(struct boot *b)
{
	struct ram_range runs[LAUNCHED_RUNS];
	unsigned int count = boot_memory_launched(&b->config, runs);

	for (unsigned int i = 0; i < count; i++)
		if (give_run(b, &runs[i], i < LAUNCHED_OWN) != EV_DONE)
			return EV_FAILED;
	if ((b->config.flags & CONFIG_ACCEPT_RAM) == 0)
		return EV_DONE;
	for (unsigned int i = 0; i < b->memory.count; i++)
		if (accept_range(b, &b->memory.range[i], runs, count) != EV_DONE)
			return EV_FAILED;
	return EV_DONE;
}
