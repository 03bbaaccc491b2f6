/* SPDX-License-Identifier: MIT */
/* The end of the VM: keys first, then words, then the hypervisor is told. */
#include <stdatomic.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/log.h>
#include <svsm/secrets.h>

static atomic_flag stopping = ATOMIC_FLAG_INIT;

/* A second stop, from another vCPU or out of the first one's words, says nothing. */
void hw_stop(enum reason reason, uint64_t detail)
{
	secrets_wipe();
	if (!atomic_flag_test_and_set(&stopping))
		log_line("stop: %s (reason %u, detail 0x%llx)", reason_words(reason),
			 (unsigned int)reason, (unsigned long long)detail);
	msr_terminate(REASON_SET, reason);
}
