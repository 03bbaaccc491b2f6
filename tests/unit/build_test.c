/* SPDX-License-Identifier: MIT */
/* The packed image of a toy firmware and kernel: what lies where, and refusals. */
#include "launch/build.h"
#include "snp/igvm.h"
#include "svsm/config.h"
#include "svsm/vmsa.h"
#include "test.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_AT 0x1000U
#define DATA_AT 0x2000U
#define ELF_BYTES 0x3000U
#define KERNEL_BYTES 0x2700U /* 1 KiB of setup, then the payload */

struct toy {
	uint8_t elf[ELF_BYTES];
	uint8_t kernel[KERNEL_BYTES];
	uint8_t start32[100];
	uint8_t initrd[5000];
	struct build b;
};

static Elf64_Phdr *segment(struct toy *t, unsigned int i)
{
	return (Elf64_Phdr *)(t->elf + sizeof(Elf64_Ehdr)) + i;
}

/* Text at 0, data at 0x1000 with bss to 0x3800. */
static void make_elf(struct toy *t)
{
	Elf64_Ehdr e = { .e_type = ET_EXEC,
			 .e_machine = EM_X86_64,
			 .e_version = 1,
			 .e_entry = IMAGE_VA + 0x10,
			 .e_phoff = sizeof(e),
			 .e_ehsize = sizeof(e),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 4 };

	memcpy(e.e_ident, ELFMAG, SELFMAG);
	e.e_ident[EI_CLASS] = ELFCLASS64;
	e.e_ident[EI_DATA] = ELFDATA2LSB;
	memcpy(t->elf, &e, sizeof(e));
	*segment(t, 0) = (Elf64_Phdr){ .p_type = PT_LOAD,
				       .p_offset = TEXT_AT,
				       .p_vaddr = IMAGE_VA,
				       .p_filesz = 0x800,
				       .p_memsz = 0x800 };
	*segment(t, 1) = (Elf64_Phdr){ .p_type = PT_LOAD,
				       .p_offset = DATA_AT,
				       .p_vaddr = IMAGE_VA + 0x1000,
				       .p_filesz = 0x10,
				       .p_memsz = 0x2800 };
	/* Neither counts, wherever it says it is. */
	*segment(t, 2) = (Elf64_Phdr){ .p_type = PT_NOTE, .p_filesz = 8, .p_memsz = 8 };
	*segment(t, 3) = (Elf64_Phdr){ .p_type = PT_LOAD };
	memset(t->elf + TEXT_AT, 0x11, 0x1000);
	memset(t->elf + DATA_AT, 0x22, 0x1000);
}

static void put(uint8_t *p, uint64_t x, size_t bytes)
{
	memcpy(p, &x, bytes);
}

static struct toy *make(void)
{
	struct toy *t = calloc(1, sizeof(*t));

	make_elf(t);
	memset(t->kernel, 0x33, sizeof(t->kernel));
	t->kernel[0x1F1] = 1;
	put(t->kernel + 0x1FE, 0xAA55, 2);
	put(t->kernel + 0x200, 0x6AEB, 2);
	memcpy(t->kernel + 0x202, "HdrS", 4);
	put(t->kernel + 0x206, 0x20C, 2);
	put(t->kernel + 0x236, 3, 2);
	put(t->kernel + 0x238, 2047, 4);
	put(t->kernel + 0x258, 0x1000000, 8);
	put(t->kernel + 0x260, 0x3000, 4);
	memset(t->start32, 0x44, sizeof(t->start32));
	memset(t->initrd, 0x55, sizeof(t->initrd));
	t->b = (struct build){ .firmware = { t->elf, sizeof(t->elf) },
			       .start32 = { t->start32, sizeof(t->start32) },
			       .kernel = { t->kernel, sizeof(t->kernel) },
			       .initrd = { t->initrd, sizeof(t->initrd) },
			       .cmdline = "console=ttyS0",
			       .mem = 512ULL << 20,
			       .svsm_gpa = 0x8000000000,
			       .svsm_mem = 0x10000000,
			       .vmpl = 2,
			       .flags = CONFIG_VERBOSE };
	return t;
}

static struct blob pack(struct toy *t)
{
	struct blob igvm;
	struct why why = { "" };

	if (!build_image(&igvm, &t->b, &why))
		printf("# %s\n", why.text);
	check(why.text[0] == '\0');
	return igvm;
}

/* The launched page, all of it one byte value from `from` to `to`. */
static void check_page(const struct igvm *f, uint64_t gpa, unsigned int from, unsigned int to,
		       uint8_t value)
{
	struct igvm_header h;

	for (size_t at = 0; igvm_next(f, &at, &h);) {
		if (h.type != IGVM_PAGE_DATA || h.gpa != gpa)
			continue;
		for (unsigned int i = from; i < to; i++)
			check_eq(h.data == NULL ? 0 : h.data[i], value);
		return;
	}
	printf("# 0x%llx is not launched\n", (unsigned long long)gpa);
	check(false);
}

declare_test(build_places_every_part)
{
	struct toy *t = make();
	struct blob igvm = pack(t);
	struct igvm_header h;
	struct igvm f;

	check_eq(igvm_open(&f, igvm.data, igvm.count).error, IGVM_OK);
	check_page(&f, LAUNCH_START32, 0, 100, 0x44);
	check_page(&f, LAUNCH_START32, 100, 4096, 0);
	for (unsigned int i = 0; i < LAUNCH_TABLE_PAGES; i++)
		check_page(&f, LAUNCH_TABLES + i * 4096, 0, 4096, 0);
	check_page(&f, 0x8000000000, 0, 0x800, 0x11);
	check_page(&f, 0x8000000000, 0x800, 4096, 0);
	check_page(&f, 0x8000001000, 0, 0x10, 0x22);
	check_page(&f, 0x8000001000, 0x10, 4096, 0); /* bss, though the file has bytes */
	check_page(&f, 0x8000003000, 0, 4096, 0);
	check_page(&f, 0x1000000, 0, 4096, 0x33);
	check_page(&f, 0x1002000, 0, KERNEL_BYTES - 0x2400, 0x33);
	check_page(&f, 0x1002000, KERNEL_BYTES - 0x2400, 4096, 0);
	check_page(&f, 0x1200000, 0, 4096, 0x55); /* initrd */
	check_page(&f, 0x1201000, 0, 5000 - 4096, 0x55);
	check_page(&f, 0x1201000, 5000 - 4096, 4096, 0);
	for (size_t at = 0; igvm_next(&f, &at, &h);) {
		if (h.type == IGVM_PAGE_DATA && h.gpa >= 0x8000000000)
			check(h.gpa < 0x8000004000);
		if (h.type == IGVM_REQUIRED_MEMORY) {
			check_eq(h.gpa, 0x8000000000);
			check_eq(h.bytes, 0x10000000);
		}
		if (h.gpa == LAUNCH_CPUID && h.type == IGVM_PAGE_DATA)
			check_eq(h.page_type, IGVM_DATA_CPUID);
		if (h.gpa == LAUNCH_SECRETS && h.type == IGVM_PAGE_DATA)
			check_eq(h.page_type, IGVM_DATA_SECRETS);
	}
	free(igvm.data);
	free(t);
}

static const uint8_t *page_at(const struct igvm *f, uint64_t gpa)
{
	struct igvm_header h;

	for (size_t at = 0; igvm_next(f, &at, &h);) {
		if (h.type == IGVM_PAGE_DATA && h.gpa == gpa)
			return h.data;
	}
	return NULL;
}

declare_test(build_config_page)
{
	struct toy *t = make();
	struct svsm_config c;
	struct blob igvm;
	struct igvm f;

	t->b.apic_ids = (struct apic_ids){ 3, { 0, 2, 7 } };
	igvm = pack(t);
	check_eq(igvm_open(&f, igvm.data, igvm.count).error, IGVM_OK);
	memcpy(&c, page_at(&f, LAUNCH_CONFIG), sizeof(c));
	check(memcmp(&c.magic, "TVSTCFG1", 8) == 0);
	check_eq(c.bytes, sizeof(c));
	check_eq(c.flags, CONFIG_VERBOSE | CONFIG_ACPI);
	check_eq(c.svsm_gpa, 0x8000000000);
	check_eq(c.svsm_mem, 0x10000000);
	check_eq(c.image_bytes, 0x4000);
	check_eq(c.entry, IMAGE_VA + 0x10);
	check_eq(c.guest_vmpl, 2);
	check_eq(c.kernel_entry, 0x1000200);
	check_eq(c.kernel_end, 0x1202000);
	check_eq(c.range_count, 3);
	check_eq(c.range[0].gpa, GUEST_AREA);
	check_eq(c.range[0].pages, 13);
	check(memcmp(page_at(&f, GUEST_ACPI), "RSD PTR ", 8) == 0);
	check_eq(c.range[1].gpa, 0x1000000);
	check_eq(c.range[1].pages, 3);
	check_eq(c.range[2].gpa, 0x1200000);
	check_eq(c.range[2].pages, 2);
	check_eq(c.apic_id_count, 3);
	check_eq(c.apic_id[1], 2);
	check_eq(c.apic_id[2], 7);
	check_eq(c.apic_id[3], 0);
	check(strcmp((const char *)page_at(&f, GUEST_CMDLINE), "console=ttyS0") == 0);
	free(igvm.data);
	free(t);
}

static void ranges_are_launched(const struct blob *igvm)
{
	struct svsm_config c;
	struct igvm_header h;
	uint64_t guest_pages = 0, promised = 0;
	struct igvm f;

	check_eq(igvm_open(&f, igvm->data, igvm->count).error, IGVM_OK);
	memcpy(&c, page_at(&f, LAUNCH_CONFIG), sizeof(c));
	for (uint32_t i = 0; i < c.range_count; i++)
		promised += c.range[i].pages;
	for (size_t at = 0; igvm_next(&f, &at, &h);) {
		bool inside = false;

		if (h.type != IGVM_PAGE_DATA || h.gpa < GUEST_AREA || h.gpa >= c.svsm_gpa)
			continue;
		for (uint32_t i = 0; i < c.range_count; i++)
			inside |= h.gpa >= c.range[i].gpa &&
				  h.gpa < c.range[i].gpa + c.range[i].pages * 4096;
		check(inside);
		guest_pages++;
	}
	check_eq(guest_pages, promised);
}

/* Every page of every range is launched, and no other page outside the launch area. */
declare_test(build_ranges_are_what_is_launched)
{
	static const struct apic_ids ids[] = { { 0, { 0 } }, { 2, { 0, 1 } } };
	struct toy *t = make();
	struct blob igvm;

	for (unsigned int i = 0; i < 2; i++) {
		t->b.apic_ids = ids[i];
		igvm = pack(t);
		ranges_are_launched(&igvm);
		free(igvm.data);
	}
	free(t);
}

declare_test(build_is_deterministic)
{
	struct toy *one = make(), *two = make();
	struct blob a = pack(one), b = pack(two);

	check_eq(a.count, b.count);
	check(memcmp(a.data, b.data, a.count) == 0);
	free(a.data);
	free(b.data);
	free(one);
	free(two);
}

/* QEMU refuses a VMSA with anything else in it [boot-abi 6.3]. */
declare_test(build_vmsa_has_only_what_qemu_takes)
{
	static const struct {
		unsigned int from, to;
	} may[] = {
		{ 0x000, 0x0A0 }, { 0x0D0, 0x0D8 }, { 0x148, 0x180 }, { 0x1D8, 0x1E0 },
		{ 0x1F8, 0x200 }, { 0x268, 0x270 }, { 0x308, 0x380 }, { 0x3B0, 0x3B8 },
		{ 0x3E8, 0x3F0 }, { 0x408, 0x40C }, { 0x410, 0x412 },
	};
	uint8_t page[4096];

	build_vmsa(page);
	for (unsigned int i = 0; i < sizeof(page); i++) {
		bool allowed = false;

		for (unsigned int j = 0; j < sizeof(may) / sizeof(may[0]); j++)
			allowed |= i >= may[j].from && i < may[j].to;
		check(allowed || page[i] == 0);
	}
	check_eq(page[VMSA_SEV_FEATURES], 0x9);
	check_eq(page[VMSA_EFER + 1], 0x10);
	check_eq(page[VMSA_CR0], 0x31);
	check_eq(page[VMSA_RIP + 2], LAUNCH_START32 >> 16);
}

static void refused(struct toy *t, const char *text)
{
	struct blob igvm;
	struct why why = { "" };

	check(!build_image(&igvm, &t->b, &why));
	if (strstr(why.text, text) == NULL)
		printf("# %s\n", why.text);
	check(strstr(why.text, text) != NULL);
	free(t);
}

declare_test(build_refusals)
{
	struct toy *t = make();

	t->b.kernel.count = 0;
	refused(t, "not a bzImage");
	t = make();
	t->b.start32.count = 4097;
	refused(t, "start32");
	t = make();
	t->b.start32.count = 0;
	refused(t, "start32");
	t = make();
	t->b.firmware.count = 10;
	refused(t, "not an ELF file");
	t = make();
	t->elf[EI_CLASS] = ELFCLASS32;
	refused(t, "not an x86-64 ELF");
	t = make();
	((Elf64_Ehdr *)t->elf)->e_phnum = 0xffff;
	refused(t, "truncated");
	t = make();
	((Elf64_Ehdr *)t->elf)->e_phoff = ELF_BYTES + 1;
	refused(t, "truncated");
	t = make();
	((Elf64_Ehdr *)t->elf)->e_entry = IMAGE_VA + 0x3800;
	refused(t, "entry");
	t = make();
	((Elf64_Ehdr *)t->elf)->e_entry = 0x100000;
	refused(t, "entry");
	t = make();
	segment(t, 0)->p_vaddr = 0;
	refused(t, "segments");
	t = make();
	segment(t, 1)->p_vaddr = IMAGE_VA + 0x7ff;
	refused(t, "segments");
	t = make();
	segment(t, 1)->p_memsz = UINT64_MAX;
	refused(t, "segments");
	t = make();
	segment(t, 1)->p_filesz = 0x1001;
	refused(t, "segments");
	t = make();
	t->b.vmpl = 4;
	refused(t, "VMPL");
	t = make();
	t->b.mem = 16ULL << 20;
	refused(t, "larger than guest memory");
}
