/* SPDX-License-Identifier: MIT */
/* The hypervisor's list of APIC ids. [ghcb 5.6] */
#include "page.h"

#define LIST_PAGES 1ULL

/* A u32 count, then so many u32. */
struct apic_id_list {
	uint32_t count;
	uint32_t apic_id[CPU_MAX];
};
_Static_assert(sizeof(struct apic_id_list) <= LIST_PAGES * PAGE_4K, "ghcb 5.6");

/* How many pages the list takes, as the hypervisor says. */
static enum err ask(uint64_t pages, uint64_t buffer, uint64_t *said)
{
	const struct ghcb_request request = {
		.code = GHCB_GET_APIC_IDS,
		.info1 = buffer,
		.rax = pages,
		.has_rax = true,
	};
	struct ghcb_reply reply;

	if (ghcb_exchange(&request, &reply) != OK)
		return ERR_HOST;
	*said = reply.rax;
	return reply.has_rax ? OK : ERR_STATE;
}

enum err ghcb_apic_ids(void *va, pa_t page, uint32_t apic_id[CPU_MAX], unsigned int *count)
{
	const volatile struct apic_id_list *list = va;
	uint64_t pages;
	enum err err = ask(0, 0, &pages);

	if (err == OK && pages == LIST_PAGES)
		err = ask(LIST_PAGES, page.raw, &pages);
	if (err != OK)
		return err;
	if (pages != LIST_PAGES)
		return ERR_STATE;
	*count = list->count;
	if (*count == 0 || *count > CPU_MAX)
		return ERR_STATE;
	for (unsigned int i = 0; i < *count; i++)
		apic_id[i] = list->apic_id[i];
	return OK;
}
