/* SPDX-License-Identifier: MIT */
/*
 * Page state changes over the GHCB. The list is made from the caller's range
 * and only ever written to the shared page: which pages were asked for is
 * never learnt from there. [ghcb 5.4]
 */
#include "page.h"

#include <svsm/psc.h>

#define OP_PRIVATE 1ULL
#define OP_SHARED 2ULL
#define ENTRY_2M (1ULL << 56)

/* Calls without a step forward before the hypervisor counts as stuck. */
#define PATIENCE 100000U

struct psc_buffer {
	uint64_t header;
	uint64_t entry[PSC_ENTRIES];
};
_Static_assert(sizeof(struct psc_buffer) <= GHCB_BUFFER_BYTES, "ghcb 5.4");

uint64_t psc_entry(pa_t page, enum page_size size, bool to_private)
{
	return (size == SIZE_2M ? ENTRY_2M : 0) | (to_private ? OP_PRIVATE : OP_SHARED) << 52 |
	       page.raw;
}

uint64_t psc_header(unsigned int last)
{
	return (uint64_t)last << 16;
}

enum psc_progress psc_judge(uint64_t header, unsigned int current, unsigned int last,
			    unsigned int *now)
{
	*now = header & 0xffff;
	if (header >> 32 != 0 || ((header >> 16) & 0xffff) != last || *now < current ||
	    *now > last + 1)
		return PSC_NONSENSE;
	if (*now > last)
		return PSC_FINISHED;
	return *now > current ? PSC_MOVED : PSC_STILL;
}

/* Issues the list in the buffer until it is done. *done counts whole entries. */
static enum err issue(volatile struct psc_buffer *buffer, unsigned int last, unsigned int *done)
{
	const struct ghcb_request request = { .code = GHCB_PSC, .has_buffer = true };
	unsigned int still = 0;

	for (*done = 0;;) {
		struct ghcb_reply reply;
		enum err err = ghcb_exchange(&request, &reply);
		uint64_t header = buffer->header;

		if (err != OK)
			return err;
		switch (psc_judge(header, *done, last, done)) {
		case PSC_NONSENSE:
			hw_stop(REASON_GHCB_REPLY, header);
		case PSC_FINISHED:
			return reply.info2 == 0 ? OK : ERR_HOST;
		case PSC_MOVED:
			still = 0;
			break;
		case PSC_STILL:
			if (++still == PATIENCE)
				hw_stop(REASON_GHCB_REPLY, header);
			break;
		}
		if (reply.info2 != 0)
			return ERR_HOST;
	}
}

enum err ghcb_psc(pa_t start, uint64_t count, enum page_size size, bool to_private, uint64_t *done)
{
	volatile struct psc_buffer *buffer = (volatile void *)ghcb_own[hw_cpu()].page->buffer;

	for (*done = 0; *done < count;) {
		uint64_t left = count - *done;
		unsigned int n = left < PSC_ENTRIES ? (unsigned int)left : PSC_ENTRIES;
		unsigned int changed;
		enum err err;

		for (unsigned int i = 0; i < n; i++)
			buffer->entry[i] = psc_entry(pa_add(start, (*done + i) * size_bytes(size)),
						     size, to_private);
		buffer->header = psc_header(n - 1);
		err = issue(buffer, n - 1, &changed);
		*done += changed;
		if (err != OK)
			return err;
	}
	return OK;
}
