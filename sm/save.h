/* SPDX-License-Identifier: MIT */
/*
 * The guest's save area as VMPL0 reads and writes it. The page is validated
 * and the SVSM's for as long as it is a save area, so that a fault means that
 * the hypervisor took it away: the VM stops.
 */
#pragma once
#include <svsm/hw.h>
#include <svsm/vmsa.h>

_Noreturn static inline void save_lost(pa_t vmsa)
{
	hw_stop(REASON_UNVALIDATED, vmsa.raw);
}

static inline void save_write(pa_t vmsa, unsigned int offset, uint64_t value)
{
	if (hw_store64(pa_add(vmsa, offset), value) != OK)
		save_lost(vmsa);
}

/* Sets EFER.SVME: from here on the hypervisor may run it. `efer` is what the gate found. */
static inline void save_thaw(pa_t vmsa, uint64_t efer)
{
	save_write(vmsa, VMSA_EFER, efer | EFER_SVME);
}
