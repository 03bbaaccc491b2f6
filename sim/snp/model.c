/* SPDX-License-Identifier: MIT */
/* The machine: memory slots, the host's view of guest memory. */
#include "model.h"
#include "host.h"

#define FEATURES_DEFAULT 0x23U /* SNP, AP creation, multiple VMPLs [ghcb 3] */
#define FMS_DEFAULT 0xa00f11U  /* [snp-arch 8.1] */

void snp_init(struct snp *m, const struct snp_ops *ops, struct snp_rmp_entry *rmp,
	      uint64_t rmp_base, uint64_t rmp_frames, unsigned int cbit)
{
	memset(m, 0, sizeof(*m));
	memset(rmp, 0, rmp_frames * sizeof(*rmp));
	m->ops = *ops;
	m->rmp = rmp;
	m->rmp_base = rmp_base;
	m->rmp_frames = rmp_frames;
	m->asid = 1;
	m->cbit = cbit;
	m->hv_features = FEATURES_DEFAULT;
	m->fms = FMS_DEFAULT;
	m->vcpus = 1;
	m->vcpu[0].started = true;
	for (unsigned int cpu = 0; cpu < SNP_VCPUS; cpu++) {
		m->vcpu[cpu].apic_id = cpu;
		for (unsigned int vmpl = 0; vmpl < SNP_VMPLS; vmpl++)
			host_reset_ghcb(m, cpu, vmpl);
	}
	for (unsigned int key = 0; key < SNP_VMPLS; key++)
		for (size_t at = 0; at < sizeof(m->vmpck[key]); at += sizeof(uint64_t))
			model_store64(&m->vmpck[key][at], model_random(m));
}

static bool overlaps(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return a < b + b_bytes && b < a + a_bytes;
}

bool snp_add_slot(struct snp *m, uint64_t gpa, uint64_t spa, uint64_t bytes)
{
	if (m->slots == SNP_SLOTS || bytes == 0 || ((gpa | spa | bytes) & (SNP_PAGE - 1)) != 0)
		return false;
	if (gpa + bytes < gpa || spa + bytes < spa)
		return false;
	for (unsigned int i = 0; i < m->slots; i++)
		if (overlaps(gpa, bytes, m->slot[i].gpa, m->slot[i].bytes))
			return false;
	m->slot[m->slots++] = (struct snp_slot){ gpa, spa, bytes };
	return true;
}

static const struct snp_slot *find(const struct snp_slot *list, unsigned int count, uint64_t gpa)
{
	for (unsigned int i = 0; i < count; i++)
		if (gpa >= list[i].gpa && gpa - list[i].gpa < list[i].bytes)
			return &list[i];
	return NULL;
}

/* One overridden page in a 2M region: the region's nested leaves are 4K. */
static bool overridden(const struct snp *m, uint64_t base)
{
	for (unsigned int i = 0; i < m->overrides; i++)
		if (overlaps(base, SNP_2M, m->override[i].gpa, m->override[i].bytes))
			return true;
	return false;
}

bool model_find(const struct snp *m, uint64_t gpa, struct model_map *map)
{
	const struct snp_slot *slot = find(m->override, m->overrides, gpa);
	uint64_t base = gpa & ~(SNP_2M - 1);

	if (slot != NULL) {
		map->spa = slot->spa + (gpa - slot->gpa);
		map->can_map_2m = false;
		return slot->spa != SNP_UNMAPPED;
	}
	slot = find(m->slot, m->slots, gpa);
	if (slot == NULL)
		return false;
	map->spa = slot->spa + (gpa - slot->gpa);
	map->can_map_2m = ((slot->gpa ^ slot->spa) & (SNP_2M - 1)) == 0 && base >= slot->gpa &&
			  base - slot->gpa + SNP_2M <= slot->bytes && !overridden(m, base);
	return true;
}

bool snp_gpa_to_spa(const struct snp *m, uint64_t gpa, uint64_t *spa)
{
	struct model_map map;

	if (!model_find(m, gpa, &map))
		return false;
	*spa = map.spa;
	return true;
}

uint8_t *snp_gpa_memory(struct snp *m, uint64_t gpa)
{
	struct model_map map;

	if (!model_find(m, gpa, &map))
		return NULL;
	return m->ops.memory(m, map.spa & ~(SNP_PAGE - 1));
}

uint8_t *model_shared_page(struct snp *m, uint64_t gpa)
{
	const struct snp_rmp_entry *head;
	struct model_map map;

	if ((gpa & (SNP_PAGE - 1)) != 0 || !model_find(m, gpa, &map))
		return NULL;
	head = snp_rmp_head(m, map.spa);
	if (head != NULL && head->assigned)
		return NULL;
	return m->ops.memory(m, map.spa);
}

void model_changed(struct snp *m, uint64_t gpa, uint64_t bytes)
{
	if (m->ops.changed != NULL)
		m->ops.changed(m, gpa, bytes);
}

/* splitmix64 */
uint64_t model_random(struct snp *m)
{
	uint64_t x = m->scramble += 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}
