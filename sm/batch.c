/* SPDX-License-Identifier: MIT */
/*
 * Batches: entries of a list that ask for the same thing. The cost of a
 * request is what is done for every entry, so each step is one short loop
 * over the entries as they are; 4 KiB pages that follow each other are one
 * step of the record.
 */
#include "entry.h"

#include <svsm/page.h>

/* How many entries name 4 KiB pages that follow each other. By four, as long as it goes. */
static unsigned int run_length(const uint64_t *raw, uint64_t room)
{
	uint64_t first = raw[0], n = 0;

	while (n + 4 <= room && raw[n] == first + n * PAGE_4K &&
	       raw[n + 1] == first + (n + 1) * PAGE_4K && raw[n + 2] == first + (n + 2) * PAGE_4K &&
	       raw[n + 3] == first + (n + 3) * PAGE_4K)
		n += 4;
	while (n < room && raw[n] == first + n * PAGE_4K)
		n++;
	return (unsigned int)n;
}

uint32_t batch_gather(struct pvalidate *p, unsigned int room, struct batch *b)
{
	const uint64_t *raw = &p->entry[p->next];
	uint32_t result = core_decode_entry(raw[0], &b->like);

	if (result != SVSM_SUCCESS)
		return result;
	b->pages = (struct hw_pages){ raw, raw[0] - b->like.page.raw, 1, b->like.size, true };
	/* A page that turns out unchanged is no failure then: it has to be told apart. */
	if (b->like.ignore_cf)
		return SVSM_SUCCESS;
	if (b->like.size == SIZE_4K)
		b->pages.count = run_length(raw, room);
	if (b->pages.count == 1 && room > 1) {
		b->pages.count = room;
		b->pages.run = false;
	}
	return SVSM_SUCCESS;
}

static pa_t page_of(const struct batch *b, unsigned int i)
{
	if (b->pages.run)
		return pa_add(b->like.page, i * PAGE_4K);
	return pa(b->pages.word[i] - b->pages.tag);
}

struct hw_pages batch_one(const struct batch *b, unsigned int i, pa_t *page)
{
	*page = page_of(b, i);
	return (struct hw_pages){ &page->raw, 0, 1, b->like.size, true };
}

static unsigned int claim_some(struct pvalidate *p, const struct batch *b, enum page_state from)
{
	const struct hw_pages *pages = &b->pages;

	if (pages->run)
		return pages->count == 1 ? 0 : page_claim_run(b->like.page, pages->count, from);
	return page_claim_list(pages->word, pages->tag, pages->size, pages->count, from, p->row);
}

enum err batch_claim(struct pvalidate *p, struct batch *b, enum page_state from)
{
	unsigned int n = claim_some(p, b, from);

	if (n > 0) {
		b->pages.count = n;
		return OK;
	}
	b->pages.count = 1;
	b->pages.run = true;
	return page_claim(b->like.page, b->like.size, from);
}

void batch_settle(const struct pvalidate *p, const struct batch *b, unsigned int first,
		  unsigned int end, enum page_state to)
{
	if (first == end)
		return;
	if (!b->pages.run)
		page_settle_list(&b->pages.word[first], b->like.size, end - first, to,
				 &p->row[first]);
	else if (b->like.size == SIZE_2M)
		page_settle(b->like.page, SIZE_2M, to);
	else
		page_settle_run(page_of(b, first), end - first, to);
}
