/* SPDX-License-Identifier: MIT */
/*
 * What the packer (sim/launch) promises the firmware: where things are at
 * launch. All of it is measured except the pages named so. GPAs, bytes.
 * Read by 32-bit code too: the layout is fixed and checked below.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <svsm/types.h>

/* The image: linked at IMAGE_VA, loaded at config.svsm_gpa. */
#define IMAGE_VA 0xffffffff80000000ULL

/*
 * The launch area, below 640 KiB, 4K pages, VMPL0 only until the firmware has
 * wiped them and given them to the guest. LAUNCH_* are wiped; GUEST_* stay.
 */
#define LAUNCH_START32 0x10000U /* 32-bit entry: code, measured, 1 page */
#define LAUNCH_TABLES 0x11000U	/* early page tables, zero pages, 6 pages */
#define LAUNCH_TABLE_PAGES 6U
#define LAUNCH_CPUID 0x18000U	/* CPUID page, unmeasured, checked by the PSP */
#define LAUNCH_SECRETS 0x19000U /* secrets page, from the PSP */
#define LAUNCH_CONFIG 0x1a000U	/* struct svsm_config, measured */
#define LAUNCH_PARAMS 0x1b000U	/* struct launch_params, from the hypervisor */
#define LAUNCH_PARAM_PAGES 1U

#define GUEST_AREA 0x80000U /* reserved in the guest's e820 but for the blob's page */
#define GUEST_AREA_END 0xa0000U
#define GUEST_BOOT_PARAMS 0x80000U /* setup header, measured; e820 filled in */
#define GUEST_CMDLINE 0x81000U	   /* NUL-terminated, measured */
#define GUEST_CC_BLOB 0x82000U	   /* CC blob at +0, setup_data at +0x40, GDT at +0x80 */
#define GUEST_SECRETS 0x83000U
#define GUEST_CPUID 0x84000U
#define GUEST_CAA 0x85000U
#define GUEST_TABLES 0x86000U /* PML4, PDPT, 4 PDs: identity map of 4 GiB */
#define GUEST_TABLE_PAGES 6U
#define GUEST_TABLES_END (GUEST_TABLES + GUEST_TABLE_PAGES * 0x1000U)
#define GUEST_ACPI GUEST_TABLES_END /* with CONFIG_ACPI: RSDP first, measured */
#define GUEST_ACPI_END (GUEST_ACPI + 0x1000U)

#define CONFIG_MAGIC 0x3147464354535654ULL /* "TVSTCFG1" little-endian */
#define CONFIG_RANGES 24U

#define CONFIG_VERBOSE 0x1U    /* FEATURES=verbose: log every step */
#define CONFIG_ACCEPT_RAM 0x2U /* validate all RAM before the guest starts */
#define CONFIG_ACPI 0x4U       /* ACPI tables for the guest are launched */

/* A run of launched 4K pages (validated by the PSP, VMPL0 only). */
struct config_range {
	uint64_t gpa;
	uint64_t pages;
};

struct svsm_config {
	uint64_t magic;
	uint32_t bytes; /* sizeof(struct svsm_config) */
	uint32_t flags;
	uint64_t svsm_gpa;    /* 2 MiB aligned */
	uint64_t svsm_mem;    /* bytes, multiple of 2 MiB */
	uint64_t image_bytes; /* pages loaded at svsm_gpa, multiple of 4 KiB */
	uint64_t entry;	      /* VA of the 64-bit entry, in the image */
	uint32_t guest_vmpl;  /* 1 to 3 */
	uint32_t range_count;
	uint64_t kernel_entry; /* GPA of the guest's first instruction */
	uint64_t kernel_end;   /* the guest needs RAM up to here at least */
	/* Guest pages launched, ascending: guest area, kernel, initrd if any. */
	struct config_range range[CONFIG_RANGES];
	/* Of the VM's vCPUs, apart, 0 among them; none: the hypervisor is asked. */
	uint32_t apic_id_count;
	uint32_t apic_id[CPU_MAX];
	uint32_t reserved; /* 0 */
};

/* One entry of the IGVM memory map [spec/boot-abi.md 6.2]. */
struct memory_map_entry {
	uint64_t first_page;
	uint64_t pages; /* 0 ends the list */
	uint16_t type;	/* 0 memory, 1 reserved, ... */
	uint16_t flags;
	uint32_t reserved;
};

/* One page; what the hypervisor says. Nothing in it may be trusted. */
struct launch_params {
	struct memory_map_entry map[128]; /* IGVM MEMORY_MAP at offset 0 */
	uint32_t vp_count;		  /* IGVM VP_COUNT at offset 0xc00 */
	uint32_t environment;		  /* IGVM ENVIRONMENT_INFO at 0xc04 */
	uint8_t pad[0x1000 - 0xc08];
};

_Static_assert(offsetof(struct svsm_config, svsm_gpa) == 0x10, "read by start32.S");
_Static_assert(offsetof(struct svsm_config, image_bytes) == 0x20, "read by start32.S");
_Static_assert(offsetof(struct svsm_config, entry) == 0x28, "read by start32.S");
_Static_assert(sizeof(struct svsm_config) <= 0x1000, "one page");
_Static_assert(offsetof(struct launch_params, vp_count) == 0xc00, "IGVM parameter offsets");
_Static_assert(sizeof(struct launch_params) == 0x1000, "one page");
