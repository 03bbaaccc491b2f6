/* SPDX-License-Identifier: MIT */
/* Offsets and bits of the save area [APM2 table B-4, spec/snp-arch.md 7]. */
#pragma once
#include <stdint.h>

#define VMSA_ES 0x000U /* segments: u16 selector, u16 attributes, u32 limit, u64 base */
#define VMSA_CS 0x010U
#define VMSA_SS 0x020U
#define VMSA_DS 0x030U
#define VMSA_FS 0x040U
#define VMSA_GS 0x050U
#define VMSA_GDTR 0x060U
#define VMSA_LDTR 0x070U
#define VMSA_IDTR 0x080U
#define VMSA_TR 0x090U
#define VMSA_VMPL 0x0caU /* u8 */
#define VMSA_CPL 0x0cbU	 /* u8 */
#define VMSA_EFER 0x0d0U
#define VMSA_CR4 0x148U
#define VMSA_CR3 0x150U
#define VMSA_CR0 0x158U
#define VMSA_DR7 0x160U
#define VMSA_DR6 0x168U
#define VMSA_RFLAGS 0x170U
#define VMSA_RIP 0x178U
#define VMSA_RSP 0x1d8U
#define VMSA_RAX 0x1f8U
#define VMSA_G_PAT 0x268U
#define VMSA_RCX 0x308U
#define VMSA_RDX 0x310U
#define VMSA_RBX 0x318U
#define VMSA_RBP 0x328U
#define VMSA_RSI 0x330U
#define VMSA_RDI 0x338U
#define VMSA_R8 0x340U /* R8..R15, 8 bytes each */
#define VMSA_R9 0x348U
#define VMSA_SEV_FEATURES 0x3b0U
#define VMSA_VINTR_CTRL 0x3b8U
#define VMSA_EXITCODE 0x3c0U
#define VMSA_TLB_ID 0x3d0U
#define VMSA_PCPU_ID 0x3d8U
#define VMSA_XCR0 0x3e8U
#define VMSA_MXCSR 0x408U /* u32 */
#define VMSA_FTW 0x40cU	  /* u16 */
#define VMSA_FCW 0x410U	  /* u16 */

#define EFER_SVME 0x1000ULL
#define EXIT_VMGEXIT 0x403ULL

/* SEV_FEATURES [spec/snp-arch.md 5]. */
#define SEV_SNP_ACTIVE 0x1ULL
#define SEV_RESTRICTED_INJECTION 0x8ULL
#define SEV_DEBUG_VIRTUALIZATION 0x20ULL
#define SEV_PREVENT_HOST_IBS 0x40ULL
#define SEV_BTB_ISOLATION 0x80ULL
#define SEV_SMT_PROTECTION 0x8000ULL
#define SEV_IBPB_ON_ENTRY 0x200000ULL

/* A guest's first state [boot-abi 7.2]. */
struct vmsa_guest {
	uint64_t rip, rsi, cr3;
	uint64_t gdt;
	uint16_t gdt_limit;
	uint8_t vmpl;
};

/* VMPL0's on another CPU: 64-bit mode, as the boot CPU runs. */
struct vmsa_cpu {
	uint64_t rip, rsp, gs;
	uint64_t cr0, cr3, cr4;
	uint64_t gdt, idt, tss;
	uint16_t gdt_limit, idt_limit, tss_limit;
	uint16_t code, data, task; /* selectors */
	uint64_t sev_features;
};

/*
 * Starts at rip, a function without parameters that never returns, interrupts
 * off. Fills the whole page.
 */
void vmsa_build_cpu(uint8_t page[4096], const struct vmsa_cpu *cpu);

/* 64-bit mode, interrupts off, SEV_FEATURES = SNPActive. Fills the whole page. */
void vmsa_build(uint8_t page[4096], const struct vmsa_guest *guest);
