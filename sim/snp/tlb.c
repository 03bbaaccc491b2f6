/* SPDX-License-Identifier: MIT */
/*
 * A vCPU's TLB: grants what it once saw, until the flush that the guest owes
 * [snp-arch 2.4]. A missing flush is visible only here.
 */
#include "access.h"
#include "model.h"

static uint64_t span(const struct snp_tlb_entry *e)
{
	return e->size_2m ? SNP_2M : SNP_PAGE;
}

static bool holds(const struct snp_tlb_entry *e, uint64_t gpa)
{
	return e->valid && gpa >= e->gpa && gpa - e->gpa < span(e);
}

static struct snp_tlb_entry *find(struct snp_vcpu *v, uint64_t gpa, bool cbit)
{
	for (unsigned int i = 0; i < SNP_TLB_ENTRIES; i++) {
		struct snp_tlb_entry *e = &v->tlb.entry[i];

		if (holds(e, gpa) && e->cbit == cbit && e->vmpl == v->vmpl)
			return e;
	}
	return NULL;
}

static void insert(struct snp_vcpu *v, const struct snp_fault *f, bool cbit)
{
	uint64_t mask = (f->size_2m ? SNP_2M : SNP_PAGE) - 1;
	struct snp_tlb_entry *e = &v->tlb.entry[v->tlb.next];

	v->tlb.next = (v->tlb.next + 1) % SNP_TLB_ENTRIES;
	memset(e, 0, sizeof(*e));
	e->valid = 1;
	e->gpa = f->gpa & ~mask;
	e->spa = f->spa & ~mask;
	e->cbit = cbit;
	e->size_2m = f->size_2m;
	e->vmpl = v->vmpl & 3;
	e->perm = f->perm;
}

struct snp_fault snp_access(struct snp *m, unsigned int cpu, uint64_t gpa, bool cbit,
			    enum snp_access_kind kind)
{
	struct snp_vcpu *v = &m->vcpu[cpu];
	uint8_t need = access_needs(kind);
	bool is_private = access_is_private(kind, cbit);
	struct snp_tlb_entry *e = find(v, gpa, is_private);
	struct snp_fault f = { .outcome = SNP_ACCESS_OK, .gpa = gpa };

	if (e != NULL && (e->perm & need) == need) {
		f.spa = e->spa + (gpa - e->gpa);
		f.size_2m = e->size_2m;
		f.perm = e->perm;
		return f;
	}
	/* An entry that does not grant is walked again. */
	if (e != NULL)
		e->valid = 0;
	f = snp_check(m, v->vmpl, gpa, cbit, kind);
	if (f.outcome == SNP_ACCESS_OK)
		insert(v, &f, is_private);
	return f;
}

void snp_invlpg(struct snp *m, unsigned int cpu, uint64_t gpa)
{
	struct snp_vcpu *v = &m->vcpu[cpu];

	for (unsigned int i = 0; i < SNP_TLB_ENTRIES; i++)
		if (holds(&v->tlb.entry[i], gpa) && v->tlb.entry[i].vmpl == v->vmpl)
			v->tlb.entry[i].valid = 0;
}

void snp_flush(struct snp *m, unsigned int cpu)
{
	memset(&m->vcpu[cpu].tlb, 0, sizeof(m->vcpu[cpu].tlb));
}

void snp_invlpgb(struct snp *m, unsigned int cpu)
{
	m->vcpu[cpu].invlpgb_pending = true;
}

void snp_tlbsync(struct snp *m, unsigned int cpu)
{
	if (!m->vcpu[cpu].invlpgb_pending)
		return;
	m->vcpu[cpu].invlpgb_pending = false;
	snp_invlpgb_tlbsync(m);
}

void snp_invlpgb_tlbsync(struct snp *m)
{
	for (unsigned int cpu = 0; cpu < m->vcpus; cpu++)
		snp_flush(m, cpu);
	m->count.flush_all++;
}
