/* SPDX-License-Identifier: MIT */
/*
 * SVSM calls as the platform sees them: a guest VMPL asks for VMPL0 with
 * (protocol << 32 | call) in RAX, and is entered again some time later
 * [svsm 3]. CALL_PENDING is not looked at: its page is not known here.
 */
#include "softsnp.h"
#include <string.h>

#define CALL_PVALIDATE 1U
#define LIST_NEXT 2U
#define VMSA_RAX 0x1f8U

/* Entries of a PVALIDATE list that were done: its `next` [svsm 6.1]. */
static uint16_t list_next(uint64_t gpa)
{
	const uint8_t *page = snp_gpa_memory(&machine.snp, gpa);
	uint16_t next = 0;

	if (page != NULL && (gpa & PAGE_MASK) < SNP_PAGE - 8)
		memcpy(&next, page + (gpa & PAGE_MASK) + LIST_NEXT, sizeof(next));
	return next;
}

static unsigned int find(struct call_stats *s, uint64_t rax)
{
	for (unsigned int i = 0; i < s->kinds; i++)
		if (s->kind[i].rax == rax)
			return i;
	if (s->kinds < CALL_KINDS)
		s->kind[s->kinds++].rax = rax;
	return s->kinds - 1;
}

void calls_begin(struct cpu *c)
{
	struct call_stats *s = &c->calls;

	s->open = true;
	s->rax = c->gpr[RAX];
	s->current = find(s, s->rax);
	s->kind[s->current].count++;
	s->requests++;
	s->list = c->gpr[RCX];
	s->next_before = s->rax == CALL_PVALIDATE ? list_next(s->list) : 0;
	s->switches_before = c->count.switches - 1;
	s->flushes_before = c->count.flushes;
	s->writes_before = c->protect.writes + c->protect.cr_writes;
	s->broadcasts_before = c->count.invlpgb;
	s->zeroing_before = c->zeroing.repetitions;
	s->exits_now = 0;
	s->instructions = 0;
}

/* RAX as the guest will find it. */
static uint64_t result(const struct cpu *c)
{
	const struct snp_vcpu *vcpu = &machine.snp.vcpu[c->id];

	return load64(mem_at(vcpu->vmsa_spa[vcpu->vmpl]) + VMSA_RAX);
}

static void account_request(struct cpu *c)
{
	struct call_stats *s = &c->calls;
	struct call_kind *kind = &s->kind[s->current];
	uint64_t broadcasts = c->count.invlpgb - s->broadcasts_before;
	uint64_t zeroing = c->zeroing.repetitions - s->zeroing_before, entries = 0;

	if (s->rax == CALL_PVALIDATE)
		entries = (uint16_t)(list_next(s->list) - s->next_before);
	s->broadcasts += broadcasts;
	kind->entries += entries;
	kind->zeroing += zeroing;
	kind->instructions += s->instructions;
	if (machine.options.calls)
		say("call %lu.%lu entries %lu result %#lx instructions %lu flushes %lu zeroing %lu",
		    s->rax >> 32, s->rax & 0xffffffff, entries, result(c),
		    machine.options.icount ? s->instructions : 0, broadcasts, zeroing);
}

void calls_end(struct cpu *c)
{
	struct call_stats *s = &c->calls;
	uint64_t switches = c->count.switches - s->switches_before;
	uint64_t exits = s->exits_now - 1; /* but for the one that ends it */

	if (!s->open)
		return;
	s->open = false;
	s->switches += switches;
	s->exits += exits;
	s->flushes += c->count.flushes - s->flushes_before;
	s->table_writes += c->protect.writes + c->protect.cr_writes - s->writes_before;
	if (switches > s->most_switches)
		s->most_switches = switches;
	if (exits > s->most_exits)
		s->most_exits = exits;
	account_request(c);
}

void calls_add(struct call_stats *total, const struct call_stats *s)
{
	for (unsigned int i = 0; i < s->kinds; i++) {
		struct call_kind *to = &total->kind[find(total, s->kind[i].rax)];

		to->count += s->kind[i].count;
		to->instructions += s->kind[i].instructions;
		to->zeroing += s->kind[i].zeroing;
		to->entries += s->kind[i].entries;
	}
	total->requests += s->requests;
	total->switches += s->switches;
	total->exits += s->exits;
	total->flushes += s->flushes;
	total->broadcasts += s->broadcasts;
	if (s->most_switches > total->most_switches)
		total->most_switches = s->most_switches;
	if (s->most_exits > total->most_exits)
		total->most_exits = s->most_exits;
}

/*
 * Calibrated is an exit by VMMCALL, which counts as one. What faults counts
 * when it is executed again, and TCG has counted a #UD and a #DB already.
 */
static unsigned int surplus(uint64_t exit_code)
{
	return exit_code == EXIT_NPF || exit_code - EXIT_EXCEPTION < 32 ? 1 : 0;
}

void calls_account(struct cpu *c, uint64_t ticks)
{
	uint64_t instructions = ticks - surplus(c->v->exit_code);

	if (cpu_vmpl(c) != 0)
		return;
	if (!c->guest_entered)
		c->count.boot_instructions += instructions;
	else
		c->count.service_instructions += instructions;
	if (c->calls.open)
		c->calls.instructions += instructions;
}
