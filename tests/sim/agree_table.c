/* SPDX-License-Identifier: MIT */
/* A scenario's lines as the guest's steps, or why it cannot make them. */
#include "agree.h"
#include "guest/scenario/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <svsm/abi.h>

static struct table_step *steps;
static unsigned int count;
/* Of the call that a CPU has begun: how many of rcx, rdx are addresses. */
static unsigned int addresses[HOST_CPUS];

/* ---- addresses --------------------------------------------------------- */

static uint64_t moved(uint64_t address)
{
	return address < HOST_RAM ? address + TABLE_BASE : address;
}

static uint64_t moved_entry(uint64_t entry)
{
	return (entry & SVSM_ENTRY_ADDRESS) < HOST_RAM ? entry + TABLE_BASE : entry;
}

static unsigned int addresses_of(uint64_t rax)
{
	switch (rax) {
	case SVSM_CORE_CREATE_VCPU:
		return 2;
	case SVSM_CORE_REMAP_CA:
	case SVSM_CORE_PVALIDATE:
	case SVSM_CORE_DELETE_VCPU:
	case SVSM_CORE_DEPOSIT_MEM:
	case SVSM_CORE_WITHDRAW_MEM:
		return 1;
	default:
		return 0;
	}
}

static uint64_t moved_register(unsigned int cpu, unsigned int number, uint64_t value)
{
	return number >= SCENARIO_RCX && number <= addresses[cpu] ? moved(value) : value;
}

/* ---- what only the model can do ---------------------------------------- */

static enum turn_kind kind_of(unsigned int kind)
{
	switch (kind) {
	case HOST_PVALIDATE:
		return TURN_PVALIDATE;
	case HOST_RMPADJUST:
		return TURN_RMPADJUST;
	case HOST_FLUSH:
		return TURN_FLUSH;
	default:
		return TURN_NONE;
	}
}

/* Nothing in the model, memory in the image. */
static bool is_elsewhere(uint64_t address)
{
	return (address >= HOST_HOLE && address < HOST_HOLE_END) ||
	       (address >= HOST_RAM && address < TABLE_RAM);
}

static bool names_elsewhere(const struct scenario *s, const struct scenario_line *l)
{
	unsigned int n = addresses_of(l->given[SCENARIO_RAX]);

	for (unsigned int i = 0; i < l->entries; i++)
		if (is_elsewhere(s->entry[l->entry + i] & SVSM_ENTRY_ADDRESS))
			return true;
	if (l->word != SCENARIO_CALL && l->word != SCENARIO_BEGIN)
		return false;
	for (unsigned int i = SCENARIO_RCX; i <= n; i++)
		if (is_elsewhere(l->given[i]))
			return true;
	return false;
}

/* NULL: the image can. */
static const char *cannot(const struct scenario *s, const struct scenario_line *l)
{
	if (names_elsewhere(s, l))
		return "an address that is memory in the image, and none in the model";
	switch (l->word) {
	case SCENARIO_SLOTS:
	case SCENARIO_STEP:
	case SCENARIO_MICRO:
	case SCENARIO_PAUSE:
	case SCENARIO_SET:
	case SCENARIO_INJECT:
	case SCENARIO_TOUCH:
	case SCENARIO_LOSS:
		return "an order or a change by hand that only the model can make";
	case SCENARIO_BEGIN:
		return l->uncalled ? "it enters VMPL0 in parts" : NULL;
	case SCENARIO_ADVANCE:
		if (!l->past)
			return "soft-SNP does not see every operation, and cannot count them";
		/* fall through */
	case SCENARIO_FAIL:
		if (kind_of(l->what) == TURN_NONE)
			return "soft-SNP sees only PVALIDATE, RMPADJUST and flushes";
		/* fall through */
	case SCENARIO_REFUSE:
	case SCENARIO_PRETEND:
		return l->count > TURN_NTH ? "soft-SNP does not count so far" : NULL;
	case SCENARIO_MAP:
	case SCENARIO_UNMAP:
		return "soft-SNP stops when VMPL0 comes to a page that the RMP refuses";
	default:
		return NULL;
	}
}

static bool can_run(const struct scenario *s)
{
	if (s->cpus > TABLE_CPUS) {
		puts("one more CPU is needed than there are");
		return false;
	}
	for (unsigned int i = 0; i < s->lines; i++) {
		const char *why = cannot(s, &s->line[i]);

		if (why == NULL)
			continue;
		printf("line %u: %s\n", s->line[i].line, why);
		return false;
	}
	return true;
}

/* ---- lines as steps ---------------------------------------------------- */

static struct table_step *add(const struct scenario_line *l, enum step_word word)
{
	struct table_step *t = &steps[count++];

	*t = (struct table_step){
		.word = word,
		.line = l->line,
		.cpu = l->cpu,
		.address = moved(l->address),
		.other = moved(l->other),
		.count = l->count,
	};
	return t;
}

static void page(const struct scenario_line *l, enum step_word word)
{
	add(l, word)->bytes = size_bytes(l->size);
}

static void begin(const struct scenario_line *l)
{
	struct table_step *t = add(l, STEP_BEGIN);

	addresses[l->cpu] = addresses_of(l->given[SCENARIO_RAX]);
	for (unsigned int i = 0; i < SCENARIO_REGISTERS; i++)
		t->given[i] = moved_register(l->cpu, i, l->given[i]);
}

/* A register that is no result is as it was given. No call comes back when the VM is stopped. */
static void finish(const struct scenario_line *l)
{
	struct table_step *t = add(l, STEP_FINISH);

	if (l->expect.stops || l->expect.any)
		return;
	t->wanted[TABLE_RAX] = l->expect.value;
	t->checked = l->expect.checked | 1U << TABLE_RAX;
	for (unsigned int i = SCENARIO_RCX; i < SCENARIO_REGISTERS; i++)
		t->wanted[i] = moved_register(l->cpu, i, l->expect.given[i]);
}

static void memory(const struct scenario_line *l, enum step_word word)
{
	struct table_step *t = add(l, word);

	t->bytes = l->bytes;
	t->next = l->next;
	t->entry = l->entry;
	t->entries = l->entries;
	t->value = word == STEP_WRITE ? l->value : l->expect.value;
	t->writes = word == STEP_ACCESS && l->what == SNP_WRITE;
}

/* hw.h and host.h have codes of their own for what is none. */
static void turn(const struct scenario_line *l, enum step_word word)
{
	struct table_step *t = add(l, word);

	t->kind = kind_of(l->what);
	t->other = l->other;
	if (l->other == HW_FAULT)
		t->other = TURN_FAULT;
	if (l->other == HOST_UNCHANGED)
		t->other = TURN_UNCHANGED;
}

static enum step_word page_word(enum scenario_page what)
{
	switch (what) {
	case SCENARIO_GIVEN:
		return STEP_GIVEN;
	case SCENARIO_SHARED:
		return STEP_SHARED;
	default:
		return STEP_SPLIT;
	}
}

static void convert(const struct scenario_line *l)
{
	switch (l->word) {
	case SCENARIO_PAGE:
		page(l, page_word((enum scenario_page)l->what));
		break;
	case SCENARIO_FRAMES:
		add(l, l->what == SCENARIO_USED ? STEP_USED_FRAMES : STEP_NO_FRAMES);
		break;
	case SCENARIO_VMSA:
		add(l, STEP_AREA);
		break;
	case SCENARIO_WRITE:
		memory(l, STEP_WRITE);
		break;
	case SCENARIO_LIST:
		memory(l, STEP_LIST);
		break;
	case SCENARIO_READ:
		memory(l, STEP_READ);
		break;
	case SCENARIO_ACCESS:
		memory(l, STEP_ACCESS);
		break;
	case SCENARIO_CALL:
		begin(l);
		finish(l);
		break;
	case SCENARIO_BEGIN:
		begin(l);
		break;
	case SCENARIO_ADVANCE:
		turn(l, STEP_ADVANCE);
		break;
	case SCENARIO_FINISH:
		finish(l);
		break;
	case SCENARIO_START:
		add(l, STEP_START);
		break;
	case SCENARIO_ENTER:
		add(l, STEP_ENTER);
		break;
	case SCENARIO_FAIL:
		turn(l, STEP_FAIL);
		break;
	case SCENARIO_TAKE:
		page(l, STEP_TAKE);
		break;
	case SCENARIO_REFUSE:
		add(l, STEP_REFUSE);
		break;
	case SCENARIO_PRETEND:
		add(l, STEP_PRETEND);
		break;
	case SCENARIO_ASSIGN:
		add(l, STEP_ASSIGN);
		break;
	case SCENARIO_RESTORE:
		add(l, STEP_RESTORE);
		break;
	default: /* the machine; `stop`: it has no turn any more */
		break;
	}
}

static bool write_all(const struct scenario *s, const char *path)
{
	const struct table head = { TABLE_MAGIC, s->cpus, count, s->entries, 0 };
	FILE *to = fopen(path, "we");
	bool is_written;

	if (to == NULL)
		return false;
	is_written = fwrite(&head, sizeof(head), 1, to) == 1 &&
		     fwrite(steps, sizeof(*steps), count, to) == count;
	for (unsigned int i = 0; i < s->entries; i++) {
		uint64_t entry = moved_entry(s->entry[i]);

		is_written &= fwrite(&entry, sizeof(entry), 1, to) == 1;
	}
	return fclose(to) == 0 && is_written;
}

int agree_table(const struct scenario *s, const char *path)
{
	if (!can_run(s))
		return 1;
	steps = calloc(2UL * s->lines, sizeof(*steps));
	if (steps == NULL)
		abort();
	for (unsigned int i = 0; i < s->lines; i++)
		convert(&s->line[i]);
	if (!write_all(s, path)) {
		perror(path);
		return 2;
	}
	printf("%u %u", s->vmpl, s->cpus);
	if (s->line[s->lines - 1].expect.stops)
		printf(" %u", (unsigned int)s->line[s->lines - 1].expect.value);
	putchar('\n');
	free(steps);
	return 0;
}
