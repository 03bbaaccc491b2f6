/* SPDX-License-Identifier: MIT */
/* What the CPU refuses to a guest below VMPL0 [snp-arch 2]. */
#include "stub.h"

#define MASK(permissions) ((uint64_t)(permissions) << 8)

static void pvalidate(void)
{
	const void *own = page_private(page_take_list());

	for (uint64_t validate = 0; validate < 2; validate++) {
		probe_pvalidate(own, 0, validate);
		check(trap.vector == VECTOR_GP && trap.error == 0,
		      "[snp-arch 2.4] PVALIDATE(%lu) below VMPL0: #GP(0)", validate);
	}
	check(page_zero(own), "[snp-arch 2.4] and the page is as it was");
}

static void rmpadjust(void)
{
	const void *own = page_private(page_take_list());

	check_eq(probe_rmpadjust(own, 0, 1), RMP_FAIL_PERMISSION,
		 "[snp-arch 2.5] RMPADJUST of VMPL1: not at VMPL0");
	check_eq(trap.vector, TRAP_NONE, "[snp-arch 2.5] and no fault");
	check_eq(probe_rmpadjust(own, 0, boot.vmpl | MASK(PERM_RWX)), RMP_FAIL_PERMISSION,
		 "[snp-arch 2.3] RMPADJUST of the own VMPL");
	check_eq(probe_rmpadjust(own, 0, MASK(PERM_RWX)), RMP_FAIL_PERMISSION,
		 "[snp-arch 2.3] RMPADJUST of VMPL0");
	check(probe_rmpadjust(own, 0, VMPLS | MASK(PERM_R)) != 0,
	      "[snp-arch 2.3] RMPADJUST of a VMPL that is none");
	if (boot.vmpl + 1 < VMPLS)
		check_eq(probe_rmpadjust(own, 0, (boot.vmpl + 1) | MASK(PERM_R)), 0,
			 "[snp-arch 2.3] RMPADJUST of the next VMPL");
}

static void vc(void)
{
	probe_cpuid(0);
	check(trap.vector == VECTOR_VC && trap.error == VC_CPUID, "[snp-arch 4] CPUID: #VC 0x72");
	probe_out(0x80, 0);
	check(trap.vector == VECTOR_VC && trap.error == VC_IOIO, "[snp-arch 4] OUT: #VC 0x7b");
}

void test_vmpl(void)
{
	pvalidate();
	rmpadjust();
	vc();
}
