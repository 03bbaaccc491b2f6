/* SPDX-License-Identifier: MIT */
/*
 * Pages between private and shared, as the hypervisor does it. A page that is
 * already in the wanted state keeps all of it, Validated included.
 */
#include "model.h"

/* What another key makes of the contents: noise. Fast, for 2M pages in TCG. */
static void scramble_page(struct snp *m, uint64_t spa)
{
	uint8_t *page = m->ops.memory(m, spa);
	uint64_t x = model_random(m), step = model_random(m) | 1;

	for (size_t at = 0; at < SNP_PAGE; at += 4 * sizeof(x)) {
		model_store64(page + at, x);
		model_store64(page + at + 8, x += step);
		model_store64(page + at + 16, x += step);
		model_store64(page + at + 24, x += step);
		x += step;
	}
}

static void switched(struct snp *m, uint64_t spa, uint64_t bytes, bool to_private)
{
	uint64_t *counter = to_private ? &m->count.psc_private : &m->count.psc_shared;

	for (uint64_t at = 0; at < bytes; at += SNP_PAGE)
		scramble_page(m, spa + at);
	*counter += bytes / SNP_PAGE;
}

static bool update(struct snp *m, uint64_t gpa, uint64_t spa, bool size_2m, bool to_private)
{
	struct snp_rmpupdate u = { .size_2m = size_2m };

	if (to_private) {
		u.assigned = true;
		u.gpa = gpa;
		u.asid = m->asid;
	}
	if (snp_rmpupdate(m, spa, &u) != SNP_OK)
		return false;
	switched(m, spa, size_2m ? SNP_2M : SNP_PAGE, to_private);
	return true;
}

static bool state_4k(struct snp *m, uint64_t gpa, bool to_private)
{
	const struct snp_rmp_entry *head;
	struct model_map map;

	if (!model_find(m, gpa, &map))
		return false;
	head = snp_rmp_head(m, map.spa);
	if (head == NULL)
		return false;
	if (!head->assigned)
		return !to_private || update(m, gpa, map.spa, false, true);
	if (rmp_owned(m, map.spa, gpa) == NULL)
		return false;
	if (to_private)
		return true;
	if (head->size_2m && snp_psmash(m, map.spa & ~(SNP_2M - 1)) != SNP_OK)
		return false;
	return update(m, gpa, map.spa, false, false);
}

/* One RMPUPDATE does for the whole 2M page; else it goes page by page. */
static bool fits_2m(const struct snp *m, uint64_t gpa, bool to_private, uint64_t *spa)
{
	const struct snp_rmp_entry *head;
	struct model_map map;

	if (!model_find(m, gpa, &map) || !map.can_map_2m)
		return false;
	*spa = map.spa;
	if (to_private)
		return rmp_region_free(m, map.spa);
	head = rmp_owned(m, map.spa, gpa);
	return head != NULL && head->size_2m;
}

bool snp_page_state(struct snp *m, uint64_t gpa, bool size_2m, bool to_private)
{
	uint64_t bytes = size_2m ? SNP_2M : SNP_PAGE, spa;

	if ((gpa & (bytes - 1)) != 0)
		return false;
	if (!size_2m)
		return state_4k(m, gpa, to_private);
	if (fits_2m(m, gpa, to_private, &spa))
		return update(m, gpa, spa, true, to_private);
	for (uint64_t at = 0; at < SNP_2M; at += SNP_PAGE)
		if (!state_4k(m, gpa + at, to_private))
			return false;
	return true;
}

bool snp_nested_fault(struct snp *m, uint64_t gpa, uint64_t error)
{
	const struct snp_rmp_entry *head;
	struct model_map map;

	gpa &= ~(SNP_PAGE - 1);
	if ((error & SNP_NPF_RMP) == 0 || (error & SNP_NPF_ENC) == 0 || !model_find(m, gpa, &map))
		return false;
	if ((error & SNP_NPF_SIZEM) != 0)
		return snp_psmash(m, map.spa & ~(SNP_2M - 1)) == SNP_OK;
	head = snp_rmp_head(m, map.spa);
	if (head == NULL || head->assigned)
		return false;
	return snp_page_state(m, gpa, false, true);
}
