/* SPDX-License-Identifier: MIT */
/* The page state change event [ghcb 5.4]. */
#include "snp_rig.h"
#include "test.h"

#define PRIVATE (1ULL << 52)
#define SHARED (2ULL << 52)
#define IS_2M (1ULL << 56)
#define HEADER_BAD 0x100000001ULL
#define ENTRY_BAD 0x100000002ULL
#define GENERIC 0x10000000000ULL

static struct snp *m;
static uint8_t *ghcb;

static void fresh(void)
{
	m = rig_new();
	ghcb = rig_ghcb(m);
}

static void entry(unsigned int i, uint64_t value)
{
	rig_put(ghcb + 0x808 + 8 * i, value, 8);
}

static uint64_t run(unsigned int current, unsigned int end)
{
	rig_put(ghcb + 0x800, current, 2);
	rig_put(ghcb + 0x802, end, 2);
	rig_request(ghcb, 0x80000010, 0, 0);
	rig_field(ghcb, GHCB_SCRATCH, RIG_GHCB + 0x800);
	check_eq(snp_vmgexit(m, 0), SNP_RESUME);
	check_eq(rig_get(ghcb + GHCB_INFO1, 8), 0);
	return rig_get(ghcb + GHCB_INFO2, 8);
}

declare_test(snp_psc_entries_in_order)
{
	fresh();
	entry(0, 0x5000 | PRIVATE);
	entry(1, RIG_REGION | PRIVATE | IS_2M);
	entry(2, 0x6000 | PRIVATE);
	entry(3, 0x5000 | SHARED);
	entry(4, 0x7000 | PRIVATE); /* beyond the end */
	check_eq(run(0, 3), 0);
	check_eq(rig_get(ghcb + 0x800, 2), 4);
	check(!snp_rmp(m, 0x5000)->assigned && snp_rmp(m, 0x6000)->assigned);
	check(snp_rmp(m, RIG_REGION)->size_2m && !snp_rmp(m, 0x7000)->assigned);
	check_eq(rig_get(ghcb + 0x808, 8), 0x5001 | PRIVATE);
	check_eq(rig_get(ghcb + 0x810, 8), (RIG_REGION + 512) | PRIVATE | IS_2M);
	check_eq(m->count.nae_psc, 1);
	check_eq(m->count.psc_private, 514);
	check_eq(m->count.psc_shared, 1);
}

/* Work resumes where the header and the entry say. */
declare_test(snp_psc_resumes)
{
	fresh();
	entry(0, 0x5000 | PRIVATE);
	entry(1, 0x6000 | PRIVATE | 1); /* done already */
	entry(2, (RIG_REGION + 3) | PRIVATE | IS_2M);
	check_eq(run(1, 2), 0);
	check(!snp_rmp(m, 0x5000)->assigned && !snp_rmp(m, 0x6000)->assigned);
	check(!snp_rmp(m, RIG_REGION + 0x2000)->assigned);
	check(snp_rmp(m, RIG_REGION + 0x3000)->assigned);
	check(snp_rmp(m, RIG_REGION + 0x1ff000)->assigned);
	check_eq(m->count.psc_private, 509);
	check_eq(run(3, 2), 0); /* nothing left */
	check_eq(rig_get(ghcb + 0x800, 2), 3);
}

declare_test(snp_psc_bad_entries)
{
	static const struct {
		uint64_t entry, status;
	} rows[] = {
		{ 0x6002 | PRIVATE, ENTRY_BAD },
		{ RIG_PAGE | PRIVATE | IS_2M, ENTRY_BAD },
		{ (RIG_REGION + 513) | PRIVATE | IS_2M, ENTRY_BAD },
		{ 0x6000 | PRIVATE | 1ULL << 57, ENTRY_BAD },
		{ 0x6000 | PRIVATE | 1ULL << 63, ENTRY_BAD },
		{ RIG_NO_SLOT | PRIVATE, GENERIC },
		{ RIG_UNCOVERED | PRIVATE, GENERIC },
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fresh();
		entry(0, 0x5000 | PRIVATE);
		entry(1, rows[i].entry);
		entry(2, 0x8000 | PRIVATE);
		check_eq(run(0, 2), rows[i].status);
		check_eq(rig_get(ghcb + 0x800, 2), 1);
		check(snp_rmp(m, 0x5000)->assigned && !snp_rmp(m, 0x8000)->assigned);
		check_eq(rig_get(ghcb + 0x810, 8), rows[i].entry);
	}
}

declare_test(snp_psc_header)
{
	fresh();
	check_eq(run(0, 252), 0);
	fresh();
	check_eq(run(0, 253), HEADER_BAD);
	check_eq(run(0, 0xffff), HEADER_BAD);
	fresh();
	rig_put(ghcb + 0x804, 1, 4);
	check_eq(run(0, 0), HEADER_BAD);
	fresh();
	check_eq(run(0xffff, 0), 0);
}

/* PSMASH, UNSMASH and unknown operations are accepted and do nothing. */
declare_test(snp_psc_other_operations)
{
	fresh();
	for (unsigned int i = 0; i < 16; i++)
		entry(i, 0x5000 | (uint64_t)(i < 2 ? 0 : i + 1) << 52);
	check_eq(run(0, 14), 0);
	check(!snp_rmp(m, 0x5000)->assigned);
	check_eq(rig_get(ghcb + 0x808, 8), 0x5001);
}

/* A hypervisor may stop early with success. */
declare_test(snp_psc_in_chunks)
{
	fresh();
	m->psc_chunk = 2;
	for (unsigned int i = 0; i < 3; i++)
		entry(i, (0x5000 + i * SNP_PAGE) | PRIVATE);
	check_eq(run(0, 2), 0);
	check_eq(rig_get(ghcb + 0x800, 2), 2);
	check(snp_rmp(m, 0x6000)->assigned && !snp_rmp(m, 0x7000)->assigned);
	check_eq(run(2, 2), 0);
	check_eq(rig_get(ghcb + 0x800, 2), 3);
	check(snp_rmp(m, 0x7000)->assigned);
}

/* The list may start anywhere in the buffer; fewer entries fit then. */
declare_test(snp_psc_scratch)
{
	static const struct {
		uint64_t offset, end, info1, info2;
	} rows[] = {
		{ 0xfe0, 0, 0, 0 }, { 0xfe0, 1, 0, HEADER_BAD }, { 0xfe8, 0, 0, HEADER_BAD },
		{ 0xfec, 0, 2, 3 }, { 0x7f8, 0, 2, 3 },
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fresh();
		rig_put(ghcb + rows[i].offset + 2, rows[i].end, 2);
		rig_request(ghcb, 0x80000010, 0, 0);
		rig_field(ghcb, GHCB_SCRATCH, RIG_GHCB + rows[i].offset);
		check_eq(snp_vmgexit(m, 0), SNP_RESUME);
		check_eq(rig_get(ghcb + GHCB_INFO1, 8), rows[i].info1);
		check_eq(i << 8 ^ rig_get(ghcb + GHCB_INFO2, 8), i << 8 ^ rows[i].info2);
	}
}
