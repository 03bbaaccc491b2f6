/* SPDX-License-Identifier: MIT */
/*
 * The launch, as QEMU does it for an SNP guest: parameters filled in, pages
 * in QEMU's order, the VMSA last [boot-abi 6.3].
 */
#include "softsnp.h"
#include <launch/q35.h>
#include <snp/igvm.h>
#include <stdio.h>
#include <string.h>

#define ISA_HOLE 0xa0000ULL
#define ISA_HOLE_END 0x100000ULL

struct map_entry {
	uint64_t first_page, pages;
	uint16_t type, flags;
	uint32_t reserved;
};

static uint8_t *area[IGVM_AREAS]; /* in the order of struct igvm */

static void add_slot(uint64_t gpa, uint64_t spa, uint64_t bytes)
{
	if (spa == 0 && gpa != 0)
		report_bad_image("no host memory for %#lx bytes at %#lx: give QEMU more", bytes,
				 gpa);
	if (!snp_add_slot(&machine.snp, gpa, spa, bytes))
		report_bad_image("memory at %#lx overlaps other memory", gpa);
}

/* The part of guest RAM in [start, end) that lies where soft-SNP is not: one to one. */
static void add_low(uint64_t start, uint64_t end)
{
	uint64_t here = (uint64_t)(uintptr_t)image_start, one_to_one = end < here ? end : here;

	add_slot(start, start, one_to_one - start);
	if (one_to_one < end)
		add_slot(one_to_one, mem_region(end - one_to_one, SNP_2M), end - one_to_one);
}

/* As q35 has it; the hole for the PC's ROMs is memory too, but from elsewhere. */
static void add_ram(void)
{
	uint64_t low = q35_low_ram(machine.options.mem), high = machine.options.mem - low;
	uint64_t hole = ISA_HOLE_END - ISA_HOLE;

	add_slot(0, 0, ISA_HOLE);
	add_slot(ISA_HOLE, mem_region(hole, SNP_PAGE), hole);
	add_low(ISA_HOLE_END, low);
	if (high != 0)
		add_slot(Q35_HOLE_END, mem_region(high, SNP_2M), high);
	add_slot(IGVM_VMSA_GPA, mem_region(SNP_PAGE, SNP_PAGE), SNP_PAGE);
}

static bool overlap(uint64_t gpa, uint64_t bytes, uint64_t start, uint64_t end)
{
	return gpa < end && start < gpa + bytes;
}

static void add_required(uint64_t gpa, uint64_t bytes)
{
	uint64_t align = (gpa & (SNP_2M - 1)) == 0 ? SNP_2M : SNP_PAGE;
	uint64_t low = q35_low_ram(machine.options.mem);
	uint64_t top = Q35_HOLE_END + machine.options.mem - low;

	if (gpa + bytes <= low || (gpa >= Q35_HOLE_END && gpa + bytes <= top))
		return;
	if (overlap(gpa, bytes, 0, low) || overlap(gpa, bytes, Q35_HOLE_END, top))
		report_bad_image("memory wanted at %#lx is partly guest RAM (mem=%luM)", gpa,
				 machine.options.mem >> 20);
	if (overlap(gpa, bytes, Q35_HOLE, Q35_HOLE_END))
		report_bad_image("memory wanted at %#lx overlaps the devices", gpa);
	add_slot(gpa, mem_region(bytes, align), bytes);
}

static void put(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

static void fill_memory_map(uint8_t *at, uint32_t bytes)
{
	uint64_t low = q35_low_ram(machine.options.mem), high = machine.options.mem - low;
	struct map_entry ram[] = {
		{ .pages = low / SNP_PAGE },
		{ .first_page = Q35_HOLE_END / SNP_PAGE, .pages = high / SNP_PAGE },
	};

	if (bytes >= sizeof(ram) + sizeof(ram[0])) /* the last one has no pages */
		memcpy(at, ram, sizeof(ram));
}

static void fill_area(const struct igvm *f, unsigned int i)
{
	struct igvm_header h;
	size_t at = 0;

	area[i] = mem_pages((f->area[i].bytes + PAGE_MASK) / SNP_PAGE);
	while (igvm_next_parameter(f, &at, f->area[i].index, &h)) {
		if (h.type == IGVM_VP_COUNT)
			put(area[i] + h.at, machine.cpus);
		else if (h.type == IGVM_ENVIRONMENT_INFO)
			put(area[i] + h.at, 1);
		else if (h.type == IGVM_MEMORY_MAP)
			fill_memory_map(area[i] + h.at, f->area[i].bytes - h.at);
	}
}

static const uint8_t *contents(const struct igvm *f, const struct igvm_page *page)
{
	if (!page->parameter)
		return page->data;
	for (unsigned int i = 0; i < f->areas; i++)
		if (f->area[i].index == page->area)
			return area[i] + page->area_offset;
	return NULL;
}

static void launch_page(const struct igvm *f, struct snp_launch *l, const struct igvm_page *page)
{
	uint8_t *to = snp_gpa_memory(&machine.snp, page->gpa);
	const uint8_t *from = contents(f, page);

	if (to == NULL)
		report_bad_image("page %#lx is outside the memory (mem=%luM)", page->gpa,
				 machine.options.mem >> 20);
	if (from != NULL)
		memcpy(to, from, SNP_PAGE);
	else
		memset(to, 0, SNP_PAGE);
	if (!snp_launch_page(&machine.snp, l, page->type, page->gpa))
		report_bad_image("page %#lx cannot be launched", page->gpa);
}

static void launch_vmsa(const struct igvm *f, struct snp_launch *l)
{
	struct snp_vcpu *vcpu = &machine.snp.vcpu[0];
	struct igvm_page page = { .type = SNP_PAGE_VMSA, .gpa = IGVM_VMSA_GPA };

	page.data = igvm_vmsa(f, 0);
	launch_page(f, l, &page);
	vcpu->vmsa_gpa[0] = IGVM_VMSA_GPA;
	(void)snp_gpa_to_spa(&machine.snp, IGVM_VMSA_GPA, &vcpu->vmsa_spa[0]);
}

static void print_digest(const struct snp_launch *l)
{
	char hex[2 * sizeof(l->digest) + 1];

	for (size_t i = 0; i < sizeof(l->digest); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", l->digest[i]);
	say("launched %lu pages, digest %s", l->pages, hex);
}

void load_image(const void *file, size_t bytes)
{
	struct igvm_header h;
	struct igvm_order order;
	struct igvm_page page;
	struct snp_launch launch;
	struct igvm f;
	struct igvm_result r = igvm_open(&f, file, bytes);
	size_t at = 0;

	if (r.error != IGVM_OK)
		report_bad_image("%s, at byte %#zx of the IGVM file", igvm_words(r.error),
				 r.offset);
	add_ram();
	while (igvm_next(&f, &at, &h))
		if (h.type == IGVM_REQUIRED_MEMORY)
			add_required(h.gpa, h.bytes);
	for (unsigned int i = 0; i < f.areas; i++)
		fill_area(&f, i);
	snp_launch_start(&launch);
	igvm_order_start(&order, &f);
	while (igvm_order_next(&order, &page))
		launch_page(&f, &launch, &page);
	launch_vmsa(&f, &launch);
	print_digest(&launch);
}
