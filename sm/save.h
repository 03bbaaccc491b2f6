/* SPDX-License-Identifier: MIT */
/*
 * The guest's save area as VMPL0 reads and writes it. The page is validated
 * and the SVSM's for as long as it is a save area, so that a fault means that
 * the hypervisor took it away: the VM stops.
 */
#pragma once
#include <svsm/types.h>

uint64_t save_read(pa_t vmsa, unsigned int offset);
void save_write(pa_t vmsa, unsigned int offset, uint64_t value);
/* Sets EFER.SVME: from here on the hypervisor may run it. */
void save_thaw(pa_t vmsa);
_Noreturn void save_lost(pa_t vmsa);
