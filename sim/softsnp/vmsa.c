/* SPDX-License-Identifier: MIT */
/*
 * VMSA to VMCB and back, as the CPU does at an exit and an entry. The save
 * area of a VMCB has the VMSA's layout; the rest lives in registers that
 * VMRUN does not switch [snp-arch 7].
 */
#include "port.h"
#include "softsnp.h"
#include <string.h>

#define SAVE_AREA 0x400U
#define VMSA_EFER 0x0d0U
#define VMSA_DR0 0x180U
#define VMSA_PAT 0x268U
#define VMSA_TSC_AUX 0x2ecU
#define VMSA_RCX 0x308U
#define VMSA_RBP 0x328U
#define VMSA_R8 0x340U
#define VMSA_EXITINFO1 0x390U
#define VMSA_EXITINFO2 0x398U
#define VMSA_EXITINTINFO 0x3a0U
#define VMSA_NRIP 0x3a8U
#define VMSA_EXITCODE 0x3c0U
#define EXITCODE_VMGEXIT 0x403U
#define VMSA_X87_DP 0x400U
#define VMSA_MXCSR 0x408U
#define VMSA_FTW 0x40cU
#define VMSA_FSW 0x40eU
#define VMSA_FCW 0x410U
#define VMSA_FOP 0x412U
#define VMSA_X87_RIP 0x418U
#define VMSA_MANTISSA 0x420U
#define VMSA_EXPONENT 0x460U
#define VMSA_XMM 0x470U
#define XMM_BYTES 256U

struct fx {
	uint16_t control, status, tags, opcode;
	uint64_t ip, dp;
	uint32_t mxcsr, mxcsr_mask;
	struct {
		uint64_t mantissa;
		uint16_t exponent, pad[3];
	} st[8];
	uint8_t xmm[XMM_BYTES], rest[96];
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct fx) == 512, "FXSAVE area");

/* Parts of the save area that both have at the same offset. */
static const struct {
	uint16_t offset, bytes;
} same[] = {
	{ 0x000, 0xa0 }, /* ES to TR */
	{ 0x0cb, 1 },	 /* CPL */
	{ 0x0d0, 8 },	 /* EFER */
	{ 0x148, 0x38 }, /* CR4 CR3 CR0 DR7 DR6 RFLAGS RIP */
	{ 0x1d8, 8 },	 /* RSP */
	{ 0x1f8, 0x50 }, /* RAX, STAR to SYSENTER_EIP, CR2 */
	{ 0x268, 8 },	 /* G_PAT */
};

static void copy16(uint8_t *to, uint16_t value)
{
	__builtin_memcpy(to, &value, sizeof(value));
}

static uint16_t get16(const uint8_t *from)
{
	uint16_t value;

	__builtin_memcpy(&value, from, sizeof(value));
	return value;
}

/* Full tag of one register from FXSAVE's single bit. */
static unsigned int tag(const struct fx *f, unsigned int physical)
{
	unsigned int top = f->status >> 11 & 7, i = (physical - top) & 7;
	unsigned int exponent = f->st[i].exponent & 0x7fff;

	if ((f->tags >> physical & 1) == 0)
		return 3;
	if (exponent == 0 && f->st[i].mantissa == 0)
		return 1;
	return exponent == 0 || exponent == 0x7fff || f->st[i].mantissa >> 63 == 0 ? 2 : 0;
}

static void store_fx(uint8_t *page)
{
	struct fx f;
	unsigned int tags = 0;

	__asm__ volatile("fxsave64 %0" : "=m"(f));
	for (unsigned int i = 0; i < 8; i++) {
		tags |= tag(&f, i) << (2 * i);
		store64(page + VMSA_MANTISSA + 8ULL * i, f.st[i].mantissa);
		copy16(page + VMSA_EXPONENT + 2ULL * i, f.st[i].exponent);
	}
	copy16(page + VMSA_FTW, (uint16_t)tags);
	copy16(page + VMSA_FSW, f.status);
	copy16(page + VMSA_FCW, f.control);
	copy16(page + VMSA_FOP, f.opcode);
	store64(page + VMSA_X87_RIP, f.ip);
	store64(page + VMSA_X87_DP, f.dp);
	memcpy(page + VMSA_MXCSR, &f.mxcsr, sizeof(f.mxcsr));
	memcpy(page + VMSA_XMM, f.xmm, XMM_BYTES);
}

static void load_fx(const uint8_t *page)
{
	unsigned int tags = get16(page + VMSA_FTW);
	struct fx f;

	memset(&f, 0, sizeof(f));
	for (unsigned int i = 0; i < 8; i++) {
		if ((tags >> (2 * i) & 3) != 3)
			f.tags |= (uint16_t)(1U << i);
		f.st[i].mantissa = load64(page + VMSA_MANTISSA + 8ULL * i);
		f.st[i].exponent = get16(page + VMSA_EXPONENT + 2ULL * i);
	}
	f.status = get16(page + VMSA_FSW);
	f.control = get16(page + VMSA_FCW);
	f.opcode = get16(page + VMSA_FOP);
	f.ip = load64(page + VMSA_X87_RIP);
	f.dp = load64(page + VMSA_X87_DP);
	memcpy(&f.mxcsr, page + VMSA_MXCSR, sizeof(f.mxcsr));
	f.mxcsr &= 0xffff;
	memcpy(f.xmm, page + VMSA_XMM, XMM_BYTES);
	__asm__ volatile("fxrstor64 %0" : : "m"(f));
}

static void store_debug(uint8_t *page)
{
	uint64_t d[4];

	__asm__ volatile("mov %%db0, %0; mov %%db1, %1; mov %%db2, %2; mov %%db3, %3"
			 : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3]));
	memcpy(page + VMSA_DR0, d, sizeof(d));
}

static void load_debug(const uint8_t *page)
{
	uint64_t d[4];

	memcpy(d, page + VMSA_DR0, sizeof(d));
	__asm__ volatile("mov %0, %%db0; mov %1, %%db1; mov %2, %%db2; mov %3, %%db3"
			 :
			 : "r"(d[0]), "r"(d[1]), "r"(d[2]), "r"(d[3]));
}

/* RCX RDX RBX, then RBP RSI RDI R8 and on; RAX and RSP are in the save area. */
static uint8_t *gpr_slot(uint8_t *page, unsigned int gpr)
{
	if (gpr >= R8)
		return page + VMSA_R8 + 8ULL * (gpr - R8);
	return page + (gpr <= RBX ? VMSA_RCX + 8ULL * (gpr - RCX) : VMSA_RBP + 8ULL * (gpr - RBP));
}

void vmsa_store(const struct cpu *c, uint64_t spa)
{
	uint8_t *page = mem_at(spa), *save = (uint8_t *)c->v + SAVE_AREA;
	uint32_t aux = (uint32_t)host_rdmsr(MSR_TSC_AUX);

	c->v->rax = c->gpr[RAX];
	c->v->rsp = c->gpr[RSP];
	c->v->pat = host_rdmsr(MSR_PAT);
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		memcpy(page + same[i].offset, save + same[i].offset, same[i].bytes);
	store64(page + VMSA_EFER, c->v->efer | (c->lme ? EFER_LME : 0));
	for (unsigned int gpr = RCX; gpr < GPRS; gpr++)
		if (gpr != RSP)
			store64(gpr_slot(page, gpr), c->gpr[gpr]);
	memcpy(page + VMSA_TSC_AUX, &aux, sizeof(aux));
	store64(page + VMSA_EXITCODE, EXITCODE_VMGEXIT);
	store64(page + VMSA_EXITINFO1, 0);
	store64(page + VMSA_EXITINFO2, 0);
	store64(page + VMSA_EXITINTINFO, 0);
	store64(page + VMSA_NRIP, c->v->rip);
	store_debug(page);
	store_fx(page);
}

void vmsa_load(struct cpu *c, uint64_t spa)
{
	uint8_t *page = mem_at(spa), *save = (uint8_t *)c->v + SAVE_AREA;
	uint32_t aux;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		memcpy(save + same[i].offset, page + same[i].offset, same[i].bytes);
	c->lme = (c->v->efer & EFER_LME) != 0;
	if ((c->v->cr0 & CR0_PG) == 0)
		c->v->efer &= ~EFER_LME;
	c->gpr[RAX] = c->v->rax;
	c->gpr[RSP] = c->v->rsp;
	for (unsigned int gpr = RCX; gpr < GPRS; gpr++)
		if (gpr != RSP)
			c->gpr[gpr] = load64(gpr_slot(page, gpr));
	c->v->int_state = 0;
	c->v->exit_int = 0;
	memcpy(&aux, page + VMSA_TSC_AUX, sizeof(aux));
	host_wrmsr(MSR_TSC_AUX, aux);
	host_wrmsr(MSR_PAT, c->v->pat);
	load_debug(page);
	load_fx(page);
}
