/* SPDX-License-Identifier: MIT */
/*
 * Bring-up: from the launch pages to a guest that can run. boot.rl is the
 * order. Nothing the hypervisor hands over is used before it was checked,
 * each check has its own reason, and the boot vCPU is alone. [DESIGN 4, 6]
 */
#pragma once
#include <svsm/config.h>
#include <svsm/cpu.h>
#include <svsm/err.h>
#include <svsm/event.h>
#include <svsm/page.h>
#include <svsm/types.h>

struct ram_range {
	uint64_t start, end;
};

/* The RAM of the checked memory map without the SVSM's: ascending, apart, 4 KiB aligned. */
#define RAM_RANGES (PAGE_RANGES - 1) /* the SVSM's own is one more */

struct boot_memory {
	struct ram_range range[RAM_RANGES];
	unsigned int count;
};

/* What was wrong with the map: the detail of REASON_MEMORY_MAP. */
enum map_fault {
	MAP_OK = 0,
	MAP_EMPTY = 1,
	MAP_UNTERMINATED = 2,
	MAP_UNSORTED = 3, /* or overlapping */
	MAP_BEYOND = 4,	  /* RAM where the CPU has no addresses */
	MAP_TOO_MANY = 5,
	MAP_MISSING = 6, /* launched pages or the kernel's memory are not RAM */
};

enum boot_place {
	BOOT_START,
	BOOT_CONFIG,
	BOOT_CPUID,
	BOOT_FEATURES,
	BOOT_NEGOTIATE,
	BOOT_GHCB,
	BOOT_APICS,
	BOOT_SECRETS,
	BOOT_MEMORY,
	BOOT_TABLES,
	BOOT_RECORD,
	BOOT_PREPARE,
	BOOT_RAM,
	BOOT_GUEST,
	BOOT_CPUS,
	BOOT_READY,
	BOOT_STOPPED,
};

struct vcpu;

struct boot {
	int cs;
	enum boot_place at;
	enum reason reason; /* why it was refused, and more about it */
	uint64_t detail;
	struct svsm_config config;
	struct boot_memory memory;
	uint64_t image_end; /* of the image's last 2 MiB */
	uint64_t svsm_end;
	uint64_t hv_features;
	uint32_t apic_id[CPU_MAX]; /* of the CPUs, the boot CPU's first */
	unsigned int cpus;
	struct vcpu *vcpu; /* the guest's, when ready */
};

/* The machine (boot.rl), and one step of it recorded in the ring. */
void boot_init(struct boot *b);
enum event boot_step(struct boot *b, enum event ev);
enum event boot_advance(struct boot *b, enum event ev);

/* Its actions, in order; boot_stop is the way out of each. */
enum event boot_config(struct boot *b);
enum event boot_cpuid(struct boot *b);
enum event boot_features(struct boot *b);
enum event boot_negotiate(struct boot *b);
enum event boot_ghcb(struct boot *b);
enum event boot_apics(struct boot *b);
enum event boot_secrets(struct boot *b);
enum event boot_memory(struct boot *b);
enum event boot_tables(struct boot *b);
enum event boot_record(struct boot *b);
enum event boot_prepare(struct boot *b);
enum event boot_ram(struct boot *b);
enum event boot_guest(struct boot *b);
enum event boot_cpus(struct boot *b);
enum event boot_ready(struct boot *b);
enum event boot_stop(struct boot *b);
enum event boot_wrong(struct boot *b, enum event ev);

/* Notes why and returns EV_FAILED. */
enum event boot_refuse(struct boot *b, enum reason reason, uint64_t detail);

/* A frame of the SVSM's, of more memory if need be: EV_DONE. `vmsa`: as frame_alloc_vmsa(). */
enum event boot_frame(struct boot *b, bool vmsa, pa_t *frame);

/* Has every other CPU enter VMPL0: the end of bring-up. */
enum event boot_start_cpus(struct boot *b);

#define BOOT_APIC_ID 0U

/* ---- pure parts -------------------------------------------------------- */

/* The fields of the configuration; false when they make no sense. */
bool boot_config_check(const struct svsm_config *config);

/* 1 to CPU_MAX of them, apart, the boot CPU's among them. */
bool boot_apics_check(const uint32_t *apic_id, unsigned int count);

/* The SEV_STATUS of VMPL0; false, and why, when it may not start so. */
bool boot_features_check(uint64_t sev_status, enum reason *why);

/* top: first address the CPU cannot have. */
enum map_fault boot_memory_read(struct boot_memory *memory, const struct memory_map_entry map[128],
				uint64_t top, const struct ram_range *svsm);
bool boot_memory_has(const struct boot_memory *memory, uint64_t start, uint64_t end);

/* The ranges rounded out to `unit` and joined. Returns how many. */
unsigned int boot_memory_blocks(const struct boot_memory *memory, uint64_t unit,
				struct ram_range blocks[RAM_RANGES]);

/* What the window shows: RAM for the guest, the SVSM's memory behind the image. */
#define WINDOWS (3 * RAM_RANGES + 1)
unsigned int boot_memory_windows(const struct boot *b, struct cpu_window windows[WINDOWS]);

/* Runs of launched pages, the firmware's own first; ascending. */
#define LAUNCHED_OWN 2U
#define LAUNCHED_RUNS (CONFIG_RANGES + LAUNCHED_OWN)
unsigned int boot_memory_launched(const struct svsm_config *config,
				  struct ram_range runs[LAUNCHED_RUNS]);

/* e820, setup_data, ACPI into boot_params [boot-abi 7.2]; false: too many entries. */
bool boot_params_fill(uint8_t params[PAGE_4K], const struct boot_memory *memory,
		      const struct ram_range *svsm, bool acpi);
/* The page at GUEST_CC_BLOB: blob, setup_data node, GDT. */
void boot_params_blob(uint8_t page[PAGE_4K]);
/* Page `index` of GUEST_TABLES. */
void boot_params_table(uint64_t words[512], unsigned int index, uint64_t c_bit);
