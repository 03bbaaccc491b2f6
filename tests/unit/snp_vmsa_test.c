/* SPDX-License-Identifier: MIT */
/* The rules of VMRUN [snp-arch 3.1, 7.1, 10]. */
#include "snp_rig.h"
#include "test.h"

#define INVALID (-1)
#define BUSY (-2)
#define AT RIG_PAGE

static int enter(struct snp *m)
{
	return snp_vmrun_check(m, AT, AT);
}

static struct snp *fresh(void)
{
	struct snp *m = rig_new();

	rig_vmsa(m, AT, 1);
	check_eq(enter(m), 0);
	return m;
}

/* The page: covered, ours, at its gpa, mutable, VMSA, 4K, not in use. */
declare_test(snp_vmrun_page)
{
	struct snp *m = fresh();
	struct snp_rmp_entry *e = snp_rmp(m, AT);

	check_eq(snp_vmrun_check(m, AT, AT + SNP_PAGE), INVALID);
	check_eq(snp_vmrun_check(m, AT + 8, AT + 8), INVALID);
	check_eq(snp_vmrun_check(m, RIG_COVERED, RIG_UNCOVERED), INVALID);
	check_eq(snp_vmrun_check(m, AT + SNP_PAGE, AT + SNP_PAGE), INVALID);
	e->vmsa = 0;
	check_eq(enter(m), INVALID);
	e->vmsa = 1;
	e->asid = RIG_OTHER_ASID;
	check_eq(enter(m), INVALID);
	e->asid = 1;
	e->immutable = 1;
	check_eq(enter(m), INVALID);
	e->immutable = 0;
	e->in_use = 1;
	check_eq(enter(m), BUSY);
	e->in_use = 0;
	e->validated = 0; /* no Validated or VMPL check */
	e->perm[0] = 0;
	check_eq(enter(m), 0);

	rig_make(m, RIG_VALID_2M);
	rig_grant(m, RIG_REGION, 1, 0, true);
	snp_vmsa_reset(snp_gpa_memory(m, RIG_REGION), 0, 1);
	check_eq(snp_vmrun_check(m, RIG_REGION, RIG_REGION), INVALID);
}

declare_test(snp_vmrun_contents)
{
	static const struct {
		unsigned int at, bytes;
		uint64_t value;
		int result;
	} rows[] = {
		{ 0xd0, 8, 0, INVALID },
		{ 0xd0, 8, 0x1d01, 0 },
		{ 0xca, 1, 3, 0 },
		{ 0xca, 1, 4, INVALID },
		{ 0x3b0, 8, 0, INVALID },
		{ 0x3b0, 8, 0x9, 0 },
		{ 0x3b0, 8, 0x2080e9, 0 },
		{ 0x3b0, 8, 0x3, INVALID },
		{ 0x3b0, 8, 0x5, INVALID },
		{ 0x3b0, 8, 0x11, INVALID },
		{ 0x3b0, 8, 0x101, INVALID },
		{ 0x3b0, 8, 0x201, INVALID },
		{ 0x3b0, 8, 0x4001, INVALID },
		{ 0x3b0, 8, 1ULL << 63 | 1, INVALID },
		{ 0x3b8, 8, 1ULL << 63, BUSY },
		{ 0x3b8, 8, 0x200, 0 },
		/* reserved bytes: first and last of each run, and their neighbours */
		{ 0xc8, 1, 1, INVALID },
		{ 0xc9, 1, 1, INVALID },
		{ 0xcb, 1, 3, 0 },
		{ 0xcc, 1, 1, INVALID },
		{ 0xd8, 1, 1, INVALID },
		{ 0x13f, 1, 1, INVALID },
		{ 0x140, 1, 1, 0 },
		{ 0x1bf, 1, 1, 0 },
		{ 0x1c0, 1, 1, INVALID },
		{ 0x1d7, 1, 1, INVALID },
		{ 0x1d8, 1, 1, 0 },
		{ 0x248, 1, 1, INVALID },
		{ 0x267, 1, 1, INVALID },
		{ 0x298, 1, 1, INVALID },
		{ 0x2df, 1, 1, INVALID },
		{ 0x2e0, 1, 1, 0 },
		{ 0x380, 1, 1, INVALID },
		{ 0x38f, 1, 1, INVALID },
		{ 0x390, 1, 1, 0 },
		{ 0x3ef, 1, 1, 0 },
		{ 0x3f0, 1, 1, INVALID },
		{ 0x3ff, 1, 1, INVALID },
		{ 0x400, 1, 1, 0 },
		{ 0x7c7, 1, 1, 0 },
		{ 0x7c8, 1, 1, INVALID },
		{ 0x97f, 1, 1, INVALID },
		{ 0x980, 1, 1, 0 },
		{ 0xfbf, 1, 1, 0 },
		{ 0xfc0, 1, 1, INVALID },
		{ 0xfff, 1, 1, INVALID },
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct snp *m = fresh();

		rig_put(snp_gpa_memory(m, AT) + rows[i].at, rows[i].value, rows[i].bytes);
		check_eq((uint64_t)i << 8 | (uint8_t)enter(m),
			 (uint64_t)i << 8 | (uint8_t)rows[i].result);
	}
}

/* The host may not take a VMSA that runs; a VMGEXIT ends that. */
declare_test(snp_vmrun_marks_in_use)
{
	const struct snp_rmpupdate gone = { .assigned = false };
	struct snp *m = fresh();

	snp_gpa_memory(m, AT)[0xca] = 0;
	m->vcpus = 2;
	for (unsigned int cpu = 0; cpu < 2; cpu++)
		m->vcpu[cpu].vmsa_spa[0] = m->vcpu[cpu].vmsa_gpa[0] = AT;
	check_eq(snp_vmrun(m, 0), 0);
	check_eq(snp_vmrun(m, 1), BUSY);
	check_eq(snp_rmpupdate(m, AT, &gone), SNP_FAIL_INUSE);
	m->vcpu[0].ghcb_msr[0] = 0x002;
	check_eq(snp_vmgexit(m, 0), SNP_RESUME);
	check_eq(snp_rmpupdate(m, AT, &gone), SNP_OK);
	check_eq(snp_vmrun(m, 0), INVALID);
	snp_vmexit(m, 0);
}

/* EVENTINJ: with restricted injection one event of all. */
declare_test(snp_vmrun_events)
{
	const uint64_t valid = 1ULL << 31, error = 1ULL << 11;
	unsigned int taken = 0;

	for (uint64_t event = 0; event < 0x1000; event++)
		taken += snp_event_allowed(0x9, valid | event);
	check_eq(taken, 1);
	check(snp_event_allowed(0x9, valid | 3U << 8 | 28));
	check(snp_event_allowed(0x9, 0));
	check(snp_event_allowed(0x1, valid | 236));
	check(snp_event_allowed(0x1, valid | 2U << 8 | 2));
	check(snp_event_allowed(0x1, valid | error | 3U << 8 | 13));
	check(!snp_event_allowed(0x1, valid | 3U << 8 | 3));
	check(!snp_event_allowed(0x1, valid | 3U << 8 | 4));
	check(!snp_event_allowed(0x1, valid | 3U << 8 | 2));
	check(!snp_event_allowed(0x1, valid | 3U << 8 | 32));
	check(!snp_event_allowed(0x1, valid | 4U << 8 | 128));
	check(!snp_event_allowed(0x1, valid | 5U << 8 | 32));
}
