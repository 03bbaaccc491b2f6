/* SPDX-License-Identifier: MIT */
/* See lie.h. */
#include "model.h"

#include <snp/lie.h>

#define CODE 0x390U /* in the GHCB page [ghcb 2] */
#define INFO1 0x398U
#define INFO2 0x3a0U
#define LIST_AT 0x800U
#define PSC 0x80000010ULL
/* [ghcb 4.1]: malformed input, an unknown reason */
#define MALFORMED 2U
#define UNKNOWN 5U

void snp_lie_answer(uint8_t *ghcb, bool is_refused)
{
	uint64_t list = model_load64(ghcb + LIST_AT);

	model_store64(ghcb + INFO1, is_refused ? MALFORMED : 0);
	model_store64(ghcb + INFO2, is_refused ? UNKNOWN : 0);
	/* All entries are behind it. */
	if (!is_refused && model_load64(ghcb + CODE) == PSC)
		model_store64(ghcb + LIST_AT, list + (list >> 16 & 0xffff) + 1);
}

void snp_lie_flush(struct snp *m)
{
	for (unsigned int cpu = 0; cpu < m->vcpus; cpu++)
		snp_flush(m, cpu);
}

void snp_lie_map(struct snp *m, uint64_t gpa, uint64_t spa)
{
	m->override[m->overrides++] =
		(struct snp_slot){ .gpa = gpa, .spa = spa, .bytes = SNP_PAGE };
	model_changed(m, gpa, SNP_PAGE);
	snp_lie_flush(m);
}

bool snp_lie_assign(struct snp *m, uint64_t gpa, uint64_t spa)
{
	const struct snp_rmpupdate own = { .gpa = gpa, .assigned = true, .asid = m->asid };

	if (snp_rmp_head(m, spa)->size_2m && snp_psmash(m, spa & ~(SNP_2M - 1)) != SNP_OK)
		return false;
	if (snp_rmpupdate(m, spa, &own) != SNP_OK)
		return false;
	snp_lie_map(m, gpa, spa);
	return true;
}

void snp_lie_restore(struct snp *m)
{
	while (m->overrides != 0)
		model_changed(m, m->override[--m->overrides].gpa, SNP_PAGE);
	snp_lie_flush(m);
}
