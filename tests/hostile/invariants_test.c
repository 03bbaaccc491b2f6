/* SPDX-License-Identifier: MIT */
/* host_invariants() looks only where something differs from what was kept: it misses nothing. */
#include "hostile.h"

#include <stdio.h>
#include <svsm/deposit.h>
#include <svsm/frame.h>

#define ROUNDS 4000U

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (random_state >> 33) % limit;
}

static uint64_t any_page(void)
{
	uint64_t base = random_below(4) == 0 ? HOST_SVSM_GPA : 0;

	if (random_below(2) == 0)
		return HOST_GUEST_PAGES + random_below(HOST_GUEST_PAGE_COUNT) * PAGE_4K;
	return base + random_below((base == 0 ? HOST_RAM : HOST_SVSM_BYTES) / PAGE_4K) * PAGE_4K;
}

static struct snp_rmp_entry *any_entry(void)
{
	uint64_t spa;

	/* Where no address leads too. */
	if (random_below(8) == 0)
		return &host.rmp[random_below(host_spa_bytes() / PAGE_4K)];
	check(snp_gpa_to_spa(&host.snp, any_page(), &spa));
	return random_below(2) == 0 ? snp_rmp_head(&host.snp, spa) : &host.rmp[spa / PAGE_4K];
}

static void change_entry(void)
{
	struct snp_rmp_entry *e = any_entry();

	switch (random_below(6)) {
	case 0:
		e->validated ^= 1;
		break;
	case 1:
		e->assigned = e->validated = 1;
		e->gpa = any_page();
		break;
	case 2:
		e->perm[1 + random_below(3)] ^= (uint8_t)(1U << random_below(4));
		break;
	case 3:
		e->vmsa ^= 1;
		break;
	case 4:
		e->gpa = any_page();
		break;
	default: /* as RMPUPDATE would have it: only at 2 MiB */
		e = &host.rmp[(uint64_t)(e - host.rmp) & ~(FRAMES_PER_2M - 1ULL)];
		e->size_2m ^= 1;
		break;
	}
}

/* Claimed, and half of the time settled as what it was not. */
static void change_record(void)
{
	pa_t page = pa(random_below(HOST_RAM / PAGE_4K) * PAGE_4K);
	enum page_state state;

	if (page_state(page, &state) != OK || state == PAGE_USED ||
	    page_claim(page, SIZE_4K, state) != OK || random_below(2) == 0)
		return;
	page_settle(page, SIZE_4K, state == PAGE_NONE ? PAGE_GUEST : PAGE_NONE);
}

static void change_frames(void)
{
	pa_t frame;

	for (uint64_t i = random_below(600); i > 0; i--)
		if (frame_alloc(frame_cpu(0), &frame) != OK)
			return;
}

static void change_mapping(void)
{
	struct snp_slot *s = &host.snp.override[host.snp.overrides++];

	*s = (struct snp_slot){ any_page(), 0, PAGE_4K };
	check(snp_gpa_to_spa(&host.snp, any_page(), &s->spa));
}

static void change_translation(void)
{
	struct snp_tlb_entry *t = &host.snp.vcpu[random_below(2)].tlb.entry[random_below(8)];

	*t = (struct snp_tlb_entry){ .gpa = any_page(), .valid = 1, .cbit = 1, .vmpl = 1 };
	check(snp_gpa_to_spa(&host.snp, t->gpa, &t->spa));
	t->perm = (uint8_t)random_below(16);
}

/* A lent page of which nobody knows any more. */
static void change_owner(void)
{
	pa_t page;

	if (deposit_take(&page))
		deposit_drop(page);
}

static void change(void)
{
	static void (*const how[])(void) = {
		change_entry,	    change_entry,  change_entry,   change_record, change_record,
		change_translation, change_frames, change_mapping, change_owner,
	};

	how[random_below(sizeof(how) / sizeof(how[0]))]();
}

static void look(unsigned int round, unsigned int count[2])
{
	const char *all, *some;

	host_reset();
	random_state = round;
	for (uint64_t i = random_below(3); i > 0; i--)
		(void)host_pvalidate(&(uint64_t){ V4(any_page()) }, 1, 0);
	for (uint64_t i = random_below(3); i > 0; i--)
		change();
	all = host_invariants_all();
	some = host_invariants();
	if ((all == NULL) != (some == NULL))
		printf("# round %u: %s, %s\n", round, all ? all : "sound", some ? some : "sound");
	check_eq(some == NULL, all == NULL);
	count[all == NULL]++;
}

declare_named(invariants_short_cut, "invariants: the short cut misses nothing")
{
	unsigned int count[2] = { 0, 0 };

	two_ready(1);
	check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_SUCCESS);
	check_eq(deposit_one(PAGE_NEW), SVSM_SUCCESS);
	host_save();
	for (unsigned int round = 0; round < ROUNDS; round++)
		look(round, count);
	check(count[0] > ROUNDS / 8 && count[1] > ROUNDS / 8);
}
