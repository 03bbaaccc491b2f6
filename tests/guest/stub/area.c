/* SPDX-License-Identifier: MIT */
/* Save areas for other vCPUs [snp-arch 7], and the hypervisor's part of their lives [ghcb 5.5]. */
#include "stub.h"

#define VMSA_CR4 0x148U
#define VMSA_CR3 0x150U
#define VMSA_CR0 0x158U
#define VMSA_DR7 0x160U
#define VMSA_DR6 0x168U
#define VMSA_RFLAGS 0x170U
#define VMSA_RIP 0x178U
#define VMSA_RSP 0x1d8U
#define VMSA_G_PAT 0x268U
#define VMSA_RDI 0x338U
#define VMSA_XCR0 0x3e8U
#define VMSA_MXCSR 0x408U
#define VMSA_FTW 0x40cU
#define VMSA_FCW 0x410U
#define EFER_LONG 0xd00ULL /* LME, LMA, NXE */
#define CR0_LONG 0x80010033ULL
#define CR4_LONG 0x620ULL /* PAE, OSFXSR, OSXMMEXCPT */

void area_put(uint64_t vmsa, unsigned int offset, uint64_t value, unsigned int bytes)
{
	volatile uint8_t *at = (volatile uint8_t *)page_private(vmsa) + offset;

	for (unsigned int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void put_segment(uint64_t vmsa, unsigned int index, uint64_t word)
{
	area_put(vmsa, index * 16, word, 8);
}

void area_fill(uint64_t vmsa, uint64_t rip, uint64_t rsp, uint64_t rdi)
{
	uint64_t cr3;

	__asm__ volatile("movq %%cr3, %0" : "=r"(cr3));
	for (unsigned int i = 0; i < PAGE_4K; i += 8)
		area_put(vmsa, i, 0, 8);
	for (unsigned int i = 0; i < 6; i++) /* ES CS SS DS FS GS */
		put_segment(vmsa, i, i == 1 ? 0xffffffff0a9b0010 : 0xffffffff0c930018);
	put_segment(vmsa, 6, 0x0000ffff00000000); /* GDTR LDTR IDTR TR */
	put_segment(vmsa, 7, 0x0000ffff00820000);
	put_segment(vmsa, 8, 0x0000ffff00000000);
	put_segment(vmsa, 9, 0x0000ffff008b0000);
	area_put(vmsa, VMSA_VMPL, boot.vmpl, 1);
	area_put(vmsa, VMSA_EFER, EFER_SVME | EFER_LONG, 8);
	area_put(vmsa, VMSA_CR4, CR4_LONG, 8);
	area_put(vmsa, VMSA_CR3, cr3, 8);
	area_put(vmsa, VMSA_CR0, CR0_LONG, 8);
	area_put(vmsa, VMSA_DR7, 0x400, 8);
	area_put(vmsa, VMSA_DR6, 0xffff0ff0, 8);
	area_put(vmsa, VMSA_RFLAGS, 2, 8);
	area_put(vmsa, VMSA_RIP, rip, 8);
	area_put(vmsa, VMSA_RSP, rsp, 8);
	area_put(vmsa, VMSA_RDI, rdi, 8);
	area_put(vmsa, VMSA_G_PAT, 0x0007040600070406, 8);
	area_put(vmsa, VMSA_SEV_FEATURES, rdmsr(MSR_SEV_STATUS) >> 2, 8);
	area_put(vmsa, VMSA_XCR0, 1, 8);
	area_put(vmsa, VMSA_MXCSR, 0x1f80, 4);
	area_put(vmsa, VMSA_FTW, 0x5555, 2);
	area_put(vmsa, VMSA_FCW, 0x37f, 2);
}

bool area_creation(enum ap_request request, uint32_t apic_id, uint64_t vmsa)
{
	uint64_t features = rdmsr(MSR_SEV_STATUS) >> 2;

	return ghcb_event(NAE_AP_CREATION,
			  (uint64_t)apic_id << 32 | (uint64_t)boot.vmpl << 16 | request, vmsa,
			  &features);
}
