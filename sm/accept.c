/* SPDX-License-Identifier: MIT */
/*
 * Lazy acceptance of the SVSM's own memory, 2 MiB at a time: claim, page
 * state change, PVALIDATE, settle. Until settled nobody else sees the region.
 */
#include <svsm/accept.h>
#include <svsm/frame.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/page.h>

/* Memory that was never accepted and yet is validated: the hypervisor plays with mappings. */
static enum err accepted(struct hw_pvalidate_result r, pa_t page)
{
	if (r.code == RMP_OK && r.unchanged)
		hw_stop(REASON_PVALIDATE, page.raw);
	return r.code == RMP_OK ? OK : ERR_RMP;
}

enum err accept_validate(pa_t region)
{
	struct hw_pvalidate_result r = hw_pvalidate(region, SIZE_2M, true);
	enum err err = OK;

	if (r.code != RMP_FAIL_SIZEMISMATCH)
		return accepted(r, region);
	for (unsigned int i = 0; i < FRAMES_PER_2M && err == OK; i++) {
		pa_t page = pa_add(region, i * PAGE_4K);

		err = accepted(hw_pvalidate(page, SIZE_4K, true), page);
	}
	return err;
}

enum err accept_more(void)
{
	uint64_t done;
	pa_t region;
	enum err err = frame_grow(&region);

	if (err != OK)
		return err;
	err = ghcb_psc(region, 1, SIZE_2M, true, &done);
	if (err != OK) {
		frame_grown(frame_cpu(hw_cpu()), region, false);
		return err;
	}
	err = accept_validate(region);
	/* Half validated, it stays claimed: it could not be told from a double validation. */
	if (err == OK)
		frame_grown(frame_cpu(hw_cpu()), region, true);
	return err;
}
