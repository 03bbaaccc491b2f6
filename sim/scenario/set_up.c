/* SPDX-License-Identifier: MIT */
/* Memory as it is before anything happens. */
#include "apply.h"

#include <svsm/accept.h>
#include <svsm/frame.h>
#include <svsm/page.h>

/* As PVALIDATE leaves it: validated, zero, the guest's by RMP and record. */
static bool give(pa_t page, enum page_size size)
{
	struct hw_pvalidate_result r;

	if (page_claim(page, size, PAGE_NONE) != OK)
		return false;
	r = hw_pvalidate(page, size, true);
	if (r.code != RMP_OK || r.unchanged || hw_zero(page, size) != OK)
		return false;
	for (unsigned int vmpl = 1; vmpl <= host.vmpl; vmpl++)
		if (hw_rmpadjust(page, size, vmpl, PERM_ALL, false) != RMP_OK)
			return false;
	page_settle(page, size, PAGE_GUEST);
	return true;
}

const char *apply_page(const struct scenario_line *l)
{
	bool is_done;

	switch ((enum scenario_page)l->what) {
	case SCENARIO_GIVEN:
		is_done = give(pa(l->address), l->size);
		break;
	case SCENARIO_SHARED:
		is_done = snp_page_state(&host.snp, l->address, l->size == SIZE_2M, false);
		break;
	default: /* SPA = GPA there */
		is_done = snp_psmash(&host.snp, l->address) == SNP_OK;
		break;
	}
	return is_done ? NULL : not_so("the page cannot be made so");
}

/* `used`: those accepted so far. `none`: nor is there more to accept. */
const char *apply_frames(const struct scenario_line *l)
{
	pa_t frame;

	do {
		while (frame_alloc(frame_cpu(0), &frame) == OK)
			;
	} while (l->what == SCENARIO_NONE && accept_more() == OK);
	return NULL;
}
