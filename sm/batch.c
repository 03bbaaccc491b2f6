/* SPDX-License-Identifier: MIT */
/*
 * Batches: entries of a list that ask for the same thing. The cost of a
 * request is what is done for every entry, so each step is one loop over the
 * batch; pages that follow each other are one step of the record.
 */
#include "entry.h"

#include <svsm/accept.h>
#include <svsm/hw.h>

/* How many entries name pages that follow each other. */
static unsigned int run_length(const uint64_t *raw, unsigned int room)
{
	uint64_t next = raw[0] + PAGE_4K;
	unsigned int n = 1;

	for (; n < room && raw[n] == next; n++)
		next += PAGE_4K;
	return n;
}

/* The pages of entries that differ from the first in nothing but the address. */
static unsigned int list_pages(const uint64_t *raw, unsigned int room, pa_t *page)
{
	uint64_t flags = raw[0] & ~SVSM_ENTRY_ADDRESS;
	unsigned int n = 0;

	for (; n < room && ((raw[n] ^ flags) & ~SVSM_ENTRY_ADDRESS) == 0; n++)
		page[n] = pa(raw[n] ^ flags);
	return n;
}

uint32_t batch_gather(struct pvalidate *p, unsigned int room, struct batch *b)
{
	const uint64_t *raw = &p->entry[p->next];
	uint32_t result = core_decode_entry(raw[0], &b->like);

	if (result != SVSM_SUCCESS)
		return result;
	p->page[0] = b->like.page;
	b->count = 1;
	/* A page that turns out unchanged is no failure then: it has to be told apart. */
	if (b->like.size == SIZE_4K && !b->like.ignore_cf)
		b->count = run_length(raw, room);
	b->run = b->count > 1 || b->like.size == SIZE_2M || b->like.ignore_cf;
	if (!b->run)
		b->count = list_pages(raw, room, p->page);
	return SVSM_SUCCESS;
}

pa_t batch_page(const struct pvalidate *p, const struct batch *b, unsigned int i)
{
	return b->run ? pa_add(p->page[0], i * PAGE_4K) : p->page[i];
}

enum err batch_claim(struct pvalidate *p, struct batch *b, enum page_state from)
{
	unsigned int n = 0;

	if (!b->run)
		n = page_claim_list(p->page, b->count, from, p->row);
	else if (b->count > 1)
		n = page_claim_run(p->page[0], b->count, from);
	if (n > 0) {
		b->count = n;
		return OK;
	}
	b->count = 1;
	b->run = true;
	return accept_claim(p->page[0], b->like.size, from);
}

void batch_settle(const struct pvalidate *p, const struct batch *b, unsigned int first,
		  unsigned int end, enum page_state to)
{
	if (first == end)
		return;
	if (b->like.size == SIZE_2M)
		page_settle(p->page[0], SIZE_2M, to);
	else if (b->run)
		page_settle_run(batch_page(p, b, first), end - first, to);
	else
		page_settle_list(&p->page[first], end - first, to, &p->row[first]);
}
