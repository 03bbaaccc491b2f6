/* SPDX-License-Identifier: MIT */
/* The reverse map table: lookups, RMPUPDATE, PSMASH [snp-arch 1, 2, 10]. */
#include "model.h"

#define GPA_LIMIT (1ULL << 51) /* GPA field: bits 50:12 [snp-arch 1.2] */
#define PERM_ALL (SNP_PERM_R | SNP_PERM_W | SNP_PERM_XU | SNP_PERM_XS)

struct snp_rmp_entry *snp_rmp(const struct snp *m, uint64_t spa)
{
	uint64_t index;

	if (spa < m->rmp_base)
		return NULL;
	index = (spa - m->rmp_base) / SNP_PAGE;
	return index < m->rmp_frames ? &m->rmp[index] : NULL;
}

struct snp_rmp_entry *snp_rmp_head(const struct snp *m, uint64_t spa)
{
	struct snp_rmp_entry *head = snp_rmp(m, spa & ~(SNP_2M - 1));

	return head != NULL && head->assigned && head->size_2m ? head : snp_rmp(m, spa);
}

struct snp_rmp_entry *rmp_owned(const struct snp *m, uint64_t spa, uint64_t gpa)
{
	struct snp_rmp_entry *head = snp_rmp_head(m, spa);
	uint64_t page = gpa & ~(SNP_PAGE - 1), inside;

	if (head == NULL || !head->assigned || head->asid != m->asid)
		return NULL;
	inside = head->size_2m ? spa & (SNP_2M - SNP_PAGE) : 0;
	if (head->gpa + inside != page || head->immutable)
		return NULL;
	return head;
}

bool rmp_region_free(const struct snp *m, uint64_t spa)
{
	uint64_t base = spa & ~(SNP_2M - 1);

	for (uint64_t at = base; at < base + SNP_2M; at += SNP_PAGE) {
		const struct snp_rmp_entry *e = snp_rmp(m, at);

		if (e != NULL && e->assigned)
			return false;
	}
	return true;
}

static bool operand_ok(uint64_t spa, const struct snp_rmpupdate *u)
{
	uint64_t mask = (u->size_2m ? SNP_2M : SNP_PAGE) - 1;

	if (((spa | u->gpa) & mask) != 0 || u->gpa >= GPA_LIMIT)
		return false;
	if (!u->assigned)
		return u->asid == 0 && !u->immutable;
	return u->asid != 0 || u->immutable;
}

static bool covered(const struct snp *m, uint64_t spa, uint64_t bytes)
{
	return snp_rmp(m, spa) != NULL && snp_rmp(m, spa + bytes - SNP_PAGE) != NULL;
}

static enum snp_code blocked_4k(const struct snp *m, uint64_t spa)
{
	const struct snp_rmp_entry *head = snp_rmp_head(m, spa);

	if (head->in_use)
		return SNP_FAIL_INUSE;
	if (head->immutable)
		return SNP_FAIL_PERMISSION;
	return head->size_2m ? SNP_FAIL_OVERLAP : SNP_OK;
}

static enum snp_code blocked_2m(const struct snp *m, uint64_t spa)
{
	bool in_use = false, immutable = false, overlap = false;

	for (uint64_t at = spa; at < spa + SNP_2M; at += SNP_PAGE) {
		const struct snp_rmp_entry *e = snp_rmp(m, at);

		in_use |= e->in_use;
		immutable |= e->immutable;
		overlap |= e->assigned && !e->size_2m;
	}
	if (in_use)
		return SNP_FAIL_INUSE;
	if (immutable)
		return SNP_FAIL_PERMISSION;
	return overlap ? SNP_FAIL_OVERLAP : SNP_OK;
}

enum snp_code snp_rmpupdate(struct snp *m, uint64_t spa, const struct snp_rmpupdate *u)
{
	uint64_t bytes = u->size_2m ? SNP_2M : SNP_PAGE;
	struct snp_rmp_entry *e = snp_rmp(m, spa);
	struct snp_rmp_entry old;
	enum snp_code code;

	if (!operand_ok(spa, u) || !covered(m, spa, bytes))
		return SNP_FAIL_INPUT;
	code = u->size_2m ? blocked_2m(m, spa) : blocked_4k(m, spa);
	if (code != SNP_OK)
		return code;
	old = *e;
	memset(e, 0, sizeof(*e));
	if (u->assigned) {
		e->assigned = 1;
		e->gpa = u->gpa;
		e->asid = u->asid;
		e->size_2m = u->size_2m;
		e->immutable = u->immutable;
		e->perm[0] = PERM_ALL;
		model_changed(m, u->gpa, bytes);
	}
	if (old.assigned && (old.gpa != u->gpa || !u->assigned))
		model_changed(m, old.gpa, bytes);
	return SNP_OK;
}

enum snp_code snp_psmash(struct snp *m, uint64_t spa)
{
	struct snp_rmp_entry *e = snp_rmp(m, spa);
	struct snp_rmp_entry state;

	if ((spa & (SNP_2M - 1)) != 0)
		return SNP_FAIL_INPUT;
	if (e == NULL || !e->assigned || !e->size_2m || e->immutable)
		return SNP_FAIL_BADADDR;
	if (e->in_use)
		return SNP_FAIL_INUSE;
	state = *e;
	state.size_2m = 0;
	for (uint64_t i = 0; i < SNP_2M_PAGES; i++) {
		e[i] = state;
		state.gpa += SNP_PAGE;
	}
	m->count.psmash++;
	model_changed(m, e->gpa, SNP_2M);
	return SNP_OK;
}
