/* SPDX-License-Identifier: MIT */
/* What the tests of PVALIDATE have in common. */
#pragma once
#include <snp/host.h>
#include <svsm/abi.h>
#include <svsm/page.h>

#include "test.h"

#include <string.h>

#define V4(gpa) ((gpa) | SVSM_ENTRY_VALIDATE)
#define V2(gpa) ((gpa) | SVSM_ENTRY_VALIDATE | SIZE_2M)
#define R4(gpa) (gpa)
#define R2(gpa) ((gpa) | SIZE_2M)
#define CF SVSM_ENTRY_IGNORE_CF

#define FAIL(n) (SVSM_ERR_RMP + (n))

/* One of the guest's pages from the start, and one that is not validated yet. */
#define PAGE_OLD (HOST_LIST + PAGE_4K)
#define PAGE_NEW 0x200000ULL
#define REGION_NEW 0x400000ULL

static inline void pv_ready(unsigned int vmpl)
{
	host_new(vmpl);
	host_serve(EV_START);
}

static inline enum page_state pv_state(uint64_t gpa)
{
	enum page_state now;

	check_eq(page_state(pa(gpa), &now), OK);
	return now;
}

static inline uint32_t pv_one(uint64_t entry)
{
	return host_pvalidate(&entry, 1, 0);
}

/* The RMP entry behind the address. */
static inline struct snp_rmp_entry *pv_rmp(uint64_t gpa)
{
	uint64_t spa;

	check(snp_gpa_to_spa(&host.snp, gpa, &spa));
	return snp_rmp_head(&host.snp, spa);
}

static inline bool pv_is_zero(uint64_t gpa, uint64_t bytes)
{
	for (uint64_t at = 0; at < bytes; at += PAGE_4K) {
		const uint8_t *page = host_page(gpa + at);

		if (page[0] != 0 || memcmp(page, page + 1, PAGE_4K - 1) != 0)
			return false;
	}
	return true;
}

/* RMP entries of 4 KiB instead of the one of 2 MiB, still private and not validated. */
static inline void pv_split(uint64_t gpa)
{
	check_eq(snp_psmash(&host.snp, gpa), 0);
}
