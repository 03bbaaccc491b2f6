/* SPDX-License-Identifier: MIT */
/* The end of the VM: keys first, then words, then the hypervisor is told. */
#include <stdatomic.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/log.h>
#include <svsm/ring.h>
#include <svsm/secrets.h>

#define NOBODY CPU_MAX
#define PATIENCE 10000000U /* for another CPU's words: it may never run again */

static _Atomic unsigned int stopper = NOBODY;

static void say(enum reason reason, uint64_t detail)
{
	char where[RING_WORDS];

	log_break();
	ring_where(hw_cpu(), where);
	log_line("stop: %s: %s (reason %u, detail 0x%llx)", where, reason_words(reason),
		 (unsigned int)reason, (unsigned long long)detail);
}

/* A second stop, of another CPU or out of the first one's words, says nothing. */
void hw_stop(enum reason reason, uint64_t detail)
{
	unsigned int first = NOBODY;

	secrets_wipe();
	if (atomic_compare_exchange_strong(&stopper, &first, hw_cpu()))
		say(reason, detail);
	else if (first != hw_cpu())
		for (unsigned int i = 0; i < PATIENCE; i++)
			hw_pause();
	msr_terminate(REASON_SET, reason);
}
