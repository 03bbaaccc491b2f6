/* SPDX-License-Identifier: MIT */
/* Descriptor tables, and the table of instructions that may fault. */
#pragma once
#include "selectors.h"

#include <stdint.h>

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, io_map;
} __attribute__((packed));

struct gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};

/* The IDT of all CPUs, a page of its own: read-only after boot. */
extern struct gate image_idt[VECTORS];
_Static_assert(sizeof(image_idt) == 4096, "one page");

/* A CPU's own GDT and TSS; #DF has a stack of its own. */
void traps_describe(uint64_t gdt[GDT_BYTES / 8], struct tss *tss, uint64_t df_stack_end);

/* GDT, TSS and IDT of the boot CPU. */
void traps_load(void);

/*
 * In an asm statement: when the instruction at label `from` raises #PF, #GP
 * or #VC "not validated", go on at label `to`.
 */
#define TRAP_FIXUP(from, to)                                                                       \
	".pushsection .extable, \"a\"\n"                                                           \
	".quad " #from ", " #to "\n"                                                               \
	".popsection\n"
