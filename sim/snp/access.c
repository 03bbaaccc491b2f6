/* SPDX-License-Identifier: MIT */
/* The RMP check of a guest's memory access [snp-arch 3]. */
#include "access.h"
#include "model.h"

struct kind_rule {
	uint64_t error; /* EXITINFO1 bits of the access itself */
	uint8_t need;
	bool is_private; /* whatever the C-bit says */
};

static const struct kind_rule rules[] = {
	[SNP_READ] = { SNP_NPF_U | SNP_NPF_FINAL, SNP_PERM_R, false },
	[SNP_WRITE] = { SNP_NPF_U | SNP_NPF_W | SNP_NPF_FINAL, SNP_PERM_R | SNP_PERM_W, false },
	[SNP_EXEC_USER] = { SNP_NPF_U | SNP_NPF_ID | SNP_NPF_FINAL, SNP_PERM_XU, true },
	[SNP_EXEC_SUPER] = { SNP_NPF_U | SNP_NPF_ID | SNP_NPF_FINAL, SNP_PERM_XS, true },
	[SNP_WALK] = { SNP_NPF_U | SNP_NPF_WALK, SNP_PERM_R, true },
	[SNP_WALK_AD] = { SNP_NPF_U | SNP_NPF_W | SNP_NPF_WALK, SNP_PERM_R | SNP_PERM_W, true },
};

static struct snp_fault nested_fault(uint64_t gpa, uint64_t error)
{
	return (struct snp_fault){ .outcome = SNP_ACCESS_NPF, .error = error, .gpa = gpa };
}

static struct snp_fault check_shared(struct snp *m, uint64_t gpa, const struct model_map *map,
				     const struct kind_rule *rule)
{
	const struct snp_rmp_entry *head = snp_rmp_head(m, map->spa);
	bool assigned = head != NULL && head->assigned;
	struct snp_fault f = { .outcome = SNP_ACCESS_OK, .gpa = gpa, .spa = map->spa };

	if (assigned && (rule->need & SNP_PERM_W) != 0)
		return nested_fault(gpa, rule->error | SNP_NPF_P | SNP_NPF_RMP);
	f.perm = assigned ? SNP_PERM_R : SNP_PERM_R | SNP_PERM_W;
	f.size_2m = !assigned && map->can_map_2m && rmp_region_free(m, map->spa);
	return f;
}

/* Any other fault comes before Validated, Validated before VMPL. */
static struct snp_fault check_private(struct snp *m, unsigned int vmpl, uint64_t gpa,
				      const struct model_map *map, const struct kind_rule *rule)
{
	const struct snp_rmp_entry *head = rmp_owned(m, map->spa, gpa);
	uint64_t error = rule->error | SNP_NPF_P | SNP_NPF_RMP | SNP_NPF_ENC;
	struct snp_fault f = { .outcome = SNP_ACCESS_OK, .gpa = gpa, .spa = map->spa };

	if (head == NULL || (head->size_2m && !map->can_map_2m))
		return nested_fault(gpa, error);
	if (!head->validated) {
		f.outcome = SNP_ACCESS_VC;
		f.error = SNP_VC_NOT_VALIDATED;
		m->count.vc_404++;
		return f;
	}
	if ((head->perm[vmpl] & rule->need) != rule->need)
		return nested_fault(gpa, error | SNP_NPF_VMPL);
	f.size_2m = head->size_2m;
	f.perm = head->perm[vmpl];
	return f;
}

struct snp_fault snp_check(struct snp *m, unsigned int vmpl, uint64_t gpa, bool cbit,
			   enum snp_access_kind kind)
{
	const struct kind_rule *rule = &rules[kind];
	bool is_private = cbit || rule->is_private;
	struct model_map map;

	if (!model_find(m, gpa, &map))
		return nested_fault(gpa, rule->error | (is_private ? SNP_NPF_ENC : 0));
	if (!is_private)
		return check_shared(m, gpa, &map, rule);
	return check_private(m, vmpl, gpa, &map, rule);
}

uint8_t access_needs(enum snp_access_kind kind)
{
	return rules[kind].need;
}

bool access_is_private(enum snp_access_kind kind, bool cbit)
{
	return cbit || rules[kind].is_private;
}
