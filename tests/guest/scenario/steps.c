/* SPDX-License-Identifier: MIT */
/* The scenario's lines, one after the other, and whether each is as its text has it. */
#include "scenario.h"

static void put(uint64_t gpa, uint64_t value, uint64_t bytes)
{
	volatile uint8_t *at = page_private(gpa);

	for (uint64_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void write_list(const struct table_step *t)
{
	put(t->address, t->next << 16 | (uint16_t)t->count, LIST_HEADER);
	for (unsigned int i = 0; i < t->entries; i++)
		put(t->address + LIST_HEADER + 8 * i, table_entries()[t->entry + i], 8);
}

/* Values are aligned. */
static void read_memory(const struct table_step *t)
{
	uint64_t value = probe_read(page_private(t->address & ~7ULL)) >> (8 * (t->address & 7));

	if (trap.vector != TRAP_NONE)
		check(false, "line %u: the guest cannot read it", t->line);
	else
		check_eq(value & ~0ULL >> (64 - 8 * t->bytes), t->value, "line %u: in memory",
			 t->line);
}

static void all_of_it(struct runner *r)
{
	(void)runner_go(r, TURN_NONE, 0);
}

static void try_access(const struct table_step *t)
{
	struct runner *r = runner_of(t->cpu);

	r->at = t->address;
	runner_begin(r, t->writes != 0 ? WORK_WRITE : WORK_READ);
	all_of_it(r);
	check_eq(r->works, t->value, "line %u: access", t->line);
}

static void begin(const struct table_step *t)
{
	struct runner *r = runner_of(t->cpu);

	call_set(&r->call, t->given[TABLE_RAX], t->given[TABLE_RCX], t->given[TABLE_RDX],
		 t->given[TABLE_R8]);
	r->call.in.r9 = t->given[TABLE_R9];
	runner_begin(r, WORK_CALL);
}

static void advance(const struct table_step *t)
{
	check(!runner_go(runner_of(t->cpu), (enum turn_kind)t->kind, t->count),
	      "line %u: the call goes so far", t->line);
}

static void finish(const struct table_step *t)
{
	static const char *const name[TABLE_REGISTERS] = { "RAX", "RCX", "RDX", "R8", "R9" };
	struct runner *r = runner_of(t->cpu);
	const struct regs *out = &r->call.out;

	if (r->work != WORK_NOTHING)
		all_of_it(r);
	const uint64_t got[TABLE_REGISTERS] = { out->rax, out->rcx, out->rdx, out->r8, out->r9 };

	for (unsigned int i = 0; i < TABLE_REGISTERS; i++)
		if ((t->checked >> i & 1) != 0)
			check_eq(got[i], t->wanted[i], "line %u: %s", t->line, name[i]);
	check(r->call.left == 0 && r->call.hv_ok, "line %u: answered", t->line);
}

static void enter(const struct table_step *t)
{
	struct runner *r = runner_of(t->cpu);

	r->times = t->count;
	runner_begin(r, WORK_ENTER);
	all_of_it(r);
}

void step_take(const struct table_step *t)
{
	switch ((enum step_word)t->word) {
	case STEP_AREA:
		runner_area(t->address);
		break;
	case STEP_WRITE:
		put(t->address, t->value, t->bytes);
		break;
	case STEP_LIST:
		write_list(t);
		break;
	case STEP_READ:
		read_memory(t);
		break;
	case STEP_ACCESS:
		try_access(t);
		break;
	case STEP_BEGIN:
		begin(t);
		break;
	case STEP_ADVANCE:
		advance(t);
		break;
	case STEP_FINISH:
		finish(t);
		break;
	case STEP_START:
		runner_start(t->cpu, t->address, t->other);
		break;
	case STEP_ENTER:
		enter(t);
		break;
	case STEP_FAIL:
		order_fail((enum turn_kind)t->kind, t->count, (uint32_t)t->other);
		break;
	case STEP_REFUSE:
		order(TURN(TURN_REFUSE, 0, 0, t->count));
		break;
	case STEP_PRETEND:
		order(TURN(TURN_PRETEND, 0, 0, t->count));
		break;
	case STEP_ASSIGN:
		order_assign(t->address, t->other);
		break;
	case STEP_RESTORE:
		order(TURN(TURN_RESTORE, 0, 0, 0));
		break;
	case STEP_TAKE:
		check(ghcb_psc(t->address / t->bytes, 1, PSC_SHARED, t->bytes == PAGE_2M),
		      "line %u: the page is the hypervisor's", t->line);
		break;
	default: /* of the set-up */
		break;
	}
}
