/* SPDX-License-Identifier: MIT */
/* What the known images share: they run where the firmware would. */
#pragma once
#include <stdint.h>
#include <string.h>
#include <svsm/config.h>
#include <svsm/vmsa.h>

#define MSR_GHCB 0xc0010130U
#define MSR_CODE 0xfffU
#define PSC_SHARED (2ULL << 52 | 0x14)
#define REGISTER_GHCB 0x12U
#define RUN_VMPL 0x16U
#define TERMINATE 0x100U
#define NAE_AP_CREATION 0x80000013ULL
#define GHCB_EXITCODE 0x390U
#define GHCB_EXITINFO1 0x398U
#define GHCB_EXITINFO2 0x3a0U
#define GHCB_SCRATCH 0x3a8U
#define GHCB_VALID 0x3f0U
#define GHCB_BUFFER 0x800U
#define GHCB_VERSION 0xffaU
#define LEAF 0xe3ULL
#define TABLE 0x63ULL
#define SHARED_VIEW 0x200000ULL /* the image again, C=0 */
#define PAGE_BYTES 0x1000U
#define RIGHTS_ALL 0xf01U  /* RMPADJUST: VMPL1, everything */
#define RIGHTS_READ 0x101U /* VMPL1, read */
#define RIGHTS_NONE 0x001U /* VMPL1, nothing */
#define MAKE_VMSA 0x10001U /* VMPL1, nothing, VMSA */

extern uint8_t known_end[];

/* A request by the GHCB MSR; what the MSR is afterwards. */
static inline uint64_t request(uint64_t value)
{
	uint32_t low = (uint32_t)value, high = (uint32_t)(value >> 32);

	__asm__ volatile("wrmsr\n\trep; vmmcall\n\trdmsr"
			 : "+a"(low), "+d"(high)
			 : "c"(MSR_GHCB)
			 : "memory");
	return low | (uint64_t)high << 32;
}

static inline void must(int ok)
{
	if (ok)
		return;
	for (;;)
		(void)request(TERMINATE);
}

static inline uint32_t rmpadjust(const void *page, uint64_t what)
{
	uint64_t rax = (uint64_t)(uintptr_t)page;

	__asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xfe"
			 : "+a"(rax)
			 : "c"(0ULL), "d"(what)
			 : "cc", "memory");
	return (uint32_t)rax;
}

static inline uint32_t pvalidate(const void *page, uint64_t valid)
{
	uint64_t rax = (uint64_t)(uintptr_t)page;

	__asm__ volatile(".byte 0xf2, 0x0f, 0x01, 0xff"
			 : "+a"(rax)
			 : "c"(0ULL), "d"(valid)
			 : "cc", "memory");
	return (uint32_t)rax;
}

static inline void put(uint8_t *page, unsigned int offset, uint64_t value)
{
	memcpy(page + offset, &value, sizeof(value));
}

static inline uint64_t get(const uint8_t *page, unsigned int offset)
{
	uint64_t value;

	memcpy(&value, page + offset, sizeof(value));
	return value;
}

static inline void put_segment(uint8_t *vmsa, unsigned int offset, uint64_t selector,
			       uint64_t attributes)
{
	put(vmsa, offset, selector | attributes << 16 | 0xffffffffULL << 32);
}

/* 64-bit code at CPL 0 with paging, the tables with C-bit. */
static inline void put_state(uint8_t *vmsa, unsigned int vmpl, uint64_t cr3, const void *rip,
			     const void *stack_end)
{
	memset(vmsa, 0, PAGE_BYTES);
	for (unsigned int offset = VMSA_ES; offset <= VMSA_GS; offset += 0x10)
		put_segment(vmsa, offset, 0x10, 0xc93);
	put_segment(vmsa, VMSA_CS, 8, 0xa9b);
	put_segment(vmsa, VMSA_LDTR, 0, 0x82);
	put_segment(vmsa, VMSA_TR, 0, 0x8b);
	vmsa[VMSA_VMPL] = (uint8_t)vmpl;
	put(vmsa, VMSA_EFER, 0x1d00);
	put(vmsa, VMSA_CR4, 0x620);
	put(vmsa, VMSA_CR3, cr3);
	put(vmsa, VMSA_CR0, 0x80010033);
	put(vmsa, VMSA_DR7, 0x400);
	put(vmsa, VMSA_DR6, 0xffff0ff0);
	put(vmsa, VMSA_RFLAGS, 2);
	put(vmsa, VMSA_RIP, (uint64_t)(uintptr_t)rip);
	put(vmsa, VMSA_RSP, (uint64_t)(uintptr_t)stack_end);
	put(vmsa, VMSA_G_PAT, 0x0007040600070406);
	put(vmsa, VMSA_SEV_FEATURES, SEV_SNP_ACTIVE);
	put(vmsa, VMSA_XCR0, 1);
	put(vmsa, VMSA_MXCSR, 0x1f80);
}
