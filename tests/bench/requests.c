/* SPDX-License-Identifier: MIT */
/* See requests.h. */
#include "requests.h"

#include <svsm/abi.h>

#include <stdio.h>
#include <stdlib.h>

#define FIRST_REGION 0x400000ULL
#define REGIONS_EACH 3U /* two of small pages, the second's end with the list; one large page */
#define PAGES (2 * FRAMES_PER_2M)

const char *const kind_name[KINDS] = { "contiguous", "scattered", "2m", "query" };

static uint64_t base(unsigned int cpu)
{
	return FIRST_REGION + cpu * REGIONS_EACH * PAGE_2M;
}

static uint64_t list_of(unsigned int cpu)
{
	return base(cpu) + 2 * PAGE_2M - PAGE_4K;
}

static void must(uint64_t result, const char *what)
{
	if (result == SVSM_SUCCESS)
		return;
	fprintf(stderr, "%s: 0x%llx\n", what, (unsigned long long)result);
	exit(1);
}

static uint64_t call(uint64_t rax, uint64_t rcx)
{
	const struct host_registers r = { .rax = rax, .rcx = rcx };

	return host_call_with(&r);
}

void requests_setup(unsigned int vcpus)
{
	host_new_cpus(1, vcpus);
	host_serve(EV_START);
	for (unsigned int cpu = 0; cpu < vcpus; cpu++) {
		const uint64_t entries[] = { (list_of(cpu)) | SVSM_ENTRY_VALIDATE,
					     base(cpu) | SVSM_ENTRY_VALIDATE };
		uint64_t vmsa = HOST_LIST + (2 * cpu) * PAGE_4K;

		host_list(HOST_LIST, entries, 2, 0);
		must(call(SVSM_CORE_PVALIDATE, HOST_LIST), "list");
		if (cpu != 0)
			must(host_create(cpu, vmsa, vmsa + PAGE_4K), "CREATE_VCPU");
	}
}

/* Page 0 was validated to split the region. */
static uint64_t entry_of(unsigned int cpu, enum kind kind, unsigned int i)
{
	switch (kind) {
	case KIND_RUN:
		return base(cpu) + (ROW_FRAMES + i) * PAGE_4K;
	case KIND_SCATTERED:
		return base(cpu) + (1 + i * (ROW_FRAMES + 1)) % PAGES * PAGE_4K;
	default:
		return (base(cpu) + 2 * PAGE_2M) | SIZE_2M;
	}
}

unsigned int requests_make(unsigned int cpu, enum kind kind, bool validate)
{
	unsigned int count = kind == KIND_2M	      ? 1
			     : kind == KIND_SCATTERED ? PAGES / ROW_FRAMES - 1
						      : ENTRIES;
	uint64_t entries[ENTRIES];

	if (kind == KIND_QUERY) {
		must(call(SVSM_CORE_QUERY_PROTOCOL, 1), "QUERY_PROTOCOL");
		return 1;
	}
	for (unsigned int i = 0; i < count; i++)
		entries[i] = entry_of(cpu, kind, i) | (validate ? SVSM_ENTRY_VALIDATE : 0);
	host_list(list_of(cpu), entries, (uint16_t)count, 0);
	must(call(SVSM_CORE_PVALIDATE, list_of(cpu)), kind_name[kind]);
	return count;
}
