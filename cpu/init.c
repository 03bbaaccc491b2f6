/* SPDX-License-Identifier: MIT */
/* The first C of the boot vCPU, before any of the portable core runs. */
#include "percpu.h"
#include "tables.h"
#include "traps.h"

#include <svsm/hw.h>

#define NO_PROTECTOR __attribute__((no_stack_protector))

uint64_t __stack_chk_guard;

NO_PROTECTOR void init_cpu(unsigned int c_bit);
_Noreturn void __stack_chk_fail(void);

/* Unprotected itself: it gives the guard its value. */
NO_PROTECTOR void init_cpu(unsigned int c_bit)
{
	percpu_load(0);
	traps_load();
	if (!hw_random(&__stack_chk_guard))
		hw_stop(REASON_NO_RANDOM, 0);
	tables_build(c_bit);
}

void __stack_chk_fail(void)
{
	hw_stop(REASON_STACK, (uint64_t)__builtin_return_address(0));
}
