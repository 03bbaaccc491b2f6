/* SPDX-License-Identifier: MIT */
/* The world of the memory manager: what its files share. See README.md. */
#pragma once
#include "machine.h"

#include <svsm/frame.h>
#include <svsm/page.h>

#define REGIONS 3U /* of each half of the record */
#define ROWS (REGIONS * ROWS_PER_2M)

#define GUEST_BASE 0x40000000ULL
#define FRAME_BASE 0x80000000ULL

/* What a CPU does, step by step. */
enum op_kind {
	OP_ALLOC = OP_END + 1, /* a frame: kept in `got` */
	OP_ALLOC_VMSA,
	OP_ALLOC_2M,
	OP_FREE, /* `where`, or GOT */
	OP_FREE_2M,
	OP_FRAME_STATE,
	OP_GROW, /* a region: kept in `got` */
	OP_GROWN,
	OP_GROWN_FAILED,
	OP_CLAIM,   /* `where`, size, from state */
	OP_SETTLE,  /* if the last claim was granted */
	OP_RELEASE, /* settles what was claimed before all began */
	OP_CLAIM_RUN,
	OP_SETTLE_RUN, /* as many as the last run has claimed */
	OP_PAGE_STATE,
};
#define GOT 0xffffU

/* The record: all that the CPUs share, but for frame.c's blocks. */
struct memory {
	struct page_row page_row[ROWS];
	struct frame_row frame_row[ROWS];
	shared8 owner[ROWS];
	shared8 guest[8];
	shared8 region[8];
};
extern struct memory memory;

/* nothing.c: is there anything that the CPU's allocation could find? */
void nothing_note(void);

/* What the record says, in words of the specification. */
enum region_kind { UNACCEPTED, GROWING, SMALL, BIG, FIXED };
struct picture {
	uint64_t used[ROWS], guest[ROWS]; /* neither: PAGE_NONE */
	bool split[REGIONS];
	uint8_t splitter[REGIONS]; /* the operation that split it, and one */
	uint64_t free[ROWS];	   /* of a SMALL region */
	uint8_t kind[REGIONS];
};

/* picture.c: reads the record, and fails when it is not whole. */
void picture_take(struct picture *p);
void picture_check(const struct picture *p); /* memory is used up by this */

/* spec.c: what an operation does. False: it may not have returned that. */
bool spec_step(struct picture *p, unsigned int op, const struct op *what,
	       const struct outcome *out);
bool overlap(unsigned int x, unsigned int y);

/* order.c: is there an order of the operations that explains what they returned? */
void order_take(void);	/* the state now is the first one */
void order_check(void); /* all is over: compare */

/* setup.c: records to begin with, and what a program may ask of them. */
enum {
	FRAMES = 1,    /* the SVSM's frames */
	MINE = 2,      /* each CPU has the frame FRAME_MINE */
	MINE_2M = 4,   /* each of two CPUs has the region REGION_MINE */
	UNGROWN = 8,   /* a region that is not accepted */
	GUEST = 16,    /* the guest's pages */
	CLAIMED = 32,  /* each CPU has claimed the page PAGE_MINE */
	JOINING = 128, /* enough is free to make 2 MiB of it */
	ALIKE = 1024,  /* the record is the same for all CPUs */
	SOAK = 512,    /* takes long, and is much like another */
	LATE = 256     /* frames of region 1 are CPU 0's and the last CPU's */
};
extern const struct setup setups[];
extern const unsigned int setup_count;
extern unsigned int frame_regions; /* in the range */
extern bool in_flux;		   /* a whole region of frames may be split or joined */

/* `where` of an operation: what is different for each CPU. */
#define EACH 0x4000U	/* plus its number */
#define EACH_2M 0x2000U /* plus its number, in regions */
#define FRAME_MINE (EACH + ROW_FRAMES + 8U)
#define REGION_MINE (EACH_2M + FRAMES_PER_2M)
#define PAGE_MINE (EACH + ROW_FRAMES + 8U)
