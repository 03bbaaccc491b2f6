/* SPDX-License-Identifier: MIT */
/* The entries of a PVALIDATE list, performed by batches. */
#pragma once
#include <svsm/hw.h>
#include <svsm/pvalidate.h>

/* Entries from p->next on that are alike but for the address. */
struct batch {
	struct entry like; /* the first of them */
	struct hw_pages pages;
};

/* At most `room` entries; SVSM_SUCCESS, or the result code that refuses the first. */
uint32_t batch_gather(struct pvalidate *p, unsigned int room, struct batch *b);

/* from -> in flight, as many as can be in order: OK and their count, or why not even the first. */
must_check enum err batch_claim(struct pvalidate *p, struct batch *b, enum page_state from);

/* In flight -> to, pages [first, end) of the batch. */
void batch_settle(const struct pvalidate *p, const struct batch *b, unsigned int first,
		  unsigned int end, enum page_state to);

/* Page i of the batch, by itself. */
struct hw_pages batch_one(const struct batch *b, unsigned int i, pa_t *page);

/* A result for EAX or HW_FAULT, other than RMP_OK. */
uint32_t entry_rmp_result(uint32_t code);

/* Why a claim failed, as the guest is told. */
uint32_t entry_refused(const struct pvalidate *p, const struct entry *e, enum err err);

/* Entries [first, first + count) are to be settled once they are flushed. */
void entry_in_flight(struct pvalidate *p, unsigned int first, unsigned int count, bool run);

/*
 * Performs at most `room` entries from p->next on, which moves: SVSM_SUCCESS,
 * or the result code with which the call ends there, that entry undone.
 * SVSM_ERR_INCOMPLETE: the entry needs a page that this very call has in flight.
 */
uint32_t entry_perform(struct pvalidate *p, unsigned int room);

/* The same for one entry of DEPOSIT_MEM, and what is done with its pages after the flush. */
uint32_t deposit_perform(struct pvalidate *p);
void deposit_settle(const struct pvalidate *p, const struct span *span);
