/* SPDX-License-Identifier: MIT */
/* GDT, TSS and IDT. #DF has a stack of its own; the rest use the running one. */
#include "traps.h"

#include <svsm/types.h>

#define CODE64 0x00af9b000000ffffULL
#define DATA 0x00cf93000000ffffULL
#define TSS_AVAILABLE 0x89ULL
#define GATE_INTERRUPT 0x8eU
#define IST_DF 1U
#define VECTOR_DF 8U

struct pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

extern uint8_t boot_df_stack_end[];
extern const uint8_t trap_stubs[];

uint64_t traps_gdt[GDT_BYTES / 8] = { 0, CODE64, DATA };
static struct tss boot_tss;

void traps_describe(uint64_t gdt[GDT_BYTES / 8], struct tss *tss, uint64_t df_stack_end)
{
	uint64_t base = (uint64_t)tss;

	*tss = (struct tss){ .io_map = sizeof(*tss) };
	tss->ist[IST_DF - 1] = df_stack_end;
	gdt[0] = 0;
	gdt[SELECTOR_CODE / 8] = CODE64;
	gdt[SELECTOR_DATA / 8] = DATA;
	gdt[SELECTOR_TSS / 8] = (sizeof(*tss) - 1) | (base & 0xffffff) << 16 | TSS_AVAILABLE << 40 |
				(base >> 24 & 0xff) << 56;
	gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

static void set_gate(unsigned int vector)
{
	uint64_t stub = (uint64_t)trap_stubs + vector * STUB_BYTES;

	image_idt[vector] = (struct gate){
		.offset_low = (uint16_t)stub,
		.selector = SELECTOR_CODE,
		.ist = vector == VECTOR_DF ? IST_DF : 0,
		.type = GATE_INTERRUPT,
		.offset_middle = (uint16_t)(stub >> 16),
		.offset_high = (uint32_t)(stub >> 32),
	};
}

void traps_load(void)
{
	const struct pointer to_idt = { sizeof(image_idt) - 1, (uint64_t)image_idt };

	traps_describe(traps_gdt, &boot_tss, (uint64_t)boot_df_stack_end);
	for (unsigned int vector = 0; vector < VECTORS; vector++)
		set_gate(vector);
	__asm__ volatile("lidt %0" : : "m"(to_idt));
	__asm__ volatile("ltr %w0" : : "r"(SELECTOR_TSS));
}
