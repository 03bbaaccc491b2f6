/* SPDX-License-Identifier: MIT */
/*
 * A hypervisor that lies during bring-up. One line a lie: what it does and
 * what becomes of it, a stop with its reason or a guest that is as safe as any.
 */
#include "hostile.h"
#include "unit/boot_rig.h"

#define BOOTS (-1)

static void boots(int reason)
{
	check_eq(host_stops(bootrig_run), reason);
	check(reason == BOOTS || host.snp.count.switches == 0);
	if (reason != BOOTS)
		return;
	check_eq(booted.at, BOOT_READY);
	check_sound();
}

struct lie {
	const char *name;
	void (*tell)(void);
	int reason;
};

/* ---- launch pages ---- */

static struct memory_map_entry *map(unsigned int i)
{
	return &bootrig_params()->map[i];
}

static void put_map(unsigned int i, uint64_t first, uint64_t pages)
{
	*map(i) = (struct memory_map_entry){ .first_page = first, .pages = pages };
}

static void map_overlaps(void)
{
	put_map(1, BOOTRIG_RAM / PAGE_4K - 1, 16);
}

static void map_unsorted(void)
{
	put_map(0, 0x100, BOOTRIG_RAM / PAGE_4K - 0x100);
	put_map(1, 0, 0x100);
}

static void map_unterminated(void)
{
	for (unsigned int i = 1; i < 128; i++)
		put_map(i, BOOTRIG_RAM / PAGE_4K + 2 * i, 1);
}

/* The SVSM's own memory offered to the guest. */
static void map_covers(void)
{
	put_map(1, HOST_SVSM_GPA / PAGE_4K, HOST_SVSM_BYTES / PAGE_4K);
}

static void map_covers_a_part(void)
{
	put_map(1, (HOST_SVSM_GPA + PAGE_2M) / PAGE_4K, 17);
}

static void map_beyond(void)
{
	put_map(1, 1ULL << 40, 16);
}

static void map_wraps(void)
{
	put_map(1, ~0ULL - 4, 16);
}

static void map_many(void)
{
	for (unsigned int i = 1; i < 100; i++)
		put_map(i, BOOTRIG_RAM / PAGE_4K + 2 * i, 1);
}

static void map_empty(void)
{
	put_map(0, 0, 0);
}

static void map_without_launch(void)
{
	put_map(0, 0x20, BOOTRIG_RAM / PAGE_4K - 0x20);
}

static void cpuid_many(void)
{
	host_page(LAUNCH_CPUID)[0] = 65;
}

static void cpuid_huge(void)
{
	memset(host_page(LAUNCH_CPUID), 0xff, 4);
}

static void cpuid_garbage(void)
{
	memset(host_page(LAUNCH_CPUID) + 16, 0xff, PAGE_4K - 16);
}

static void cpuid_none(void)
{
	memset(host_page(LAUNCH_CPUID), 0, PAGE_4K);
}

static void secrets_none(void)
{
	memset(host_page(LAUNCH_SECRETS), 0, PAGE_4K);
}

static void secrets_garbage(void)
{
	memset(host_page(LAUNCH_SECRETS), 0xff, PAGE_4K);
}

/* ---- the list of APIC ids ---- */

static uint32_t ids[CPU_MAX + 2]; /* [0]: their number */

static void tell_ids(unsigned int asked, uint32_t *list, uint64_t *rax, bool *has_rax)
{
	(void)rax;
	(void)has_rax;
	if (asked != 0)
		memcpy(list, ids, sizeof(ids));
}

static void list_of(uint32_t count, uint32_t first, uint32_t second, uint32_t third)
{
	bootrig_has_cpus(4);
	bootrig_hv.lie = tell_ids;
	for (unsigned int i = 1; i < CPU_MAX + 2; i++)
		ids[i] = i - 1;
	ids[0] = count;
	ids[1] = first;
	ids[2] = second;
	ids[3] = third;
}

static void apics_none(void)
{
	list_of(0, 0, 1, 2);
}

static void apics_many(void)
{
	list_of(CPU_MAX + 1, 0, 1, 2);
}

static void apics_huge(void)
{
	list_of(~0U, 0, 1, 2);
}

static void apics_twice(void)
{
	list_of(3, 0, 1, 1);
}

static void apics_boot_twice(void)
{
	list_of(3, 0, 1, 0);
}

static void apics_no_boot(void)
{
	list_of(3, 7, 1, 2);
}

static void grow(unsigned int asked, uint32_t *list, uint64_t *rax, bool *has_rax)
{
	(void)list;
	(void)has_rax;
	*rax = 1 + asked;
}

static void apics_grow(void)
{
	bootrig_has_cpus(4);
	bootrig_hv.lie = grow;
}

static void creation_refused(void)
{
	bootrig_answer_ghcb(0x80000013, 2, 5);
}

/* ---- the MSR protocol ---- */

static void version_old(void)
{
	bootrig_answer_msr(0x002, 0x0001000133000001);
}

static void other_c_bit(void)
{
	bootrig_answer_msr(0x002, 0x000200012f000001);
}

static void no_multi_vmpl(void)
{
	bootrig_answer_msr(0x080, 0x03081);
}

static void other_ghcb(void)
{
	bootrig_answer_msr(0x012, (HOST_SVSM_GPA + 3 * PAGE_4K) | 0x013);
}

static void no_ghcb(void)
{
	bootrig_answer_msr(0x012, ~0xfffULL | 0x013);
}

/* ---- pages ---- */

static uint32_t (*rig_hook)(const struct host_op *op);

/* Memory that is said to be new is validated already. */
static uint32_t validated_before(const struct host_op *op)
{
	uint64_t spa;

	if (op->kind == HOST_PVALIDATE && op->argument == 1 &&
	    snp_gpa_to_spa(&host.snp, op->gpa, &spa))
		snp_rmp_head(&host.snp, spa)->validated = 1;
	return rig_hook(op);
}

static void twice_validated(void)
{
	host.hook = validated_before;
}

static void not_vmpl0(void)
{
	host_fail(HOST_RMPADJUST, 1, RMP_FAIL_PERMISSION);
}

static const struct lie lies[] = {
	{ "none -> boots", NULL, BOOTS },
	{ "memory map overlaps -> stops, MEMORY_MAP", map_overlaps, REASON_MEMORY_MAP },
	{ "memory map unsorted -> stops, MEMORY_MAP", map_unsorted, REASON_MEMORY_MAP },
	{ "memory map unterminated -> stops, MEMORY_MAP", map_unterminated, REASON_MEMORY_MAP },
	{ "memory map covers the SVSM -> cut out, boots", map_covers, BOOTS },
	{ "memory map covers a part of the SVSM -> cut out, boots", map_covers_a_part, BOOTS },
	{ "memory map exceeds physical bits -> stops, MEMORY_MAP", map_beyond, REASON_MEMORY_MAP },
	{ "memory map wraps around -> stops, MEMORY_MAP", map_wraps, REASON_MEMORY_MAP },
	{ "memory map of 100 pieces -> stops, MEMORY_MAP", map_many, REASON_MEMORY_MAP },
	{ "memory map empty -> stops, MEMORY_MAP", map_empty, REASON_MEMORY_MAP },
	{ "memory map without launched pages -> stops, MEMORY_MAP", map_without_launch,
	  REASON_MEMORY_MAP },
	{ "CPUID page of 65 leaves -> stops, CPUID_PAGE", cpuid_many, REASON_CPUID_PAGE },
	{ "CPUID page of 2^32 leaves -> stops, CPUID_PAGE", cpuid_huge, REASON_CPUID_PAGE },
	{ "CPUID page of garbage -> stops, C_BIT", cpuid_garbage, REASON_C_BIT },
	{ "CPUID page empty -> stops, CPUID_PAGE", cpuid_none, REASON_CPUID_PAGE },
	{ "secrets page empty -> stops, SECRETS_PAGE", secrets_none, REASON_SECRETS_PAGE },
	{ "secrets page of garbage -> stops, SECRETS_PAGE", secrets_garbage, REASON_SECRETS_PAGE },
	{ "S12, no APIC ids -> stops, APIC_IDS", apics_none, REASON_APIC_IDS },
	{ "S12, 65 APIC ids -> stops, APIC_IDS", apics_many, REASON_APIC_IDS },
	{ "S12, 2^32 - 1 APIC ids -> stops, APIC_IDS", apics_huge, REASON_APIC_IDS },
	{ "S12, an APIC id twice -> stops, APIC_IDS", apics_twice, REASON_APIC_IDS },
	{ "S12, the boot APIC id twice -> stops, APIC_IDS", apics_boot_twice, REASON_APIC_IDS },
	{ "S12, no boot APIC id -> stops, APIC_IDS", apics_no_boot, REASON_APIC_IDS },
	{ "S12, the list grows meanwhile -> stops, APIC_IDS", apics_grow, REASON_APIC_IDS },
	{ "AP_CREATION refused -> stops, AP_CREATION", creation_refused, REASON_AP_CREATION },
	{ "GHCB version 1 only -> stops, GHCB_VERSION", version_old, REASON_GHCB_VERSION },
	{ "another C-bit -> stops, C_BIT", other_c_bit, REASON_C_BIT },
	{ "no VMPLs -> stops, HV_FEATURES", no_multi_vmpl, REASON_HV_FEATURES },
	{ "GHCB refused -> stops, GHCB_REGISTER", no_ghcb, REASON_GHCB_REGISTER },
	{ "another GHCB -> stops, GHCB_REGISTER", other_ghcb, REASON_GHCB_REGISTER },
	{ "memory validated before -> stops, PVALIDATE", twice_validated, REASON_PVALIDATE },
	{ "not at VMPL0 -> stops, NOT_VMPL0", not_vmpl0, REASON_NOT_VMPL0 },
};

declare_rows(boot_lies, "hypervisor: bring-up, ", lies)
{
	const struct lie *lie = test_row;

	bootrig_new(1);
	rig_hook = host.hook;
	if (lie->tell != NULL)
		lie->tell();
	boots(lie->reason);
}
