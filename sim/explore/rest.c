/* SPDX-License-Identifier: MIT */
/*
 * What must be so whenever no CPU is at a request: no registration is half made
 * or in a hand, and when each CPU is entered again, what was deleted is gone
 * for good, each vCPU is served by its own CPU, and every lent page can be had
 * once. The state is put back then.
 */
#include "explore.h"

#include <svsm/deposit.h>
#include <svsm/vcpu.h>

#define ENTRY_STEPS 20000U /* of VMPL0, from entry to exit */

static struct vcpu_slot *slots;
static unsigned int half_made; /* before the first state already */
static unsigned int cpus;

static uint64_t phase_of(unsigned int i)
{
	return shared64_load(&slots[i].state) & SLOT_PHASE;
}

static bool is_ours(unsigned int i)
{
	return shared64_load(&slots[i].ca) != 0;
}

static unsigned int count_half_made(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < VCPU_SLOTS; i++)
		n += phase_of(i) == SLOT_NEW;
	return n;
}

void rest_open(unsigned int all_cpus)
{
	cpus = all_cpus;
	host_on(0);
	slots = seat_vcpu()->slot - slot_index(seat_vcpu()->slot);
	half_made = count_half_made();
}

/* Of its first 64 registrations, a bit each: those whose guest may ask. */
static uint64_t may_ask(unsigned int cpu)
{
	uint64_t bits = 0;

	for (unsigned int i = 0; i < 64; i++) {
		uint64_t phase = phase_of(i);

		if (slots[i].cpu == cpu && is_ours(i) &&
		    (phase == SLOT_LIVE || phase == SLOT_CLOSING))
			bits |= 1ULL << i;
	}
	return bits;
}

/*
 * Registered when VMPL0 was entered on the CPU, and ever since; when it is over
 * and serves one, nobody's request is lost: its guest runs, and asks again.
 */
void rest_note(const struct explore_act *act)
{
	host_on(act->cpu);
	if (act->kind == ACT_BEGIN)
		left->cpu[act->cpu].sleeps_on = ~0ULL;
	else if (!world_busy(act->cpu) && seat_vcpu() != NULL)
		left->cpu[act->cpu].sleeps_on = 0;
	host_on(0);
	for (unsigned int cpu = 0; cpu < EXPLORE_CPUS; cpu++)
		left->cpu[cpu].sleeps_on &= may_ask(cpu);
}

static const char *look_at_sleepers(void)
{
	for (unsigned int cpu = 0; cpu < EXPLORE_CPUS; cpu++)
		if (left->cpu[cpu].sleeps_on != 0)
			return "at rest, a vCPU may have asked and its CPU sleeps";
	return NULL;
}

/* Unless it was taken away. */
static bool is_save_area(uint64_t word)
{
	uint64_t spa;

	return host.lied || (snp_gpa_to_spa(&host.snp, word - SLOT_PRESENT, &spa) &&
			     snp_rmp(&host.snp, spa)->vmsa);
}

static const char *look_at_slot(unsigned int i)
{
	uint64_t state = shared64_load(&slots[i].state), phase = state & SLOT_PHASE;
	bool has_vmsa = shared64_load(&slots[i].vmsa) != 0;

	if (phase == SLOT_NEW)
		return NULL;
	if (phase == SLOT_CLOSING || (phase == SLOT_DEAD && (state & SLOT_HELD) == 0) ||
	    (state & SLOT_SERVED) != 0)
		return "at rest, a registration is in somebody's hand";
	if (has_vmsa != (phase == SLOT_LIVE) || (is_ours(i) && phase != SLOT_LIVE))
		return "at rest, a registration's pages do not fit its state";
	if (has_vmsa && !is_save_area(shared64_load(&slots[i].vmsa)))
		return "at rest, a registered save area is a page like others";
	/* Only a newer one of its CPU may have taken it over. */
	if (phase == SLOT_LIVE && !is_ours(i) && !left->newer[slots[i].cpu])
		return "at rest, a vCPU's calling area is another CPU's";
	if (host.context[i].shown != (phase != SLOT_EMPTY))
		return "at rest, a context is lost, or missing";
	return NULL;
}

static const char *look_at_slots(void)
{
	const char *wrong = NULL;

	if (count_half_made() != half_made)
		return "at rest, a registration is half made";
	for (unsigned int i = 0; i < VCPU_SLOTS && wrong == NULL; i++)
		wrong = look_at_slot(i);
	return wrong;
}

/* Three times: to find out, to let go, to take another. */
static const char *enter(unsigned int cpu)
{
	for (unsigned int i = 0; i < 3; i++) {
		unsigned int steps = 0;

		host_part_run(cpu, host_enter);
		while (!host_part_step(cpu, true)) {
			if (host.stopped)
				return "at rest, an entry stops the VM";
			if (steps++ == ENTRY_STEPS)
				return "at rest, an entry into VMPL0 does not end";
		}
	}
	return NULL;
}

/* It has let go of what was deleted, and serves one of its own if it has any. */
static const char *look_at_seat(unsigned int cpu)
{
	const struct vcpu *sits;

	host_on(cpu);
	sits = seat_vcpu();
	if (sits != NULL && sits->slot->cpu != cpu)
		return "at rest, a CPU serves another's vCPU";
	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		uint64_t phase = phase_of(i);

		if (slots[i].cpu != cpu || phase == SLOT_EMPTY || phase == SLOT_NEW)
			continue;
		if (phase != SLOT_LIVE)
			return "at rest, a deleted vCPU's context does not come back";
		if (is_ours(i) && (sits == NULL || !is_ours(slot_index(sits->slot))))
			return "at rest, a vCPU is registered and its CPU serves none";
	}
	return NULL;
}

/* Of lent pages: those that a context lies in. */
static unsigned int count_in_use(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < CPU_CONTEXTS; i++)
		for (unsigned int f = 0; f < CPU_CONTEXT_FRAMES && host.context[i].shown; f++)
			n += deposit_overlaps(host.context[i].frame[f], SIZE_4K);
	return n;
}

/*
 * Each free page of the table can be had once, the others are in use; as many
 * more can be lent as there is room for.
 */
static const char *look_at_lent(void)
{
	const bool available = deposit_available();
	unsigned int known = 0, had = 0;
	pa_t page;

	for (uint64_t at = 0; at < HOST_RAM; at += PAGE_2M)
		for (uint64_t i = 0; deposit_overlaps(pa(at), SIZE_2M) && i < PAGE_2M; i += PAGE_4K)
			known += deposit_overlaps(pa(at + i), SIZE_4K);
	if (!deposit_reserve(DEPOSIT_PAGES - known) || deposit_reserve(1))
		return "at rest, the count of lent pages is wrong";
	while (deposit_take(&page))
		had++;
	if (known != had + count_in_use())
		return "at rest, a lent page is in nobody's hand";
	return available != (had != 0) ? "at rest, MEM_AVAILABLE is wrong" : NULL;
}

static const char *look(void)
{
	const char *wrong;

	host.hook = NULL;
	host.reply = NULL;
	wrong = look_at_slots();
	for (unsigned int cpu = 0; cpu < cpus && wrong == NULL; cpu++)
		wrong = enter(cpu);
	for (unsigned int cpu = 0; cpu < cpus && wrong == NULL; cpu++)
		wrong = look_at_seat(cpu);
	if (wrong == NULL)
		wrong = look_at_slots();
	if (wrong == NULL)
		wrong = look_at_lent();
	/* A save area that was taken away: nothing can be said. */
	return host.stopped && left->lied ? NULL : wrong;
}

const char *rest_look(void)
{
	const char *wrong;

	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		if (world_busy(cpu))
			return NULL;
	wrong = look_at_sleepers();
	if (wrong == NULL)
		wrong = state_aside(look);
	host_on(0);
	return wrong;
}
