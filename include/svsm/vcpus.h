/* SPDX-License-Identifier: MIT */
/*
 * The guest's vCPUs as every CPU may see them: a table of registrations, and
 * for each CPU (VMPL0 on one vCPU of the VM) a seat for the one it serves.
 *
 * A registration's state word says who may touch the save area, the calling
 * area and the context: its CPU while SERVED, who deletes it while CLOSING.
 * Both begin with one compare-and-swap and fail at once if it is not to be
 * had: nobody waits for anybody. The table's memory is never given back, so
 * that a CPU may look at a registration that has just ceased to be.
 */
#pragma once
#include <svsm/atomic.h>
#include <svsm/err.h>
#include <svsm/types.h>

#define VCPU_SLOTS 256U

/* The state word: a phase, flags, and an age that tells successive uses of a slot apart. */
#define SLOT_PHASE 0x7ULL
#define SLOT_EMPTY 0ULL
#define SLOT_NEW 1ULL	  /* being created */
#define SLOT_LIVE 2ULL	  /* registered */
#define SLOT_CLOSING 3ULL /* being deleted */
#define SLOT_DEAD 4ULL	  /* deleted; its CPU has yet to let go of the context */
#define SLOT_HELD 0x8ULL  /* its CPU refers to the context */
#define SLOT_SERVED 0x10ULL
#define SLOT_AGE 0x100ULL

#define SLOT_PRESENT 1ULL /* in an address word */

struct vcpu;

/* In a cache line of its own: each CPU writes its vCPU's with every request. */
struct vcpu_slot {
	shared64 state;
	shared64 vmsa, ca; /* address | SLOT_PRESENT, 0: none. Both pages PAGE_USED */
	struct vcpu *context;
	unsigned int cpu; /* that serves it */
} __attribute__((aligned(64)));

/* Which APIC ids there are: CPU i has the i-th. Boot only, once. */
void vcpu_cpus(const uint32_t *apic_id, unsigned int count);
/* False: no such CPU. */
bool vcpu_find_cpu(uint32_t apic_id, unsigned int *cpu);

/* EMPTY -> NEW: a slot of one's own, or NULL. Ends with one of the next two. */
struct vcpu_slot *slot_take(void);
void slot_drop(struct vcpu_slot *slot);
/* NEW -> LIVE; `cpu` serves it from its next entry on that has nothing else to do. */
void slot_publish(struct vcpu_slot *slot, unsigned int cpu, pa_t vmsa, pa_t ca);

unsigned int slot_index(const struct vcpu_slot *slot);

/*
 * LIVE -> CLOSING: the slot of this save area is the caller's to delete.
 * ERR_ADDRESS: none has it, or the startup vCPU. ERR_BUSY: its CPU is at a request, or another
 * vCPU deletes it. `own`: the slot the caller serves, which it may close.
 */
must_check enum err slot_close(pa_t vmsa, struct vcpu_slot *own, struct vcpu_slot **slot);
/* CLOSING -> as it was. */
void slot_reopen(struct vcpu_slot *slot, const struct vcpu_slot *own);
/* CLOSING -> deleted; both pages have been taken out of it. */
void slot_closed(struct vcpu_slot *slot);

/* For who serves or closes it: its calling area; false: it has none any more. */
static inline bool slot_ca(const struct vcpu_slot *slot, pa_t *ca)
{
	uint64_t word = shared64_load(&slot->ca);

	*ca = pa(word - SLOT_PRESENT);
	return word != 0;
}
void slot_move_ca(struct vcpu_slot *slot, pa_t ca);

/*
 * Whether a vCPU of `cpu`, but not the startup vCPU, has this calling area;
 * and takes it over for a newer one: Linux deletes the old vCPU last. The old
 * one can ask for nothing any more. False: none has it, or is at a request.
 */
bool slot_has_ca(pa_t ca, unsigned int cpu);
bool slot_inherit_ca(pa_t ca, unsigned int cpu);

/* Takes the addresses out: from now on they are not an owner's. */
void slot_forget_pages(struct vcpu_slot *slot);

/*
 * Whether the page overlaps what is the SVSM's for good: its own range, a
 * save area, a calling area, a deposited or withdrawn page. A PAGE_USED frame
 * that is not owned so is in flight.
 */
bool vcpu_owns(pa_t page, enum page_size size);

/* ---- the running CPU's seat ---- */

/* Sits the newest vCPU made for this CPU, or any that is left; NULL: it has none. */
struct vcpu *seat_take(void);
/* The vCPU in the seat; NULL: none. */
struct vcpu *seat_vcpu(void);
/* Whether a newer one waits. */
bool seat_has_newer(void);
/* Lets go of the vCPU, and of its context if it was deleted. */
void seat_leave(void);
