/* SPDX-License-Identifier: MIT */
/*
 * Pages that the hypervisor takes away, exchanges or shares at every operation
 * of every call. The guest is answered or VMPL0 stops; whatever is mapped
 * afterwards, nothing of the SVSM's is within the guest's reach.
 */
#include "calls.h"

#include <stdio.h>

#define HERE ((const struct hostile_call *)test_row)

/* 0: CPU 0's save area, known only later. */
static const uint64_t pages[] = {
	0,	    VMSA_1,
	VMSA_2,	    CA_1,
	CA_2,	    BUFFER,
	LENT,	    OTHER,
	PAGE(12),   HOST_CA,
	HOST_LIST,  PAGE_NEW + PAGE_4K,
	REGION_NEW, 0x600000 + 3 * PAGE_4K,
};
#define PAGES (sizeof(pages) / sizeof(pages[0]))

static void flush(void)
{
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		snp_flush(&host.snp, cpu);
}

static void map_to(uint64_t gpa, uint64_t spa)
{
	host.snp.override[0] = (struct snp_slot){ .gpa = gpa, .spa = spa, .bytes = SNP_PAGE };
	host.snp.overrides = 1;
	flush();
}

static void unmap(uint64_t gpa)
{
	map_to(gpa, SNP_UNMAPPED);
}

static uint64_t spa_of(uint64_t gpa)
{
	uint64_t spa;

	check(snp_gpa_to_spa(&host.snp, gpa, &spa));
	return spa;
}

/* A frame of the SVSM's is shown there: the RMP says whose it is. */
static void show_svsm(uint64_t gpa)
{
	map_to(gpa, spa_of(host.context[0].frame[2].raw));
}

static void show_other(uint64_t gpa)
{
	map_to(gpa, spa_of(PAGE(14)));
}

/* Assigned anew, as the guest's: the contents are there, the validation is not. */
static void reassign_svsm(uint64_t gpa)
{
	const uint64_t spa = spa_of(host.context[0].frame[2].raw);
	const struct snp_rmpupdate own = { .gpa = gpa, .assigned = true, .asid = host.snp.asid };

	if (snp_rmp_head(&host.snp, spa)->size_2m)
		check_eq(snp_psmash(&host.snp, align_down(spa, PAGE_2M)), 0);
	check_eq(snp_rmpupdate(&host.snp, spa, &own), 0);
	map_to(gpa, spa);
}

static void share(uint64_t gpa)
{
	(void)snp_page_state(&host.snp, gpa, false, false);
	flush();
}

static void (*take)(uint64_t gpa);

static void finish(void)
{
	hostile_finish();
}

/* After a stop the VM is over: nobody runs. */
static void take_page(unsigned int at, uint64_t gpa)
{
	int reason;

	if (hostile_up_to(HERE, at))
		return;
	host.lied = true;
	take(gpa != 0 ? gpa : host.guest_of[0].vmsa);
	reason = host_stops(finish);
	if (reason >= 0 && reason != REASON_UNVALIDATED)
		printf("# %u, 0x%llx: %s\n", at, (unsigned long long)gpa,
		       reason_words((unsigned int)reason));
	check(reason < 0 || reason == REASON_UNVALIDATED);
	check_sound();
	/* What it had is shown again. */
	host.snp.overrides = 0;
	flush();
	check_sound();
}

static void take_at_every_operation(void)
{
	unsigned int length;

	hostile_ready(HERE);
	length = hostile_length(HERE);
	for (unsigned int at = 0; at < length; at++)
		for (unsigned int i = 0; i < PAGES; i++)
			take_page(at, pages[i]);
}

#define declare_taking(id, how)                                                                    \
	static void id##_taken(void)                                                               \
	{                                                                                          \
		take = id;                                                                         \
		take_at_every_operation();                                                         \
	}                                                                                          \
	__attribute__((constructor)) static void id##_register(void)                               \
	{                                                                                          \
		test_register_rows("hypervisor: " how " during ", hostile_calls, HOSTILE_CALLS,    \
				   sizeof(hostile_calls[0]), id##_taken);                          \
	}

declare_taking(unmap, "any page is unmapped");
declare_taking(show_svsm, "a frame of the SVSM's is mapped for any page");
declare_taking(show_other, "another page is mapped for any page");
declare_taking(reassign_svsm, "a frame of the SVSM's is assigned as any page");
declare_taking(share, "any page is shared");

/* ---- S5, #45: what a frame of the SVSM's holds, by way of a page that the guest validates ---- */

declare_named(disclosure,
	      "hypervisor: S5, #45, a frame of the SVSM's becomes a page of the guest's -> zeroed")
{
	uint64_t spa;

	two_ready(1);
	spa = spa_of(host.context[0].frame[2].raw);
	memset(host.memory + spa, 0x5e, PAGE_4K);
	host.lied = true;
	pv_split(PAGE_NEW);
	reassign_svsm(PAGE_NEW + PAGE_4K);
	check_eq(host.memory[spa], 0x5e);
	check_eq(pv_one(V4(PAGE_NEW + PAGE_4K)), SVSM_SUCCESS);
	check(host_guest_may(PAGE_NEW + PAGE_4K, SNP_READ));
	check_eq(host.memory[spa], 0);
	check_sound();
}

/* ---- entries that nobody asked for ---- */

declare_named(spurious, "hypervisor: enters VMPL0 unasked, a thousand times -> nothing")
{
	uint8_t before[PAGE_4K];

	both_ready(1);
	memcpy(before, host_page(host.guest_of[1].vmsa), sizeof(before));
	for (unsigned int i = 0; i < 1000; i++)
		host_enter_on(i % 2);
	check_eq(memcmp(before, host_page(host.guest_of[1].vmsa), sizeof(before)), 0);
	check_sound();
	check_alive();
}

/* The guest has written some of a request and is about to write the rest. */
declare_named(half_a_request,
	      "hypervisor: enters VMPL0 while a request is being written -> not served")
{
	static const uint64_t other_exits[] = { 0x60, 0x72, 0x7b, 0x81, 0x400, 0x402, ~0ULL };

	both_ready(1);
	for (unsigned int i = 0; i < sizeof(other_exits) / sizeof(other_exits[0]); i++) {
		host_page(HOST_CA)[SVSM_CA_PENDING] = 1;
		host_set(0x3c0, other_exits[i]);
		host_set(0x1f8, SVSM_CORE_DEPOSIT_MEM);
		host_enter();
		check_eq(host_get(0x1f8), SVSM_CORE_DEPOSIT_MEM);
		check_eq(host_page(HOST_CA)[SVSM_CA_PENDING], 1);
	}
	host_page(HOST_CA)[SVSM_CA_PENDING] = 0;
	host_set(0x3c0, 0x403);
	host_enter();
	check_eq(host_get(0x1f8), SVSM_CORE_DEPOSIT_MEM);
	check_sound();
	check_alive();
}

static uint32_t never_run(const struct host_op *op)
{
	uint64_t code;

	if (op->kind != HOST_VMGEXIT || (op->gpa & (PAGE_4K - 1)) != 0)
		return 0;
	memcpy(&code, host_page(op->gpa) + 0x390, sizeof(code));
	if (code != 0x80000018)
		return 0;
	memset(host_page(op->gpa) + 0x398, 0, 16);
	return 1;
}

declare_named(returns_at_once, "hypervisor: RUN_VMPL returns at once, for ever -> nothing happens")
{
	both_ready(1);
	host.hook = never_run;
	for (unsigned int i = 0; i < 1000; i++)
		host_enter_on(i % 2);
	check_sound();
	check_alive();
}

/* Refused for good, the CPU sleeps; the VM is not over, and the guest may still ask. */
static uint32_t refuse_run(const struct host_op *op)
{
	uint32_t skip = never_run(op);

	if (skip != 0)
		host_page(op->gpa)[0x398] = 2;
	return skip;
}

declare_named(refuses,
	      "hypervisor: RUN_VMPL is refused for ever -> the CPU sleeps, others are served")
{
	both_ready(1);
	check_eq(host_call_on(1, &(struct host_registers){ .rax = SVSM_CORE_QUERY_PROTOCOL }),
		 SVSM_SUCCESS);
	host.hook = refuse_run;
	host_enter_on(1);
	check(host.guest_of[1].asleep);
	host.hook = NULL;
	check_alive();
	check_eq(host_call_on(1, &(struct host_registers){ .rax = SVSM_CORE_QUERY_PROTOCOL }),
		 SVSM_SUCCESS);
	check_sound();
}
