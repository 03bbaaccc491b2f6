/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's answers lie in pages that it may write at any moment: each
 * word of one is read once, or what is used is not what was looked at. Until
 * the next request is written there.
 */
#include "explore.h"

#include <snp/watch.h>

#include <string.h>

static void on_access(unsigned int offset, bool write)
{
	uint8_t *read = &left->cpu[host_cpu].answer_read[offset / 32];
	const uint8_t bit = (uint8_t)(1U << offset / 4 % 8);

	if (write) {
		left->cpu[host_cpu].answer_in = 0;
		answer_leave();
		return;
	}
	if ((*read & bit) != 0)
		host_violation("an answer is read twice");
	*read |= bit;
}

void answer_watch(unsigned int cpu)
{
	const uint64_t at = left->cpu[cpu].answer_in;
	uint8_t *page = at != 0 ? host_page(at) : NULL;

	watch_page(page, page != NULL ? on_access : NULL);
}

void answer_leave(void)
{
	watch_page(NULL, NULL);
}

void answer_given(uint64_t gpa)
{
	left->cpu[host_cpu].answer_in = gpa;
	memset(left->cpu[host_cpu].answer_read, 0, sizeof(left->cpu[host_cpu].answer_read));
	answer_watch(host_cpu);
}

static void on_reply(void)
{
	const uint64_t msr = host.snp.vcpu[host_cpu].ghcb_msr[0];

	answer_given(is_aligned(msr, PAGE_4K) ? msr : 0);
}

/* Elsewhere VMPL0 asks for nothing but to run its guest, and each watch costs signals. */
void answer_open(const struct explore_config *c)
{
	host.reply = (c->before & (BEFORE_LAUNCH | BEFORE_FRAMES)) != 0 ? on_reply : NULL;
}
