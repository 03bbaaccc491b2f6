/* SPDX-License-Identifier: MIT */
/* The guest's boot save area against the boot protocol and the VMRUN rules. */
#include "test.h"

#include <string.h>
#include <svsm/vmsa.h>

static uint8_t page[4096];

static uint64_t get(unsigned int at, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, page + at, bytes);
	return value;
}

static void build(void)
{
	const struct vmsa_guest guest = {
		.rip = 0x1000200,
		.rsi = 0x80000,
		.cr3 = 0x8000000086000,
		.gdt = 0x82080,
		.gdt_limit = 0x1f,
		.vmpl = 2,
	};

	memset(page, 0xff, sizeof(page));
	vmsa_build(page, &guest);
}

declare_test(vmsa_long_mode)
{
	build();
	check_eq(get(VMSA_EFER, 8), 0x1500);
	check_eq(get(VMSA_CR0, 8) & 0x80000001, 0x80000001);
	check_eq(get(VMSA_CR4, 8), 0x20);
	check_eq(get(VMSA_CR3, 8), 0x8000000086000);
	check_eq(get(VMSA_RFLAGS, 8), 2);
	check_eq(get(VMSA_RIP, 8), 0x1000200);
	check_eq(get(VMSA_RSI, 8), 0x80000);
}

declare_test(vmsa_segments)
{
	build();
	check_eq(get(VMSA_CS, 2), 0x10);
	check_eq(get(VMSA_CS + 2, 2), 0xa9b);
	check_eq(get(VMSA_CS + 4, 4), 0xffffffff);
	check_eq(get(VMSA_SS, 2), 0x18);
	check_eq(get(VMSA_DS + 2, 2), 0xc93);
	check_eq(get(VMSA_GDTR + 8, 8), 0x82080);
	check_eq(get(VMSA_GDTR + 4, 4), 0x1f);
	check_eq(get(VMSA_TR + 2, 2), 0x8b);
}

/* The guest gets SNPActive and nothing else; not the SVSM's own features. */
declare_test(vmsa_vmpl_and_features)
{
	build();
	check_eq(get(VMSA_VMPL, 1), 2);
	check_eq(get(VMSA_CPL, 1), 0);
	check_eq(get(VMSA_SEV_FEATURES, 8), 1);
	check_eq(get(VMSA_VINTR_CTRL, 8), 0);
	check_eq(get(VMSA_EXITCODE, 8), 0);
	check_eq(get(VMSA_PCPU_ID, 8), 0);
}

declare_test(vmsa_defaults)
{
	build();
	check_eq(get(VMSA_G_PAT, 8), 0x0007040600070406);
	check_eq(get(VMSA_XCR0, 8), 1);
	check_eq(get(VMSA_MXCSR, 4), 0x1f80);
	check_eq(get(VMSA_FCW, 2), 0x37f);
	check_eq(get(VMSA_DR7, 8), 0x400);
	check_eq(get(VMSA_DR6, 8), 0xffff0ff0);
}

/* Nothing of the buffer's earlier contents is left in what is reserved. */
declare_test(vmsa_rest_is_zero)
{
	build();
	for (unsigned int i = 0x412; i < sizeof(page); i++)
		check_eq(page[i], 0);
	for (unsigned int i = 0xd8; i < 0x140; i++)
		check_eq(page[i], 0);
}

/* ---- VMPL0's own on another CPU ---- */

static void build_cpu(void)
{
	const struct vmsa_cpu cpu = {
		.rip = 0xffffffff80001234,
		.rsp = 0xffffff0000815000,
		.gs = 0xffffff0000818000,
		.cr0 = 0x80010033,
		.cr3 = 0x8008000012000,
		.cr4 = 0x300868,
		.gdt = 0xffffff0000818008,
		.idt = 0xffffffff80055000,
		.tss = 0xffffff0000818030,
		.gdt_limit = 0x27,
		.idt_limit = 0xfff,
		.tss_limit = 0x67,
		.code = 0x8,
		.data = 0x10,
		.task = 0x18,
		.sev_features = 9,
	};

	memset(page, 0xff, sizeof(page));
	vmsa_build_cpu(page, &cpu);
}

declare_test(vmsa_cpu_registers)
{
	build_cpu();
	check_eq(get(VMSA_EFER, 8), 0x1d00); /* SVME, NXE, LMA, LME */
	check_eq(get(VMSA_CR0, 8), 0x80010033);
	check_eq(get(VMSA_CR3, 8), 0x8008000012000);
	check_eq(get(VMSA_CR4, 8), 0x300868);
	check_eq(get(VMSA_RFLAGS, 8), 2); /* IF is off */
	check_eq(get(VMSA_RIP, 8), 0xffffffff80001234);
	check_eq(get(VMSA_RSP, 8), 0xffffff0000814ff8); /* as a call leaves it */
	check_eq(get(VMSA_VMPL, 1), 0);
	check_eq(get(VMSA_CPL, 1), 0);
	check_eq(get(VMSA_SEV_FEATURES, 8), 9);
	check_eq(get(VMSA_XCR0, 8), 1);
	check_eq(get(VMSA_G_PAT, 8), 0x0007040600070406);
}

declare_test(vmsa_cpu_segments)
{
	build_cpu();
	check_eq(get(VMSA_CS, 8), 0xffffffff0a9b0008);
	check_eq(get(VMSA_SS, 8), 0xffffffff0c930010);
	check_eq(get(VMSA_DS, 8), 0xffffffff0c930010);
	check_eq(get(VMSA_ES, 8), 0xffffffff0c930010);
	check_eq(get(VMSA_GS + 8, 8), 0xffffff0000818000);
	check_eq(get(VMSA_GDTR + 4, 4), 0x27);
	check_eq(get(VMSA_GDTR + 8, 8), 0xffffff0000818008);
	check_eq(get(VMSA_IDTR + 4, 4), 0xfff);
	check_eq(get(VMSA_IDTR + 8, 8), 0xffffffff80055000);
	check_eq(get(VMSA_TR, 8), 0x67008b0018);
	check_eq(get(VMSA_TR + 8, 8), 0xffffff0000818030);
	check_eq(get(VMSA_CS + 8, 8) | get(VMSA_SS + 8, 8) | get(VMSA_DS + 8, 8), 0);
	for (unsigned int i = 0x412; i < sizeof(page); i++)
		check_eq(page[i], 0);
}
