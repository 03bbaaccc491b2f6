/* SPDX-License-Identifier: MIT */
/*
 * The record of page state: two bits for every 4 KiB frame the VM may have,
 * the SVSM's and the guest's. All-zero is a valid empty record.
 *
 * A step is a compare-and-swap on the record and waits for nobody. Every
 * change of the real page lies between a claim (-> PAGE_USED, in flight) and
 * a settle; whoever meets a page in flight gets ERR_BUSY. Any vCPU may call.
 * [DESIGN 5]
 */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

#define PAGE_RANGES 32U

/*
 * Guest memory that PVALIDATE left in an unknown state is settled PAGE_FREE
 * too: withdrawn from the guest for good. The allocator looks only at the
 * SVSM's own range.
 */
enum page_state {
	PAGE_NONE = 0,	/* not validated */
	PAGE_FREE = 1,	/* validated, the SVSM's, free */
	PAGE_USED = 2,	/* the SVSM's, or in flight, or a VMSA or calling area */
	PAGE_GUEST = 3, /* validated, the guest's */
};

/*
 * Adds [start, start + bytes), 4 KiB aligned, to the record, all PAGE_NONE.
 * `words` is zeroed SVSM memory of page_record_bytes(bytes), 8-byte aligned,
 * kept for good. What no range covers is not memory: a hole such as
 * 0xA0000-0xFFFFF is made by two ranges. Boot only; ERR_ADDRESS when empty,
 * not aligned or overlapping, ERR_NO_MEMORY when the table of ranges is full.
 */
must_check enum err page_add_range(pa_t start, uint64_t bytes, void *words);
uint64_t page_record_bytes(uint64_t bytes);

/* ERR_ADDRESS when not wholly inside a range added. */
must_check enum err page_state(pa_t page, enum page_state *state);

/*
 * from -> PAGE_USED for every frame of the page, or nothing. ERR_ADDRESS:
 * not wholly inside a range. ERR_BUSY: a frame is PAGE_USED. ERR_STATE: every
 * frame has one other state, in *seen. ERR_RMP: frames of different states
 * (2 MiB only): treat as a size mismatch.
 */
must_check enum err page_claim(pa_t page, enum page_size size, enum page_state from,
			       enum page_state *seen);

/* PAGE_USED -> to. The caller holds the claim. */
void page_settle(pa_t page, enum page_size size, enum page_state to);

/*
 * Boot only, before another vCPU runs: the frames of [start, start + bytes),
 * 2 MiB aligned and all PAGE_NONE, become `to` without a claim. ERR_ADDRESS
 * when not wholly inside a range.
 */
must_check enum err page_fill(pa_t start, uint64_t bytes, enum page_state to);
