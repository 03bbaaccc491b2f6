/* SPDX-License-Identifier: MIT */
/* What of pages must be so besides host_invariants(): by what this tool knows of its guests. */
#include "explore.h"

#include <svsm/frame.h>

/* However it came by its rights: not to what has not been zeroed. */
void looks_contents(void)
{
	const uint64_t pages[] = { F0, F1, F2, F3, FRAME_2M };
	uint64_t spa;

	for (unsigned int i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		const struct snp_rmp_entry *e;

		if (!snp_gpa_to_spa(&host.snp, pages[i], &spa))
			continue;
		e = snp_rmp_head(&host.snp, spa);
		if (e->assigned && e->validated && (e->perm[1] | e->perm[2] | e->perm[3]) != 0)
			host_granted(pages[i], PAGE_4K);
	}
}

/* What a vCPU owns is nobody's to lend or to validate: looked at between accesses to shared words.
 */
const char *looks_owners(void)
{
	const uint64_t pages[] = { F0, F1, F2, F3, VMSA(1), CA(1), VMSA(2), CA(2) };
	enum page_state state;

	for (unsigned int i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (page_state(pa(pages[i]), &state) == OK && state == PAGE_GUEST &&
		    vcpu_owns(pa(pages[i]), SIZE_4K))
			return "a page is the guest's and owned";
	return NULL;
}

static bool has_all_rights(uint64_t gpa)
{
	const struct snp_rmp_entry *e;
	uint64_t spa;

	CHECK(snp_gpa_to_spa(&host.snp, gpa, &spa));
	e = snp_rmp_head(&host.snp, spa);
	for (unsigned int vmpl = 1; vmpl <= host.vmpl; vmpl++)
		if (e->perm[vmpl] != PERM_ALL)
			return false;
	return true;
}

/* Nor do they give any to those below them. */
static bool has_more_rights(uint64_t gpa)
{
	const struct snp_rmp_entry *e;
	uint64_t spa;

	if (!snp_gpa_to_spa(&host.snp, gpa, &spa))
		return false;
	e = snp_rmp_head(&host.snp, spa);
	for (unsigned int vmpl = host.vmpl + 1; vmpl < SNP_VMPLS; vmpl++)
		if (e->assigned && e->validated && e->perm[vmpl] != 0)
			return true;
	return false;
}

/* These guests take none from themselves. */
const char *looks_rights(void)
{
	enum page_state state;

	for (uint64_t at = HOST_GUEST_PAGES; at <= F4; at += PAGE_4K)
		if (has_more_rights(at))
			return "a page is another VMPL's too";
	if (has_more_rights(FRAME_2M))
		return "a page is another VMPL's too";
	for (uint64_t at = HOST_GUEST_PAGES; at <= F3 && !host.lied; at += PAGE_4K)
		if (page_state(pa(at), &state) == OK && state == PAGE_GUEST && !has_all_rights(at))
			return "a page of the guest's has not all its rights";
	return NULL;
}

/* What PVALIDATE has not changed was not accepted, unless another lie took it away. */
const char *looks_frames(void)
{
	enum page_state state;
	uint64_t spa;

	for (uint64_t at = PAGE_2M; left->only_unchanged && at < HOST_SVSM_BYTES; at += PAGE_4K)
		if (frame_state(pa(HOST_SVSM_GPA + at), &state) == OK && state == PAGE_FREE &&
		    (!snp_gpa_to_spa(&host.snp, HOST_SVSM_GPA + at, &spa) ||
		     !snp_rmp_head(&host.snp, spa)->validated))
			return "memory is accepted that is not validated";
	return NULL;
}
