/* SPDX-License-Identifier: MIT */
/* Section 3.1, "everything else: unchanged": what of the vCPU is beyond the general registers. */
#include "conf.h"

#define FXSAVE_BYTES 512U
#define FXSAVE_MXCSR 24U /* control words differ in form before it */
#define FXSAVE_XMM 160U
#define FXSAVE_END 416U /* of XMM15 */

static void one_call(void)
{
	struct call c;

	call_set(&c, CORE_QUERY_PROTOCOL, 1, 0, 0);
	call_run(&c, call_form);
}

static void vectors(const struct rule *r)
{
	static uint8_t before[FXSAVE_BYTES] __attribute__((aligned(16)));
	static uint8_t after[FXSAVE_BYTES] __attribute__((aligned(16)));
	bool same = true;

	(void)r;
	__asm__ volatile("fninit\n\tfld1\n\tfldpi\n\tfxsave %0" : "=m"(before));
	for (unsigned int i = FXSAVE_XMM; i < FXSAVE_END; i++)
		before[i] = (uint8_t)(i * 37);
	before[FXSAVE_MXCSR] = 0xc0; /* 0x3fc0: all masked, DAZ, round down */
	before[FXSAVE_MXCSR + 1] = 0x3f;
	__asm__ volatile("fxrstor %0" : : "m"(before));
	one_call();
	__asm__ volatile("fxsave %0" : "=m"(after));
	for (unsigned int i = FXSAVE_MXCSR; i < FXSAVE_END; i++)
		same &= before[i] == after[i];
	check(same, "x87, MXCSR or XMM registers differ");
}

static void msr(const struct rule *r)
{
	uint64_t old = rdmsr((uint32_t)r->a), now;

	wrmsr((uint32_t)r->a, r->b);
	one_call();
	now = rdmsr((uint32_t)r->a);
	wrmsr((uint32_t)r->a, old);
	check_eq(now, r->b, "the register after the call");
}

static void cr2(const struct rule *r)
{
	uint64_t now;

	(void)r;
	__asm__ volatile("movq %0, %%cr2" : : "r"(0x5555ULL));
	one_call();
	__asm__ volatile("movq %%cr2, %0" : "=r"(now));
	check_eq(now, 0x5555, "CR2");
}

static void control_registers(const struct rule *r)
{
	uint64_t before[3], after[3], efer = rdmsr(MSR_EFER);

	(void)r;
	__asm__ volatile("movq %%cr0, %0\n\tmovq %%cr3, %1\n\tmovq %%cr4, %2"
			 : "=r"(before[0]), "=r"(before[1]), "=r"(before[2]));
	one_call();
	__asm__ volatile("movq %%cr0, %0\n\tmovq %%cr3, %1\n\tmovq %%cr4, %2"
			 : "=r"(after[0]), "=r"(after[1]), "=r"(after[2]));
	check_eq(after[0], before[0], "CR0");
	check_eq(after[1], before[1], "CR3");
	check_eq(after[2], before[2], "CR4");
	check_eq(rdmsr(MSR_EFER), efer, "EFER");
}

static void debug_registers(const struct rule *r)
{
	uint64_t dr[4];

	(void)r;
	__asm__ volatile("movq %0, %%dr0\n\tmovq %1, %%dr1\n\tmovq %2, %%dr2\n\tmovq %3, %%dr3"
			 :
			 : "r"(0x1111ULL), "r"(0x2222ULL), "r"(0x3333ULL), "r"(0x4444ULL));
	one_call();
	__asm__ volatile("movq %%dr0, %0\n\tmovq %%dr1, %1\n\tmovq %%dr2, %2\n\tmovq %%dr3, %3"
			 : "=r"(dr[0]), "=r"(dr[1]), "=r"(dr[2]), "=r"(dr[3]));
	check(dr[0] == 0x1111 && dr[1] == 0x2222 && dr[2] == 0x3333 && dr[3] == 0x4444,
	      "DR0 to DR3 differ");
}

static const struct rule rules[] = {
	{ "3.1", "x87, MXCSR and XMM registers are kept", vectors, .each = EACH_FORM },
	{ "3.1", "CR0, CR3, CR4, EFER are kept", control_registers, .each = EACH_FORM },
	{ "3.1", "CR2 is kept", cr2, .each = EACH_FORM },
	{ "3.1", "DR0 to DR3 are kept", debug_registers, .needs = NEED_STRICT },
	{ "3.1", "FS base is kept", msr, .a = 0xc0000100, .b = 0x0000123456789000 },
	{ "3.1", "GS base is kept", msr, .a = 0xc0000101, .b = 0x0000234567890000 },
	{ "3.1", "KERNEL_GS_BASE is kept", msr, .a = 0xc0000102, .b = 0x0000345678900000 },
	{ "3.1", "STAR is kept", msr, .a = 0xc0000081, .b = 0x0023001000000000 },
	{ "3.1", "LSTAR is kept", msr, .a = 0xc0000082, .b = 0xffffffff81000010 },
	{ "3.1", "CSTAR is kept", msr, .a = 0xc0000083, .b = 0xffffffff81000020 },
	{ "3.1", "SFMASK is kept", msr, .a = 0xc0000084, .b = 0x0000000000047700 },
	{ "3.1", "SYSENTER_CS is kept", msr, .a = 0x174, .b = 0x10 },
	{ "3.1", "SYSENTER_ESP is kept", msr, .a = 0x175, .b = 0xffffffff82000000 },
	{ "3.1", "SYSENTER_EIP is kept", msr, .a = 0x176, .b = 0xffffffff82000010 },
	{ "3.1", "PAT is kept", msr, .a = 0x277, .b = 0x0006050100070406 },
};

GROUP(state);
