/* SPDX-License-Identifier: MIT */
/* Access to the guest's save area: see save.h. */
#include "save.h"

#include <svsm/hw.h>
#include <svsm/vmsa.h>

_Noreturn void save_lost(pa_t vmsa)
{
	hw_stop(REASON_UNVALIDATED, vmsa.raw);
}

uint64_t save_read(pa_t vmsa, unsigned int offset)
{
	uint64_t value;

	if (hw_load64(pa_add(vmsa, offset), &value) != OK)
		save_lost(vmsa);
	return value;
}

void save_write(pa_t vmsa, unsigned int offset, uint64_t value)
{
	if (hw_store64(pa_add(vmsa, offset), value) != OK)
		save_lost(vmsa);
}

void save_thaw(pa_t vmsa)
{
	save_write(vmsa, VMSA_EFER, save_read(vmsa, VMSA_EFER) | EFER_SVME);
}
