/* SPDX-License-Identifier: MIT */
/*
 * Repetitions of REP STOS with which VMPL0 zeroes memory. Its first write to a
 * page whose rights have changed is a nested fault; when that instruction is a
 * REP STOS of zeros, RCX says how many repetitions are left. It faults again at
 * each further page, with the same end: these are not counted twice.
 */
#include "softsnp.h"

#define REP 0xf3U
#define STOSB 0xaaU
#define STOS 0xabU
#define REX 0x40U
#define REX_W 0x08U
#define RFLAGS_DF (1ULL << 10)

/* Bytes that a repetition stores; 0: another instruction. */
static unsigned int width(struct cpu *c)
{
	uint8_t b[15];
	bool wide = false;
	unsigned int at = 1;

	(void)walk_code(c, b);
	if (b[0] != REP)
		return 0;
	if ((b[at] & 0xf0) == REX)
		wide = (b[at++] & REX_W) != 0;
	if (b[at] == STOSB)
		return 1;
	if (b[at] != STOS)
		return 0;
	return wide ? 8 : 4;
}

void zero_fault(struct cpu *c)
{
	struct zeroing *z = &c->zeroing;
	uint64_t rdi = c->gpr[RDI], rcx = c->gpr[RCX], end;
	unsigned int bytes = width(c);

	if (bytes == 0 || c->gpr[RAX] != 0 || (c->v->rflags & RFLAGS_DF) != 0)
		return;
	end = rdi + rcx * bytes;
	if (c->v->rip != z->rip || end != z->end || rdi <= z->at)
		z->repetitions += rcx;
	z->rip = c->v->rip;
	z->end = end;
	z->at = rdi;
}
