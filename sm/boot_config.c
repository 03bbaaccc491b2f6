/* SPDX-License-Identifier: MIT */
/*
 * The configuration page is measured, so this finds a packer's mistakes, not
 * an attack; it is checked as if it were one. See config.h.
 */
#include <svsm/boot.h>

#define KNOWN_FLAGS (CONFIG_VERBOSE | CONFIG_ACCEPT_RAM | CONFIG_ACPI)
#define WINDOW_END (1ULL << WINDOW_BITS)

static bool svsm_range_ok(const struct svsm_config *c)
{
	return is_aligned(c->svsm_gpa | c->svsm_mem, PAGE_2M) && c->svsm_gpa >= PAGE_2M &&
	       c->svsm_gpa < WINDOW_END && c->svsm_mem <= WINDOW_END - c->svsm_gpa &&
	       is_aligned(c->image_bytes, PAGE_4K) && c->image_bytes > 0 &&
	       c->image_bytes <= PAGE_1G && c->image_bytes < c->svsm_mem && c->entry >= IMAGE_VA &&
	       c->entry - IMAGE_VA < c->image_bytes;
}

/* Ascending, apart, behind the firmware's launch pages, outside the SVSM. */
static bool ranges_ok(const struct svsm_config *c)
{
	uint64_t last = LAUNCH_PARAMS + LAUNCH_PARAM_PAGES * PAGE_4K;

	for (unsigned int i = 0; i < c->range_count; i++) {
		const struct config_range *r = &c->range[i];
		uint64_t end = r->gpa + r->pages * PAGE_4K;

		if (!is_aligned(r->gpa, PAGE_4K) || r->gpa < last || r->gpa >= WINDOW_END ||
		    r->pages == 0 || r->pages > WINDOW_END / PAGE_4K)
			return false;
		if (r->gpa < c->svsm_gpa + c->svsm_mem && end > c->svsm_gpa)
			return false;
		last = end;
	}
	return true;
}

static bool launched(const struct svsm_config *c, uint64_t start, uint64_t end)
{
	for (unsigned int i = 0; i < c->range_count; i++) {
		const struct config_range *r = &c->range[i];

		if (start >= r->gpa && start < r->gpa + r->pages * PAGE_4K)
			start = r->gpa + r->pages * PAGE_4K;
	}
	return start >= end;
}

static uint64_t guest_area_end(const struct svsm_config *c)
{
	return (c->flags & CONFIG_ACPI) != 0 ? GUEST_ACPI_END : GUEST_TABLES_END;
}

bool boot_config_check(const struct svsm_config *c)
{
	return c->magic == CONFIG_MAGIC && c->bytes == sizeof(*c) &&
	       (c->flags & ~KNOWN_FLAGS) == 0 && c->reserved == 0 &&
	       (c->apic_id_count == 0 || boot_apics_check(c->apic_id, c->apic_id_count)) &&
	       c->guest_vmpl >= 1 && c->guest_vmpl <= 3 && c->range_count <= CONFIG_RANGES &&
	       svsm_range_ok(c) && ranges_ok(c) &&
	       launched(c, GUEST_BOOT_PARAMS, guest_area_end(c)) &&
	       launched(c, c->kernel_entry, c->kernel_entry + 1) &&
	       c->kernel_end > c->kernel_entry && c->kernel_end <= WINDOW_END;
}
