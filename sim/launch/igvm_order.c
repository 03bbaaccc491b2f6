/* SPDX-License-Identifier: MIT */
/*
 * The order in which QEMU launches the pages of a file [boot-abi 6.3]. Pages
 * wait in a pending run until a page comes that does not continue it; a
 * parameter insert does not wait, so it goes before that run.
 */
#include "snp/igvm.h"

#include <string.h>

void igvm_order_start(struct igvm_order *o, const struct igvm *f)
{
	memset(o, 0, sizeof(*o));
	o->file = f;
}

static enum snp_page_type launch_type(const struct igvm_header *h)
{
	switch (h->page_type) {
	case IGVM_DATA_SECRETS:
		return SNP_PAGE_SECRETS;
	case IGVM_DATA_CPUID:
	case IGVM_DATA_CPUID_XF:
		return SNP_PAGE_CPUID;
	default:
		return (h->flags & IGVM_FLAG_UNMEASURED) != 0 ? SNP_PAGE_UNMEASURED
							      : SNP_PAGE_NORMAL;
	}
}

static bool joins(const struct igvm_order *o, const struct igvm_header *h)
{
	const struct igvm_header *last = &o->last;

	return o->run_end == h->offset && h->gpa == last->gpa + IGVM_PAGE &&
	       h->flags == last->flags && h->page_type == last->page_type &&
	       h->mask == last->mask && (h->data == NULL) == (last->data == NULL);
}

static bool give_insert(struct igvm_order *o, struct igvm_page *page)
{
	*page = (struct igvm_page){ .type = SNP_PAGE_UNMEASURED,
				    .gpa = o->insert.gpa + o->inserted,
				    .parameter = true,
				    .area = o->insert.index,
				    .area_offset = o->inserted };
	o->inserted += IGVM_PAGE;
	return true;
}

static bool give_run(struct igvm_order *o, struct igvm_page *page)
{
	struct igvm_header h;

	if (!igvm_next(o->file, &o->run, &h))
		return false;
	o->queued = o->run < o->run_end;
	*page = (struct igvm_page){ .type = launch_type(&h), .gpa = h.gpa, .data = h.data };
	return true;
}

/* Looks at one more header; false when there is nothing left to give out. */
static bool look(struct igvm_order *o)
{
	struct igvm_header h;
	size_t at = o->at;
	bool pending = o->run < o->run_end;

	if (!igvm_next(o->file, &at, &h)) {
		o->queued = pending;
		return pending;
	}
	if (h.type == IGVM_PARAMETER_INSERT) {
		o->insert = h;
		o->inserted = 0;
	} else if (h.type == IGVM_PAGE_DATA) {
		if (pending && !joins(o, &h)) {
			o->queued = true;
			return true;
		}
		if (!pending)
			o->run = h.offset;
		o->run_end = at;
		o->last = h;
	}
	o->at = at;
	return true;
}

bool igvm_order_next(struct igvm_order *o, struct igvm_page *page)
{
	do {
		if (o->inserted < o->insert.bytes)
			return give_insert(o, page);
		if (o->queued)
			return give_run(o, page);
	} while (look(o));
	return false;
}
