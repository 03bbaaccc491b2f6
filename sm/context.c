/* SPDX-License-Identifier: MIT */
/* See context.h. */
#include <svsm/context.h>

#include <string.h>
#include <svsm/accept.h>
#include <svsm/cpu.h>
#include <svsm/deposit.h>
#include <svsm/frame.h>
#include <svsm/hw.h>
#include <svsm/vcpu.h>

_Static_assert(sizeof(struct vcpu) <= CPU_CONTEXT_FRAMES * PAGE_4K, "fits its frames");

static bool take_frame(pa_t *frame)
{
	struct frame_cpu *me = frame_cpu(hw_cpu());

	while (frame_alloc(me, frame) != OK)
		if (accept_more() != OK)
			return deposit_take(frame);
	return true;
}

static void give_frame(pa_t frame)
{
	if (frame_overlaps(frame, SIZE_4K))
		CHECK(frame_free(frame_cpu(hw_cpu()), frame) == OK);
	else
		deposit_put(frame);
}

static void give(const pa_t *frame, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		give_frame(frame[i]);
}

uint32_t context_take(unsigned int index, struct vcpu **context)
{
	pa_t frame[CPU_CONTEXT_FRAMES];

	for (unsigned int n = 0; n < CPU_CONTEXT_FRAMES; n++) {
		if (take_frame(&frame[n]))
			continue;
		give(frame, n);
		return SVSM_NEED_PAGES + CPU_CONTEXT_FRAMES - n;
	}
	*context = cpu_map_context(index, frame);
	/* What follows is written before it is read. */
	memset(*context, 0, offsetof(struct vcpu, pvalidate));
	memcpy((*context)->frame, frame, sizeof(frame));
	return SVSM_SUCCESS;
}

void context_give(unsigned int index, struct vcpu *context)
{
	pa_t frame[CPU_CONTEXT_FRAMES];

	memcpy(frame, context->frame, sizeof(frame));
	cpu_unmap_context(index);
	hw_flush_all();
	give(frame, CPU_CONTEXT_FRAMES);
}
