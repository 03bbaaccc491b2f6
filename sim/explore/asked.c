/* SPDX-License-Identifier: MIT */
/*
 * What a list asks for: each byte of it is read once, since the guest may write
 * it at any moment; `next` says how far the call has come; as far as that, what
 * was asked for has been done.
 */
#include "explore.h"

#include <svsm/abi.h>
#include <svsm/deposit.h>

#include <string.h>

static bool has_list(const struct explore_call *m)
{
	return m->rcx == 0 && (m->rax == SVSM_CORE_PVALIDATE || m->rax == SVSM_CORE_DEPOSIT_MEM);
}

/* VMPL0 goes through it from its beginning on. */
void asked_read(const struct host_op *op)
{
	uint64_t from = op->gpa - LIST(host_cpu);

	if ((op->kind != HOST_LOAD && op->kind != HOST_COPY_IN) || from >= PAGE_4K ||
	    host_cpu >= EXPLORE_CPUS)
		return;
	if (from < left->cpu[host_cpu].list_read)
		host_violation("a list is read twice");
	left->cpu[host_cpu].list_read = (uint16_t)(from + op->argument);
}

static bool is_done(const struct explore_call *m, uint64_t entry)
{
	enum page_size size = (enum page_size)(entry & SVSM_ENTRY_SIZE);
	pa_t page = pa(entry & SVSM_ENTRY_ADDRESS);
	enum page_state state;

	CHECK(page_state(page, &state) == OK);
	if (m->rax == SVSM_CORE_DEPOSIT_MEM)
		return state == PAGE_USED && deposit_overlaps(page, size);
	return state == ((entry & SVSM_ENTRY_VALIDATE) != 0 ? PAGE_GUEST : PAGE_NONE);
}

/* The last of a page's entries is what counts; all of a long list are of one page. */
static bool are_done(const struct explore_call *m, unsigned int next)
{
	unsigned int entries = next != 0 && m->repeat != 0 ? 1 : next;

	for (unsigned int i = 0; i < entries; i++)
		if ((i + 1 == entries || (m->entry[0] ^ m->entry[1]) >= PAGE_4K) &&
		    !is_done(m, m->entry[i]))
			return false;
	return true;
}

/* A hypervisor that lies takes lists and pages away; another's call may have changed them since. */
const char *asked_answered(unsigned int cpu, const struct explore_call *m, uint32_t result,
			   bool met)
{
	uint16_t count, next;

	if (!has_list(m))
		return NULL;
	/* What is read here the firmware has not. */
	words_end();
	memcpy(&count, host_page(LIST(cpu)) + SVSM_LIST_COUNT, sizeof(count));
	memcpy(&next, host_page(LIST(cpu)) + SVSM_LIST_NEXT, sizeof(next));
	if (result == SVSM_SUCCESS ? next != count : !host.lied && next >= count)
		return "the list does not say how far the call has come";
	return host.lied || met || are_done(m, next) ? NULL : "a call has not done what it says";
}
