/* SPDX-License-Identifier: MIT */
/* Builds save areas in a buffer: the guest's first, and VMPL0's. [snp-arch 7, 8; boot-abi 7.2] */
#include <string.h>
#include <svsm/vmsa.h>

#define CODE64 0xa9bU /* present, code, accessed, L, G */
#define DATA32 0xc93U
#define LDT 0x82U
#define TSS_BUSY 0x8bU

#define CR0_GUEST 0x80010033ULL /* PE MP ET NE WP PG */
#define CR4_PAE 0x20ULL
#define EFER_LME_LMA 0x500ULL
#define EFER_NXE 0x800ULL

static void put(uint8_t *page, unsigned int at, uint64_t value)
{
	memcpy(page + at, &value, sizeof(value));
}

static void segment(uint8_t *page, unsigned int at, uint16_t selector, uint16_t attributes,
		    uint32_t limit, uint64_t base)
{
	put(page, at, selector | (uint64_t)attributes << 16 | (uint64_t)limit << 32);
	put(page, at + 8, base);
}

/* What both have: no debug register, no pending event, an FPU in its first state. */
static void build(uint8_t *page)
{
	memset(page, 0, 4096);
	segment(page, VMSA_LDTR, 0, LDT, 0xffff, 0);
	put(page, VMSA_DR6, 0xffff0ff0);
	put(page, VMSA_DR7, 0x400);
	put(page, VMSA_RFLAGS, 0x2);
	put(page, VMSA_G_PAT, 0x0007040600070406);
	put(page, VMSA_XCR0, 1);
	put(page, VMSA_MXCSR, 0x1f80);
	put(page, VMSA_FCW, 0x37f);
}

void vmsa_build(uint8_t page[4096], const struct vmsa_guest *guest)
{
	build(page);
	segment(page, VMSA_CS, 0x10, CODE64, 0xffffffff, 0);
	segment(page, VMSA_DS, 0x18, DATA32, 0xffffffff, 0);
	segment(page, VMSA_ES, 0x18, DATA32, 0xffffffff, 0);
	segment(page, VMSA_SS, 0x18, DATA32, 0xffffffff, 0);
	segment(page, VMSA_FS, 0x18, DATA32, 0xffffffff, 0);
	segment(page, VMSA_GS, 0x18, DATA32, 0xffffffff, 0);
	segment(page, VMSA_GDTR, 0, 0, guest->gdt_limit, guest->gdt);
	segment(page, VMSA_IDTR, 0, 0, 0, 0);
	segment(page, VMSA_TR, 0, TSS_BUSY, 0xffff, 0);
	page[VMSA_VMPL] = guest->vmpl;
	put(page, VMSA_EFER, EFER_SVME | EFER_LME_LMA);
	put(page, VMSA_CR0, CR0_GUEST);
	put(page, VMSA_CR3, guest->cr3);
	put(page, VMSA_CR4, CR4_PAE);
	put(page, VMSA_RIP, guest->rip);
	put(page, VMSA_RSI, guest->rsi);
	put(page, VMSA_SEV_FEATURES, SEV_SNP_ACTIVE);
}

/* FS as start.S leaves it; RSP as a call leaves it. */
void vmsa_build_cpu(uint8_t page[4096], const struct vmsa_cpu *cpu)
{
	build(page);
	segment(page, VMSA_CS, cpu->code, CODE64, 0xffffffff, 0);
	segment(page, VMSA_DS, cpu->data, DATA32, 0xffffffff, 0);
	segment(page, VMSA_ES, cpu->data, DATA32, 0xffffffff, 0);
	segment(page, VMSA_SS, cpu->data, DATA32, 0xffffffff, 0);
	segment(page, VMSA_FS, 0, 0, 0, 0);
	segment(page, VMSA_GS, 0, 0, 0, cpu->gs);
	segment(page, VMSA_GDTR, 0, 0, cpu->gdt_limit, cpu->gdt);
	segment(page, VMSA_IDTR, 0, 0, cpu->idt_limit, cpu->idt);
	segment(page, VMSA_TR, cpu->task, TSS_BUSY, cpu->tss_limit, cpu->tss);
	put(page, VMSA_EFER, EFER_SVME | EFER_LME_LMA | EFER_NXE);
	put(page, VMSA_CR0, cpu->cr0);
	put(page, VMSA_CR3, cpu->cr3);
	put(page, VMSA_CR4, cpu->cr4);
	put(page, VMSA_RIP, cpu->rip);
	put(page, VMSA_RSP, cpu->rsp - 8);
	put(page, VMSA_SEV_FEATURES, cpu->sev_features);
}
