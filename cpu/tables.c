/* SPDX-License-Identifier: MIT */
/*
 * VMPL0's page tables: the image in 4 KiB leaves, W^X, a hole under each
 * stack, and the window. Built once; read-only after boot. [DESIGN 5, 6]
 */
#include "tables.h"

#include <string.h>
#include <svsm/config.h>
#include <svsm/cpu.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/pt.h>

#define TABLE_PAGES 56U /* as svsm.lds reserves */

#define CR0_WP 0x10000ULL
#define CR4_UMIP 0x800ULL
#define CR4_SMEP 0x100000ULL
#define CR4_SMAP 0x200000ULL

extern uint8_t image_text[], image_text_end[], image_rodata[], image_rodata_end[];
extern uint8_t image_data[], image_data_end[];
extern uint8_t df_stack[], df_stack_end[], boot_stack[], boot_stack_end[];
extern uint64_t image_tables[TABLE_PAGES][PT_WORDS];
extern uint8_t image_ghcb[];

/*
 * Regions of their own, under one slot of the root: a context has eight pages
 * of addresses, the lower four stay unmapped.
 */
#define CONTEXTS_VA 0xffffff0000000000ULL
#define CONTEXT_PITCH (2 * CPU_CONTEXT_FRAMES * PAGE_4K)

static struct pt pt;
static uint64_t image_base;

static pa_t image_pa(const void *va)
{
	return pa(image_base + ((uint64_t)va - IMAGE_VA));
}

static void load_root(void)
{
	__asm__ volatile("movq %0, %%cr3" : : "r"(pt_root(&pt)) : "memory");
}

static void map_image(const uint8_t *start, const uint8_t *end, unsigned int flags)
{
	if (pt_map(&pt, (uint64_t)start, image_pa(start), (uint64_t)(end - start), PAGE_4K,
		   flags) != OK)
		hw_stop(REASON_NO_MEMORY, (uint64_t)start);
}

void tables_build(unsigned int c_bit)
{
	const struct svsm_config *config = (const void *)(WINDOW_VA + LAUNCH_CONFIG);
	uint8_t *tables = (uint8_t *)image_tables;

	image_base = config->svsm_gpa;
	pt_init(&pt, image_tables, image_pa(tables), TABLE_PAGES, 1ULL << c_bit);
	map_image(image_text, image_text_end, PT_EXEC);
	map_image(image_rodata, image_rodata_end, 0);
	map_image(image_data, image_data_end, PT_WRITE);
	map_image(df_stack, df_stack_end, PT_WRITE);
	map_image(boot_stack, boot_stack_end, PT_WRITE);
	map_image(tables, tables + sizeof(image_tables), PT_WRITE);
	map_image(image_ghcb, image_ghcb + PAGE_4K, PT_WRITE);
	if (pt_map(&pt, WINDOW_VA, pa(0), PAGE_2M, PAGE_2M, PT_WRITE) != OK ||
	    pt_reserve(&pt, CONTEXTS_VA, CPU_CONTEXTS * CONTEXT_PITCH) != OK)
		hw_stop(REASON_NO_MEMORY, 0);
	load_root();
}

void cpu_protect(bool umip)
{
	uint64_t cr4;

	__asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
	cr4 |= CR4_SMEP | CR4_SMAP | (umip ? CR4_UMIP : 0);
	__asm__ volatile("movq %0, %%cr4" : : "r"(cr4) : "memory");
}

/* The page is not in the window, so hw_pvalidate() cannot name it. */
static bool rescind(const void *va)
{
	uint64_t rax = (uint64_t)va;
	bool carry;

	__asm__ volatile("pvalidate" : "+a"(rax), "=@ccc"(carry) : "c"(0), "d"(0) : "memory");
	return (uint32_t)rax == RMP_OK && !carry;
}

enum err cpu_share_ghcb(unsigned int cpu, void **va, pa_t *page)
{
	if (cpu != 0)
		return ERR_STATE;
	*va = image_ghcb;
	*page = image_pa(image_ghcb);
	if (!rescind(image_ghcb))
		return ERR_RMP;
	if (msr_psc(*page, false) != OK)
		return ERR_HOST;
	if (pt_change(&pt, (uint64_t)image_ghcb, PAGE_4K, PT_WRITE | PT_SHARED) != OK)
		return ERR_STATE;
	__asm__ volatile("invlpg (%0)" : : "r"(image_ghcb) : "memory");
	memset(image_ghcb, 0, PAGE_4K);
	return OK;
}

enum err cpu_map_windows(const struct cpu_window *window, unsigned int count)
{
	pt_forget(&pt, WINDOW_VA);
	for (unsigned int i = 0; i < count; i++) {
		const struct cpu_window *w = &window[i];
		enum err err = pt_map(&pt, WINDOW_VA + w->start, pa(w->start), w->bytes, PAGE_1G,
				      PT_WRITE | (w->guest ? PT_USER : 0));

		if (err != OK)
			return err;
	}
	load_root();
	return OK;
}

void *cpu_memory(pa_t at)
{
	return (void *)(WINDOW_VA + at.raw);
}

/* The tables are read-only: this CPU alone may write to them for a moment. */
static uint64_t lift_protection(void)
{
	uint64_t cr0;

	__asm__ volatile("movq %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("movq %0, %%cr0" : : "r"(cr0 & ~CR0_WP) : "memory");
	return cr0;
}

static void restore_protection(uint64_t cr0)
{
	__asm__ volatile("movq %0, %%cr0" : : "r"(cr0) : "memory");
}

static uint64_t context_va(unsigned int slot)
{
	CHECK(slot < CPU_CONTEXTS);
	return CONTEXTS_VA + slot * CONTEXT_PITCH + CONTEXT_PITCH / 2;
}

void *cpu_map_context(unsigned int slot, const pa_t frame[CPU_CONTEXT_FRAMES])
{
	uint64_t va = context_va(slot), cr0 = lift_protection();

	for (unsigned int i = 0; i < CPU_CONTEXT_FRAMES; i++)
		CHECK(pt_set(&pt, va + i * PAGE_4K, frame[i], PT_WRITE) == OK);
	restore_protection(cr0);
	return (void *)va;
}

void cpu_unmap_context(unsigned int slot)
{
	uint64_t va = context_va(slot), cr0 = lift_protection();

	for (unsigned int i = 0; i < CPU_CONTEXT_FRAMES; i++)
		CHECK(pt_clear(&pt, va + i * PAGE_4K) == OK);
	restore_protection(cr0);
}

/* The pages that say so are among those that change. */
void cpu_seal(void)
{
	uint64_t cr0 = lift_protection();

	if (pt_change(&pt, (uint64_t)image_tables, sizeof(image_tables), 0) != OK)
		hw_stop(REASON_BUG, 0);
	restore_protection(cr0);
	load_root();
}
