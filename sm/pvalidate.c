/* SPDX-License-Identifier: MIT */
/*
 * The actions of one PVALIDATE call. The list is copied once; its page is
 * claimed meanwhile, so that `next` cannot be written into a page that has
 * become something else. The caller's own calling area is claimed already.
 */
#include "entry.h"

#include <svsm/hw.h>
#include <svsm/page.h>
#include <svsm/vcpu.h>

void pvalidate_begin(struct pvalidate *p, pa_t list, pa_t ca, unsigned int vmpl)
{
	pvalidate_init(p);
	p->event = EV_START;
	p->list = list;
	p->ca = ca;
	p->vmpl = vmpl;
	p->claimed = false;
	p->deposit = false;
	p->count = 0;
	p->first = 0;
	p->next = 0;
	p->zeroed = 0;
	p->spans = 0;
}

static pa_t list_page(const struct pvalidate *p)
{
	return pa(align_down(p->list.raw, PAGE_4K));
}

static uint32_t claim_list(struct pvalidate *p)
{
	pa_t page = list_page(p);

	if (page.raw == p->ca.raw)
		return SVSM_SUCCESS;
	switch (page_claim(page, SIZE_4K, PAGE_GUEST)) {
	case OK:
		p->claimed = true;
		return SVSM_SUCCESS;
	case ERR_ADDRESS:
	case ERR_STATE:
		return SVSM_ERR_INVALID_ADDRESS;
	default:
		return vcpu_owns(page, SIZE_4K) ? SVSM_ERR_INVALID_ADDRESS : SVSM_ERR_BUSY;
	}
}

static void release_list(struct pvalidate *p)
{
	if (p->claimed)
		page_settle(list_page(p), SIZE_4K, PAGE_GUEST);
	p->claimed = false;
}

static uint32_t copy_list(struct pvalidate *p)
{
	uint64_t header, at;
	uint32_t result;

	if (hw_load64(p->list, &header) != OK)
		return SVSM_ERR_INVALID_ADDRESS;
	result = core_decode_header(header, list_page(p).raw + PAGE_4K - p->list.raw, &p->count,
				    &p->next);
	p->first = p->next;
	if (result != SVSM_SUCCESS)
		return result;
	at = SVSM_LIST_HEADER + p->first * SVSM_LIST_ENTRY;
	if (hw_copy_in(&p->entry[p->first], pa_add(p->list, at),
		       (p->count - p->first) * SVSM_LIST_ENTRY) != OK)
		return SVSM_ERR_INVALID_ADDRESS;
	return SVSM_SUCCESS;
}

enum event pvalidate_open(struct pvalidate *p)
{
	p->result = claim_list(p);
	if (p->result == SVSM_SUCCESS)
		p->result = copy_list(p);
	return p->result == SVSM_SUCCESS ? EV_DONE : EV_REFUSED;
}

/* How many more entries may be begun: 2 MiB ones as long as the call's bound is not reached. */
static unsigned int room_for(const struct pvalidate *p, unsigned int room)
{
	uint64_t size = (p->entry[p->next] & SVSM_ENTRY_SIZE) == SIZE_2M ? PAGE_2M : PAGE_4K;
	uint64_t bytes = (PVALIDATE_CALL_BYTES - p->zeroed + size - 1) / size;
	unsigned int left = (unsigned int)(p->count - p->next);

	room = left < room ? left : room;
	return bytes < room ? (unsigned int)bytes : room;
}

/* One run: at most PVALIDATE_RUN_ENTRIES, and none begun beyond the bound on zeroing. */
enum event pvalidate_run(struct pvalidate *p)
{
	unsigned int room = PVALIDATE_RUN_ENTRIES;

	while (p->next < p->count && p->result == SVSM_SUCCESS) {
		unsigned int first = p->next;

		if (p->zeroed >= PVALIDATE_CALL_BYTES) {
			p->result = SVSM_ERR_INCOMPLETE;
			break;
		}
		if (room == 0)
			return EV_AGAIN;
		p->result = p->deposit ? deposit_perform(p) : entry_perform(p, room_for(p, room));
		room -= p->next - first;
	}
	return p->spans > 0 ? EV_REVOKED : EV_DONE;
}

enum event pvalidate_flush(struct pvalidate *p)
{
	(void)p;
	hw_flush_all();
	return EV_DONE;
}

static void settle_span(const struct pvalidate *p, const struct span *span)
{
	const uint64_t *raw = &p->entry[span->first];
	struct entry e;

	CHECK(core_decode_entry(raw[0], &e) == SVSM_SUCCESS);
	if (span->run && e.size == SIZE_4K)
		page_settle_run(e.page, span->count, PAGE_NONE);
	else
		page_settle_list(raw, e.size, span->count, PAGE_NONE, NULL);
}

enum event pvalidate_settle(struct pvalidate *p)
{
	for (unsigned int i = 0; i < p->spans; i++) {
		if (p->deposit)
			deposit_settle(p, &p->span[i]);
		else
			settle_span(p, &p->span[i]);
	}
	return EV_DONE;
}

/* `next` goes back first: with the claim the page may become anything. */
enum event pvalidate_close(struct pvalidate *p)
{
	if (p->next != p->first &&
	    hw_copy_out(pa_add(p->list, SVSM_LIST_NEXT), &p->next, sizeof(p->next)) != OK)
		p->result = SVSM_ERR_INVALID_ADDRESS;
	release_list(p);
	return EV_NONE;
}

enum event pvalidate_wrong(struct pvalidate *p, enum event ev)
{
	hw_stop(REASON_MACHINE, (uint64_t)p->at << 32 | (uint64_t)ev);
}
