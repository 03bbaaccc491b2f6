/* SPDX-License-Identifier: MIT */
/* The guest's memory: what it writes there, what is there, what it may do with it. */
#include "apply.h"

#include <string.h>
#include <svsm/abi.h>

/* By the RMP as it is now; no translation is kept of it. */
static bool may_write(uint64_t address)
{
	return snp_check(&host.snp, host.vmpl, address, true, SNP_WRITE).outcome == SNP_ACCESS_OK;
}

static const char *write_memory(const struct scenario *s, const struct scenario_line *l)
{
	if (!may_write(l->address))
		return not_so("the guest may not write to 0x%llx", (unsigned long long)l->address);
	if (l->word == SCENARIO_VMSA) {
		host_build_vmsa(l->address);
	} else if (l->word == SCENARIO_WRITE) {
		memcpy(host_page(l->address) + l->address % PAGE_4K, &l->value, l->bytes);
	} else {
		uint8_t *list = host_page(l->address) + l->address % PAGE_4K;
		const uint16_t header[SVSM_LIST_HEADER / 2] = { (uint16_t)l->count, l->next };

		memcpy(list, header, sizeof(header));
		memcpy(list + SVSM_LIST_HEADER, s->entry + l->entry,
		       l->entries * sizeof(*s->entry));
	}
	return NULL;
}

static const char *read_memory(const struct scenario_line *l)
{
	const uint8_t *page = host_page(l->address);
	uint64_t value = 0;

	if (page == NULL)
		return not_so("nothing is mapped at 0x%llx", (unsigned long long)l->address);
	memcpy(&value, page + l->address % PAGE_4K, l->bytes);
	if (value == l->expect.value)
		return NULL;
	return not_so("0x%llx is there, not 0x%llx", (unsigned long long)value,
		      (unsigned long long)l->expect.value);
}

/* As the CPU does it, through its TLB. */
static const char *access_memory(const struct scenario_line *l)
{
	const unsigned int before = host_cpu;
	bool is_allowed;

	host_on(l->cpu);
	is_allowed = host_guest_may(l->address, (enum snp_access_kind)l->what);
	host_on(before);
	if (is_allowed == (l->expect.value != 0))
		return NULL;
	return is_allowed ? "the guest can" : "the guest cannot";
}

const char *apply_memory(const struct scenario *s, const struct scenario_line *l)
{
	if (l->word == SCENARIO_READ)
		return read_memory(l);
	return l->word == SCENARIO_ACCESS ? access_memory(l) : write_memory(s, l);
}
