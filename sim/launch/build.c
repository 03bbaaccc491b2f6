/* SPDX-License-Identifier: MIT */
#include "launch/build.h"

#include "elf.h"
#include "launch/acpi.h"
#include "launch/bzimage.h"
#include "launch/layout.h"
#include "launch/write.h"

#include "svsm/config.h"
#include "svsm/types.h"
#include "svsm/vmsa.h"

#include <stdlib.h>
#include <string.h>

struct parts {
	const struct build *b;
	struct elf_image image;
	struct bzimage kernel;
	struct layout at;
};

static void put(uint8_t *p, uint64_t x, size_t bytes)
{
	memcpy(p, &x, bytes);
}

static void segment(uint8_t *p, uint16_t selector, uint16_t attributes, uint32_t limit)
{
	put(p, selector, 2);
	put(p + 2, attributes, 2);
	put(p + 4, limit, 4);
}

void build_vmsa(uint8_t page[4096])
{
	static const unsigned int data[] = { VMSA_ES, VMSA_SS, VMSA_DS, VMSA_FS, VMSA_GS };

	memset(page, 0, 4096);
	for (unsigned int i = 0; i < sizeof(data) / sizeof(data[0]); i++)
		segment(page + data[i], 0x10, 0xC93, 0xffffffff);
	segment(page + VMSA_CS, 8, 0xC9B, 0xffffffff);
	segment(page + VMSA_GDTR, 0, 0, 0xffff);
	segment(page + VMSA_IDTR, 0, 0, 0xffff);
	segment(page + VMSA_LDTR, 0, 0x82, 0xffff);
	segment(page + VMSA_TR, 0, 0x8B, 0xffff);
	put(page + VMSA_EFER, EFER_SVME, 8);
	put(page + VMSA_CR0, 0x31, 8);
	put(page + VMSA_CR4, 0x40, 8);
	put(page + VMSA_DR6, 0xffff0ff0, 8);
	put(page + VMSA_DR7, 0x400, 8);
	put(page + VMSA_RFLAGS, 2, 8);
	put(page + VMSA_RIP, LAUNCH_START32, 8);
	put(page + VMSA_G_PAT, 0x0007040600070406, 8);
	put(page + VMSA_SEV_FEATURES, SEV_SNP_ACTIVE | SEV_RESTRICTED_INJECTION, 8);
	put(page + VMSA_XCR0, 1, 8);
	put(page + VMSA_MXCSR, 0x1f80, 4);
	put(page + VMSA_FCW, 0x37f, 2);
}

static uint64_t pages_of(uint64_t bytes)
{
	return align_up(bytes, PAGE_4K) / PAGE_4K;
}

/* Linux finds no CPU but its first without ACPI tables. */
static bool has_acpi(const struct build *b)
{
	return b->apic_ids.count > 0;
}

static uint64_t guest_area_end(const struct build *b)
{
	return has_acpi(b) ? GUEST_ACPI_END : GUEST_TABLES_END;
}

static void fill_config(const struct parts *p, uint8_t page[4096])
{
	struct svsm_config c = {
		.magic = CONFIG_MAGIC,
		.bytes = sizeof(c),
		.flags = p->b->flags | (has_acpi(p->b) ? CONFIG_ACPI : 0),
		.svsm_gpa = p->b->svsm_gpa,
		.svsm_mem = p->b->svsm_mem,
		.image_bytes = p->image.bytes,
		.entry = p->image.entry,
		.guest_vmpl = p->b->vmpl,
		.kernel_entry = p->kernel.load + BZIMAGE_ENTRY_64,
		.kernel_end = p->at.kernel_end,
		.apic_id_count = p->b->apic_ids.count,
	};
	struct config_range *r = c.range;

	*r++ = (struct config_range){ GUEST_BOOT_PARAMS,
				      (guest_area_end(p->b) - GUEST_BOOT_PARAMS) / PAGE_4K };
	*r++ = (struct config_range){ p->kernel.load, pages_of(p->kernel.payload_bytes) };
	if (p->b->initrd.count != 0)
		*r++ = (struct config_range){ p->at.initrd, pages_of(p->b->initrd.count) };
	for (unsigned int i = 0; i < c.apic_id_count; i++)
		c.apic_id[i] = p->b->apic_ids.id[i];
	c.range_count = (uint32_t)(r - c.range);
	memset(page, 0, 4096);
	memcpy(page, &c, sizeof(c));
}

static void write_launch_area(struct write *w, const struct parts *p)
{
	uint8_t page[4096];

	write_pages(w, LAUNCH_START32, p->b->start32.data, p->b->start32.count);
	for (uint64_t i = 0; i < LAUNCH_TABLE_PAGES; i++)
		write_page(w, LAUNCH_TABLES + i * PAGE_4K, IGVM_DATA_NORMAL, 0, NULL);
	write_page(w, LAUNCH_CPUID, IGVM_DATA_CPUID, 0, NULL);
	write_page(w, LAUNCH_SECRETS, IGVM_DATA_SECRETS, 0, NULL);
	fill_config(p, page);
	write_page(w, LAUNCH_CONFIG, IGVM_DATA_NORMAL, 0, page);
}

static void write_guest(struct write *w, const struct parts *p)
{
	struct bzimage_boot boot = { p->at.initrd, p->b->initrd.count, GUEST_CMDLINE };
	uint8_t page[4096];

	bzimage_boot_params(&p->kernel, &boot, page);
	write_page(w, GUEST_BOOT_PARAMS, IGVM_DATA_NORMAL, 0, page);
	memset(page, 0, sizeof(page));
	memcpy(page, p->b->cmdline, strlen(p->b->cmdline));
	write_page(w, GUEST_CMDLINE, IGVM_DATA_NORMAL, 0, page);
	for (uint64_t gpa = GUEST_CC_BLOB; gpa < GUEST_TABLES_END; gpa += PAGE_4K)
		write_page(w, gpa, IGVM_DATA_NORMAL, 0, NULL);
	if (has_acpi(p->b)) {
		(void)acpi_tables(page, GUEST_ACPI, p->b->apic_ids.id, p->b->apic_ids.count);
		write_page(w, GUEST_ACPI, IGVM_DATA_NORMAL, 0, page);
	}
	write_pages(w, p->kernel.load, p->kernel.payload, p->kernel.payload_bytes);
	write_pages(w, p->at.initrd, p->b->initrd.data, p->b->initrd.count);
}

/* Every insert comes before the first page: then file order is launch order. */
static void write_all(struct blob *igvm, const struct parts *p)
{
	uint8_t vmsa[4096];
	struct write w;

	write_start(&w);
	write_required_memory(&w, p->b->svsm_gpa, (uint32_t)p->b->svsm_mem);
	write_area(&w, 0, LAUNCH_PARAM_PAGES * PAGE_4K);
	write_parameter(&w, IGVM_MEMORY_MAP, 0, offsetof(struct launch_params, map));
	write_parameter(&w, IGVM_VP_COUNT, 0, offsetof(struct launch_params, vp_count));
	write_parameter(&w, IGVM_ENVIRONMENT_INFO, 0, offsetof(struct launch_params, environment));
	write_insert(&w, 0, LAUNCH_PARAMS);
	write_launch_area(&w, p);
	write_guest(&w, p);
	write_pages(&w, p->b->svsm_gpa, p->image.pages, p->image.bytes);
	build_vmsa(vmsa);
	write_vmsa(&w, 0, vmsa);
	igvm->data = write_finish(&w, &igvm->count);
}

static bool plan(struct parts *p, struct why *why)
{
	const struct build *b = p->b;
	struct layout_request r = {
		.mem = b->mem,
		.svsm_gpa = b->svsm_gpa,
		.svsm_mem = b->svsm_mem,
		.image_bytes = p->image.bytes,
		.kernel_load = p->kernel.load,
		.kernel_bytes = p->kernel.payload_bytes,
		.kernel_init_size = p->kernel.init_size,
		.initrd_bytes = b->initrd.count,
		.initrd_max = p->kernel.initrd_max,
		.cmdline_length = strlen(b->cmdline),
		.cmdline_max = p->kernel.cmdline_max,
		.vmpl = b->vmpl,
		.apic_ids = b->apic_ids,
	};

	return layout_plan(&p->at, &r, why);
}

bool build_image(struct blob *igvm, const struct build *b, struct why *why)
{
	struct parts p = { .b = b };
	enum bzimage_error error = bzimage_parse(&p.kernel, b->kernel.data, b->kernel.count);
	bool ok;

	if (error != BZIMAGE_OK)
		return host_refuse(why, "kernel: %s", bzimage_words(error));
	if (b->start32.count == 0 || b->start32.count > PAGE_4K)
		return host_refuse(why, "start32 is not 1 to 4096 bytes long");
	if (!elf_load(&p.image, &b->firmware, why))
		return false;
	ok = plan(&p, why);
	if (ok)
		write_all(igvm, &p);
	free(p.image.pages);
	return ok;
}
