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

/* The guest's VMPL, and the more privileged ones above the SVSM [svsm 6.1]. */
static uint32_t grant(const struct boot *b, pa_t at, enum page_size size)
{
	for (unsigned int vmpl = 1; vmpl <= b->config.guest_vmpl; vmpl++) {
		uint32_t code = hw_rmpadjust(at, size, vmpl, PERM_ALL, false);

		if (code != RMP_OK)
			return code;
	}
	return RMP_OK;
}

/* A page that the PSP validated: already the guest's, or the firmware's to wipe. */
static enum event give_launched(struct boot *b, pa_t at, bool wipe)
{
	if (accept_claim(at, SIZE_4K, PAGE_NONE) != OK)
		return boot_refuse(b, REASON_GUEST_PAGE, at.raw);
	if (wipe && hw_zero(at, SIZE_4K) != OK)
		return boot_refuse(b, REASON_GUEST_PAGE, at.raw);
	if (grant(b, at, SIZE_4K) != RMP_OK)
		return boot_refuse(b, REASON_RMPADJUST, at.raw);
	page_settle(at, SIZE_4K, PAGE_GUEST);
	return EV_DONE;
}

static enum event give_run(struct boot *b, const struct ram_range *run, bool wipe)
{
	for (uint64_t at = run->start; at < run->end; at += PAGE_4K)
		if (give_launched(b, pa(at), wipe) != EV_DONE)
			return EV_FAILED;
	return EV_DONE;
}

/* One page in state private, claimed: validate, zero, grant. */
static uint32_t accept_page(const struct boot *b, pa_t at, enum page_size size)
{
	struct hw_pvalidate_result r = hw_pvalidate(at, size, true);

	if (r.code != RMP_OK)
		return r.code;
	if (r.unchanged || hw_zero(at, size) != OK)
		return HW_FAULT;
	return grant(b, at, size);
}

static bool accept(const struct boot *b, pa_t at, enum page_size size)
{
	uint32_t code = accept_page(b, at, size);

	if (code == RMP_OK)
		return true;
	if (code != RMP_FAIL_SIZEMISMATCH || size != SIZE_2M)
		return false;
	for (unsigned int i = 0; i < FRAMES_PER_2M; i++)
		if (accept_page(b, pa_add(at, i * PAGE_4K), SIZE_4K) != RMP_OK)
			return false;
	return true;
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
	if (start >= end)
		return EV_DONE;
	if (take(b, start, end, SIZE_4K) != EV_DONE)
		return EV_FAILED;
	for (uint64_t at = start; at < end; at += PAGE_4K) {
		if (accept_claim(pa(at), SIZE_4K, PAGE_NONE) != OK || !accept(b, pa(at), SIZE_4K))
			return boot_refuse(b, REASON_PVALIDATE, at);
		page_settle(pa(at), SIZE_4K, PAGE_GUEST);
	}
	return EV_DONE;
}

/* Nearly all of boot's work: recorded at once, nobody else being there to see it. */
static enum event accept_2m(struct boot *b, uint64_t start, uint64_t end)
{
	if (start >= end)
		return EV_DONE;
	if (take(b, start, end, SIZE_2M) != EV_DONE)
		return EV_FAILED;
	for (uint64_t at = start; at < end; at += PAGE_2M)
		if (!accept(b, pa(at), SIZE_2M))
			return boot_refuse(b, REASON_PVALIDATE, at);
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
