/* SPDX-License-Identifier: MIT */
/* The GHCB page of each vCPU and one exchange over it: see page.h. */
#include "page.h"

#include <svsm/ghcb.h>
#include <svsm/hw.h>

#define VERSION 2U
#define USAGE_STANDARD 0U

/* Bit n of the valid bitmap covers the quadword at 8n [ghcb 2]. */
#define VALID_RAX (1ULL << 63)		/* word 0 */
#define VALID_EXIT (7ULL << (114 - 64)) /* word 1: code, info 1, info 2 */
#define VALID_SCRATCH (1ULL << (117 - 64))

#define REPLY_OK 0ULL
#define REPLY_INVALID 2ULL

static struct {
	volatile struct ghcb_page *page;
	pa_t at;
} own[GHCB_CPUS];

enum err ghcb_init(void *va, pa_t page)
{
	enum err err = msr_register_ghcb(page);

	if (err != OK)
		return err;
	own[hw_cpu()].page = va;
	own[hw_cpu()].at = page;
	hw_set_ghcb_msr(page.raw);
	return OK;
}

bool ghcb_ready(void)
{
	return own[hw_cpu()].page != NULL;
}

volatile struct ghcb_page *ghcb_page(void)
{
	return own[hw_cpu()].page;
}

static void send(volatile struct ghcb_page *page, const struct ghcb_request *request)
{
	uint64_t valid = VALID_EXIT;

	page->exit_code = request->code;
	page->exit_info1 = request->info1;
	page->exit_info2 = request->info2;
	page->rax = request->rax;
	if (request->has_buffer) {
		page->scratch = own[hw_cpu()].at.raw + offsetof(struct ghcb_page, buffer);
		valid |= VALID_SCRATCH;
	}
	page->version = VERSION;
	page->usage = USAGE_STANDARD;
	page->valid[0] = request->has_rax ? VALID_RAX : 0;
	page->valid[1] = valid;
	hw_vmgexit();
}

enum err ghcb_exchange(const struct ghcb_request *request, struct ghcb_reply *reply)
{
	volatile struct ghcb_page *page = own[hw_cpu()].page;
	uint64_t result;

	send(page, request);
	result = page->exit_info1;
	reply->info2 = page->exit_info2;
	reply->has_rax = (page->valid[0] & VALID_RAX) != 0;
	reply->rax = page->rax;
	if (result == REPLY_OK)
		return OK;
	if (result != REPLY_INVALID)
		hw_stop(REASON_GHCB_REPLY, result);
	return ERR_HOST;
}
