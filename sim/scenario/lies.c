/* SPDX-License-Identifier: MIT */
/* What a hypervisor that means harm does: to instructions, replies, mappings. */
#include "apply.h"

#include <string.h>

#define CODE 0x390U /* in the GHCB page [ghcb 2] */
#define INFO1 0x398U
#define INFO2 0x3a0U
#define LIST_AT 0x800U
#define PSC 0x80000010ULL
#define PAGE_BITS (PAGE_4K - 1)

static struct {
	uint64_t refuse, pretend; /* counted down; 0: off */
} exits;

static void put(uint8_t *page, unsigned int at, uint64_t value)
{
	memcpy(page + at, &value, sizeof(value));
}

static uint64_t word(const uint8_t *page, unsigned int at)
{
	uint64_t value;

	memcpy(&value, page + at, sizeof(value));
	return value;
}

static bool is_due(uint64_t *nth)
{
	return *nth != 0 && --*nth == 0;
}

/* Each request by the GHCB page, before it is served. Other than 0: it is not. */
static uint32_t at_exit(const struct host_op *op)
{
	uint8_t *page;
	bool is_refused, is_pretended;

	if (op->kind != HOST_VMGEXIT || (op->gpa & PAGE_BITS) != 0)
		return 0;
	page = host_page(op->gpa);
	is_refused = is_due(&exits.refuse);
	is_pretended = is_due(&exits.pretend);
	if (page == NULL || (!is_refused && !is_pretended))
		return 0;
	/* [ghcb 4.1]: malformed input, an unknown reason; or nothing wrong */
	put(page, INFO1, is_refused ? 2 : 0);
	put(page, INFO2, is_refused ? 5 : 0);
	if (!is_refused && word(page, CODE) == PSC)
		put(page, LIST_AT, word(page, LIST_AT) + (word(page, LIST_AT) >> 16 & 0xffff) + 1);
	return 1;
}

static void flush(void)
{
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		snp_flush(&host.snp, cpu);
}

static void map(uint64_t gpa, uint64_t spa)
{
	host.snp.override[host.snp.overrides++] =
		(struct snp_slot){ .gpa = gpa, .spa = spa, .bytes = SNP_PAGE };
	flush();
}

static bool assign(uint64_t gpa, uint64_t spa)
{
	const struct snp_rmpupdate own = { .gpa = gpa, .assigned = true, .asid = host.snp.asid };

	if (snp_rmp_head(&host.snp, spa)->size_2m &&
	    snp_psmash(&host.snp, align_down(spa, PAGE_2M)) != SNP_OK)
		return false;
	return snp_rmpupdate(&host.snp, spa, &own) == SNP_OK;
}

static const char *remap(const struct scenario_line *l)
{
	uint64_t spa = SNP_UNMAPPED;

	host.lied = true;
	if (l->word == SCENARIO_RESTORE) {
		host.snp.overrides = 0;
		flush();
		return NULL;
	}
	if (l->word != SCENARIO_UNMAP && !snp_gpa_to_spa(&host.snp, l->other, &spa))
		return not_so("nothing is mapped at 0x%llx", (unsigned long long)l->other);
	if (l->word == SCENARIO_ASSIGN && !assign(l->address, spa))
		return not_so("the CPU refuses RMPUPDATE");
	map(l->address, spa);
	return NULL;
}

static const char *take(const struct scenario_line *l)
{
	host.lied = true;
	if (!snp_page_state(&host.snp, l->address, l->size == SIZE_2M, false))
		return not_so("the CPU refuses RMPUPDATE");
	flush();
	return NULL;
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
		host.hook = at_exit;
		return NULL;
	case SCENARIO_PRETEND:
		exits.pretend = l->count;
		host.hook = at_exit;
		return NULL;
	case SCENARIO_TAKE:
		return take(l);
	default:
		return remap(l);
	}
}
