/* SPDX-License-Identifier: MIT */
#include "launch/layout.h"
#include "launch/q35.h"

#include "svsm/config.h"
#include "svsm/types.h"

#include <string.h>

/*
 * Both C-bit positions of soft-SNP must do for one image, and no guest address
 * may reach the C-bit.
 */
#define GPA_END (1ULL << 47)
#define APIC_HOLE 0xfec00000ULL /* I/O APIC, local APIC, flash */

#define KERNEL_LOWEST 0x100000ULL

static bool overlap(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_end)
{
	return b < b_end && a < b_end && b < a + a_bytes;
}

static bool check_svsm(const struct layout_request *r, struct why *why)
{
	unsigned long long gpa = r->svsm_gpa, mem = r->svsm_mem;
	uint64_t low = q35_low_ram(r->mem);

	if (!is_aligned(gpa, PAGE_2M))
		return host_refuse(why, "SVSM_GPA 0x%llx is not a multiple of 2 MiB", gpa);
	if (!is_aligned(mem, PAGE_2M) || mem == 0)
		return host_refuse(why, "SVSM_MEM 0x%llx is not a multiple of 2 MiB", mem);
	if (mem > UINT32_MAX)
		return host_refuse(why, "SVSM_MEM 0x%llx is 4 GiB or more", mem);
	if (gpa >= GPA_END || mem > GPA_END - gpa)
		return host_refuse(why, "SVSM_GPA 0x%llx + SVSM_MEM 0x%llx reaches beyond 47 bits",
				   gpa, mem);
	if (mem < align_up(r->image_bytes, PAGE_2M) + PAGE_2M)
		return host_refuse(why,
				   "SVSM_MEM 0x%llx is too small for the firmware of %llu KiB "
				   "and 2 MiB of memory",
				   mem, (unsigned long long)r->image_bytes >> 10);
	if (overlap(gpa, mem, 0, low) ||
	    overlap(gpa, mem, Q35_HOLE_END, Q35_HOLE_END + r->mem - low))
		return host_refuse(why,
				   "SVSM_GPA 0x%llx + SVSM_MEM 0x%llx overlaps guest RAM of %llu "
				   "MiB",
				   gpa, mem, (unsigned long long)r->mem >> 20);
	if (overlap(gpa, mem, APIC_HOLE, Q35_HOLE_END))
		return host_refuse(why,
				   "SVSM_GPA 0x%llx + SVSM_MEM 0x%llx overlaps the APICs and "
				   "flash, 0x%llx to 0x%llx",
				   gpa, mem, APIC_HOLE, Q35_HOLE_END - 1);
	return true;
}

static bool check_guest(const struct layout_request *r, struct why *why)
{
	uint64_t limit = r->cmdline_max < PAGE_4K ? r->cmdline_max : PAGE_4K - 1;

	if (r->vmpl < 1 || r->vmpl > 3)
		return host_refuse(why, "VMPL %u is not 1, 2 or 3", r->vmpl);
	if (r->mem == 0 || !is_aligned(r->mem, PAGE_2M) || r->mem > 1ULL << 40)
		return host_refuse(why,
				   "guest memory of %llu bytes is not a multiple of 2 MiB "
				   "up to 1 TiB",
				   (unsigned long long)r->mem);
	if (r->cmdline_length > limit)
		return host_refuse(why, "kernel command line of %zu bytes is longer than %llu",
				   r->cmdline_length, (unsigned long long)limit);
	if (r->kernel_load < KERNEL_LOWEST)
		return host_refuse(why, "kernel wants to be loaded below 1 MiB, at 0x%llx",
				   (unsigned long long)r->kernel_load);
	return true;
}

bool layout_apic_ids(struct apic_ids *ids, const char *text)
{
	char number[24];

	for (ids->count = 0; ids->count < CPU_MAX; ids->count++) {
		size_t length = strcspn(text, ",");
		uint64_t id;

		if (length >= sizeof(number))
			return false;
		memcpy(number, text, length);
		number[length] = '\0';
		if (!host_number(&id, number) || id > UINT32_MAX)
			return false;
		ids->id[ids->count] = (uint32_t)id;
		if (text[length] == '\0') {
			ids->count++;
			return true;
		}
		text += length + 1;
	}
	return false;
}

/* The boot vCPU has APIC id 0. */
static bool check_apic_ids(const struct apic_ids *ids, struct why *why)
{
	bool has_boot = ids->count == 0;

	for (unsigned int i = 0; i < ids->count; i++) {
		for (unsigned int j = 0; j < i; j++)
			if (ids->id[i] == ids->id[j])
				return host_refuse(why, "APIC id %u is there twice", ids->id[i]);
		has_boot = has_boot || ids->id[i] == 0;
	}
	return has_boot || host_refuse(why, "APIC id 0, the boot vCPU's, is not in the list");
}

bool layout_plan(struct layout *l, const struct layout_request *r, struct why *why)
{
	uint64_t low = q35_low_ram(r->mem);
	unsigned long long end;
	uint64_t need =
		r->kernel_bytes > r->kernel_init_size ? r->kernel_bytes : r->kernel_init_size;

	if (!check_guest(r, why) || !check_svsm(r, why) || !check_apic_ids(&r->apic_ids, why))
		return false;
	end = r->kernel_load + need;
	if (r->kernel_load > low || need > low - r->kernel_load)
		return host_refuse(why,
				   "kernel needs RAM from 0x%llx to 0x%llx, larger than guest "
				   "memory of %llu MiB",
				   (unsigned long long)r->kernel_load, end,
				   (unsigned long long)r->mem >> 20);
	l->initrd = r->initrd_bytes == 0 ? 0 : align_up(end, PAGE_2M);
	if (r->initrd_bytes != 0) {
		if (l->initrd > low || r->initrd_bytes > low - l->initrd)
			return host_refuse(why,
					   "initrd of %llu KiB at 0x%llx does not fit into guest "
					   "memory of %llu MiB",
					   (unsigned long long)r->initrd_bytes >> 10,
					   (unsigned long long)l->initrd,
					   (unsigned long long)r->mem >> 20);
		end = l->initrd + r->initrd_bytes;
		if (end - 1 > r->initrd_max)
			return host_refuse(why, "initrd ends above 0x%llx, the kernel's limit",
					   (unsigned long long)r->initrd_max);
	}
	l->kernel_end = align_up(end, PAGE_4K);
	return true;
}
