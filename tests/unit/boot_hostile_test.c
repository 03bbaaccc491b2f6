/* SPDX-License-Identifier: MIT */
/* Lies and refusals during bring-up: each ends in its own reason, and never in a guest. */
#include "boot_rig.h"
#include "test.h"

#include <string.h>
#include <svsm/vmsa.h>

#define PSC 0x80000010ULL
#define AP_CREATION 0x80000013ULL
#define IOIO 0x7bULL

static void stops_with(enum reason reason)
{
	check_eq(host_stops(bootrig_run), reason);
	check_eq(host.snp.count.switches, 0);
}

#define declare_lie(name, lie, why)                                                                \
	declare_test(boot_hostile_##name)                                                          \
	{                                                                                          \
		bootrig_new(1);                                                                    \
		lie;                                                                               \
		stops_with(REASON_##why);                                                          \
	}

/* ---- the MSR protocol ---- */

declare_lie(sev_info_nonsense, bootrig_answer_msr(0x002, 0), GHCB_REPLY) declare_lie(
	sev_info_unchanged, bootrig_answer_msr(0x002, 0x002),
	GHCB_REPLY) declare_lie(ghcb_version_1_only, bootrig_answer_msr(0x002, 0x0001000133000001),
				GHCB_VERSION)
	declare_lie(ghcb_version_3_up, bootrig_answer_msr(0x002, 0x0004000333000001),
		    GHCB_VERSION) declare_lie(other_c_bit,
					      bootrig_answer_msr(0x002, 0x000200012f000001), C_BIT)
		declare_lie(hv_features_nonsense, bootrig_answer_msr(0x080, 0x23080),
			    GHCB_REPLY) declare_lie(no_snp_feature,
						    bootrig_answer_msr(0x080, 0x22081), HV_FEATURES)
			declare_lie(no_ap_creation, bootrig_answer_msr(0x080, 0x21081),
				    HV_FEATURES) declare_lie(no_multi_vmpl,
							     bootrig_answer_msr(0x080, 0x03081),
							     HV_FEATURES)
				declare_lie(ghcb_refused,
					    bootrig_answer_msr(0x012, 0xfffffffffffff013),
					    GHCB_REGISTER)
					declare_lie(ghcb_other_page,
						    bootrig_answer_msr(0x012, 0x8000003013),
						    GHCB_REGISTER)
						declare_lie(ghcb_register_nonsense,
							    bootrig_answer_msr(0x012, 0x8000002012),
							    GHCB_REPLY)

	/* ---- the GHCB page ---- */

	declare_lie(psc_refused, bootrig_answer_ghcb(PSC, 2, 5),
		    PSC) declare_lie(psc_error_in_info2, bootrig_answer_ghcb(PSC, 0, 0x100000002),
				     PSC) declare_lie(psc_exception,
						      bootrig_answer_ghcb(PSC, 1, 0x8000030d),
						      GHCB_REPLY)
		declare_lie(psc_unknown_result, bootrig_answer_ghcb(PSC, 0x100000000, 0),
			    GHCB_REPLY) declare_lie(psc_past_the_end,
						    bootrig_answer_psc(0x00000005, 0), GHCB_REPLY)
			declare_lie(psc_end_grew, bootrig_answer_psc(0x00090000, 0), GHCB_REPLY)
				declare_lie(psc_reserved, bootrig_answer_psc(0x100000001, 0),
					    GHCB_REPLY)
					declare_lie(psc_done_with_an_error,
						    bootrig_answer_psc(0x00000001, 0x10000000000),
						    PSC)
						declare_lie(ap_creation_refused,
							    bootrig_answer_ghcb(AP_CREATION, 2, 5),
							    AP_CREATION)
							declare_lie(console_refused,
								    bootrig_answer_ghcb(IOIO, 2, 5),
								    GHCB_REPLY)

	/* ---- the instructions ---- */

	declare_lie(not_vmpl0, host_fail(HOST_RMPADJUST, 1, RMP_FAIL_PERMISSION), NOT_VMPL0)
		declare_lie(rmpadjust_of_a_page, host_fail(HOST_RMPADJUST, 5, RMP_FAIL_INPUT),
			    RMPADJUST)
			declare_lie(ghcb_page_stays_valid,
				    host_fail(HOST_PVALIDATE, 1, RMP_FAIL_INPUT), PVALIDATE)
				declare_lie(own_memory_invalid,
					    host_fail(HOST_PVALIDATE, 2, RMP_FAIL_INPUT), PVALIDATE)

	/* A page that is validated twice is one that the hypervisor mapped twice. */
	declare_lie(own_memory_validated_before, host_fail(HOST_PVALIDATE, 2, HOST_UNCHANGED),
		    PVALIDATE)
	/* The page is as good as any but for that bit: only the carry flag tells. */
	static uint32_t validated_before(const struct host_op *op)
{
	uint64_t spa;

	if (op->kind == HOST_PVALIDATE && op->gpa == 8 * PAGE_2M + PAGE_2M)
		if (snp_gpa_to_spa(&host.snp, op->gpa, &spa))
			snp_rmp_head(&host.snp, spa)->validated = 1;
	return 0;
}

declare_lie(ram_validated_before, host.hook = validated_before, PVALIDATE)

	/* ---- the launch pages ---- */

	static void break_page(uint64_t gpa, unsigned int at, uint64_t value)
{
	memcpy(host_page(gpa) + at, &value, sizeof(value));
}

declare_lie(config_magic, bootrig_config()->magic++,
	    CONFIG) declare_lie(config_guest_vmpl, bootrig_config()->guest_vmpl = 4,
				CONFIG) declare_lie(cpuid_count, break_page(LAUNCH_CPUID, 0, 65),
						    CPUID_PAGE)
	declare_lie(cpuid_empty, memset(host_page(LAUNCH_CPUID) + 16, 0, 4080),
		    C_BIT) declare_lie(secrets_empty, memset(host_page(LAUNCH_SECRETS), 0, 4096),
				       SECRETS_PAGE) declare_lie(map_empty,
								 bootrig_params()->map[0].pages = 0,
								 MEMORY_MAP)
		declare_lie(map_below_the_kernel,
			    bootrig_params()->map[0].pages = BOOTRIG_KERNEL / PAGE_4K, MEMORY_MAP)
			declare_lie(map_beyond, bootrig_params()->map[0].pages = 1ULL << 40,
				    MEMORY_MAP)
				declare_lie(map_without_the_launch,
					    bootrig_params()->map[0].first_page = 0x20, MEMORY_MAP)
					declare_lie(svsm_too_small,
						    bootrig_config()->svsm_mem = 2 * PAGE_2M,
						    NO_MEMORY)

	/* One CPUID leaf at a time; entries of the page are 48 bytes from 16 on. */
	static void cpuid_clear(uint32_t leaf, unsigned int reg, uint32_t bits)
{
	uint8_t *page = host_page(LAUNCH_CPUID);

	for (unsigned int at = 16; at < PAGE_4K - 48; at += 48) {
		uint32_t found, value;

		memcpy(&found, page + at, 4);
		memcpy(&value, page + at + 24 + 4 * reg, 4);
		value &= ~bits;
		if (found == leaf)
			memcpy(page + at + 24 + 4 * reg, &value, 4);
	}
}

declare_lie(no_invlpgb, cpuid_clear(0x80000008, 1, 1U << 3), NO_INVLPGB)
	declare_lie(no_smep, cpuid_clear(7, 1, 1U << 7), CPU)
		declare_lie(no_smap, cpuid_clear(7, 1, 1U << 20), CPU)
			declare_lie(one_vmpl, cpuid_clear(0x8000001f, 1, 0xe000), VMPLS)

	/* The machine refuses an event it has no arrow for, and says where. */
	static void wrong_event(void)
{
	boot_init(&booted);
	boot_advance(&booted, EV_CALL);
}

declare_test(boot_hostile_wrong_event)
{
	bootrig_new(1);
	check_eq(host_stops(wrong_event), REASON_MACHINE);
}

/* Refused once, the machine goes to Stopped and nowhere else. */
declare_test(boot_hostile_stays_stopped)
{
	bootrig_new(1);
	bootrig_config()->magic++;
	stops_with(REASON_CONFIG);
	check_eq(booted.at, BOOT_CONFIG);
}

/* Each page that the SVSM writes for the guest, taken away by then. */
static uint64_t taken;

static uint32_t take_page(const struct host_op *op)
{
	return (op->kind == HOST_COPY_OUT || op->kind == HOST_ZERO) && op->gpa == taken;
}

static void guest_page_lost(uint64_t gpa)
{
	bootrig_new(1);
	taken = gpa;
	host.hook = take_page;
	stops_with(REASON_GUEST_PAGE);
	check_eq(booted.at, BOOT_PREPARE);
	check_eq(host.detail, gpa);
}

#define declare_lost(name, gpa)                                                                    \
	declare_test(boot_hostile_lost_##name)                                                     \
	{                                                                                          \
		guest_page_lost(gpa);                                                              \
	}

declare_lost(cc_blob, GUEST_CC_BLOB);
declare_lost(secrets, GUEST_SECRETS);
declare_lost(cpuid, GUEST_CPUID);
declare_lost(caa, GUEST_CAA);
declare_lost(tables, GUEST_TABLES);
