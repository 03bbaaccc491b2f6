/* SPDX-License-Identifier: MIT */
/* RMPUPDATE, PSMASH and the entries [snp-arch 1, 2.2, 10]. */
#include "snp_rig.h"
#include "test.h"

#include <string.h>

struct update_row {
	enum rig_state before;
	uint64_t spa;
	struct snp_rmpupdate u;
	enum snp_code code;
};

#define OWN .assigned = true, .asid = 1

static const struct update_row updates[] = {
	/* operands */
	{ RIG_SHARED, RIG_PAGE, { .gpa = RIG_PAGE, OWN }, SNP_OK },
	{ RIG_SHARED, RIG_PAGE + 8, { .gpa = RIG_PAGE, OWN }, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_PAGE, { .gpa = RIG_PAGE + 8, OWN }, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_PAGE, { .gpa = 1ULL << 51, OWN }, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_PAGE, { .gpa = (1ULL << 51) - SNP_PAGE, OWN }, SNP_OK },
	{ RIG_SHARED, RIG_REGION, { .gpa = RIG_REGION, .size_2m = true, OWN }, SNP_OK },
	{ RIG_SHARED, RIG_PAGE, { .gpa = RIG_REGION, .size_2m = true, OWN }, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_REGION, { .gpa = RIG_PAGE, .size_2m = true, OWN }, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_PAGE, { .asid = 1 }, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_PAGE, { .immutable = true }, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_PAGE, { .assigned = true }, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_PAGE, { .assigned = true, .immutable = true }, SNP_OK }, /* firmware */
	{ RIG_SHARED, RIG_COVERED, { .gpa = RIG_PAGE, OWN }, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_COVERED, { .gpa = 0, .size_2m = true, OWN }, SNP_FAIL_INPUT },
	/* over what is there */
	{ RIG_VALID, RIG_PAGE, { .gpa = RIG_PAGE, OWN }, SNP_OK },
	{ RIG_VALID, RIG_PAGE, { .assigned = false }, SNP_OK },
	{ RIG_IMMUTABLE, RIG_PAGE, { .gpa = RIG_PAGE, OWN }, SNP_FAIL_PERMISSION },
	{ RIG_IMMUTABLE, RIG_PAGE, { .assigned = false }, SNP_FAIL_PERMISSION },
	{ RIG_IMMUTABLE, 0x200000, { .gpa = 0, .size_2m = true, OWN }, SNP_FAIL_PERMISSION },
	{ RIG_VALID, 0x200000, { .gpa = 0x200000, .size_2m = true, OWN }, SNP_FAIL_OVERLAP },
	{ RIG_VALID, 0x200000, { .size_2m = true }, SNP_FAIL_OVERLAP },
	{ RIG_VALID_2M, RIG_REGION, { .gpa = RIG_REGION, OWN }, SNP_FAIL_OVERLAP },
	{ RIG_VALID_2M, RIG_REGION + 0x7000, { .gpa = 0x7000, OWN }, SNP_FAIL_OVERLAP },
	{ RIG_VALID_2M, RIG_REGION + 0x7000, { .assigned = false }, SNP_FAIL_OVERLAP },
	{ RIG_VALID_2M, RIG_REGION, { .size_2m = true }, SNP_OK },
	{ RIG_VALID_2M, RIG_REGION, { .gpa = RIG_REGION, .size_2m = true, OWN }, SNP_OK },
};

declare_test(snp_rmpupdate_table)
{
	for (unsigned int i = 0; i < sizeof(updates) / sizeof(updates[0]); i++) {
		const struct update_row *row = &updates[i];
		struct snp *m = rig_new();
		struct snp_rmp_entry before = { 0 }, *e;

		rig_make(m, row->before);
		e = snp_rmp(m, row->spa);
		if (e != NULL)
			before = *e;
		check_eq(i << 8 | snp_rmpupdate(m, row->spa, &row->u), i << 8 | row->code);
		if (e == NULL)
			continue;
		if (row->code != SNP_OK) {
			check(memcmp(&before, e, sizeof(before)) == 0);
			continue;
		}
		check_eq(e->assigned, row->u.assigned);
		check_eq(e->asid, row->u.asid);
		check_eq(e->gpa, row->u.gpa);
		check_eq(e->size_2m, row->u.assigned && row->u.size_2m);
		check_eq(e->immutable, row->u.immutable);
		check_eq(e->validated, 0);
		check_eq(e->vmsa, 0);
		check_eq(e->perm[0], row->u.assigned ? 0xf : 0);
		check_eq(e->perm[1] | e->perm[2] | e->perm[3], 0);
	}
}

declare_test(snp_rmpupdate_in_use)
{
	const struct snp_rmpupdate free_4k = { .assigned = false }, free_2m = { .size_2m = true };
	struct snp *m = rig_new();

	rig_make(m, RIG_VALID);
	snp_rmp(m, RIG_PAGE)->in_use = 1;
	check_eq(snp_rmpupdate(m, RIG_PAGE, &free_4k), SNP_FAIL_INUSE);
	check_eq(snp_rmpupdate(m, 0x200000, &free_2m), SNP_FAIL_INUSE);
	check(snp_rmp(m, RIG_PAGE)->assigned);
	snp_rmp(m, RIG_PAGE)->in_use = 0;
	check_eq(snp_rmpupdate(m, RIG_PAGE, &free_4k), SNP_OK);
}

/* The table ends inside a 2M region. */
declare_test(snp_rmpupdate_partly_covered)
{
	const struct snp_rmpupdate own = { .gpa = 0xe00000, .size_2m = true, OWN };
	struct snp *m = rig_new();

	m->rmp_frames--;
	check_eq(snp_rmpupdate(m, 0xe00000, &own), SNP_FAIL_INPUT);
	check(!snp_rmp(m, 0xe00000)->assigned);
	m->rmp_frames++;
	check_eq(snp_rmpupdate(m, 0xe00000, &own), SNP_OK);
}

/* Rights that were given and the VMSA mark do not outlive a reassignment. */
declare_test(snp_rmpupdate_resets)
{
	const struct snp_rmpupdate again = { .gpa = RIG_PAGE, OWN };
	struct snp *m = rig_new();
	const struct snp_rmp_entry *e = snp_rmp(m, RIG_PAGE);

	rig_make(m, RIG_VALID);
	rig_grant(m, RIG_PAGE, 2, 0xf, true);
	check(e->vmsa && e->perm[2] == 0xf);
	check_eq(snp_rmpupdate(m, RIG_PAGE, &again), SNP_OK);
	check(!e->vmsa && !e->validated && e->perm[2] == 0 && e->perm[0] == 0xf);
	check_eq(rig_log.changed_gpa, RIG_PAGE);
	check_eq(rig_log.changed_bytes, SNP_PAGE);
}

declare_test(snp_rmp_changed_at_old_gpa)
{
	const struct snp_rmpupdate move = { .gpa = 0x5000, OWN };
	struct snp *m = rig_new();

	rig_make(m, RIG_VALID);
	rig_log.changed = 0;
	check_eq(snp_rmpupdate(m, RIG_PAGE, &move), SNP_OK);
	check_eq(rig_log.changed, 2);
	check_eq(rig_log.changed_gpa, RIG_PAGE);
}

static const struct {
	enum rig_state before;
	uint64_t spa;
	enum snp_code code;
} smashes[] = {
	{ RIG_VALID_2M, RIG_REGION, SNP_OK },
	{ RIG_FRESH_2M, RIG_REGION, SNP_OK },
	{ RIG_VALID_2M, RIG_REGION + SNP_PAGE, SNP_FAIL_INPUT },
	{ RIG_SHARED, RIG_REGION, SNP_FAIL_BADADDR },
	{ RIG_VALID, 0x200000, SNP_FAIL_BADADDR },
	{ RIG_SHARED, RIG_COVERED, SNP_FAIL_BADADDR },
};

declare_test(snp_psmash_table)
{
	for (unsigned int i = 0; i < sizeof(smashes) / sizeof(smashes[0]); i++) {
		struct snp *m = rig_new();

		rig_make(m, smashes[i].before);
		check_eq(i << 8 | snp_psmash(m, smashes[i].spa), i << 8 | smashes[i].code);
		check_eq(m->count.psmash, smashes[i].code == SNP_OK);
	}
}

declare_test(snp_psmash_immutable_and_in_use)
{
	struct snp *m = rig_new();

	rig_make(m, RIG_VALID_2M);
	snp_rmp(m, RIG_REGION)->immutable = 1;
	check_eq(snp_psmash(m, RIG_REGION), SNP_FAIL_BADADDR);
	snp_rmp(m, RIG_REGION)->immutable = 0;
	snp_rmp(m, RIG_REGION)->in_use = 1;
	check_eq(snp_psmash(m, RIG_REGION), SNP_FAIL_INUSE);
	check(snp_rmp(m, RIG_REGION)->size_2m);
}

declare_test(snp_psmash_keeps_state)
{
	struct snp *m = rig_new();

	rig_make(m, RIG_VALID_2M);
	rig_grant(m, RIG_REGION, 1, 0x3, false);
	check_eq(snp_psmash(m, RIG_REGION), SNP_OK);
	for (uint64_t at = RIG_REGION; at < RIG_REGION + SNP_2M; at += SNP_PAGE) {
		const struct snp_rmp_entry *e = snp_rmp(m, at);

		check(e->assigned && e->validated && !e->size_2m && e->asid == 1);
		check_eq(e->gpa, at);
		check_eq(e->perm[0], 0xf);
		check_eq(e->perm[1], 0x3);
	}
	check(!snp_rmp(m, RIG_REGION + SNP_2M)->assigned);
	check_eq(rig_log.changed_bytes, SNP_2M);
}

declare_test(snp_rmp_head_of_2m)
{
	struct snp *m = rig_new();

	check(snp_rmp_head(m, RIG_REGION + 0x3000) == snp_rmp(m, RIG_REGION + 0x3000));
	rig_make(m, RIG_FRESH_2M);
	check(snp_rmp_head(m, RIG_REGION + 0x3000) == snp_rmp(m, RIG_REGION));
	check(snp_rmp_head(m, RIG_REGION + 0x1ff123) == snp_rmp(m, RIG_REGION));
	check(snp_rmp(m, RIG_COVERED) == NULL && snp_rmp_head(m, RIG_COVERED) == NULL);
}

/* A table that starts above 0, and slots at their edges. */
declare_test(snp_slots_and_base)
{
	struct snp *m = rig_new();
	uint64_t spa;

	m->rmp_base = 0x100000;
	check(snp_rmp(m, 0xff000) == NULL);
	check(snp_rmp(m, 0x100000) == m->rmp);
	check(snp_gpa_to_spa(m, RIG_SKEWED + 0x3fffff, &spa) && spa == 0xc00fff);
	check(!snp_gpa_to_spa(m, RIG_SKEWED + 0x400000, &spa));
	check(snp_gpa_memory(m, RIG_NO_SLOT) == NULL);
	check(!snp_add_slot(m, 0x7ff000, 0, 0x2000));	/* overlaps the first */
	check(!snp_add_slot(m, 0x10000800, 0, 0x1000)); /* unaligned */
	check(!snp_add_slot(m, 0x10000000, 0, 0));
	check(!snp_add_slot(m, 0ULL - 0x1000, 0, 0x2000));
	m->override[m->overrides++] = (struct snp_slot){ 0x3000, 0x9000, SNP_PAGE };
	m->override[m->overrides++] = (struct snp_slot){ 0x4000, SNP_UNMAPPED, SNP_PAGE };
	check(snp_gpa_to_spa(m, 0x3008, &spa) && spa == 0x9008);
	check(!snp_gpa_to_spa(m, 0x4000, &spa));
	check(snp_gpa_to_spa(m, 0x5000, &spa) && spa == 0x5000);
}
