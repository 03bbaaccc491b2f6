/* SPDX-License-Identifier: MIT */
/*
 * Every call with every class of address, by the startup vCPU at VMPL 1 and by
 * another one at VMPL 2. "The guest's" is what may be named: its page tables
 * and boot pages are nothing else, whatever they mean to it.
 */
#include "hostile.h"

#include <stdio.h>
#include <svsm/frame.h>
#include <svsm/vmsa.h>

#define REGION_GUEST 0x400000ULL /* validated, all the guest's */
#define REGION_CA 0x600000ULL	 /* a calling area in the last page */
#define REGION_VMSA 0x800000ULL
#define REGION_LENT 0xa00000ULL
#define REGION_SHARED 0xc00000ULL /* the last page is the hypervisor's */
#define REGION_SPLIT 0xe00000ULL  /* all but the last page validated */
#define LAST (PAGE_2M - PAGE_4K)

enum kind { THE_GUESTS, NOT_VALID, PROTECTED, OWN_CA, OWN_VMSA, OTHER_VMSA };

static const struct host_registers query = { .rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = 1 };
static unsigned int caller;
static uint64_t used_frame, free_frame, own_vmsa, other_vmsa, own_ca, other_ca;

struct class
{
	const char *name;
	uint64_t gpa;
	const uint64_t *variable; /* or where it is known only later */
	enum kind kind;
};

static const struct class classes[] = {
	{ "the guest's", PAGE(12), NULL, THE_GUESTS },
	{ "the guest's, of 2 MiB", REGION_GUEST + LAST, NULL, THE_GUESTS },
	{ "its VMPL may not touch it", PAGE(13), NULL, THE_GUESTS },
	{ "not validated", PAGE_NEW + PAGE_4K, NULL, NOT_VALID },
	{ "shared", REGION_SHARED + LAST, NULL, NOT_VALID },
	{ "own calling area", 0, &own_ca, OWN_CA },
	{ "another's calling area", 0, &other_ca, PROTECTED },
	{ "own save area", 0, &own_vmsa, OWN_VMSA },
	{ "another's save area", 0, &other_vmsa, OTHER_VMSA },
	{ "lent", LENT, NULL, PROTECTED },
	{ "the image", HOST_SVSM_GPA + 5 * PAGE_4K, NULL, PROTECTED },
	{ "VMPL0's save area", HOST_SVSM_GPA + PAGE_4K, NULL, PROTECTED },
	{ "VMPL0's GHCB", HOST_SVSM_GPA + 2 * PAGE_4K, NULL, PROTECTED },
	{ "a frame in use", 0, &used_frame, PROTECTED },
	{ "a free frame", 0, &free_frame, PROTECTED },
	{ "a frame not accepted", HOST_SVSM_GPA + HOST_SVSM_BYTES - PAGE_4K, NULL, PROTECTED },
	{ "behind the SVSM", HOST_SVSM_GPA + HOST_SVSM_BYTES + PAGE_4K, NULL, PROTECTED },
	{ "the hole", HOST_HOLE, NULL, PROTECTED },
	{ "end of the hole", HOST_HOLE_END - PAGE_4K, NULL, PROTECTED },
	{ "beyond RAM", HOST_RAM + PAGE_4K, NULL, PROTECTED },
	{ "MMIO", 0xfee01000, NULL, PROTECTED },
	{ "C-bit set", PAGE(12) | 1ULL << 51, NULL, PROTECTED },
	{ "not canonical", PAGE(12) | 1ULL << 47, NULL, PROTECTED },
	{ "bit 63 set", PAGE(12) | 1ULL << 63, NULL, PROTECTED },
	{ "SVSM with the C-bit", (HOST_SVSM_GPA + 5 * PAGE_4K) | 1ULL << 51, NULL, PROTECTED },
	{ "end of the address space", ~0xfffULL, NULL, PROTECTED },
};

static uint32_t by_rcx(uint64_t call, uint64_t rcx)
{
	const struct host_registers r = { .rax = call, .rcx = rcx };

	return (uint32_t)host_call_with(&r);
}

static uint32_t by_list(uint64_t call, uint64_t entry)
{
	host_list(LIST_1, &entry, 1, 0);
	return by_rcx(call, LIST_1);
}

static uint32_t call_remap(uint64_t gpa)
{
	return by_rcx(SVSM_CORE_REMAP_CA, gpa);
}

static uint32_t call_pvalidate_list(uint64_t gpa)
{
	return by_rcx(SVSM_CORE_PVALIDATE, gpa | 8);
}

static uint32_t call_validate(uint64_t gpa)
{
	return by_list(SVSM_CORE_PVALIDATE, V4(gpa));
}

static uint32_t call_rescind(uint64_t gpa)
{
	return by_list(SVSM_CORE_PVALIDATE, R4(gpa));
}

static uint32_t call_create_vmsa(uint64_t gpa)
{
	const struct host_registers r = { SVSM_CORE_CREATE_VCPU, gpa, CA_2, 0, 0 };
	enum page_state state;

	if (page_state(pa(gpa), &state) == OK && state == PAGE_GUEST)
		host_build_vmsa(gpa);
	return (uint32_t)host_call_with(&r);
}

static uint32_t call_create_ca(uint64_t gpa)
{
	const struct host_registers r = { SVSM_CORE_CREATE_VCPU, VMSA_2, gpa, 0, 0 };

	host_build_vmsa(VMSA_2);
	return (uint32_t)host_call_with(&r);
}

static uint32_t call_delete(uint64_t gpa)
{
	return by_rcx(SVSM_CORE_DELETE_VCPU, gpa);
}

static uint32_t call_deposit_list(uint64_t gpa)
{
	return by_rcx(SVSM_CORE_DEPOSIT_MEM, gpa | 8);
}

static uint32_t call_deposit(uint64_t gpa)
{
	return by_list(SVSM_CORE_DEPOSIT_MEM, gpa);
}

static uint32_t call_withdraw(uint64_t gpa)
{
	return by_rcx(SVSM_CORE_WITHDRAW_MEM, gpa);
}

#define ADDRESS SVSM_ERR_INVALID_ADDRESS
#define PARAMETER SVSM_ERR_INVALID_PARAMETER
#define UNCHANGED SVSM_ERR_RMP_UNCHANGED

/* Results by kind; a list that can be read has no entries. */
struct pair {
	const char *name;
	uint32_t (*call)(uint64_t gpa);
	uint32_t want[6];
};

static const struct pair pairs[] = {
	{ "REMAP_CA", call_remap, { 0, ADDRESS, ADDRESS, 0, ADDRESS, ADDRESS } },
	{ "PVALIDATE, list",
	  call_pvalidate_list,
	  { PARAMETER, ADDRESS, ADDRESS, PARAMETER, ADDRESS, ADDRESS } },
	{ "PVALIDATE, validate 4K",
	  call_validate,
	  { UNCHANGED, 0, ADDRESS, ADDRESS, ADDRESS, ADDRESS } },
	{ "PVALIDATE, rescind 4K",
	  call_rescind,
	  { 0, UNCHANGED, ADDRESS, ADDRESS, ADDRESS, ADDRESS } },
	{ "CREATE_VCPU, save area",
	  call_create_vmsa,
	  { 0, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS } },
	{ "CREATE_VCPU, calling area",
	  call_create_ca,
	  { 0, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS } },
	{ "DELETE_VCPU",
	  call_delete,
	  { PARAMETER, PARAMETER, PARAMETER, PARAMETER, PARAMETER, 0 } },
	{ "DEPOSIT_MEM, list",
	  call_deposit_list,
	  { PARAMETER, ADDRESS, ADDRESS, PARAMETER, ADDRESS, ADDRESS } },
	{ "DEPOSIT_MEM, entry 4K",
	  call_deposit,
	  { 0, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS } },
	{ "WITHDRAW_MEM", call_withdraw, { 0, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS } },
};

/* Two vCPUs, each on its CPU, a third for the second CPU, and a page of each class. */
static void ready(unsigned int vmpl, unsigned int cpu)
{
	pa_t frame;

	caller = cpu;
	both_ready(vmpl);
	check_eq(host_call_on(1, &query), SVSM_SUCCESS);
	own_vmsa = host.guest_of[cpu].vmsa;
	own_ca = host.guest_of[cpu].ca;
	check_eq(pv_one(V2(REGION_GUEST)), SVSM_SUCCESS);
	check_eq(pv_one(V2(REGION_CA)), SVSM_SUCCESS);
	check_eq(pv_one(V2(REGION_VMSA)), SVSM_SUCCESS);
	check_eq(pv_one(V2(REGION_LENT)), SVSM_SUCCESS);
	check(snp_page_state(&host.snp, REGION_SHARED + LAST, false, false));
	for (uint64_t at = 0; at < LAST; at += PAGE_4K)
		check_eq(pv_one(V4(REGION_SPLIT + at)), SVSM_SUCCESS);
	host_build_vmsa(REGION_VMSA + LAST);
	check_eq(create_vcpu(REGION_VMSA + LAST, REGION_CA + LAST, 1), SVSM_SUCCESS);
	other_vmsa = REGION_VMSA + LAST;
	other_ca = REGION_CA + LAST;
	check_eq(deposit_one(LENT), SVSM_SUCCESS);
	check_eq(deposit_one(REGION_LENT + LAST), SVSM_SUCCESS);
	/* The guest keeps a page from itself. */
	pv_rmp(PAGE(13))->perm[vmpl] = vmpl == 1 ? 1 : 0;
	check_eq(frame_alloc(frame_cpu(0), &frame), OK);
	free_frame = frame.raw;
	used_frame = host.context[0].frame[1].raw;
	check_eq(frame_free(frame_cpu(0), frame), OK);
	memset(host_page(PAGE(12)), 0, PAGE_4K);
	memset(host_page(PAGE(13)), 0, PAGE_4K);
	memset(host_page(own_ca), 0, PAGE_4K);
	snp_flush(&host.snp, 0);
	check_sound();
	host_on(cpu);
	host_save();
}

static void check_others_alive(void)
{
	for (unsigned int cpu = 0; cpu < 2; cpu++)
		if (host.guest_of[cpu].vmsa != 0 && pv_rmp(host.guest_of[cpu].vmsa)->vmsa)
			check_eq(host_call_on(cpu, &query), SVSM_SUCCESS);
}

static void try_all(const struct pair *p)
{
	for (unsigned int i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		const struct class *c = &classes[i];
		uint64_t gpa = c->variable != NULL ? *c->variable : c->gpa;
		uint32_t result;

		host_reset();
		host_on(caller);
		/* It takes itself away: nothing comes back. */
		if (c->kind == OWN_VMSA && p->call == call_delete && caller != 0)
			continue;
		result = p->call(gpa);
		if (result != p->want[c->kind])
			printf("# %s: %s\n", p->name, c->name);
		check_eq(result, p->want[c->kind]);
		check_sound();
		check_others_alive();
		check_sound();
	}
}

static void startup(void)
{
	ready(1, 0);
	try_all(test_row);
}

static void second(void)
{
	ready(2, 1);
	try_all(test_row);
}

__attribute__((constructor)) static void register_pairs(void)
{
	const unsigned int count = sizeof(pairs) / sizeof(pairs[0]);

	test_register_rows("pairs: VMPL1, ", pairs, count, sizeof(pairs[0]), startup);
	test_register_rows("pairs: second vCPU, VMPL2, ", pairs, count, sizeof(pairs[0]), second);
}

/* ---- 2 MiB: the last page is of another class than the first ---- */

static const struct {
	const char *name;
	uint64_t region;
	uint32_t validate, rescind, deposit;
} regions[] = {
	{ "the guest's", REGION_GUEST, UNCHANGED, 0, 0 },
	{ "not validated", PAGE_NEW, 0, UNCHANGED, ADDRESS },
	{ "calling area", REGION_CA, ADDRESS, ADDRESS, ADDRESS },
	{ "save area", REGION_VMSA, ADDRESS, ADDRESS, ADDRESS },
	{ "lent", REGION_LENT, ADDRESS, ADDRESS, ADDRESS },
	{ "one page not validated", REGION_SPLIT, FAIL(6), FAIL(6), ADDRESS },
	{ "hole, save areas, lists", 0, ADDRESS, ADDRESS, ADDRESS },
	{ "the image", HOST_SVSM_GPA, ADDRESS, ADDRESS, ADDRESS },
	{ "frames", HOST_SVSM_GPA + PAGE_2M, ADDRESS, ADDRESS, ADDRESS },
	{ "not accepted", HOST_SVSM_GPA + HOST_SVSM_BYTES - PAGE_2M, ADDRESS, ADDRESS, ADDRESS },
	{ "before the SVSM", HOST_SVSM_GPA - PAGE_2M, ADDRESS, ADDRESS, ADDRESS },
	{ "beyond RAM", HOST_RAM, ADDRESS, ADDRESS, ADDRESS },
	{ "C-bit set", REGION_GUEST | 1ULL << 51, ADDRESS, ADDRESS, ADDRESS },
	{ "the last 2 MiB", 0 - PAGE_2M, ADDRESS, ADDRESS, ADDRESS },
};

declare_named(pairs_2m, "pairs: VMPL1, entries of 2 MiB, the last page of each class")
{
	ready(1, 0);
	for (unsigned int i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		host_reset();
		check_eq(i << 8 | by_list(SVSM_CORE_PVALIDATE, V2(regions[i].region)),
			 i << 8 | regions[i].validate);
		check_sound();
		host_reset();
		check_eq(i << 8 | by_list(SVSM_CORE_PVALIDATE, R2(regions[i].region)),
			 i << 8 | regions[i].rescind);
		check_sound();
		host_reset();
		check_eq(i << 8 | by_list(SVSM_CORE_DEPOSIT_MEM, regions[i].region | SIZE_2M),
			 i << 8 | regions[i].deposit);
		check_sound();
		check_others_alive();
	}
}
