/* SPDX-License-Identifier: MIT */
/* What the files of the model share: lookups, bytes, small tools. */
#pragma once
#include <snp/snp.h>
#include <string.h>

#define SNP_2M_PAGES (SNP_2M / SNP_PAGE)

/* Where a hypervisor's nested tables map a gpa. */
struct model_map {
	uint64_t spa;	 /* with the page offset */
	bool can_map_2m; /* one 2M nested leaf can hold it */
};

bool model_find(const struct snp *m, uint64_t gpa, struct model_map *map);
/* Host pointer to a hypervisor-owned page of the guest; NULL if it is not. */
uint8_t *model_shared_page(struct snp *m, uint64_t gpa);
void model_changed(struct snp *m, uint64_t gpa, uint64_t bytes);
uint64_t model_random(struct snp *m);

/*
 * The entry that rules spa if it is this guest's page at gpa and mutable
 * [snp-arch 3: covered, owner, GPA, not immutable]; else NULL.
 */
struct snp_rmp_entry *rmp_owned(const struct snp *m, uint64_t spa, uint64_t gpa);
/* No page of the 2M region is assigned; uncovered pages count as free. */
bool rmp_region_free(const struct snp *m, uint64_t spa);

static inline uint64_t model_load64(const uint8_t *at)
{
	uint64_t value;

	__builtin_memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint32_t model_load32(const uint8_t *at)
{
	uint32_t value;

	__builtin_memcpy(&value, at, sizeof(value));
	return value;
}

static inline void model_store64(uint8_t *at, uint64_t value)
{
	__builtin_memcpy(at, &value, sizeof(value));
}

static inline void model_store32(uint8_t *at, uint32_t value)
{
	__builtin_memcpy(at, &value, sizeof(value));
}

static inline void model_store16(uint8_t *at, uint16_t value)
{
	__builtin_memcpy(at, &value, sizeof(value));
}
