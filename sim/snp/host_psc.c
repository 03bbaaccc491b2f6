/* SPDX-License-Identifier: MIT */
/* The page state change event [ghcb 5.4]. */
#include "host.h"

#define HEADER_BYTES 8U
#define BUFFER_END 0xff0U
#define BAD_HEADER 0x100000001ULL
#define BAD_ENTRY 0x100000002ULL
#define GENERIC 0x10000000000ULL

/* Entry: 11:0 current page, 51:12 gfn, 55:52 operation, 56 2M, rest reserved. */
#define ENTRY_CURRENT 0xfffULL
#define ENTRY_ADDRESS 0x000ffffffffff000ULL
#define ENTRY_2M (1ULL << 56)
#define ENTRY_RESERVED (0x7fULL << 57)

/* Pages of the entry from its current one on; 4K pages where it was left inside. */
static bool change(struct snp *m, uint64_t gpa, uint64_t current, bool is_2m, bool to_private)
{
	if (!is_2m || current == 0)
		return snp_page_state(m, gpa, is_2m, to_private);
	for (uint64_t page = current; page < SNP_2M_PAGES; page++)
		if (!snp_page_state(m, gpa + page * SNP_PAGE, false, to_private))
			return false;
	return true;
}

static uint64_t serve_entry(struct snp *m, uint8_t *at)
{
	uint64_t entry = model_load64(at), current = entry & ENTRY_CURRENT;
	uint64_t gpa = entry & ENTRY_ADDRESS;
	unsigned int operation = (entry >> 52) & 0xf;
	bool is_2m = (entry & ENTRY_2M) != 0;
	uint64_t limit = is_2m ? SNP_2M_PAGES : 1;

	if (current > limit || (entry & ENTRY_RESERVED) != 0 ||
	    (is_2m && (gpa & (SNP_2M - 1)) != 0))
		return BAD_ENTRY;
	if (current < limit && (operation == 1 || operation == 2) &&
	    !change(m, gpa, current, is_2m, operation == 1))
		return GENERIC;
	/* Other operations are accepted and do nothing, as in KVM. */
	model_store64(at, (entry & ~ENTRY_CURRENT) | limit);
	return 0;
}

void host_psc(struct nae *n)
{
	uint8_t *list = host_scratch(n, HEADER_BYTES);
	uint64_t offset, entries, served = 0;
	uint16_t current, end;

	if (list == NULL)
		return;
	memcpy(&current, list, sizeof(current));
	memcpy(&end, list + 2, sizeof(end));
	offset = (uint64_t)(list - n->page);
	entries = (BUFFER_END - offset - HEADER_BYTES) / 8;
	if (end >= entries || model_load32(list + 4) != 0) {
		n->out2 = BAD_HEADER;
		return;
	}
	for (; current <= end; current++) {
		if (n->m->psc_chunk != 0 && served++ == n->m->psc_chunk)
			break;
		n->out2 = serve_entry(n->m, list + HEADER_BYTES + 8U * current);
		if (n->out2 != 0)
			break;
	}
	model_store16(list, current);
}
