/* SPDX-License-Identifier: MIT */
/* What of the guest's state a call leaves alone, beyond the general registers [svsm 3.1]. */
#include "stub.h"

#define FXSAVE_BYTES 512U
#define FXSAVE_MXCSR 24U /* control words differ in form before it */
#define FXSAVE_END 416U	 /* of XMM15 */
#define MSRS (sizeof(msrs) / sizeof(msrs[0]))

static const struct {
	uint32_t index;
	uint64_t value;
	const char *name;
} msrs[] = {
	{ 0xc0000100, 0x0000123456789000, "FS base" },
	{ 0xc0000101, 0x0000234567890000, "GS base" },
	{ 0xc0000102, 0x0000345678900000, "KERNEL_GS_BASE" },
	{ 0xc0000081, 0x0023001000000000, "STAR" },
	{ 0xc0000082, 0xffffffff81000010, "LSTAR" },
	{ 0xc0000083, 0xffffffff81000020, "CSTAR" },
	{ 0xc0000084, 0x0000000000047700, "SFMASK" },
	{ 0x174, 0x10, "SYSENTER_CS" },
	{ 0x175, 0xffffffff82000000, "SYSENTER_ESP" },
	{ 0x176, 0xffffffff82000010, "SYSENTER_EIP" },
	{ 0x277, 0x0006050100070406, "PAT" },
};

static void one_call(enum form form)
{
	struct call c;

	call_set(&c, CORE_QUERY_PROTOCOL, 1, 0, 0);
	call_run(&c, form);
}

static void vectors(enum form form)
{
	static uint8_t before[FXSAVE_BYTES] __attribute__((aligned(16)));
	static uint8_t after[FXSAVE_BYTES] __attribute__((aligned(16)));
	bool same = true;

	__asm__ volatile("fninit\n\tfld1\n\tfldpi\n\tfxsave %0" : "=m"(before));
	for (unsigned int i = 160; i < FXSAVE_END; i++)
		before[i] = (uint8_t)(i * 37 + form);
	before[FXSAVE_MXCSR] = 0xc0; /* 0x3fc0: all masked, DAZ, round down */
	before[FXSAVE_MXCSR + 1] = 0x3f;
	__asm__ volatile("fxrstor %0" : : "m"(before));
	one_call(form);
	__asm__ volatile("fxsave %0" : "=m"(after));
	for (unsigned int i = FXSAVE_MXCSR; i < FXSAVE_END; i++)
		same &= before[i] == after[i];
	check(same, "[svsm 3.1] x87, MXCSR and XMM registers are kept (form %u)", form);
}

static void system_registers(void)
{
	uint64_t old[MSRS];
	bool kept[MSRS];

	for (unsigned int i = 0; i < MSRS; i++) {
		old[i] = rdmsr(msrs[i].index);
		wrmsr(msrs[i].index, msrs[i].value);
	}
	one_call(FORM_GHCB);
	for (unsigned int i = 0; i < MSRS; i++) {
		kept[i] = rdmsr(msrs[i].index) == msrs[i].value;
		wrmsr(msrs[i].index, old[i]);
	}
	for (unsigned int i = 0; i < MSRS; i++)
		check(kept[i], "[svsm 3.1] %s is kept", msrs[i].name);
}

static void debug_registers(void)
{
	uint64_t dr[4], cr2;

	__asm__ volatile("movq %0, %%dr0\n\tmovq %1, %%dr1\n\tmovq %2, %%dr2\n\tmovq %3, %%dr3"
			 :
			 : "r"(0x1111ULL), "r"(0x2222ULL), "r"(0x3333ULL), "r"(0x4444ULL));
	__asm__ volatile("movq %0, %%cr2" : : "r"(0x5555ULL));
	one_call(FORM_GHCB);
	__asm__ volatile("movq %%cr2, %0" : "=r"(cr2));
	__asm__ volatile("movq %%dr0, %0\n\tmovq %%dr1, %1\n\tmovq %%dr2, %2\n\tmovq %%dr3, %3"
			 : "=r"(dr[0]), "=r"(dr[1]), "=r"(dr[2]), "=r"(dr[3]));
	check(dr[0] == 0x1111 && dr[1] == 0x2222 && dr[2] == 0x3333 && dr[3] == 0x4444,
	      "[svsm 3.1] DR0 to DR3 are kept");
	check_eq(cr2, 0x5555, "[svsm 3.1] CR2 is kept");
}

void test_state(void)
{
	vectors(FORM_MSR);
	vectors(FORM_GHCB);
	system_registers();
	debug_registers();
}
