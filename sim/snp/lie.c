/* SPDX-License-Identifier: MIT */
/* See lie.h. */
#include "model.h"

#include <snp/ghcb_page.h>
#include <snp/lie.h>

void snp_lie_answer(uint8_t *ghcb, bool is_refused)
{
	uint64_t list = model_load64(ghcb + GHCB_PAGE_BUFFER);

	model_store64(ghcb + GHCB_PAGE_INFO1, is_refused ? GHCB_REFUSED : 0);
	model_store64(ghcb + GHCB_PAGE_INFO2, is_refused ? GHCB_REFUSED_UNKNOWN : 0);
	/* All entries are behind it. */
	if (!is_refused && model_load64(ghcb + GHCB_PAGE_CODE) == GHCB_NAE_PSC)
		model_store64(ghcb + GHCB_PAGE_BUFFER, list + (list >> 16 & 0xffff) + 1);
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
