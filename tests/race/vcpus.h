/* SPDX-License-Identifier: MIT */
/*
 * The world of the guest's vCPUs and of lent memory: the firmware's sm/ from
 * the entry into VMPL0 to the way out of it, on a few pages, three slots and
 * three deposited pages. See README.md.
 */
#pragma once
#include <svsm/deposit.h>
#include <svsm/vcpu.h>

#include "machine.h" /* its `cpu` is in none of the firmware's headers' way */

#define GUEST_BASE 0x40000000ULL
#define FRAME_BASE 0x80000000ULL
#define GUEST_VMPL 1U

/* The pages there are, by number. */
#define SAVE_AREAS 4U /* 0: the startup vCPU's */
#define VMSA(n) (n)
#define CA(n) (SAVE_AREAS + (n)) /* of the vCPU with that save area */
#define LENT(n) (2 * SAVE_AREAS + (n))
#define BUFFER_PAGE(cpu) (LENT(DEPOSIT_PAGES) + 1 + (cpu)) /* for WITHDRAW_MEM */
#define PAGES BUFFER_PAGE(CPUS)

enum vcpu_op {
	OP_ENTER = OP_END + 1, /* VMPL0 is entered, and nobody has a request */
	/* The same with a request of the vCPU in the seat: */
	OP_CALL,     /* one that changes nothing */
	OP_CREATE,   /* save area `where`, calling area `state`, for CPU `size` */
	OP_DELETE,   /* save area `where` */
	OP_REMAP,    /* its calling area is page `where` from now on */
	OP_LEND,     /* page `where` */
	OP_WITHDRAW, /* as many as are free */
	/* The table of deposited pages by itself: */
	OP_TAKE, /* kept */
	OP_PUT,	 /* what was kept */
	OP_DROP, /* what was kept becomes the guest's */
	OP_ADD,	 /* `size` pages from `where` on, if there is room */
	OP_AVAILABLE,
	OP_OWNS, /* vcpu_owns(): page `where` */
};
#define IN_USE_NOW 1U /* `state` of OP_DELETE: RMPADJUST says FAIL_INUSE */

enum { IS_USED = 1, IS_GUEST = 2 };

struct page_words {
	shared64 record;	    /* IS_ */
	shared64 efer, word, other; /* what VMPL0 reads and writes in it */
};

/* Up to the list, which is of other calls. */
#define CONTEXT_BYTES ((offsetof(struct vcpu, pvalidate) + 15) / 16 * 16)

struct world {
	uint8_t context[VCPU_SLOTS][CONTEXT_BYTES] __attribute__((aligned(16)));
	struct page_words page[PAGES];
	shared64 alive[VCPU_SLOTS]; /* its context is mapped */
	/* From here on only notes, for the checks. */
	uint8_t hand[VCPU_SLOTS]; /* the CPU that has the slot to itself, and one */
	uint8_t claimer[PAGES];	  /* the CPU that may settle it, and one */
	bool taken[PAGES];	  /* out of the table's free ones */
	uint32_t frames;	  /* of the SVSM's own, given away */
	bool own_frames;	  /* it has some: contexts need no lent pages */
	struct {
		bool asked;	 /* a request waits */
		bool left;	 /* VMPL0 has been left */
		bool asleep;	 /* until it is entered again */
		uint8_t asking;	 /* slots, a bit each: its request may be theirs */
		bool registered; /* its operation's page was one's when that began, */
		bool moved;	 /* its place has changed since, */
		bool disturbed;	 /* or another CPU has had its slot in hand */
		pa_t kept;
	} cpu[CPUS];
} __attribute__((aligned(64)));
extern struct world world;

static inline pa_t page_at(unsigned int n)
{
	return pa(GUEST_BASE + n * PAGE_4K);
}

static inline unsigned int page_number(pa_t page)
{
	return (unsigned int)((page.raw - GUEST_BASE) / PAGE_4K);
}

/* vcpus_seam.c: hw, pages and contexts; whose turn it is when none of the CPUs runs. */
extern unsigned int acting;

/* vcpus_check.c */
void check_begins(struct vcpu_slot *first); /* the table is there; all is at rest */
void check_may_touch(unsigned int cpu, unsigned int page);
void check_starts(unsigned int cpu); /* its next operation */
void check_asks(unsigned int cpu);   /* a vCPU of this CPU */
void check_over(unsigned int cpu, uint32_t result);

/* vcpus_end.c */
struct vcpu_slot *slot_at(unsigned int i);
extern const struct setup setups[];
extern const unsigned int setup_count;

/* vcpus_program.c */
void enter_once(unsigned int cpu);
/* One operation, with no CPU running. */
void do_now(unsigned int cpu, const struct op *op);
