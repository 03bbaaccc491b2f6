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

static enum err take(pa_t region, bool *partly)
{
	uint64_t done;
	enum err err = ghcb_psc(region, 1, SIZE_2M, true, &done);

	*partly = false;
	if (err != OK)
		return err;
	err = accept_validate(region);
	/* Half validated, it stays claimed: it could not be told from a double validation. */
	*partly = err != OK;
	return err;
}

enum err accept_more(void)
{
	bool partly;
	pa_t region;
	enum err err = frame_grow(&region);

	if (err != OK)
		return err;
	err = take(region, &partly);
	if (!partly)
		frame_grown(frame_cpu(hw_cpu()), region, err == OK);
	return err;
}

/* Memory for the rows in which the page's state is to be kept. */
static enum err accept_rows(pa_t page)
{
	pa_t region = page_rows(page);
	bool partly;
	enum err err = frame_grow_rows(region);

	if (err != OK)
		return err == ERR_STATE ? OK : err;
	err = take(region, &partly);
	if (!partly)
		frame_grown_rows(region, err == OK);
	return err;
}

enum err accept_claim(pa_t page, enum page_size size, enum page_state from)
{
	enum err err = page_claim(page, size, from);

	while (err == ERR_NO_MEMORY) {
		err = accept_rows(page);
		if (err == OK)
			err = page_claim(page, size, from);
	}
	return err;
}

enum err accept_claim_run(pa_t page, unsigned int count, enum page_state from)
{
	unsigned int done = page_claim_run(page, count, from);

	while (done < count) {
		enum err err = accept_claim(pa_add(page, done * PAGE_4K), SIZE_4K, from);

		if (err != OK)
			return err;
		done++;
		done += page_claim_run(pa_add(page, done * PAGE_4K), count - done, from);
	}
	return OK;
}
