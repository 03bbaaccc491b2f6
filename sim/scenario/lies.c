/* SPDX-License-Identifier: MIT */
/* What a hypervisor that means harm does: to instructions, replies, mappings. */
#include "apply.h"

#include <snp/lie.h>

#define PAGE_BITS (PAGE_4K - 1)

static struct {
	uint64_t refuse, pretend; /* counted down; 0: off */
} exits;

static struct {
	uint64_t page[SCENARIO_TOUCHES];
	unsigned int pages;
} touched;

static bool count_down(uint64_t *nth)
{
	return *nth != 0 && --*nth == 0;
}

/* Every guest that runs has a translation of what it can reach. */
static void touch(void)
{
	const unsigned int before = host_cpu;

	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++) {
		if (host.guest_of[cpu].busy || host.guest_of[cpu].asleep)
			continue;
		host_on(cpu);
		for (unsigned int i = 0; i < touched.pages; i++)
			(void)host_guest_may(touched.page[i], SNP_READ);
	}
	host_on(before);
}

/* Before each operation; each request by the GHCB page. Other than 0: it is not served. */
static uint32_t at_operation(const struct host_op *op)
{
	uint8_t *page;
	bool is_refused, is_pretended;

	touch();
	if (op->kind != HOST_VMGEXIT || (op->gpa & PAGE_BITS) != 0)
		return 0;
	page = host_page(op->gpa);
	is_refused = count_down(&exits.refuse);
	is_pretended = count_down(&exits.pretend);
	if (page == NULL || (!is_refused && !is_pretended))
		return 0;
	snp_lie_answer(page, is_refused);
	return 1;
}

static const char *remap(const struct scenario_line *l)
{
	uint64_t spa = SNP_UNMAPPED;

	host.lied = true;
	if (l->word == SCENARIO_RESTORE) {
		snp_lie_restore(&host.snp);
		return NULL;
	}
	if (host.snp.overrides == SNP_OVERRIDES)
		return not_so("more than %u pages mapped elsewhere", SNP_OVERRIDES);
	if (l->word != SCENARIO_UNMAP && !snp_gpa_to_spa(&host.snp, l->other, &spa))
		return not_so("nothing is mapped at 0x%llx", (unsigned long long)l->other);
	if (l->word == SCENARIO_ASSIGN)
		return snp_lie_assign(&host.snp, l->address, spa)
			       ? NULL
			       : not_so("the CPU refuses RMPUPDATE");
	snp_lie_map(&host.snp, l->address, spa);
	return NULL;
}

static const char *take(const struct scenario_line *l)
{
	host.lied = true;
	if (!snp_page_state(&host.snp, l->address, l->size == SIZE_2M, false))
		return not_so("the CPU refuses RMPUPDATE");
	snp_lie_flush(&host.snp);
	return NULL;
}

bool lies_await(void)
{
	bool is_due = exits.refuse != 0 || exits.pretend != 0;

	for (unsigned int kind = 0; kind < HOST_KINDS; kind++)
		is_due |= host.fail[kind].nth != 0;
	return is_due;
}

bool scenario_awaited(const struct scenario_line *l)
{
	switch (l->word) {
	case SCENARIO_FAIL:
		return host.fail[l->what].nth != 0;
	case SCENARIO_REFUSE:
		return exits.refuse != 0;
	case SCENARIO_PRETEND:
		return exits.pretend != 0;
	default:
		return false;
	}
}

const char *apply_lie(const struct scenario_line *l)
{
	switch (l->word) {
	case SCENARIO_FAIL:
		host_fail((enum host_kind)l->what, (unsigned int)l->count, (uint32_t)l->other);
		return NULL;
	case SCENARIO_REFUSE:
		exits.refuse = l->count;
		host.hook = at_operation;
		return NULL;
	case SCENARIO_PRETEND:
		exits.pretend = l->count;
		host.hook = at_operation;
		return NULL;
	case SCENARIO_TOUCH:
		if (touched.pages == SCENARIO_TOUCHES)
			return not_so("more than %u pages", SCENARIO_TOUCHES);
		touched.page[touched.pages++] = l->address;
		host.hook = at_operation;
		return NULL;
	case SCENARIO_TAKE:
		return take(l);
	case SCENARIO_LOSS:
		host.lied = true;
		return NULL;
	default:
		return remap(l);
	}
}
