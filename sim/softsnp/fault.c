/* SPDX-License-Identifier: MIT */
/*
 * A nested page fault: asks the model what the access may do and either maps
 * the page, or plays the CPU (#VC), or plays the hypervisor.
 *
 * TCG reads guest tables with write rights, so a page the model lets a walk
 * only read cannot be mapped for it.
 */
#include "softsnp.h"

#define NPF_WRITE SNP_NPF_W
#define REPEATS 64U
#define PF_RMP (1U << 31)

struct access {
	uint64_t gpa;
	bool cbit, paged, walk, fetch, write;
	enum snp_access_kind kind;
};

static struct access decode(const struct cpu *c)
{
	uint64_t info = c->v->info1, cbit = 1ULL << machine.cbit;
	struct access a = { .paged = walk_is_paged(c) };

	a.gpa = a.paged ? c->v->info2 & ~cbit : c->v->info2;
	a.cbit = !a.paged || (c->v->info2 & cbit) != 0;
	a.walk = (info & SNP_NPF_WALK) != 0;
	a.fetch = !a.walk && (info & SNP_NPF_ID) != 0;
	a.write = !a.walk && (info & NPF_WRITE) != 0;
	a.kind = SNP_READ;
	if (a.walk)
		a.kind = SNP_WALK;
	else if (a.fetch)
		a.kind = c->v->cpl == 3 ? SNP_EXEC_USER : SNP_EXEC_SUPER;
	else if (a.write)
		a.kind = SNP_WRITE;
	return a;
}

static const char *words(const struct access *a)
{
	if (a->walk)
		return "table walk";
	if (a->fetch)
		return "fetch";
	return a->write ? "write" : "read";
}

static void map(struct cpu *c, const struct access *a, const struct snp_fault *f)
{
	uint64_t address = a->gpa | (a->cbit && a->paged ? 1ULL << machine.cbit : 0);
	unsigned int flags = f->size_2m ? NPT_2M : 0;

	if ((f->perm & SNP_PERM_W) != 0)
		flags |= NPT_W;
	if (a->cbit && (f->perm & (SNP_PERM_XU | SNP_PERM_XS)) != 0)
		flags |= NPT_X;
	npt_map(cpu_vmpl(c), a->paged, address, f->spa, flags);
}

/* C=0 read of a private page: what is there is not the plaintext. */
static void map_scrambled(struct cpu *c, const struct access *a)
{
	static uint64_t *page;

	if (page == NULL) {
		page = mem_pages(1);
		for (unsigned int i = 0; i < SNP_PAGE / sizeof(*page); i++)
			page[i] = (i + 1) * 0x9e3779b97f4a7c15ULL;
	}
	npt_map(cpu_vmpl(c), true, a->gpa, (uint64_t)(uintptr_t)page, 0);
}

/*
 * C=0 walk or fetch of a private page: private on real hardware. A nested
 * leaf cannot say so. The root table is let through, because 32-bit code
 * cannot name a C-bit in CR3; all else only with alias=1.
 */
static void map_alias(struct cpu *c, const struct access *a, const struct snp_fault *f)
{
	uint64_t page = a->gpa & ~PAGE_MASK;
	bool is_root = a->walk && (c->v->cr3 & ~PAGE_MASK) == page;

	if (!is_root && !machine.options.alias)
		report_fatal(c,
			     "%s of private memory at %#lx through an address without C-bit: "
			     "legal, but only alias=1 can show it",
			     words(a), a->gpa);
	if (is_root && !machine.options.alias)
		c->root_alias[cpu_vmpl(c)] = page;
	c->count.table_aliases++;
	npt_map(cpu_vmpl(c), true, page, f->spa, NPT_X | ((f->perm & SNP_PERM_W) != 0 ? NPT_W : 0));
}

void fault_check_root_alias(struct cpu *c)
{
	uint64_t *alias = &c->root_alias[cpu_vmpl(c)];

	if (*alias == 0 || (c->v->cr3 & ~PAGE_MASK) == *alias)
		return;
	npt_drop(*alias, SNP_PAGE);
	*alias = 0;
}

/* The hypervisor cannot help: its policy is to tell the guest. */
static void refuse(struct cpu *c, const struct access *a, const struct snp_fault *f)
{
	uint32_t error = PF_RMP | 1U | (a->write ? 2U : 0) | (c->v->cpl == 3 ? 4U : 0) |
			 (a->fetch ? 0x10U : 0);

	if (cpu_vmpl(c) == 0 || a->walk)
		report_fatal(c, "VMPL%u: %s of %s memory at %#lx refused by the RMP (%#lx)",
			     cpu_vmpl(c), words(a), a->cbit ? "private" : "shared", a->gpa,
			     f->error);
	vc_inject_pf(c, a->gpa, error);
}

/* #VC 0x404 with the linear address, which a nested fault does not tell. */
static void not_validated(struct cpu *c, const struct access *a)
{
	uint64_t linear;

	if (!operand_linear(c, a->gpa, &linear))
		linear = a->gpa;
	c->v->cr2 = linear;
	vc_deliver(c, SNP_VC_NOT_VALIDATED);
}

static void allowed(struct cpu *c, const struct access *a, const struct snp_fault *f)
{
	const struct snp_rmp_entry *head = snp_rmp_head(&machine.snp, f->spa);
	bool is_private = head != NULL && head->assigned;

	if (a->cbit && a->walk && (f->perm & SNP_PERM_W) == 0)
		report_fatal(c,
			     "VMPL%u: page table at %#lx may only be read: soft-SNP cannot "
			     "walk it",
			     cpu_vmpl(c), a->gpa);
	if (a->cbit || !is_private)
		map(c, a, f);
	else if (a->walk || a->fetch)
		map_alias(c, a, f);
	else
		map_scrambled(c, a);
}

/* A page that faults again and again would be a bug here: say so. */
static void watch_repeats(struct cpu *c)
{
	c->fault_repeats = c->v->info2 == c->fault_gpa ? c->fault_repeats + 1 : 0;
	c->fault_gpa = c->v->info2;
	if (c->fault_repeats == REPEATS)
		report_fatal(c, "the same nested fault %u times: %#lx at %#lx", REPEATS,
			     c->v->info1, c->v->info2);
}

void fault_nested(struct cpu *c)
{
	struct access a = decode(c);
	struct snp_fault f = snp_check(&machine.snp, cpu_vmpl(c), a.gpa, a.cbit, a.kind);
	uint64_t spa;

	c->count.nested_faults++;
	watch_repeats(c);
	if (!snp_gpa_to_spa(&machine.snp, a.gpa, &spa)) {
		vc_deliver(c, EXIT_NPF);
		return;
	}
	if (f.outcome == SNP_ACCESS_NPF && snp_nested_fault(&machine.snp, a.gpa, f.error)) {
		c->count.converted++;
		f = snp_check(&machine.snp, cpu_vmpl(c), a.gpa, a.cbit, a.kind);
	}
	if (f.outcome == SNP_ACCESS_OK && a.write && cpu_vmpl(c) == 0)
		zero_fault(c);
	if (f.outcome == SNP_ACCESS_OK)
		allowed(c, &a, &f);
	else if (f.outcome == SNP_ACCESS_VC)
		not_validated(c, &a);
	else
		refuse(c, &a, &f);
}
