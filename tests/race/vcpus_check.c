/* SPDX-License-Identifier: MIT */
/*
 * What has to be true at every moment: who has a slot to itself, who touches
 * a page, that what is handed out was free. Looked at when memory changes.
 */
#include "vcpus.h"

#include <svsm/hw.h>

#include <string.h>

const char world_program[] = "vcpus";
const char world_outside[] = "a context is followed that is not there";
static struct vcpu_slot *slots;

struct vcpu_slot *slot_at(unsigned int i)
{
	return &slots[i];
}

void check_begins(struct vcpu_slot *first)
{
	slots = first;
	memset(world.hand, 0, sizeof(world.hand));
	memset(world.claimer, 0, sizeof(world.claimer));
}

static bool is_at(const struct cpu *c, const shared64 *word, unsigned int page)
{
	uint64_t value = c != NULL ? machine_load(c, word, 8) : word->raw;

	return value == (page_at(page).raw | 1);
}

/* The slot that has the page, as the CPU sees it, or as memory has it. */
static unsigned int slot_of(const struct cpu *c, unsigned int page)
{
	for (unsigned int i = 0; i < VCPU_SLOTS; i++)
		if (is_at(c, &slots[i].vmsa, page) || is_at(c, &slots[i].ca, page))
			return i;
	return VCPU_SLOTS;
}

static void may_touch(unsigned int me, unsigned int i, unsigned int page)
{
	if (i < VCPU_SLOTS ? world.hand[i] != me + 1 : world.claimer[page] != me + 1)
		fail("a page is touched by a CPU that does not have it to itself");
}

void check_may_touch(unsigned int me, unsigned int page)
{
	if (machine_running() != CPUS)
		may_touch(me, slot_of(&cpu[me], page), page);
}

static bool is_watched(unsigned int i)
{
	unsigned int kind = cpu[i].op[cpu[i].now].kind;

	return kind == OP_DELETE || kind == OP_OWNS;
}

void check_starts(unsigned int me)
{
	const struct op *op = &cpu[me].op[cpu[me].now];
	unsigned int i;

	world.cpu[me].registered = world.cpu[me].moved = world.cpu[me].disturbed = false;
	if (!is_watched(me))
		return;
	i = slot_of(NULL, op->where);
	world.cpu[me].registered = i < VCPU_SLOTS;
	world.cpu[me].disturbed = i < VCPU_SLOTS && world.hand[i] != 0 && world.hand[i] != me + 1;
}

void check_asks(unsigned int me)
{
	world.cpu[me].asking = 0;
	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		uint64_t phase = slots[i].state.raw & SLOT_PHASE;

		if ((phase == SLOT_LIVE || phase == SLOT_CLOSING) && slots[i].cpu == me)
			world.cpu[me].asking |= (uint8_t)(1U << i);
	}
}

void check_over(unsigned int me, uint32_t result)
{
	const struct op *op = &cpu[me].op[cpu[me].now];

	if (!world.cpu[me].registered || world.cpu[me].moved)
		return;
	if (op->kind == OP_OWNS && result == 0)
		fail("vcpu_owns() does not know a registered page at rest");
	if (op->kind != OP_DELETE || op->where == VMSA(0))
		return;
	if (result == SVSM_ERR_INVALID_PARAMETER)
		fail("a registered vCPU is not found");
	if (result == SVSM_ERR_RMP + RMP_FAIL_INUSE && op->state != IN_USE_NOW &&
	    !world.cpu[me].disturbed)
		fail("a vCPU is said to be in use that nobody has in hand");
}

/* EMPTY, NEW, LIVE, CLOSING, DEAD: where each may lead, a bit for each. */
static const uint8_t leads_to[] = { 1 << SLOT_NEW, 1 << SLOT_EMPTY | 1 << SLOT_LIVE,
				    1 << SLOT_CLOSING,
				    1 << SLOT_LIVE | 1 << SLOT_DEAD | 1 << SLOT_NEW,
				    1 << SLOT_NEW };

static bool is_exclusive(uint64_t state)
{
	uint64_t phase = state & SLOT_PHASE;

	return phase == SLOT_NEW || phase == SLOT_CLOSING || (state & SLOT_SERVED) != 0;
}

static void state_written(unsigned int me, unsigned int i, uint64_t old, uint64_t new)
{
	uint64_t from = old & SLOT_PHASE, to = new &SLOT_PHASE;

	for (unsigned int k = 0; k < cpus; k++)
		if (k != me && is_watched(k) && slot_of(NULL, cpu[k].op[cpu[k].now].where) == i)
			world.cpu[k].disturbed = true;
	for (unsigned int k = 0; k < cpus; k++)
		if (to == SLOT_NEW || to == SLOT_DEAD)
			world.cpu[k].asking &= (uint8_t) ~(1U << i);
	if (from != to && (from > SLOT_DEAD || (leads_to[from] >> to & 1) == 0))
		fail("a slot takes a step that there is not");
	if (world.hand[i] != 0 && world.hand[i] != me + 1 && (old ^ new) != SLOT_HELD)
		fail("a slot is changed that another CPU has to itself");
	if (!is_exclusive(new))
		world.hand[i] = 0;
	else if (world.hand[i] == 0)
		world.hand[i] = (uint8_t)(me + 1);
}

/* Whose the page was, and whose it is. */
static void place_written(unsigned int me, unsigned int i, uint64_t old, uint64_t new)
{
	if (world.hand[i] != me + 1)
		fail("the pages of a slot are changed that the CPU does not have");
	for (unsigned int k = 0; k < cpus; k++) {
		uint64_t page = page_at(cpu[k].op[cpu[k].now].where).raw | 1;

		if (is_watched(k) && old != new && (page == old || page == new))
			world.cpu[k].moved = true;
	}
	if (old != 0 && old != new)
		world.claimer[page_number(pa(old - 1))] = (uint8_t)(me + 1);
	if (new != 0)
		world.claimer[page_number(pa(new - 1))] = 0;
}

static void page_written(unsigned int me, unsigned int page, const shared64 *word, uint64_t new)
{
	if (word != &world.page[page].record) {
		may_touch(me, slot_of(NULL, page), page);
		return;
	}
	if (new != IS_GUEST)
		return;
	if (vcpu_owns(page_at(page), SIZE_4K))
		fail("a page is the guest's again and still owned");
	if (world.claimer[page] != me + 1)
		fail("a page is settled by a CPU that does not have it");
	world.claimer[page] = 0;
}

void world_started(struct cpu *c)
{
	(void)c;
}

void world_written(struct cpu *c, void *word, uint64_t old, uint64_t value)
{
	uintptr_t in_slots = (uintptr_t)word - (uintptr_t)slots;
	uintptr_t in_pages = (uintptr_t)word - (uintptr_t)world.page;
	unsigned int me = (unsigned int)(c - cpu);

	if (old == value)
		return;
	if (in_slots < VCPU_SLOTS * sizeof(*slots)) {
		unsigned int i = (unsigned int)(in_slots / sizeof(*slots));

		if (word == &slots[i].state)
			state_written(me, i, old, value);
		else
			place_written(me, i, old, value);
	}
	if (in_pages < sizeof(world.page))
		page_written(me, (unsigned int)(in_pages / sizeof(world.page[0])), word, value);
}

/* ---- deposited pages: see run in vcpus.sh, which puts these around deposit.c's ---- */

bool __real_deposit_take(pa_t *page);
void __real_deposit_put(pa_t page);
void __real_deposit_drop(pa_t page);
void __real_deposit_add(pa_t first, unsigned int pages);
bool __wrap_deposit_take(pa_t *page);
void __wrap_deposit_put(pa_t page);
void __wrap_deposit_drop(pa_t page);
void __wrap_deposit_add(pa_t first, unsigned int pages);

bool __wrap_deposit_take(pa_t *page)
{
	bool done = __real_deposit_take(page);

	if (!done)
		return false;
	if (page_number(*page) >= PAGES || world.taken[page_number(*page)])
		fail("a page is handed out that is not free");
	else
		world.taken[page_number(*page)] = true;
	world.claimer[page_number(*page)] = (uint8_t)(hw_cpu() + 1);
	return true;
}

static void let_go(pa_t page)
{
	if (!world.taken[page_number(page)])
		fail("a page is put back that was not taken");
	world.taken[page_number(page)] = false;
}

void __wrap_deposit_put(pa_t page)
{
	let_go(page);
	world.claimer[page_number(page)] = 0;
	__real_deposit_put(page);
}

void __wrap_deposit_drop(pa_t page)
{
	let_go(page);
	__real_deposit_drop(page);
}

void __wrap_deposit_add(pa_t first, unsigned int pages)
{
	for (unsigned int i = 0; i < pages; i++)
		world.claimer[page_number(first) + i] = 0;
	__real_deposit_add(first, pages);
}
