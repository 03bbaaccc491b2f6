/* SPDX-License-Identifier: MIT */
/*
 * What one CPU has for itself, mapped by the frame with holes between: see
 * tables.h. The boot CPU's area is in the image; a guest vCPU's context has a
 * slot of its own.
 */
#include "percpu.h"
#include "tables.h"
#include "traps.h"

#include <svsm/hw.h>
#include <svsm/vmsa.h>

/* The places of its pages, a hole below each. */
#define STACK_PAGES 4U
#define STACK_AT (1 * PAGE_4K)
#define DF_STACK_AT (6 * PAGE_4K)
#define BLOCK_AT (8 * PAGE_4K)
#define GHCB_AT (10 * PAGE_4K)
_Static_assert(STACK_PAGES + 3 == CPU_AREA_FRAMES, "#DF stack, block, GHCB");
_Static_assert(GHCB_AT + PAGE_4K < AREA_PITCH, "a hole below the next one's stack too");

struct block {
	struct percpu percpu;
	uint64_t gdt[GDT_BYTES / 8];
	struct tss tss;
	struct ring ring;
};
_Static_assert(sizeof(struct block) <= PAGE_4K, "one page");

extern uint8_t image_ghcb[];

static pa_t ghcb_page[CPU_MAX];

static uint64_t area_va(unsigned int cpu)
{
	CHECK(cpu > 0 && cpu < CPU_MAX);
	return AREAS_VA + cpu * AREA_PITCH;
}

static struct block *block_of(unsigned int cpu)
{
	return (struct block *)(area_va(cpu) + BLOCK_AT);
}

struct ring *cpu_map_area(unsigned int cpu, const pa_t frame[CPU_AREA_FRAMES])
{
	uint64_t va = area_va(cpu);
	struct block *block = block_of(cpu);

	tables_show(va + STACK_AT, frame, STACK_PAGES);
	tables_show(va + DF_STACK_AT, &frame[STACK_PAGES], 1);
	tables_show(va + BLOCK_AT, &frame[STACK_PAGES + 1], 1);
	tables_show(va + GHCB_AT, &frame[STACK_PAGES + 2], 1);
	ghcb_page[cpu] = frame[STACK_PAGES + 2];
	block->percpu = (struct percpu){ .index = cpu };
	traps_describe(block->gdt, &block->tss, va + DF_STACK_AT + PAGE_4K);
	block->ring.count = 0;
	return &block->ring;
}

enum err cpu_share_ghcb(unsigned int cpu, void **va, pa_t *page)
{
	*va = cpu == 0 ? image_ghcb : (void *)(area_va(cpu) + GHCB_AT);
	*page = cpu == 0 ? tables_image_pa(image_ghcb) : ghcb_page[cpu];
	return tables_share(*va, *page);
}

void cpu_start_state(unsigned int cpu, struct vmsa_cpu *state)
{
	const struct block *block = block_of(cpu);

	__asm__ volatile("movq %%cr0, %0" : "=r"(state->cr0));
	__asm__ volatile("movq %%cr3, %0" : "=r"(state->cr3));
	__asm__ volatile("movq %%cr4, %0" : "=r"(state->cr4));
	state->rsp = area_va(cpu) + STACK_AT + STACK_PAGES * PAGE_4K;
	state->gs = (uint64_t)&block->percpu;
	state->gdt = (uint64_t)block->gdt;
	state->gdt_limit = GDT_BYTES - 1;
	state->tss = (uint64_t)&block->tss;
	state->tss_limit = sizeof(block->tss) - 1;
	state->idt = (uint64_t)image_idt;
	state->idt_limit = sizeof(image_idt) - 1;
	state->code = SELECTOR_CODE;
	state->data = SELECTOR_DATA;
	state->task = SELECTOR_TSS;
}

static uint64_t context_va(unsigned int slot)
{
	CHECK(slot < CPU_CONTEXTS);
	return REGION_VA + slot * CONTEXT_PITCH + CONTEXT_PITCH / 2;
}

void *cpu_map_context(unsigned int slot, const pa_t frame[CPU_CONTEXT_FRAMES])
{
	tables_show(context_va(slot), frame, CPU_CONTEXT_FRAMES);
	return (void *)context_va(slot);
}

void cpu_unmap_context(unsigned int slot)
{
	tables_hide(context_va(slot), CPU_CONTEXT_FRAMES);
}
