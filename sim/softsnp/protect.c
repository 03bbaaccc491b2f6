/* SPDX-License-Identifier: MIT */
/*
 * Counts writes to VMPL0's page tables while it serves a guest. Nested write
 * protection cannot: TCG walks guest tables with write rights. So every leaf
 * of VMPL0's own tables that covers a table loses its W bit; a write then
 * faults, is counted, and is done by a single step with W back. Other CPUs
 * would see that W: with more than one nothing is watched.
 */
#include "softsnp.h"

#define ENTRY_P 0x1ULL
#define ENTRY_W 0x2ULL
#define ENTRY_PS 0x80ULL
#define ENTRY_ADDRESS 0xffffffffff000ULL
#define ENTRIES 512U
#define LEVELS 4U
#define PF_PRESENT_WRITE 3ULL
#define DR6_SINGLE_STEP (1ULL << 14)

struct visit {
	struct cpu *c;
	bool leaves; /* second pass: take W from the leaves */
};

static uint64_t *table_at(uint64_t entry)
{
	uint64_t gpa = entry & ENTRY_ADDRESS & ~(1ULL << machine.cbit);

	return (uint64_t *)(void *)snp_gpa_memory(&machine.snp, gpa);
}

static uint64_t leaf_bytes(unsigned int level)
{
	return 1ULL << (12 + 9 * (level - 1));
}

static uint64_t gpa_of(uint64_t entry, uint64_t bytes)
{
	return entry & ENTRY_ADDRESS & ~(1ULL << machine.cbit) & ~(bytes - 1);
}

static bool covers_table(const struct protect *p, uint64_t gpa, uint64_t bytes)
{
	for (unsigned int i = 0; i < p->tables; i++)
		if (p->table[i] >= gpa && p->table[i] - gpa < bytes)
			return true;
	return false;
}

static void take_write(struct protect *p, uint64_t *leaf, uint64_t bytes)
{
	if ((*leaf & ENTRY_W) == 0 || !covers_table(p, gpa_of(*leaf, bytes), bytes))
		return;
	if (p->leaves == PROTECTED_LEAVES) {
		p->writes_unseen = true;
		return;
	}
	*leaf &= ~ENTRY_W;
	p->leaf[p->leaves++] = leaf;
}

static void note_table(struct protect *p, uint64_t gpa)
{
	if (covers_table(p, gpa, SNP_PAGE))
		return;
	if (p->tables == TABLE_PAGES)
		p->writes_unseen = true;
	else
		p->table[p->tables++] = gpa;
}

static bool is_leaf(uint64_t entry, unsigned int level)
{
	return level == 1 || (level <= 3 && (entry & ENTRY_PS) != 0);
}

static void visit(const struct visit *how, uint64_t table_entry, unsigned int level)
{
	struct protect *p = &how->c->protect;
	uint64_t *table = table_at(table_entry);

	if (table == NULL)
		return;
	if (!how->leaves)
		note_table(p, gpa_of(table_entry, SNP_PAGE));
	for (unsigned int i = 0; i < ENTRIES; i++) {
		if ((table[i] & ENTRY_P) == 0)
			continue;
		if (!is_leaf(table[i], level))
			visit(how, table[i], level - 1);
		else if (how->leaves)
			take_write(p, &table[i], leaf_bytes(level));
	}
}

/* The leaf that maps an address; the tables are those of protect_start(). */
static uint64_t *leaf_of(const struct cpu *c, uint64_t linear, uint64_t *bytes)
{
	uint64_t entry = c->v->cr3, *at;

	for (unsigned int level = LEVELS; level >= 1; level--) {
		*bytes = leaf_bytes(level);
		at = table_at(entry);
		if (at == NULL)
			return NULL;
		at += linear / *bytes % ENTRIES;
		entry = *at;
		if ((entry & ENTRY_P) == 0)
			return NULL;
		if (is_leaf(entry, level))
			return at;
	}
	return NULL;
}

void protect_start(struct cpu *c)
{
	struct visit how = { .c = c };

	if ((c->v->cr0 & CR0_WP) == 0 || (c->v->efer & EFER_LMA) == 0 ||
	    (c->v->cr4 & CR4_LA57) != 0 || machine.cpus > 1) {
		c->protect.writes_unseen = true;
		return;
	}
	visit(&how, c->v->cr3, LEVELS);
	how.leaves = true;
	visit(&how, c->v->cr3, LEVELS);
	c->protect.on = true;
	c->v->exceptions |= 1U << VECTOR_PF;
	c->v->cr_write |= 1U << 3;
}

static bool is_ours(const struct protect *p, const uint64_t *leaf)
{
	for (unsigned int i = 0; i < p->leaves; i++)
		if (p->leaf[i] == leaf)
			return true;
	return false;
}

bool protect_fault(struct cpu *c, uint64_t linear, uint64_t error)
{
	struct protect *p = &c->protect;
	uint64_t bytes, *leaf;

	if (!p->on || (error & PF_PRESENT_WRITE) != PF_PRESENT_WRITE || p->stepping != NULL)
		return false;
	leaf = leaf_of(c, linear, &bytes);
	if (leaf == NULL || !is_ours(p, leaf))
		return false;
	if (covers_table(p, (gpa_of(*leaf, bytes) + linear % bytes) & ~PAGE_MASK, SNP_PAGE))
		p->writes++;
	*leaf |= ENTRY_W;
	p->stepping = leaf;
	c->v->rflags |= RFLAGS_TF;
	c->v->exceptions |= 1U << VECTOR_DB;
	return true;
}

bool protect_stepped(struct cpu *c)
{
	struct protect *p = &c->protect;

	if (p->stepping == NULL)
		return false;
	*p->stepping &= ~ENTRY_W;
	p->stepping = NULL;
	c->v->rflags &= ~RFLAGS_TF;
	c->v->dr6 &= ~DR6_SINGLE_STEP;
	c->v->exceptions &= ~(1U << VECTOR_DB);
	return true;
}
