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

#define VMSA(cpu) (0x13000ULL + 0x3000ULL * ((cpu)-1)) /* of CPUs 1 and 2 */
#define CA(cpu) (VMSA(cpu) + PAGE_4K)
#define LIST(cpu) (0x18000ULL + (cpu)*PAGE_4K)
#define GHCB_INFO 0x398U /* SW_EXITINFO1 and 2 [ghcb 2] */
#define ENTER 0xffffU	 /* no call: the hypervisor enters VMPL0 by itself */
#define F0 0x12000ULL
#define F1 0x15000ULL
#define F2 0x20000ULL
#define F3 0x21000ULL
#define VALIDATE SVSM_ENTRY_VALIDATE

static const struct call_of_menu {
	const char *name;
	uint32_t call;
	uint64_t rcx, rdx; /* rcx 0: the list */
	uint64_t entry[2];
} menu[] = {
	{ "query", SVSM_CORE_QUERY_PROTOCOL, SVSM_CORE_VERSION, 0, { 0 } },
	{ "validate-0", SVSM_CORE_PVALIDATE, 0, 0, { F0 | VALIDATE } },
	{ "validate-1", SVSM_CORE_PVALIDATE, 0, 0, { F1 | VALIDATE } },
	{ "validate-2", SVSM_CORE_PVALIDATE, 0, 0, { F2 | VALIDATE } },
	{ "validate-3", SVSM_CORE_PVALIDATE, 0, 0, { F3 | VALIDATE } },
	{ "validate-2-3", SVSM_CORE_PVALIDATE, 0, 0, { F2 | VALIDATE, F3 | VALIDATE } },
	{ "rescind-0", SVSM_CORE_PVALIDATE, 0, 0, { F0 } },
	{ "rescind-1", SVSM_CORE_PVALIDATE, 0, 0, { F1 } },
	{ "rescind-2", SVSM_CORE_PVALIDATE, 0, 0, { F2 } },
	{ "rescind-3", SVSM_CORE_PVALIDATE, 0, 0, { F3 } },
	{ "rescind-0-1", SVSM_CORE_PVALIDATE, 0, 0, { F0, F1 } },
	{ "validate-2m", SVSM_CORE_PVALIDATE, 0, 0, { FRAME_2M | VALIDATE | SIZE_2M } },
	{ "rescind-2m", SVSM_CORE_PVALIDATE, 0, 0, { FRAME_2M | SIZE_2M } },
	{ "validate-in-2m", SVSM_CORE_PVALIDATE, 0, 0, { FRAME_2M | VALIDATE } },
	{ "rescind-in-2m", SVSM_CORE_PVALIDATE, 0, 0, { FRAME_2M } },
	{ "remap-0", SVSM_CORE_REMAP_CA, F0, 0, { 0 } },
	{ "remap-1", SVSM_CORE_REMAP_CA, F1, 0, { 0 } },
	{ "create-0-1", SVSM_CORE_CREATE_VCPU, F0, F1, { 0 } },
	{ "delete-0", SVSM_CORE_DELETE_VCPU, F0, 0, { 0 } },
	{ "delete-cpu1", SVSM_CORE_DELETE_VCPU, VMSA(1), 0, { 0 } },
	{ "deposit-0", SVSM_CORE_DEPOSIT_MEM, 0, 0, { F0 } },
	{ "withdraw", SVSM_CORE_WITHDRAW_MEM, 0, 0, { 0 } },
	{ "validate-2-rescind-0", SVSM_CORE_PVALIDATE, 0, 0, { F2 | VALIDATE, F0 } },
	{ "list-in-3", SVSM_CORE_PVALIDATE, F3, 0, { 0 } },
	{ "create-1-0", SVSM_CORE_CREATE_VCPU, F1, F0, { 0 } }, /* no save area was built */
	{ "vtom", SVSM_CORE_CONFIGURE_VTOM, SVSM_VTOM_QUERY, 0, { 0 } },
	{ "unaligned", SVSM_CORE_REMAP_CA, 4, 0, { 0 } },
	{ "format", SVSM_CORE_QUERY_PROTOCOL, SVSM_CORE_VERSION, 0, { 0 } },
	{ "enter", ENTER, 0, 0, { 0 } },
};
#define MENU (sizeof(menu) / sizeof(*menu))
_Static_assert(MENU <= EXPLORE_CALLS, "a row of the table of results each");

/* A page of its own, which is part of the state. */
static struct {
	struct {
		uint8_t calls, lies, call; /* left; that it is at */
	} cpu[EXPLORE_CPUS];
	bool lied;
} * left;

static unsigned int cpus;

const char *world_call_name(unsigned int call)
{
	return call < MENU ? menu[call].name : NULL;
}

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

void world_open(const struct explore_config *c)
{
	struct host_area own[3];

	cpus = c->cpus;
	host_new_cpus(1, cpus + 1);
	left = (void *)fresh(PAGE_4K);
	for (unsigned int cpu = 1; cpu < cpus; cpu++) {
		CHECK(host_create(cpu, VMSA(cpu), CA(cpu)) == SVSM_SUCCESS);
		host_enter_on(cpu);
	}
	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		left->cpu[cpu].calls = (uint8_t)c->calls[cpu];
		left->cpu[cpu].lies = (uint8_t)c->lies[cpu];
	}
	alias_2m();
	host_save();
	mask_all();
	own[0] = (struct host_area){ host.memory, FRAME_2M };
	own[1] = (struct host_area){ host.memory + FRAME_2M + PAGE_2M,
				     host_spa_bytes() - FRAME_2M - PAGE_2M };
	own[2] = (struct host_area){ (uint8_t *)left, PAGE_4K };
	words_open();
	cover_forget();
	state_open(own, 3);
}

bool world_busy(unsigned int cpu)
{
	return host.guest_of[cpu].busy;
}

bool world_stopped(void)
{
	return host.stopped;
}

/* Its guest can run: it has not been deleted. */
static bool is_alive(unsigned int cpu)
{
	const struct snp_rmp_entry *e = snp_rmp(&host.snp, host.snp.vcpu[cpu].vmsa_spa[1]);

	return !host.guest_of[cpu].asleep && e->vmsa;
}

bool world_may_begin(unsigned int cpu, unsigned int call)
{
	return !host.stopped && !world_busy(cpu) && left->cpu[cpu].calls != 0 &&
	       (is_alive(cpu) || menu[call].call == ENTER);
}

bool world_finished(unsigned int cpu)
{
	return host.stopped || (!world_busy(cpu) && left->cpu[cpu].calls == 0);
}

bool world_may_refuse(unsigned int cpu)
{
	const struct host_op *op = world_busy(cpu) ? host_part_waits(cpu) : NULL;

	return op != NULL && left->cpu[cpu].lies != 0 &&
	       (op->kind == HOST_PVALIDATE || op->kind == HOST_RMPADJUST ||
		(op->kind == HOST_VMGEXIT && is_aligned(op->gpa, PAGE_4K)));
}

/* A request by GHCB page is answered: malformed input, for an unknown reason [ghcb 4.1]. */
static void refuse_exit(uint64_t ghcb)
{
	const uint64_t info[] = { 2, 5 };

	memcpy(host_page(ghcb) + GHCB_INFO, info, sizeof(info));
}

/* The guest writes there only if it may. */
static void build_save_area(uint64_t vmsa)
{
	words_page(vmsa, true);
	if (host_guest_may(vmsa, SNP_WRITE))
		host_build_vmsa(vmsa);
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

static void begin(unsigned int cpu, unsigned int call)
{
	const struct call_of_menu *m = &menu[call];
	struct host_registers r = { .rax = m->call, .rcx = m->rcx, .rdx = m->rdx };

	left->cpu[cpu].calls--;
	left->cpu[cpu].call = (uint8_t)call;
	host_on(cpu);
	words_page(host.guest_of[cpu].vmsa, true);
	words_page(host_ca(), true);
	if (m->call == ENTER) {
		enter(cpu, &r);
		return;
	}
	if (m->rcx == 0) {
		r.rcx = LIST(cpu);
		words_page(r.rcx, true);
		host_list(r.rcx, m->entry, m->entry[1] != 0 ? 2 : m->entry[0] != 0, 0);
	}
	r.r8 = HOST_APIC_ID + cpus;
	if (m->call == SVSM_CORE_CREATE_VCPU && m->rcx == F0)
		build_save_area(m->rcx);
	host_part_begin(cpu, &r);
	if (strcmp(m->name, "format") == 0)
		host_page(host_ca())[SVSM_CA_PENDING] = 2;
}

/* The answer has been read, and is forgotten. */
static void answered(unsigned int cpu)
{
	unsigned int call = left->cpu[cpu].call;

	left->cpu[cpu].call = 0;
	if (menu[call].call == ENTER || !is_alive(cpu))
		return;
	cover_result(call, (uint32_t)host_part_result(cpu));
	host_on(cpu);
	host_set(VMSA_RAX, 0);
	host_set(VMSA_RCX, 0);
	memset(host_page(LIST(cpu)), 0, SVSM_LIST_HEADER + 2 * SVSM_LIST_ENTRY);
}

static const char *step(unsigned int cpu, bool refused)
{
	const struct host_op *op = host_part_waits(cpu);

	if (refused) {
		left->cpu[cpu].lies--;
		left->lied = true;
		if (op->kind == HOST_VMGEXIT)
			refuse_exit(op->gpa);
		/* Rights that cannot be given back are the guest's loss: it hears of it. */
		host.lied |= op->kind == HOST_RMPADJUST;
		host_fail(op->kind, 1,
			  op->kind == HOST_PVALIDATE ? RMP_FAIL_SIZEMISMATCH : RMP_FAIL_INUSE);
	}
	if (host_part_step(cpu, true) && !host.stopped)
		answered(cpu);
	if (!host.stopped)
		return NULL;
	host_on(0);
	cover_stop(host.reason);
	return left->lied ? NULL : "the firmware has stopped the VM";
}

const char *world_act(const struct explore_act *act)
{
	const char *wrong = NULL;

	words_begin(act->cpu);
	if (act->kind == ACT_BEGIN)
		begin(act->cpu, act->call);
	else
		wrong = step(act->cpu, act->kind == ACT_REFUSED);
	words_end();
	mask_stack(act->cpu);
	mask_all();
	if (wrong == NULL && (act->kind == ACT_BEGIN || !world_busy(act->cpu) || words_changed()))
		wrong = host_invariants();
	return wrong != NULL ? wrong : host.violation;
}

void world_words(const struct explore_act *act, char words[ACT_WORDS])
{
	static const char *const kinds[HOST_KINDS] = { "pvalidate", "rmpadjust", "flush", "vmgexit",
						       "load",	    "store",	 "cas",	  "copy-in",
						       "copy-out",  "zero" };
	const struct host_op *op;

	if (act->kind == ACT_BEGIN) {
		(void)snprintf(words, ACT_WORDS, "cpu %u begins %s", act->cpu,
			       menu[act->call].name);
		return;
	}
	op = host_part_waits(act->cpu);
	if (op == NULL)
		(void)snprintf(words, ACT_WORDS, "cpu %u goes on", act->cpu);
	else
		(void)snprintf(words, ACT_WORDS, "cpu %u %s 0x%llx%s", act->cpu, kinds[op->kind],
			       (unsigned long long)op->gpa,
			       act->kind == ACT_REFUSED ? ", refused" : "");
}
