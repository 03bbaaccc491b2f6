/* SPDX-License-Identifier: MIT */
/* The access check, row by row [snp-arch 3], and its EXITINFO1 [3.2]. */
#include "snp_rig.h"
#include "test.h"

#define OK SNP_ACCESS_OK
#define VC SNP_ACCESS_VC
#define NPF SNP_ACCESS_NPF
#define FINAL 0x100000000ULL
#define WALK 0x200000000ULL
#define ENC 0x400000000ULL
#define VMPL 0x1000000000ULL
#define RMP 0x80000001ULL /* and present */
#define U 0x4ULL
#define W 0x2ULL
#define ID 0x10ULL
#define R_ 0x1
#define RW 0x3
#define RX 0xd
#define RXU 0x5
#define RWX 0xf

struct row {
	enum rig_state state;
	unsigned int mask; /* granted to VMPL1 */
	unsigned int vmpl;
	bool cbit;
	enum snp_access_kind kind;
	enum snp_outcome outcome;
	uint64_t error;
};

static const struct row rows[] = {
	/* C=0: reads are free, writes need hypervisor-owned */
	{ RIG_SHARED, 0, 0, false, SNP_READ, OK, 0 },
	{ RIG_SHARED, 0, 1, false, SNP_WRITE, OK, 0 },
	{ RIG_VALID, 0, 1, false, SNP_READ, OK, 0 },
	{ RIG_FRESH, 0, 0, false, SNP_WRITE, NPF, RMP | U | W | FINAL },
	{ RIG_VALID, RWX, 1, false, SNP_WRITE, NPF, RMP | U | W | FINAL },
	{ RIG_VALID_2M, 0, 0, false, SNP_WRITE, NPF, RMP | U | W | FINAL },
	{ RIG_FOREIGN, 0, 0, false, SNP_READ, OK, 0 },
	{ RIG_FOREIGN, 0, 0, false, SNP_WRITE, NPF, RMP | U | W | FINAL },
	{ RIG_OUTSIDE, 0, 0, false, SNP_WRITE, OK, 0 },
	/* C=1: covered, owner, GPA, mutable, size */
	{ RIG_OUTSIDE, 0, 0, true, SNP_READ, NPF, RMP | U | FINAL | ENC },
	{ RIG_SHARED, 0, 0, true, SNP_READ, NPF, RMP | U | FINAL | ENC },
	{ RIG_SHARED, 0, 0, true, SNP_WRITE, NPF, RMP | U | W | FINAL | ENC },
	{ RIG_FOREIGN, 0, 0, true, SNP_READ, NPF, RMP | U | FINAL | ENC },
	{ RIG_MOVED, 0, 0, true, SNP_READ, NPF, RMP | U | FINAL | ENC },
	{ RIG_IMMUTABLE, 0, 0, true, SNP_READ, NPF, RMP | U | FINAL | ENC },
	{ RIG_SPLIT_2M, 0, 0, true, SNP_READ, NPF, RMP | U | FINAL | ENC },
	/* then Validated */
	{ RIG_FRESH, 0, 0, true, SNP_READ, VC, 0x404 },
	{ RIG_FRESH, 0, 1, true, SNP_WRITE, VC, 0x404 },
	{ RIG_FRESH, 0, 0, false, SNP_EXEC_SUPER, VC, 0x404 },
	{ RIG_FRESH_2M, 0, 0, true, SNP_WALK, VC, 0x404 },
	{ RIG_VALID, 0, 0, true, SNP_WRITE, OK, 0 },
	{ RIG_VALID_2M, 0, 0, true, SNP_WRITE, OK, 0 },
	/* then VMPL */
	{ RIG_VALID, 0, 1, true, SNP_READ, NPF, RMP | U | FINAL | ENC | VMPL },
	{ RIG_VALID, R_, 1, true, SNP_READ, OK, 0 },
	{ RIG_VALID, R_, 1, true, SNP_WRITE, NPF, RMP | U | W | FINAL | ENC | VMPL },
	{ RIG_VALID, RW, 1, true, SNP_WRITE, OK, 0 },
	{ RIG_VALID, RW, 2, true, SNP_READ, NPF, RMP | U | FINAL | ENC | VMPL },
	{ RIG_VALID, RW, 1, true, SNP_EXEC_USER, NPF, RMP | U | ID | FINAL | ENC | VMPL },
	{ RIG_VALID, RXU, 1, true, SNP_EXEC_USER, OK, 0 },
	{ RIG_VALID, RXU, 1, true, SNP_EXEC_SUPER, NPF, RMP | U | ID | FINAL | ENC | VMPL },
	{ RIG_VALID, RX, 1, true, SNP_EXEC_SUPER, OK, 0 },
	{ RIG_VALID_2M, RWX, 1, true, SNP_EXEC_SUPER, OK, 0 },
	/* fetches and walks are private whatever the C-bit */
	{ RIG_SHARED, 0, 0, false, SNP_EXEC_USER, NPF, RMP | U | ID | FINAL | ENC },
	{ RIG_SHARED, 0, 0, false, SNP_WALK, NPF, RMP | U | WALK | ENC },
	{ RIG_VALID, RWX, 1, false, SNP_EXEC_SUPER, OK, 0 },
	{ RIG_VALID, R_, 1, false, SNP_WALK, OK, 0 },
	{ RIG_VALID, 0, 1, false, SNP_WALK, NPF, RMP | U | WALK | ENC | VMPL },
	{ RIG_VALID, R_, 1, false, SNP_WALK_AD, NPF, RMP | U | W | WALK | ENC | VMPL },
	{ RIG_VALID, RW, 1, false, SNP_WALK_AD, OK, 0 },
	/* no nested mapping: not an RMP fault */
	{ RIG_NOWHERE, 0, 0, true, SNP_READ, NPF, U | FINAL | ENC },
	{ RIG_NOWHERE, 0, 0, false, SNP_WRITE, NPF, U | W | FINAL },
	{ RIG_NOWHERE, 0, 0, false, SNP_WALK, NPF, U | WALK | ENC },
};

declare_test(snp_access_table)
{
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct snp *m = rig_new();
		uint64_t gpa = rig_make(m, row->state) + 0x38;
		struct snp_fault f;

		if (row->mask != 0)
			rig_grant(m, gpa & ~0xfffULL, 1, row->mask, false);
		f = snp_check(m, row->vmpl, gpa, row->cbit, row->kind);
		check_eq((uint64_t)i << 56 | f.outcome, (uint64_t)i << 56 | row->outcome);
		check_eq((uint64_t)i << 56 | f.error, (uint64_t)i << 56 | row->error);
		check_eq(f.gpa, gpa);
		check_eq(m->count.vc_404, row->outcome == VC);
	}
}

static struct snp_fault look(struct snp *m, uint64_t gpa, bool cbit)
{
	return snp_check(m, 0, gpa, cbit, SNP_READ);
}

/* What a hypervisor may put into its nested tables. */
declare_test(snp_access_mapping_size)
{
	struct snp *m = rig_new();
	struct snp_fault f;

	f = look(m, RIG_REGION + 0x2345, false);
	check(f.size_2m && f.perm == RW && f.spa == RIG_REGION + 0x2345);
	check(!look(m, RIG_SKEWED, false).size_2m);
	check(look(m, RIG_UNCOVERED, false).size_2m);

	rig_make(m, RIG_VALID_2M);
	f = look(m, RIG_REGION + 0x2345, true);
	check(f.size_2m && f.perm == RWX && f.spa == RIG_REGION + 0x2345);
	f = look(m, RIG_REGION + 0x2345, false);
	check(!f.size_2m && f.perm == R_);

	rig_make(m, RIG_VALID);
	f = look(m, RIG_PAGE, true);
	check(!f.size_2m && f.perm == RWX && f.spa == RIG_PAGE);
	/* one assigned page in the region: its neighbours cannot be a 2M leaf */
	check(!look(m, RIG_PAGE + SNP_PAGE, false).size_2m);
	rig_grant(m, RIG_PAGE, 1, RXU, false);
	check_eq(snp_check(m, 1, RIG_PAGE, true, SNP_READ).perm, RXU);
}

/* A hostile nested mapping of a private page at another address. */
declare_test(snp_access_remapped)
{
	struct snp *m = rig_new();

	rig_make(m, RIG_VALID);
	m->override[m->overrides++] = (struct snp_slot){ RIG_PAGE, 0x700000, SNP_PAGE };
	check_eq(look(m, RIG_PAGE, true).outcome, NPF);
	m->override[0] = (struct snp_slot){ 0x9000, RIG_PAGE, SNP_PAGE };
	check_eq(look(m, 0x9000, true).outcome, NPF);
	check_eq(look(m, RIG_PAGE, true).outcome, OK);

	rig_make(m, RIG_VALID_2M);
	m->override[0] = (struct snp_slot){ 0x9000, RIG_REGION + 0x9000, SNP_PAGE };
	check_eq(look(m, 0x9000, true).outcome, NPF);
}
