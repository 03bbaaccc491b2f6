/* SPDX-License-Identifier: MIT */
/*
 * VMPL0's page tables: the image in 4 KiB leaves, W^X, a hole under each
 * stack, the window, and room for what area.c maps. Built once; read-only
 * after boot. [DESIGN 5, 6]
 */
#include "tables.h"
#include "traps.h"

#include <string.h>
#include <svsm/config.h>
#include <svsm/cpu.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/pt.h>

#define TABLE_PAGES 57U /* as svsm.lds reserves */

#define CR0_WP 0x10000ULL
#define CR4_UMIP 0x800ULL
#define CR4_SMEP 0x100000ULL
#define CR4_SMAP 0x200000ULL

extern uint8_t image_text[], image_text_end[], image_rodata[], image_rodata_end[];
extern uint8_t image_data[], image_data_end[];
extern uint8_t boot_df_stack[], boot_df_stack_end[], boot_stack[], boot_stack_end[];
extern uint64_t image_tables[TABLE_PAGES][PT_WORDS];
extern uint8_t image_ghcb[], image_shared[];

static struct pt pt;
static uint64_t image_base;

pa_t tables_image_pa(const void *va)
{
	return pa(image_base + ((uint64_t)va - IMAGE_VA));
}

static void load_root(void)
{
	__asm__ volatile("movq %0, %%cr3" : : "r"(pt_root(&pt)) : "memory");
}

static void map_image(const uint8_t *start, const uint8_t *end, unsigned int flags)
{
	if (pt_map(&pt, (uint64_t)start, tables_image_pa(start), (uint64_t)(end - start), PAGE_4K,
		   flags) != OK)
		hw_stop(REASON_NO_MEMORY, (uint64_t)start);
}

void tables_build(unsigned int c_bit)
{
	const struct svsm_config *config = (const void *)(WINDOW_VA + LAUNCH_CONFIG);
	uint8_t *tables = (uint8_t *)image_tables;

	image_base = config->svsm_gpa;
	pt_init(&pt, image_tables, tables_image_pa(tables), TABLE_PAGES, 1ULL << c_bit);
	map_image(image_text, image_text_end, PT_EXEC);
	map_image(image_rodata, image_rodata_end, 0);
	map_image(image_data, image_data_end, PT_WRITE);
	map_image(boot_df_stack, boot_df_stack_end, PT_WRITE);
	map_image(boot_stack, boot_stack_end, PT_WRITE);
	map_image(tables, tables + sizeof(image_tables), PT_WRITE);
	map_image((uint8_t *)image_idt, (uint8_t *)image_idt + sizeof(image_idt), PT_WRITE);
	map_image(image_ghcb, image_ghcb + PAGE_4K, PT_WRITE);
	map_image(image_shared, image_shared + PAGE_4K, PT_WRITE);
	if (pt_map(&pt, WINDOW_VA, pa(0), PAGE_2M, PAGE_2M, PT_WRITE) != OK ||
	    pt_reserve(&pt, REGION_VA, REGION_END - REGION_VA) != OK)
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

/* The page may be in no window: hw_pvalidate() cannot name it. */
static bool rescind(const void *va)
{
	uint64_t rax = (uint64_t)va;
	bool carry;

	__asm__ volatile("pvalidate" : "+a"(rax), "=@ccc"(carry) : "c"(0), "d"(0) : "memory");
	return (uint32_t)rax == RMP_OK && !carry;
}

/* The GHCB MSR has one value: with a GHCB, the request goes through it. */
static enum err make_shared(pa_t page)
{
	uint64_t done;

	return ghcb_ready() ? ghcb_psc(page, 1, SIZE_4K, false, &done) : msr_psc(page, false);
}

enum err tables_share(void *va, pa_t page)
{
	if (!rescind(va))
		return ERR_RMP;
	if (make_shared(page) != OK)
		return ERR_HOST;
	CHECK(pt_set(&pt, (uint64_t)va, page, PT_WRITE | PT_SHARED) == OK);
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
	memset(va, 0, PAGE_4K);
	return OK;
}

enum err cpu_share_buffer(void **va, pa_t *page)
{
	*va = image_shared;
	*page = tables_image_pa(image_shared);
	return tables_share(*va, *page);
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

void tables_show(uint64_t va, const pa_t *frame, unsigned int count)
{
	uint64_t cr0 = lift_protection();

	for (unsigned int i = 0; i < count; i++)
		CHECK(pt_set(&pt, va + i * PAGE_4K, frame[i], PT_WRITE) == OK);
	restore_protection(cr0);
}

void tables_hide(uint64_t va, unsigned int count)
{
	uint64_t cr0 = lift_protection();

	for (unsigned int i = 0; i < count; i++)
		CHECK(pt_clear(&pt, va + i * PAGE_4K) == OK);
	restore_protection(cr0);
}

/* The pages that say so are among those that change. */
void cpu_seal(void)
{
	uint64_t cr0 = lift_protection();

	CHECK(pt_change(&pt, (uint64_t)image_idt, sizeof(image_idt), 0) == OK);
	CHECK(pt_change(&pt, (uint64_t)image_tables, sizeof(image_tables), 0) == OK);
	restore_protection(cr0);
	load_root();
}
