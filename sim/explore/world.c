/* SPDX-License-Identifier: MIT */
/* The machine that is explored: its memory, the calls that may be made on it, how they go on. */
#define _GNU_SOURCE
#include "explore.h"

#include <svsm/abi.h>
#include <svsm/vmsa.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct explore_left *left;

static unsigned int cpus, how;
static bool by_words, launch, allocator_alone, to_look_at;
static struct host_area own; /* memory that is part of the state */
static unsigned int spare;   /* the CPU that has no vCPU at first */

static uint8_t *fresh(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(at != MAP_FAILED);
	return at;
}

/* The 2 MiB page is only ever zeroed: one page of memory, shown 512 times. */
static void alias_2m(void)
{
	int fd = memfd_create("2m", 0);

	CHECK(fd >= 0 && ftruncate(fd, PAGE_4K) == 0);
	for (uint64_t at = 0; at < PAGE_2M; at += PAGE_4K)
		CHECK(mmap(host.memory + FRAME_2M + at, PAGE_4K, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED);
	(void)close(fd);
}

static void open_areas(void)
{
	struct host_area area[4] = {
		{ host.memory, FRAME_2M },
		{ host.memory + FRAME_2M + PAGE_2M, host_spa_bytes() - FRAME_2M - PAGE_2M },
		{ (uint8_t *)left, PAGE_4K },
		own,
	};

	state_open(area, own.bytes != 0 ? 4 : 3);
}

void world_open(const struct explore_config *c, bool is_to_look_at)
{
	void *at = NULL;

	how = c->how;
	by_words = c->words;
	to_look_at = is_to_look_at;
	launch = (c->before & BEFORE_LAUNCH) != 0;
	allocator_alone = (c->before & BEFORE_ALLOCATOR) != 0;
	cpus = c->cpus;
	left = (void *)fresh(PAGE_4K);
	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		left->cpu[cpu].calls = (uint8_t)c->calls[cpu];
		left->cpu[cpu].lies = (uint8_t)c->lies[cpu];
		left->cpu[cpu].runs = (uint8_t)c->runs[cpu];
	}
	if (launch)
		own.bytes = bringup_open(c->vmpl, &at);
	else if (allocator_alone)
		own.bytes = allocator_open(c, &at);
	else
		spare = before_vcpus(c);
	own.at = at;
	guest_open(c, spare);
	if (to_look_at)
		mask_no_history();
	else
		alias_2m();
	host_save();
	mask_all();
	words_open(c, !to_look_at);
	cover_forget();
	open_areas();
	endless_open();
}

bool world_is_whole(void)
{
	return allocator_alone;
}

struct host_area world_own(void)
{
	return own;
}

bool world_busy(unsigned int cpu)
{
	return host.guest_of[cpu].busy;
}

bool world_stopped(void)
{
	return host.stopped;
}

bool world_may_begin(unsigned int cpu, unsigned int call)
{
	if (host.stopped || world_busy(cpu) || left->cpu[cpu].calls == 0)
		return false;
	if (allocator_alone)
		return allocator_may_begin(cpu, call);
	return (guest_is_alive(cpu) || menu_call(call)->rax == CALL_ENTER ||
		(menu_call(call)->flags & CALL_LAUNCH) != 0);
}

bool world_finished(unsigned int cpu)
{
	return host.stopped || (!world_busy(cpu) && left->cpu[cpu].calls == 0);
}

unsigned int world_may_refuse(unsigned int cpu)
{
	const struct host_op *op = world_busy(cpu) ? host_part_waits(cpu) : NULL;

	if (op == NULL || left->cpu[cpu].lies == 0 || left->cpu[cpu].shut)
		return 0;
	return refuse_ways(op) & how;
}

bool world_may_run(unsigned int cpu)
{
	return !host.stopped && world_busy(cpu) && left->cpu[cpu].runs != 0 &&
	       guest_may_be_run(cpu);
}

/* Whatever is in the pages of a guest that cannot run stays. */
static void enter(unsigned int cpu, const struct host_registers *r)
{
	uint8_t *page[2] = { host_page(host.guest_of[cpu].vmsa), host_page(host_ca()) };
	uint8_t kept[2][PAGE_4K];

	for (unsigned int i = 0; i < 2; i++)
		memcpy(kept[i], page[i], PAGE_4K);
	host_part_begin(cpu, r);
	for (unsigned int i = 0; i < 2; i++)
		memcpy(page[i], kept[i], PAGE_4K);
}

static void meet(unsigned int cpu)
{
	left->cpu[cpu].met = false;
	for (unsigned int other = 0; other < cpus; other++)
		if (other != cpu && world_busy(other))
			left->cpu[cpu].met = left->cpu[other].met = true;
}

static void begin(unsigned int cpu, unsigned int call)
{
	const struct explore_call *m = menu_call(call);

	left->cpu[cpu].calls--;
	left->cpu[cpu].call = (uint8_t)call;
	left->cpu[cpu].shut = left->cpu[cpu].overwritten = false;
	meet(cpu);
	host_on(cpu);
	if ((m->flags & CALL_LAUNCH) != 0) {
		left->lied = bringup_begin((enum explore_launch)m->rcx);
		return;
	}
	/* Those for the one without a vCPU take over no calling area. */
	if (m->rax == SVSM_CORE_CREATE_VCPU && menu_cpu(m, spare) != spare)
		left->newer[menu_cpu(m, spare)] = true;
	guest_asks(cpu, call);
	if (m->rax == CALL_ENTER)
		enter(cpu, &(struct host_registers){ .rax = CALL_ENTER });
	else
		host_part_run(cpu, host_enter);
}

/* The hypervisor runs the vCPU that was made, when it is told of it. */
static void start_spare(const struct explore_call *m)
{
	words_page(host.guest_of[spare].vmsa, true);
	host_start(spare, m->rcx, m->rdx);
}

/* The guest sees an answer: not when its calling area was taken away, or is another's by now. */
static bool has_answer(unsigned int cpu)
{
	const struct snp_rmp_entry *e;
	uint64_t ca, spa;

	host_on(cpu);
	ca = host_ca();
	if (!guest_is_alive(cpu) || !snp_gpa_to_spa(&host.snp, ca, &spa))
		return false;
	e = snp_rmp_head(&host.snp, spa);
	return e->assigned && e->validated && host_page(ca)[SVSM_CA_PENDING] == 0;
}

/* The answer has been read, and is forgotten. */
static const char *answered(unsigned int cpu)
{
	const struct explore_call *m = menu_call(left->cpu[cpu].call);
	const bool met = left->cpu[cpu].met;
	const char *wrong;
	uint32_t result;
	bool is_none;

	if ((m->flags & CALL_LAUNCH) != 0)
		return bringup_ended();
	wrong = guest_looks(cpu);
	left->cpu[cpu].call = 0;
	left->cpu[cpu].answered = left->cpu[cpu].met = false;
	left->cpu[cpu].asked_in = left->cpu[cpu].list_read = 0;
	if (wrong != NULL)
		return wrong;
	if (m->rax == CALL_ENTER || !has_answer(cpu))
		return NULL;
	result = (uint32_t)host_part_result(cpu);
	/* No request, as the guest has left it [svsm 2]. */
	is_none = left->cpu[cpu].overwritten && result == SVSM_ERR_INVALID_FORMAT;
	if (m->rax == SVSM_CORE_CREATE_VCPU && result == SVSM_SUCCESS && spare < cpus &&
	    menu_cpu(m, spare) == spare)
		start_spare(m);
	host_on(cpu);
	wrong = asked_answered(cpu, m, result, met);
	if (wrong != NULL)
		return wrong;
	host_set(VMSA_RAX, 0);
	host_set(VMSA_RCX, 0);
	memset(host_page(LIST(cpu)), 0, PAGE_4K);
	if (result == SVSM_ERR_BUSY && !met)
		return "a call is busy by itself";
	if (result == SVSM_ERR_RMP + RMP_FAIL_INUSE && !met && !left->lied)
		return "a vCPU is in use by nobody";
	return is_none ? NULL : cover_result(m, result);
}

/* The hypervisor runs the save area, on whatever CPU. */
static const char *run(const struct explore_act *act)
{
	const char *wrong = guest_looks(act->cpu);

	left->cpu[act->cpu].runs--;
	guest_is_run(act->cpu, act->call);
	return wrong;
}

/* A list or a calling area that is taken away is the guest's loss, and no reason to stop the VM. */
static bool excuses(const struct explore_act *act, const struct host_op *op)
{
	uint64_t spa;

	if (act->call != HOW_TAKEN || op->kind < HOST_LOAD || op->kind > HOST_COPY_OUT)
		return true;
	return !snp_gpa_to_spa(&host.snp, op->gpa, &spa) || snp_rmp_head(&host.snp, spa)->vmsa;
}

/* What the hypervisor does before the CPU goes on. */
static void interfere(const struct explore_act *act)
{
	const struct host_op *op = host_part_waits(act->cpu);

	if (act->kind == ACT_REFUSED) {
		left->cpu[act->cpu].lies--;
		left->cpu[act->cpu].shut = act->call == HOW_RUN;
		left->only_unchanged = op->kind == HOST_PVALIDATE && act->call == HOW_WRONG &&
				       (left->only_unchanged || (!left->lied && !host.lied));
		left->lied |= launch || excuses(act, op);
		refuse(act->cpu, op, (enum explore_how)act->call);
	} else if (left->cpu[act->cpu].shut && op != NULL) {
		refuse_run(act->cpu, op);
	}
}

const char *world_prepare(const struct explore_act *act)
{
	if (act->kind == ACT_RUN)
		return run(act);
	if (act->kind == ACT_BEGIN)
		begin(act->cpu, act->call);
	else
		interfere(act);
	return NULL;
}

bool world_goes_on(const struct explore_act *act)
{
	return act->kind == ACT_STEP || act->kind == ACT_REFUSED;
}

const char *world_arrived(const struct explore_act *act)
{
	const char *wrong = NULL;

	if (!world_busy(act->cpu) && !host.stopped)
		wrong = answered(act->cpu);
	if (!host.stopped)
		return wrong;
	host_on(0);
	cover_stop(host.reason);
	return left->lied ? NULL : "the firmware has stopped the VM";
}

bool world_has_record(void)
{
	if (allocator_alone)
		return false;
	return !launch || (!host.stopped && !world_busy(0) &&
			   (menu_call(left->cpu[0].call)->flags & CALL_LAUNCH) != 0);
}

static bool can_have_changed(const struct explore_act *act)
{
	if (launch)
		return world_has_record();
	return act->kind == ACT_BEGIN || !world_busy(act->cpu) || words_changed();
}

const char *world_look(const struct explore_act *act, const char *wrong, bool has_changed)
{
	mask_stack(act->cpu);
	mask_all();
	if (!launch && !host.stopped)
		rest_note(act);
	if (wrong == NULL && has_changed) {
		looks_contents();
		wrong = host_invariants();
		if (wrong == NULL)
			wrong = guest_all_can_run();
		if (wrong == NULL && !launch)
			wrong = looks_rights();
		if (wrong == NULL)
			wrong = looks_frames();
	}
	if (wrong == NULL && by_words)
		wrong = looks_owners();
	if (wrong == NULL)
		wrong = host.violation;
	if (wrong == NULL && !launch && !host.stopped && act->kind != ACT_BEGIN)
		wrong = rest_look();
	return wrong;
}

static const char *perform(const struct explore_act *act)
{
	const char *wrong;

	if (allocator_alone)
		return allocator_act(act);
	words_begin(act->cpu);
	wrong = world_prepare(act);
	if (world_goes_on(act)) {
		(void)host_part_step(act->cpu, true);
		wrong = world_arrived(act);
	}
	words_end();
	return world_look(act, wrong, can_have_changed(act));
}

const char *world_act(const struct explore_act *act)
{
	return endless_or(perform, act);
}

void world_words(const struct explore_act *act, char words[ACT_WORDS])
{
	static const char *const ways[HOWS] = { ", refused", ", the page taken away before",
						", refused until it sleeps", ", answered wrongly",
						", of which the store before was void" };
	static const char *const kinds[HOST_KINDS] = { "pvalidate", "rmpadjust", "flush", "vmgexit",
						       "load",	    "store",	 "cas",	  "copy-in",
						       "copy-out",  "zero",	 "word" };
	const struct host_op *op;

	if (act->kind == ACT_BEGIN) {
		(void)snprintf(words, ACT_WORDS, "cpu %u begins %s", act->cpu,
			       menu_name(act->call));
		return;
	}
	if (act->kind == ACT_RUN) {
		(void)snprintf(words, ACT_WORDS, "the save area of cpu %u is run, its guest: %s",
			       act->cpu, menu_name(act->call));
		return;
	}
	op = host_part_waits(act->cpu);
	if (op == NULL)
		(void)snprintf(words, ACT_WORDS, "cpu %u goes on", act->cpu);
	else if (allocator_alone)
		allocator_words(act->cpu, op, words);
	else
		(void)snprintf(words, ACT_WORDS, "cpu %u %s 0x%llx%s", act->cpu, kinds[op->kind],
			       (unsigned long long)op->gpa,
			       act->kind == ACT_REFUSED ? ways[act->call] : "");
}
