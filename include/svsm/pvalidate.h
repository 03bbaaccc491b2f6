/* SPDX-License-Identifier: MIT */
/*
 * One PVALIDATE or DEPOSIT_MEM call: a list of pages to validate, rescind or
 * lend, worked through in bounded steps (sm/pvalidate.rl) [svsm 6.1, 6.4].
 *
 * A rescinded page stays claimed (in flight) until the call's one flush has
 * completed. No claim outlives the call.
 */
#pragma once
#include <svsm/call.h>
#include <svsm/page.h>

/* One step of the machine begins at most so many entries. */
#define PVALIDATE_RUN_ENTRIES 256U
/*
 * Neither a step nor the call begins an entry once the call has zeroed so
 * much: INCOMPLETE. In entries, a list is the call's bound.
 */
#define PVALIDATE_CALL_BYTES (8 * PAGE_2M)

enum pvalidate_at {
	PVALIDATE_NEW,
	PVALIDATE_OPEN,
	PVALIDATE_RUN,
	PVALIDATE_FLUSH,
	PVALIDATE_SETTLE,
	PVALIDATE_CLOSED,
};

/* Entries whose pages await the flush; a run: they follow each other. */
struct span {
	uint16_t first, count;
	bool run;
};

struct pvalidate {
	int cs;
	enum pvalidate_at at;
	enum event event;  /* what the machine takes next; EV_NONE: the call is over */
	pa_t list;	   /* the guest's list */
	pa_t ca;	   /* the caller's, in which the list may be */
	unsigned int vmpl; /* the caller's */
	bool claimed;	   /* the list's page is claimed for the call */
	bool deposit;	   /* DEPOSIT_MEM: the same, but the pages become the SVSM's */
	uint16_t count;
	uint16_t first; /* index at which this call began */
	uint16_t next;	/* first entry not yet done */
	uint32_t result;
	uint16_t spans;		       /* in flight */
	uint64_t zeroed;	       /* bytes, this call */
	uint64_t entry[SVSM_LIST_MAX]; /* the copy; only [first, count) is filled */
	struct span span[SVSM_LIST_MAX];
	struct page_row *row[PVALIDATE_RUN_ENTRIES]; /* of the batch at hand, see sm/batch.c */
};

/* Makes ready for a call; the caller then steps the machine with p->event until it is EV_NONE. */
void pvalidate_begin(struct pvalidate *p, pa_t list, pa_t ca, unsigned int vmpl);

void pvalidate_init(struct pvalidate *p);
enum event pvalidate_step(struct pvalidate *p, enum event ev);

/* The actions of sm/pvalidate.rl. */
enum event pvalidate_open(struct pvalidate *p);
enum event pvalidate_run(struct pvalidate *p);
enum event pvalidate_flush(struct pvalidate *p);
enum event pvalidate_settle(struct pvalidate *p);
enum event pvalidate_close(struct pvalidate *p);
enum event pvalidate_wrong(struct pvalidate *p, enum event ev);
