/* SPDX-License-Identifier: MIT */
/* The VMCB of AMD SVM [APM2 appendix B], as far as QEMU's TCG knows it. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Same bytes in the VMSA. Attributes: descriptor bits 55:52 and 47:40. */
struct segment {
	uint16_t selector, attributes;
	uint32_t limit;
	uint64_t base;
};

#define SEG_LONG 0x200U	   /* L */
#define SEG_DEFAULT 0x400U /* D/B */

struct vmcb {
	uint16_t cr_read, cr_write, dr_read, dr_write;
	uint32_t exceptions;
	uint32_t intercept1, intercept2;
	uint8_t pad1[0x40 - 0x14];
	uint64_t iopm, msrpm, tsc_offset;
	uint32_t asid, tlb_control;
	uint64_t vintr, int_state;
	uint64_t exit_code, info1, info2, exit_int;
	uint64_t nested;
	uint8_t pad2[0xa8 - 0x98];
	uint64_t event_inject, nested_cr3;
	uint8_t pad3[0x400 - 0xb8];
	struct segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t pad4[0x4cb - 0x4a0];
	uint8_t cpl;
	uint32_t pad5;
	uint64_t efer;
	uint8_t pad6[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t pad7[0x5d8 - 0x580];
	uint64_t rsp;
	uint8_t pad8[0x5f8 - 0x5e0];
	uint64_t rax, star, lstar, cstar, sfmask, kernel_gs_base;
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip, cr2;
	uint8_t pad9[0x668 - 0x648];
	uint64_t pat;
	uint8_t pad10[0x1000 - 0x670];
};

_Static_assert(offsetof(struct vmcb, exit_code) == 0x70, "APM2 table B-1");
_Static_assert(offsetof(struct vmcb, event_inject) == 0xa8, "APM2 table B-1");
_Static_assert(offsetof(struct vmcb, cpl) == 0x4cb, "APM2 table B-2");
_Static_assert(offsetof(struct vmcb, efer) == 0x4d0, "APM2 table B-2");
_Static_assert(offsetof(struct vmcb, rip) == 0x578, "APM2 table B-2");
_Static_assert(offsetof(struct vmcb, rax) == 0x5f8, "APM2 table B-2");
_Static_assert(offsetof(struct vmcb, pat) == 0x668, "APM2 table B-2");
_Static_assert(sizeof(struct vmcb) == 0x1000, "one page");

/* intercept1 */
#define I1_INTR (1U << 0)
#define I1_NMI (1U << 1)
#define I1_CPUID (1U << 18)
#define I1_HLT (1U << 24)
#define I1_INVLPGA (1U << 26)
#define I1_IOIO (1U << 27)
#define I1_MSR (1U << 28)
#define I1_SHUTDOWN (1U << 31)
/* intercept2: VMRUN VMMCALL VMLOAD VMSAVE STGI CLGI SKINIT */
#define I2_SVM 0x7fU

#define VINTR_MASKING (1ULL << 24)

/* Exit codes. */
#define EXIT_CR0_WRITE 0x10U
#define EXIT_CR3_WRITE 0x13U
#define EXIT_EXCEPTION 0x40U /* + vector */
#define EXIT_INTR 0x60U
#define EXIT_NMI 0x61U
#define EXIT_CPUID 0x72U
#define EXIT_HLT 0x78U
#define EXIT_INVLPGA 0x7aU
#define EXIT_IOIO 0x7bU
#define EXIT_MSR 0x7cU
#define EXIT_SHUTDOWN 0x7fU
#define EXIT_VMRUN 0x80U
#define EXIT_VMMCALL 0x81U
#define EXIT_VMLOAD 0x82U
#define EXIT_SKINIT 0x86U
#define EXIT_NPF 0x400U

/* EVENTINJ, EXITINTINFO */
#define EVENT_INTERRUPT (0ULL << 8)
#define EVENT_NMI (2ULL << 8)
#define EVENT_EXCEPTION (3ULL << 8)
#define EVENT_SOFTWARE (4ULL << 8)
#define EVENT_TYPE (7ULL << 8)
#define EVENT_ERROR (1ULL << 11)
#define EVENT_VALID (1ULL << 31)

#define VECTOR_DB 1U
#define VECTOR_NMI 2U
#define VECTOR_UD 6U
#define VECTOR_GP 13U
#define VECTOR_PF 14U
#define VECTOR_VC 29U

#define CR0_PE (1ULL << 0)
#define CR0_ET (1ULL << 4)
#define CR0_WP (1ULL << 16)
#define CR0_PG (1ULL << 31)
#define CR4_PAE (1ULL << 5)
#define CR4_LA57 (1ULL << 12)
#define EFER_LME (1ULL << 8)
#define EFER_LMA (1ULL << 10)
#define EFER_NXE (1ULL << 11)
#define EFER_SVM (1ULL << 12)
#define RFLAGS_TF (1ULL << 8)
#define RFLAGS_IF (1ULL << 9)
#define RFLAGS_NT (1ULL << 14)
#define RFLAGS_RF (1ULL << 16)

#define MSR_EFER 0xc0000080U
#define MSR_TSC_AUX 0xc0000103U
#define MSR_APIC_BASE 0x1bU
#define MSR_X2APIC_ICR 0x830U
#define MSR_PAT 0x277U
#define MSR_VM_CR 0xc0010114U
#define MSR_HSAVE 0xc0010117U
#define MSR_GHCB 0xc0010130U
#define MSR_SEV_STATUS 0xc0010131U
