/* SPDX-License-Identifier: MIT */
/* Descriptor tables, and the table of instructions that may fault. */
#pragma once
#include <stdint.h>

/* GDT, TSS, IDT of the boot vCPU. */
void traps_load(void);

/*
 * In an asm statement: when the instruction at label `from` raises #PF, #GP
 * or #VC "not validated", go on at label `to`.
 */
#define TRAP_FIXUP(from, to)                                                                       \
	".pushsection .extable, \"a\"\n"                                                           \
	".quad " #from ", " #to "\n"                                                               \
	".popsection\n"
