/* SPDX-License-Identifier: MIT */
/*
 * All operations are over: nothing is in anybody's hand, every page and every
 * context is accounted for, and when each CPU is entered again, what was
 * deleted is gone for good and no vCPU is left without somebody to serve it.
 */
#include "vcpus.h"

#include <svsm/hw.h>

#include <stdio.h>

static uint64_t phase_of(unsigned int i)
{
	return shared64_load(&slot_at(i)->state) & SLOT_PHASE;
}

/* Without, it can ask for nothing: a newer vCPU has taken it over. */
static bool has_ca(unsigned int i)
{
	return shared64_load(&slot_at(i)->ca) != 0;
}

static void slots_at_rest(void)
{
	unsigned int contexts = 0;

	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		uint64_t state = shared64_load(&slot_at(i)->state), phase = state & SLOT_PHASE;

		if (phase != SLOT_EMPTY && phase != SLOT_LIVE &&
		    (phase != SLOT_DEAD || (state & SLOT_HELD) == 0))
			fail("a slot is left half made or half deleted");
		if ((state & SLOT_SERVED) != 0 || world.hand[i] != 0)
			fail("a slot is left in somebody's hand");
		if ((shared64_load(&slot_at(i)->vmsa) != 0) != (phase == SLOT_LIVE) ||
		    (has_ca(i) && phase != SLOT_LIVE))
			fail("a slot's pages do not fit its state");
		if (shared64_load(&world.alive[i]) != (phase != SLOT_EMPTY))
			fail("a context is lost, or missing");
		contexts += phase != SLOT_EMPTY;
	}
	if (world.own_frames && world.frames != contexts * CPU_CONTEXT_FRAMES)
		fail("frames of contexts are lost");
}

static void pages_at_rest(void)
{
	for (unsigned int i = 0; i < PAGES; i++) {
		bool used = shared64_load(&world.page[i].record) == IS_USED;

		if (used != vcpu_owns(page_at(i), SIZE_4K))
			fail(used ? "a page is lost in flight" : "a page has two owners");
	}
	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		uint64_t vmsa = shared64_load(&slot_at(i)->vmsa);

		if (vmsa != 0 && world.page[page_number(pa(vmsa - 1))].efer.raw != EFER_SVME)
			fail("a save area is left frozen");
	}
}

/* Three times: to find out, to let go, to take another. */
static void enter_all(void)
{
	for (acting = 0; acting < CPUS; acting++)
		for (unsigned int i = 0; i < 3; i++)
			enter_once(acting);
}

static void all_served(void)
{
	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		const struct vcpu *sits;

		if (phase_of(i) == SLOT_EMPTY)
			continue;
		if (phase_of(i) != SLOT_LIVE)
			fail("a deleted vCPU's context does not come back");
		acting = slot_at(i)->cpu;
		sits = seat_vcpu();
		if (has_ca(i) && (sits == NULL || !has_ca(slot_index(sits->slot))))
			fail("a vCPU is registered, and its CPU serves none");
	}
}

/* Each page of the table can be had once, and as many more can be lent as there is room for. */
static void table_at_rest(void)
{
	unsigned int known = 0, free = 0;
	bool available = deposit_available();
	pa_t page;

	for (unsigned int i = 0; i < PAGES; i++) {
		known += deposit_overlaps(page_at(i), SIZE_4K);
		free += deposit_overlaps(page_at(i), SIZE_4K) && !world.taken[i];
	}
	if (available != (free != 0))
		fail("MEM_AVAILABLE is wrong at rest");
	for (acting = 0; free > 0; free--)
		if (!deposit_take(&page))
			fail("a lent page cannot be had any more");
	if (deposit_take(&page))
		fail("a page is lent that nobody knows of");
	if (!deposit_reserve(DEPOSIT_PAGES - known) || deposit_reserve(1))
		fail("the count of lent pages is wrong at rest");
}

/* A request that met a deletion that failed is asked again, unless its CPU sleeps. */
static void none_sleeps(void)
{
	for (unsigned int i = 0; i < cpus; i++)
		for (unsigned int k = 0; k < VCPU_SLOTS; k++)
			if ((world.cpu[i].asking >> k & 1) != 0 && has_ca(k))
				fail("a vCPU has asked, and its CPU sleeps");
}

static void look(void)
{
	slots_at_rest();
	pages_at_rest();
	none_sleeps();
	if (wrong != NULL)
		return;
	enter_all();
	all_served();
	slots_at_rest();
	pages_at_rest();
	table_at_rest();
}

void world_end(void)
{
	(void)machine_aside(look);
}

const char *world_name(const void *word)
{
	static const char *const of_page[] = { "record", "efer", "word", "other" };
	static const char *const of_slot[] = { "state", "vmsa", "ca" };
	static char text[40];
	uintptr_t slot = (uintptr_t)word - (uintptr_t)slot_at(0);
	uintptr_t page = (uintptr_t)word - (uintptr_t)world.page;
	uintptr_t alive = (uintptr_t)word - (uintptr_t)world.alive;

	if (slot < VCPU_SLOTS * sizeof(struct vcpu_slot))
		snprintf(text, sizeof(text), "slot[%zu].%s", slot / sizeof(struct vcpu_slot),
			 of_slot[slot % sizeof(struct vcpu_slot) / 8]);
	else if (page < sizeof(world.page))
		snprintf(text, sizeof(text), "page[%zu].%s", page / sizeof(struct page_words),
			 of_page[page % sizeof(struct page_words) / 8]);
	else if (alive < sizeof(world.alive))
		snprintf(text, sizeof(text), "context[%zu]", alive / 8);
	else
		snprintf(text, sizeof(text), "firmware+%#zx", machine_offset(word));
	return text;
}
