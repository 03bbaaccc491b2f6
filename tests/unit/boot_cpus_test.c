/* SPDX-License-Identifier: MIT */
/* VMPL0 on every vCPU: which there are, what is made for each, and lies about it. */
#include "boot_rig.h"
#include "test.h"

#include <string.h>
#include <svsm/frame.h>
#include <svsm/ghcb.h>
#include <svsm/page.h>
#include <svsm/ring.h>
#include <svsm/vmsa.h>

#define AP_CREATION 0x80000013ULL
#define APIC_IDS 0x80000017ULL
#define RESET_HOLD 0x80000004ULL
#define OWN_FEATURES (SEV_SNP_ACTIVE | SEV_RESTRICTED_INJECTION)
#define CREATE_NOW 1ULL
#define GUEST_VMPL1 (1ULL << 16)

static uint64_t get(uint64_t gpa, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, host_page(gpa & ~(PAGE_4K - 1)) + gpa % PAGE_4K, bytes);
	return value;
}

static void boot(unsigned int cpus)
{
	bootrig_new(1);
	bootrig_has_cpus(cpus);
	bootrig_run();
	check_eq(booted.at, BOOT_READY);
	check_eq(booted.cpus, cpus);
}

/* A VMPL0 save area that runs, and that no guest can touch. */
static void check_vmsa(uint64_t vmsa)
{
	enum page_state state;
	uint64_t spa;

	check(vmsa >= HOST_SVSM_GPA && vmsa % PAGE_2M != 0);
	check(snp_gpa_to_spa(&host.snp, vmsa, &spa));
	check_eq(snp_vmrun_check(&host.snp, spa, vmsa), 0);
	check_eq(get(vmsa + VMSA_VMPL, 1), 0);
	check_eq(get(vmsa + VMSA_RIP, 8), (uint64_t)sm_cpu_main);
	check_eq(get(vmsa + VMSA_RFLAGS, 8), 2);
	check_eq(get(vmsa + VMSA_SEV_FEATURES, 8), OWN_FEATURES);
	for (unsigned int v = 1; v < SNP_VMPLS; v++)
		check_eq(snp_rmp(&host.snp, spa)->perm[v], 0);
	check_eq(frame_state(pa(vmsa), &state), OK);
	check_eq(state, PAGE_USED);
}

static void check_cpus(unsigned int cpus)
{
	const struct bootrig_hv *hv = &bootrig_hv;

	check_eq(hv->creations, cpus);
	check_eq(hv->created[0].info1, GUEST_VMPL1);
	for (unsigned int i = 1; i < cpus; i++) {
		check_eq(hv->created[i].info1, (uint64_t)booted.apic_id[i] << 32 | CREATE_NOW);
		check_eq(hv->created[i].features, OWN_FEATURES);
		check_vmsa(hv->created[i].vmsa);
		for (unsigned int j = 1; j < i; j++) {
			check(hv->created[i].vmsa != hv->created[j].vmsa);
			check(rings[i] != rings[j]);
		}
		check(rings[i] != NULL && rings[i] != rings[0]);
		check_eq(ring_count(i), 0);
	}
}

declare_test(boot_cpus_1)
{
	boot(1);
	check_cpus(1);
}

declare_test(boot_cpus_4)
{
	boot(4);
	check_cpus(4);
}

declare_test(boot_cpus_64)
{
	boot(CPU_MAX);
	check_cpus(CPU_MAX);
}

/* On the model's own hypervisor, which looks at what it is given. */
declare_test(boot_cpus_on_the_model)
{
	bootrig_new(1);
	host.snp.hv_features |= HV_APIC_IDS;
	host.snp.vcpus = 3;
	for (unsigned int i = 0; i < 3; i++)
		host.snp.vcpu[i].apic_id = 8 * i;
	bootrig_run();
	check_eq(booted.cpus, 3);
	for (unsigned int i = 1; i < 3; i++)
		check_vmsa(host.snp.vcpu[i].vmsa_gpa[0]);
}

/* Without the feature nobody is asked, and the boot CPU is alone. */
declare_test(boot_cpus_nobody_knows)
{
	bootrig_new(1);
	bootrig_has_cpus(4);
	host.snp.hv_features &= ~(uint64_t)HV_APIC_IDS;
	bootrig_run();
	check_eq(bootrig_hv.asked, 0);
	check_eq(booted.cpus, 1);
	check_cpus(1);
}

/* What was measured is not asked for; the boot CPU is the first, whatever its place. */
declare_test(boot_cpus_measured)
{
	bootrig_new(1);
	bootrig_has_cpus(4);
	bootrig_config()->apic_id_count = 3;
	memcpy(bootrig_config()->apic_id, (uint32_t[]){ 0xffffffff, 5, 0 }, 12);
	bootrig_run();
	check_eq(bootrig_hv.asked, 0);
	check_eq(booted.cpus, 3);
	check_eq(booted.apic_id[0], 0);
	check_eq(booted.apic_id[1], 5);
	check_eq(booted.apic_id[2], 0xffffffff);
	check_cpus(3);
}

/* Nothing runs before everything is ready: the last thing that bring-up asks for. */
declare_test(boot_cpus_are_started_last)
{
	unsigned int last = 0, adjusts = 0;

	boot(4);
	check(host.ops < HOST_LOG);
	for (unsigned int i = 0; i < host.ops; i++)
		if (host.log[i].kind == HOST_RMPADJUST || host.log[i].kind == HOST_PVALIDATE)
			last = i;
	for (unsigned int i = last; i < host.ops; i++)
		adjusts += host.log[i].kind == HOST_VMGEXIT;
	check(adjusts >= 3);
	check_eq(host.log[last].argument, HOST_ADJUST(1, PERM_NONE, 1));
	check_eq(host.log[last].gpa, bootrig_hv.created[3].vmsa);
}

/* ---- lies ---- */

static void stops_with(enum reason reason)
{
	check_eq(host_stops(bootrig_run), reason);
	check_eq(host.snp.count.switches, 0);
}

#define declare_list_lie(name, expression)                                                         \
	static void lie_##name(unsigned int asked, uint32_t *list, uint64_t *rax, bool *has_rax)   \
	{                                                                                          \
		(void)asked;                                                                       \
		(void)list;                                                                        \
		(void)rax;                                                                         \
		(void)has_rax;                                                                     \
		expression;                                                                        \
	}                                                                                          \
	declare_test(boot_cpus_list_##name)                                                        \
	{                                                                                          \
		bootrig_new(1);                                                                    \
		bootrig_has_cpus(4);                                                               \
		bootrig_hv.lie = lie_##name;                                                       \
		stops_with(REASON_APIC_IDS);                                                       \
		check_eq(bootrig_hv.creations, 0);                                                 \
	}

declare_list_lie(of_no_page, *rax = 0);
declare_list_lie(of_two_pages, *rax = 2);
declare_list_lie(of_pages_that_grow, *rax = 1 + asked);
declare_list_lie(of_pages_unsaid, *has_rax = false);
declare_list_lie(unsaid, *has_rax = asked == 0);
declare_list_lie(empty, if (asked) list[0] = 0);
declare_list_lie(too_long, if (asked) list[0] = CPU_MAX + 1);
declare_list_lie(of_all_ones, if (asked) list[0] = ~0U);
declare_list_lie(not_written, if (asked) memset(list, 0, PAGE_4K));
declare_list_lie(without_the_boot_cpu, if (asked) list[1] = 9);
declare_list_lie(with_one_twice, if (asked) list[4] = 2);
declare_list_lie(with_the_boot_cpu_twice, if (asked) list[3] = 0);

declare_test(boot_cpus_list_refused)
{
	bootrig_new(1);
	bootrig_has_cpus(4);
	bootrig_answer_ghcb(APIC_IDS, 2, 5);
	stops_with(REASON_APIC_IDS);
}

/* The guest's own save area is taken, another CPU's is not. */
declare_test(boot_cpus_creation_refused)
{
	bootrig_new(1);
	bootrig_has_cpus(4);
	bootrig_hv.refuse = 2ULL << 32 | CREATE_NOW;
	stops_with(REASON_AP_CREATION);
	check_eq(host.detail, 2);
	check_eq(bootrig_hv.creations, 3);
}

/* A frame less than 64 CPUs need. */
static void boot_with_little(void)
{
	enum event ev = EV_START;
	unsigned int left = 0;
	pa_t kept[1024];

	boot_init(&booted);
	while (booted.at != BOOT_GUEST)
		ev = boot_advance(&booted, ev);
	while (left < 1024 && boot_frame(&booted, false, &kept[left]) == EV_DONE)
		left++;
	check(left < 1024);
	for (unsigned int i = 0; i < 63 * (CPU_AREA_FRAMES + 1) - 1; i++)
		check_eq(frame_free(frame_cpu(0), kept[i]), OK);
	while (ev != EV_NONE)
		ev = boot_advance(&booted, ev);
}

declare_test(boot_cpus_without_memory)
{
	bootrig_new(1);
	bootrig_has_cpus(CPU_MAX);
	check_eq(host_stops(boot_with_little), REASON_NO_MEMORY);
	check_eq(booted.at, BOOT_CPUS);
	check_eq(bootrig_hv.creations, 1);
}

/* ---- what such a CPU does first ---- */

static unsigned int holds;

static uint32_t end_at_second_hold(const struct host_op *op)
{
	if (op->kind == HOST_VMGEXIT && op->gpa % PAGE_4K == 0 &&
	    get(op->gpa + 0x390, 8) == RESET_HOLD && ++holds == 2)
		hw_stop(REASON_TRAP, op->gpa);
	return 0;
}

static void run_cpu(void)
{
	sm_cpu_main();
}

/* Its own GHCB page, registered, then it sleeps, and again when nothing is to be done. */
declare_test(boot_cpus_sleep)
{
	boot(4);
	host_cpu = 2;
	host.hook = end_at_second_hold;
	check_eq(host_stops(run_cpu), REASON_TRAP);
	check_eq(holds, 2);
	check_eq(host.snp.vcpu[2].ghcb_gpa[0], host.detail);
	check(host.snp.vcpu[0].ghcb_gpa[0] != host.detail);
	check(ghcb_ready());
	host_cpu = 3;
	check(!ghcb_ready());
}

declare_test(boot_cpus_ghcb_refused)
{
	boot(4);
	host_cpu = 1;
	bootrig_answer_msr(0x012, 0xfffffffffffff013);
	check_eq(host_stops(run_cpu), REASON_GHCB_REGISTER);
}
