/* SPDX-License-Identifier: MIT */
/* Configurations no packer makes, and SEV features VMPL0 does not start with. */
#include "test.h"

#include <svsm/boot.h>

static struct svsm_config good(void)
{
	return (struct svsm_config){
		.magic = CONFIG_MAGIC,
		.bytes = sizeof(struct svsm_config),
		.svsm_gpa = 0x8000000000,
		.svsm_mem = 0x10000000,
		.image_bytes = 0x4d000,
		.entry = IMAGE_VA,
		.guest_vmpl = 1,
		.range_count = 2,
		.kernel_entry = 0x1000200,
		.kernel_end = 0x3000000,
		.range = { { 0x80000, 12 }, { 0x1000000, 3000 } },
	};
}

declare_test(boot_config_good)
{
	struct svsm_config c = good();

	check(boot_config_check(&c));
	c.guest_vmpl = 3;
	c.flags = CONFIG_VERBOSE | CONFIG_ACCEPT_RAM;
	check(boot_config_check(&c));
	c.flags = CONFIG_ACPI;
	c.range[0].pages = 13;
	check(boot_config_check(&c));
}

declare_test(boot_config_apic_ids)
{
	struct svsm_config c = good();

	for (unsigned int i = 0; i < CPU_MAX; i++)
		c.apic_id[i] = CPU_MAX - 1 - i;
	c.apic_id_count = CPU_MAX;
	check(boot_config_check(&c));
	c.apic_id[3] = 0xffffffff;
	check(boot_config_check(&c));
	c.apic_id_count = 1;
	c.apic_id[0] = 0;
	check(boot_config_check(&c));
}

#define declare_bad(name, change)                                                                  \
	declare_test(boot_config_##name)                                                           \
	{                                                                                          \
		struct svsm_config c = good();                                                     \
		check(boot_config_check(&c));                                                      \
		change;                                                                            \
		check(!boot_config_check(&c));                                                     \
	}

declare_bad(bad_magic, c.magic ^= 1);
declare_bad(bad_size, c.bytes = 16);
declare_bad(unknown_flag, c.flags = 0x80000000);
declare_bad(vmpl_0, c.guest_vmpl = 0);
declare_bad(vmpl_4, c.guest_vmpl = 4);
declare_bad(svsm_unaligned, c.svsm_gpa += PAGE_4K);
declare_bad(svsm_too_high, c.svsm_gpa = 1ULL << 46);
declare_bad(svsm_wraps, c.svsm_mem = (1ULL << 63));
declare_bad(image_larger_than_the_svsm, c.image_bytes = 0x10001000);
declare_bad(image_empty, c.image_bytes = 0);
declare_bad(entry_below_the_image, c.entry = IMAGE_VA - 1);
declare_bad(entry_behind_the_image, c.entry = IMAGE_VA + 0x4d000);
declare_bad(too_many_ranges, c.range_count = 25);
declare_bad(range_in_the_launch_area, c.range[0].gpa = 0x1b000);
declare_bad(range_empty, c.range[1].pages = 0);
declare_bad(range_wraps, c.range[1].pages = ~0ULL);
declare_bad(range_overlaps, c.range[1].gpa = 0x8b000);
declare_bad(range_in_the_svsm, c.svsm_gpa = 0x1400000);
declare_bad(acpi_not_launched, c.flags = CONFIG_ACPI);
declare_bad(guest_area_not_launched, c.range[0].pages = 11);
declare_bad(kernel_not_launched, c.kernel_entry = 0x1bb8000);
declare_bad(kernel_ends_early, c.kernel_end = 0x1000200);

declare_bad(apic_ids_too_many, c.apic_id_count = CPU_MAX + 1);
declare_bad(apic_ids_without_the_boot_cpu, c.apic_id_count = 1; c.apic_id[0] = 1);
declare_bad(apic_ids_twice, c.apic_id_count = 3; c.apic_id[1] = 5; c.apic_id[2] = 5);
declare_bad(apic_ids_boot_twice, c.apic_id_count = 2);
declare_bad(reserved, c.reserved = 1);

/* SEV_STATUS: SEV, SEV-ES, then SEV_FEATURES shifted by 2 [snp-arch 5]. */
declare_test(boot_config_sev_features)
{
	enum reason why;

	check(boot_features_check(0x27, &why));
	check(!boot_features_check(0x23, &why));
	check_eq(why, REASON_NOT_SNP);
	check(!boot_features_check(0x07, &why));
	check_eq(why, REASON_FEATURES_MISSING);
	check(boot_features_check(0x27 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 17 | 1 << 23, &why));
	for (unsigned int bit = 3; bit < 64; bit++) {
		uint64_t status = 0x27 | 1ULL << bit;

		if (bit == 5 || bit == 7 || bit == 8 || bit == 9 || bit == 17 || bit == 23)
			continue;
		check(!boot_features_check(status, &why));
		check_eq(why, REASON_FEATURES_UNKNOWN);
	}
}
