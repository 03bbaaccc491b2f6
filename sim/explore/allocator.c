/* SPDX-License-Identifier: MIT */
/* Calls of the frame allocator, and who has which frame. */
#include "allocator.h"

#include <stdio.h>
#include <string.h>

#define SHARED_BYTES offsetof(struct allocator, used)

struct allocator *allocator;
static unsigned int cpus;

size_t allocator_open(const struct explore_config *c, void **own)
{
	static uint8_t memory[PAGE_4K] __attribute__((aligned(4096)));

	_Static_assert(sizeof(struct allocator) <= sizeof(memory), "a page of its own");
	cpus = c->cpus;
	host_new_cpus(c->vmpl, c->cpus);
	for (unsigned int cpu = 0; cpu < c->cpus; cpu++)
		host.guest_of[cpu].asleep = true; /* there is none */
	allocator = (void *)memory;
	allocator_before(c);
	*own = memory;
	return sizeof(memory);
}

enum explore_frames allocator_call(unsigned int cpu)
{
	return world_busy(cpu) ? (enum explore_frames)menu_call(left->cpu[cpu].call)->rax
			       : FRAME_CALLS;
}

static bool is_take(enum explore_frames call)
{
	return call <= FRAME_TAKE_2M;
}

static bool another_is(unsigned int cpu, bool (*what)(enum explore_frames call))
{
	for (unsigned int other = 0; other < cpus; other++)
		if (other != cpu && what(allocator_call(other)))
			return true;
	return false;
}

static bool is_again(enum explore_frames call)
{
	return call == FRAME_GIVE_AGAIN;
}

static bool gave_one(const struct allocator_cpu *c)
{
	return c->frame != NO_FRAME && !is_used(frame_number(c->frame));
}

/* Nobody takes a frame while another gives it back that does not have it: frame.h excludes that. */
bool allocator_may_begin(unsigned int cpu, unsigned int call)
{
	const struct allocator_cpu *c = &allocator->cpu[cpu];

	switch ((enum explore_frames)menu_call(call)->rax) {
	case FRAME_GIVE:
	case FRAME_GIVE_NEWEST:
		return c->hands != 0;
	case FRAME_GIVE_2M:
		return c->regions != 0;
	case FRAME_GIVE_AGAIN:
		return gave_one(c) && !another_is(cpu, is_take);
	case FRAME_LOOK:
		return gave_one(c);
	default:
		return c->hands < HAND && !another_is(cpu, is_again);
	}
}

/* On the CPU's own stack. */
static void perform(void)
{
	struct allocator_cpu *c = &allocator->cpu[host_cpu];
	struct frame_cpu *me = frame_cpu(host_cpu);
	pa_t frame = pa(c->frame);

	switch (allocator_call(host_cpu)) {
	case FRAME_TAKE:
		c->err = frame_alloc(me, &frame);
		break;
	case FRAME_TAKE_VMSA:
		c->err = frame_alloc_vmsa(me, &frame);
		break;
	case FRAME_TAKE_2M:
		c->err = frame_alloc_2m(me, &frame);
		break;
	case FRAME_GIVE_2M:
		c->err = frame_free_2m(me, frame);
		break;
	case FRAME_LOOK:
		c->err = frame_state(frame, &c->state);
		break;
	default:
		c->err = frame_free(me, frame);
		break;
	}
	c->frame = frame.raw;
}

static void set_used(unsigned int first, unsigned int count, bool used)
{
	for (unsigned int i = first; i < first + count; i++) {
		uint64_t bit = 1ULL << i % ROW_FRAMES;

		allocator->used[i / ROW_FRAMES] &= ~bit;
		allocator->used[i / ROW_FRAMES] |= used ? bit : 0;
	}
}

static void let_go(struct allocator_cpu *c, unsigned int i)
{
	c->frame = frame_at(c->hand[i]);
	set_used(c->hand[i], 1, false);
	c->hands--;
	memmove(&c->hand[i], &c->hand[i + 1], (c->hands - i) * sizeof(c->hand[0]));
	c->hand[c->hands] = 0;
}

static void let_go_2m(struct allocator_cpu *c)
{
	unsigned int region = (unsigned int)__builtin_ctz(c->regions);

	c->regions &= (uint8_t)(c->regions - 1);
	c->frame = frame_at(region * FRAMES_PER_2M);
	set_used(region * FRAMES_PER_2M, FRAMES_PER_2M, false);
}

/* What is given back is in no hand any more: another CPU can have it before the call ends. */
static void begin(unsigned int cpu, unsigned int call)
{
	struct allocator_cpu *c = &allocator->cpu[cpu];

	left->cpu[cpu].calls--;
	left->cpu[cpu].call = (uint8_t)call;
	c->saw_nothing = c->was_free = c->was_used = false;
	c->changed_rows = c->changed_regions = 0;
	switch ((enum explore_frames)menu_call(call)->rax) {
	case FRAME_GIVE:
		let_go(c, 0);
		break;
	case FRAME_GIVE_NEWEST:
		let_go(c, c->hands - 1U);
		break;
	case FRAME_GIVE_2M:
		let_go_2m(c);
		break;
	case FRAME_GIVE_AGAIN:
	case FRAME_LOOK:
		break;
	default:
		c->frame = NO_FRAME;
		break;
	}
	host_part_run(cpu, perform);
}

static const char *took(struct allocator_cpu *c, enum explore_frames call)
{
	const unsigned int count = call == FRAME_TAKE_2M ? FRAMES_PER_2M : 1;
	const uint64_t at = c->frame - FRAMES_AT;
	const unsigned int first = frame_number(c->frame);

	if (c->err == ERR_NO_MEMORY)
		return c->saw_nothing ? NULL : "a frame is refused, and there always was one";
	if (c->err != OK || at >= FRAMES * PAGE_4K || at % (count * PAGE_4K) != 0)
		return "what is handed out is no frame";
	if (call == FRAME_TAKE_VMSA && first % FRAMES_PER_2M == 0)
		return "a frame for a save area begins 2 MiB";
	for (unsigned int i = first; i < first + count; i++)
		if (is_used(i))
			return "a frame is handed out that is in a hand";
	set_used(first, count, true);
	if (call == FRAME_TAKE_2M)
		c->regions |= (uint8_t)(1U << first / FRAMES_PER_2M);
	else
		c->hand[c->hands++] = (uint16_t)first;
	c->frame = NO_FRAME;
	return NULL;
}

static const char *looked(const struct allocator_cpu *c)
{
	const bool is_right =
		c->state == PAGE_FREE ? c->was_free : c->state == PAGE_USED && c->was_used;

	return c->err == OK && is_right ? NULL : "frame_state() says what never was so";
}

static const char *ended(unsigned int cpu)
{
	const enum explore_frames call = (enum explore_frames)menu_call(left->cpu[cpu].call)->rax;
	struct allocator_cpu *c = &allocator->cpu[cpu];
	const char *wrong = NULL;

	if (is_take(call))
		wrong = took(c, call);
	else if (call == FRAME_LOOK)
		wrong = looked(c);
	else if (call == FRAME_GIVE_AGAIN)
		wrong = c->err == ERR_STATE ? NULL : "a free frame is given back";
	else
		wrong = c->err == OK ? NULL : "a frame is not taken back";
	left->cpu[cpu].call = 0;
	c->err = OK;
	c->state = PAGE_NONE;
	c->saw_nothing = c->was_free = c->was_used = false;
	c->changed_rows = c->changed_regions = 0;
	return wrong;
}

/* More was written than the word that `op` writes: other CPUs see that whenever they look. */
static bool wrote_past(struct allocator *before, const struct host_op *op)
{
	const size_t at = (size_t)(op->gpa - (uintptr_t)allocator);
	const size_t bytes = at < offsetof(struct allocator, owner) ? sizeof(shared64) : 1;

	if (op->argument != 0 && at < SHARED_BYTES)
		memcpy((uint8_t *)before + at, (uint8_t *)allocator + at, bytes);
	return memcmp(before, allocator, SHARED_BYTES) != 0;
}

/* Whose state it changes is in its hand until its call ends: nobody else can have it. */
static const char *step(unsigned int cpu)
{
	struct allocator_cpu *c = &allocator->cpu[cpu];
	const struct host_op *waits = host_part_waits(cpu);
	const struct host_op op = waits != NULL ? *waits : (struct host_op){ 0 };
	struct allocator before;
	bool is_over;

	memcpy(&before, allocator, SHARED_BYTES);
	is_over = host_part_step(cpu, true);
	if (host.stopped)
		return "the firmware has stopped the VM";
	for (unsigned int i = 0; i < ROWS; i++)
		c->changed_rows |= (uint32_t)(before.owner[i] != allocator->owner[i]) << i;
	for (unsigned int i = 0; i < REGIONS; i++)
		c->changed_regions |= (uint32_t)(before.region[i] != allocator->region[i]) << i;
	if (wrote_past(&before, &op))
		return "a shared word is written past atomic.h";
	allocator_note();
	return is_over ? ended(cpu) : NULL;
}

static const char *look_at_rest(void)
{
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		if (world_busy(cpu))
			return NULL;
	return state_aside(allocator_rest);
}

const char *allocator_act(const struct explore_act *act)
{
	const char *wrong = NULL;

	words_begin(act->cpu);
	if (act->kind == ACT_BEGIN)
		begin(act->cpu, act->call);
	else
		wrong = step(act->cpu);
	words_end();
	mask_stack(act->cpu);
	mask_all();
	allocator_note();
	if (wrong == NULL)
		wrong = allocator_look();
	return wrong != NULL || act->kind == ACT_BEGIN ? wrong : look_at_rest();
}

void allocator_words(unsigned int cpu, const struct host_op *op, char words[ACT_WORDS])
{
	const char *does = op->argument != 0 ? "writes" : "reads";
	const size_t at = (size_t)(op->gpa - (uintptr_t)allocator);

	if (at < offsetof(struct allocator, owner))
		(void)snprintf(words, ACT_WORDS, "cpu %u %s row[%zu].%s", cpu, does,
			       at / sizeof(struct frame_row),
			       at % sizeof(struct frame_row) == 0 ? "ready" : "returned");
	else if (at < offsetof(struct allocator, region))
		(void)snprintf(words, ACT_WORDS, "cpu %u %s owner[%zu]", cpu, does,
			       at - offsetof(struct allocator, owner));
	else if (at < offsetof(struct allocator, used))
		(void)snprintf(words, ACT_WORDS, "cpu %u %s region[%zu]", cpu, does,
			       at - offsetof(struct allocator, region));
	else
		(void)snprintf(words, ACT_WORDS, "cpu %u %s a count, or the row that is none", cpu,
			       does);
}
