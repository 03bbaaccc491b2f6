/* SPDX-License-Identifier: MIT */
/* What of the machine is no part of a state: README.md has the list. */
#include "explore.h"

#include <stdlib.h>
#include <string.h>

const uint64_t frame_4k[FRAMES_4K] = { 0x12000, 0x15000, 0x20000, 0x21000 };

static bool is_history_kept;

/* Time and history: what the rings have goes into the coverage. */
static void mask_rings(void)
{
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++) {
		struct ring *ring = rings[cpu];
		uint64_t kept = ring->count < RING_ENTRIES ? ring->count : RING_ENTRIES;

		for (uint64_t i = 0; i < kept; i++)
			cover_arrow(ring->entry[i].machine, ring->entry[i].state,
				    ring->entry[i].event);
		if (kept != 0)
			memset(ring, 0, sizeof(*ring));
	}
}

static void mask_log(void)
{
	unsigned int kept = host.ops < HOST_LOG ? host.ops : HOST_LOG;

	memset(host.log, 0, kept * sizeof(host.log[0]));
	host.ops = 0;
	memset(&host.snp.count, 0, sizeof(host.snp.count));
}

/* Every guest that runs has used every page it may: what a flush can be missing for. */
static void touch_pages(unsigned int cpu)
{
	host_on(cpu);
	for (unsigned int i = 0; i < FRAMES_4K; i++)
		(void)host_guest_may(frame_4k[i], SNP_READ);
	(void)host_guest_may(FRAME_2M, SNP_READ);
	(void)host_guest_may(FRAME_2M + PAGE_4K, SNP_READ);
}

static int by_address(const void *a, const void *b)
{
	const struct snp_tlb_entry *x = a, *y = b;

	if (x->gpa != y->gpa)
		return x->gpa < y->gpa ? -1 : 1;
	return x->size_2m - y->size_2m;
}

/* VMPL0's own translations are not kept; the guest's are in no order. */
static void mask_tlb(struct snp_tlb *tlb)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < SNP_TLB_ENTRIES; i++)
		if (tlb->entry[i].valid && tlb->entry[i].vmpl != 0)
			tlb->entry[kept++] = tlb->entry[i];
	memset(&tlb->entry[kept], 0, (SNP_TLB_ENTRIES - kept) * sizeof(tlb->entry[0]));
	qsort(tlb->entry, kept, sizeof(tlb->entry[0]), by_address);
	tlb->next = kept % SNP_TLB_ENTRIES;
}

/* What is below a suspended call's stack pointer, so far as anything ever was there. */
#define STACK_CLEARED 16384U
void mask_stack(unsigned int cpu)
{
	struct host_area used = host_part_stack(cpu);

	memset(used.at - STACK_CLEARED, 0, STACK_CLEARED);
	if (!host.guest_of[cpu].busy)
		memset(used.at, 0, used.bytes);
}

void mask_no_history(void)
{
	is_history_kept = true;
}

void mask_all(void)
{
	if (!is_history_kept) {
		mask_rings();
		mask_log();
	}
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++) {
		if (!host.guest_of[cpu].busy && !host.guest_of[cpu].asleep)
			touch_pages(cpu);
		mask_tlb(&host.snp.vcpu[cpu].tlb);
	}
	host_on(0);
}
