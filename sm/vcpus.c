/* SPDX-License-Identifier: MIT */
/* The registrations: see vcpus.h. */
#include <svsm/context.h>
#include <svsm/deposit.h>
#include <svsm/frame.h>
#include <svsm/hw.h>
#include <svsm/vcpu.h>
#include <svsm/vcpus.h>
#include <svsm/withdrawn.h>

#define STARTUP 0U /* the slot taken first */

/* What CREATE_VCPU leaves for a CPU: 0, or the age and the index + 1 of a slot. */
#define LETTER_INDEX 0xffffULL

struct seat {
	shared64 letter;
	struct vcpu *vcpu; /* the CPU's own */
} __attribute__((aligned(64)));

static struct vcpu_slot slots[VCPU_SLOTS];
static struct seat seats[CPU_MAX];
static uint32_t apic_ids[CPU_MAX];
static unsigned int cpus;

void vcpu_cpus(const uint32_t *apic_id, unsigned int count)
{
	CHECK(count <= CPU_MAX);
	for (unsigned int i = 0; i < count; i++)
		apic_ids[i] = apic_id[i];
	cpus = count;
}

bool vcpu_find_cpu(uint32_t apic_id, unsigned int *cpu)
{
	for (*cpu = 0; *cpu < cpus; (*cpu)++)
		if (apic_ids[*cpu] == apic_id)
			return true;
	return false;
}

static uint64_t age_of(uint64_t state)
{
	return state & ~(SLOT_AGE - 1);
}

unsigned int slot_index(const struct vcpu_slot *slot)
{
	return (unsigned int)(slot - slots);
}

static uint64_t letter_of(const struct vcpu_slot *slot, uint64_t state)
{
	return age_of(state) << 8 | (slot_index(slot) + 1);
}

struct vcpu_slot *slot_take(void)
{
	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		uint64_t seen = shared64_load(&slots[i].state);

		if ((seen & SLOT_PHASE) == SLOT_EMPTY &&
		    shared64_cas(&slots[i].state, &seen, age_of(seen) + SLOT_AGE + SLOT_NEW))
			return &slots[i];
	}
	return NULL;
}

void slot_drop(struct vcpu_slot *slot)
{
	shared64_store(&slot->state, age_of(shared64_load(&slot->state)) + SLOT_EMPTY);
}

void slot_publish(struct vcpu_slot *slot, unsigned int cpu, pa_t vmsa, pa_t ca)
{
	uint64_t age = age_of(shared64_load(&slot->state));

	slot->cpu = cpu;
	shared64_store(&slot->vmsa, vmsa.raw | SLOT_PRESENT);
	shared64_store(&slot->ca, ca.raw | SLOT_PRESENT);
	shared64_store(&slot->state, age + SLOT_LIVE);
	(void)shared64_swap(&seats[cpu].letter, letter_of(slot, age));
}

void slot_move_ca(struct vcpu_slot *slot, pa_t ca)
{
	shared64_store(&slot->ca, ca.raw | SLOT_PRESENT);
}

void slot_forget_pages(struct vcpu_slot *slot)
{
	shared64_store(&slot->vmsa, 0);
	shared64_store(&slot->ca, 0);
}

/* What the state was is read before the address, so that the swap fails if the slot is another's.
 */
enum err slot_close(pa_t vmsa, struct vcpu_slot *own, struct vcpu_slot **slot)
{
	for (unsigned int i = STARTUP + 1; i < VCPU_SLOTS; i++) {
		uint64_t seen = shared64_load(&slots[i].state);

		if (shared64_load(&slots[i].vmsa) != (vmsa.raw | SLOT_PRESENT))
			continue;
		*slot = &slots[i];
		if (*slot != own && (seen & (SLOT_PHASE | SLOT_SERVED)) != SLOT_LIVE)
			return ERR_BUSY;
		if (!shared64_cas(&slots[i].state, &seen,
				  age_of(seen) | (seen & SLOT_HELD) | SLOT_CLOSING))
			return ERR_BUSY;
		return OK;
	}
	return ERR_ADDRESS;
}

/* Only the flag HELD can change meanwhile, with a request on its CPU. */
static uint64_t leave_closing(struct vcpu_slot *slot, uint64_t held, uint64_t free)
{
	uint64_t seen = shared64_load(&slot->state), to;

	do
		to = age_of(seen) | ((seen & SLOT_HELD) != 0 ? held | SLOT_HELD : free);
	while (!shared64_cas(&slot->state, &seen, to));
	return to;
}

void slot_reopen(struct vcpu_slot *slot, const struct vcpu_slot *own)
{
	(void)leave_closing(slot, SLOT_LIVE | (slot == own ? SLOT_SERVED : 0), SLOT_LIVE);
}

static bool may_inherit(const struct vcpu_slot *slot, uint64_t state, pa_t ca, unsigned int cpu)
{
	return (state & (SLOT_PHASE | SLOT_SERVED)) == SLOT_LIVE && slot->cpu == cpu &&
	       shared64_load(&slot->ca) == (ca.raw | SLOT_PRESENT);
}

bool slot_has_ca(pa_t ca, unsigned int cpu)
{
	for (unsigned int i = STARTUP + 1; i < VCPU_SLOTS; i++)
		if (may_inherit(&slots[i], shared64_load(&slots[i].state), ca, cpu))
			return true;
	return false;
}

bool slot_inherit_ca(pa_t ca, unsigned int cpu)
{
	for (unsigned int i = STARTUP + 1; i < VCPU_SLOTS; i++) {
		uint64_t seen = shared64_load(&slots[i].state);
		bool has;

		if (!may_inherit(&slots[i], seen, ca, cpu) ||
		    !shared64_cas(&slots[i].state, &seen,
				  age_of(seen) | (seen & SLOT_HELD) | SLOT_CLOSING))
			continue;
		/* A request of its own may have moved it, and the state is as it was before. */
		has = shared64_load(&slots[i].ca) == (ca.raw | SLOT_PRESENT);
		if (has)
			shared64_store(&slots[i].ca, 0);
		slot_reopen(&slots[i], NULL);
		if (has)
			return true;
	}
	return false;
}

/* Nobody refers to a context that no CPU holds: the slot is still NEW when it is given back. */
void slot_closed(struct vcpu_slot *slot)
{
	struct vcpu *context = slot->context;

	if ((leave_closing(slot, SLOT_DEAD, SLOT_NEW) & SLOT_PHASE) != SLOT_NEW)
		return;
	context_give(slot_index(slot), context);
	slot_drop(slot);
}

static bool overlaps(pa_t page, enum page_size size, uint64_t owned)
{
	return (owned & SLOT_PRESENT) != 0 && owned - SLOT_PRESENT - page.raw < size_bytes(size);
}

bool vcpu_owns(pa_t page, enum page_size size)
{
	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		if (overlaps(page, size, shared64_load(&slots[i].vmsa)) ||
		    overlaps(page, size, shared64_load(&slots[i].ca)))
			return true;
	}
	return frame_overlaps(page, size) || deposit_overlaps(page, size) ||
	       withdrawn_overlaps(page, size);
}

static bool is_registered(uint64_t state)
{
	uint64_t phase = state & SLOT_PHASE;

	return phase == SLOT_LIVE || phase == SLOT_CLOSING;
}

/* It may have been deleted meanwhile, and its slot be another's by now. */
static bool sit(struct seat *seat, struct vcpu_slot *slot, uint64_t age)
{
	uint64_t seen = age | SLOT_LIVE;

	while (!shared64_cas(&slot->state, &seen, seen | SLOT_HELD))
		if (age_of(seen) != age || !is_registered(seen))
			return false;
	seat->vcpu = slot->context;
	vcpu_init(seat->vcpu);
	seat->vcpu->idle = age | SLOT_LIVE | SLOT_HELD;
	return true;
}

/*
 * One whose letter was lost to a newer one; or, last, one that is being deleted:
 * if it is not, nobody else serves the request that it may have.
 */
static bool sit_any(struct seat *seat)
{
	struct vcpu_slot *closing = NULL;
	uint64_t age = 0;

	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		uint64_t seen = shared64_load(&slots[i].state);

		if (!is_registered(seen) || slots[i].cpu != hw_cpu() ||
		    shared64_load(&slots[i].ca) == 0)
			continue;
		if ((seen & SLOT_PHASE) == SLOT_LIVE) {
			if (sit(seat, &slots[i], age_of(seen)))
				return true;
		} else {
			closing = &slots[i];
			age = age_of(seen);
		}
	}
	return closing != NULL && sit(seat, closing, age);
}

struct vcpu *seat_vcpu(void)
{
	return seats[hw_cpu()].vcpu;
}

bool seat_has_newer(void)
{
	return shared64_load(&seats[hw_cpu()].letter) != 0;
}

struct vcpu *seat_take(void)
{
	struct seat *seat = &seats[hw_cpu()];
	uint64_t letter = shared64_swap(&seat->letter, 0);

	if (letter != 0 &&
	    sit(seat, &slots[(letter & LETTER_INDEX) - 1], (letter & ~LETTER_INDEX) >> 8))
		return seat->vcpu;
	return sit_any(seat) ? seat->vcpu : NULL;
}

void seat_leave(void)
{
	struct seat *seat = &seats[hw_cpu()];
	struct vcpu *v = seat->vcpu;
	struct vcpu_slot *slot = v->slot;
	uint64_t seen = shared64_load(&slot->state), to;

	seat->vcpu = NULL;
	do
		to = (seen & SLOT_PHASE) == SLOT_DEAD ? age_of(seen) | SLOT_NEW : seen & ~SLOT_HELD;
	while (!shared64_cas(&slot->state, &seen, to));
	if ((to & SLOT_PHASE) != SLOT_NEW)
		return;
	context_give(slot_index(slot), v);
	slot_drop(slot);
}
