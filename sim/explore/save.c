/* SPDX-License-Identifier: MIT */
/*
 * The way to a violation: its choices (choices.c), each before the lines that
 * it is as a scenario (sim/scenarios/README.md), if it is one.
 */
#include "explore.h"

#include <sim/scenario.h>
#include <svsm/abi.h>
#include <svsm/vmsa.h>

#include <string.h>

/* As far as it is written. */
static struct {
	unsigned int cpus, spare;
	bool shut[EXPLORE_CPUS + 1]; /* the hypervisor does not run its vCPU */
} now;

static void write_vcpus(FILE *to)
{
	for (unsigned int cpu = 1; cpu < now.cpus && cpu != now.spare; cpu++)
		fprintf(to,
			"vmsa 0x%llx\n"
			"call cpu 0 CREATE_VCPU rcx 0x%llx rdx 0x%llx r8 %u -> SUCCESS\n"
			"start cpu %u vmsa 0x%llx ca 0x%llx\n"
			"enter cpu %u\n",
			VMSA(cpu), VMSA(cpu), CA(cpu), cpu, cpu, VMSA(cpu), CA(cpu), cpu);
}

/* What make_vcpus() does. */
static void write_machine(FILE *to, const struct explore_config *c)
{
	fprintf(to, "machine vmpl %u cpus %u\n", c->vmpl, now.cpus + 1);
	write_vcpus(to);
	if ((c->before & BEFORE_NEWER) != 0)
		fprintf(to,
			"vmsa 0x%llx\n"
			"call cpu 0 CREATE_VCPU rcx 0x%llx rdx 0x%llx r8 1 -> SUCCESS\n",
			F0, F0, F1);
	if ((c->before & BEFORE_PAGE) != 0)
		fprintf(to,
			"list 0x%llx: 0x%llx 4K lend\ncall cpu 0 DEPOSIT_MEM rcx 0x%llx -> "
			"SUCCESS\n",
			HOST_LIST, SPARE_PAGE, HOST_LIST);
	if ((c->before & BEFORE_MEMORY) != 0)
		fputs("frames none\n", to);
	if ((c->before & BEFORE_FRAMES) != 0)
		fputs("frames used\n", to);
	if ((c->before & BEFORE_SLOTS) != 0)
		fputs("slots none\n", to);
	if ((c->before & BEFORE_LENT) != 0)
		fprintf(to,
			"list 0x%llx: 0x400000 2M validate, 0x600000 2M validate\n"
			"call cpu 0 PVALIDATE rcx 0x%llx -> SUCCESS\n"
			"list 0x%llx: 0x400000 2M lend, 0x600000 2M lend\n"
			"call cpu 0 DEPOSIT_MEM rcx 0x%llx -> SUCCESS\n",
			HOST_LIST, HOST_LIST, HOST_LIST, HOST_LIST);
	if ((c->before & BEFORE_AREA) != 0)
		fprintf(to,
			"list 0x%llx: 0x%llx 2M validate\n"
			"call cpu 0 PVALIDATE rcx 0x%llx -> SUCCESS\n"
			"call cpu 0 REMAP_CA rcx 0x%llx -> SUCCESS\n",
			HOST_LIST, AREA_2M, HOST_LIST, AREA_END);
	if ((c->before & BEFORE_PENDING) != 0)
		fprintf(to, "write u8 0x%llx 1\n", F0 + SVSM_CA_PENDING);
	for (unsigned int i = 0; i < FRAMES_4K; i++)
		fprintf(to, "touch 0x%llx\n", (unsigned long long)frame_4k[i]);
	fprintf(to, "touch 0x%llx\ntouch 0x%llx\n", FRAME_2M, FRAME_2M + PAGE_4K);
}

static void write_list(FILE *to, uint64_t at, const struct explore_call *m)
{
	unsigned int count = m->entry[1] != 0 ? 2 : m->entry[0] != 0;

	if (m->repeat != 0)
		count = m->repeat;
	if (count == 0) {
		fprintf(to, "list 0x%llx count 0: raw 0\n", (unsigned long long)at);
		return;
	}
	fprintf(to, "list 0x%llx:", (unsigned long long)at);
	for (unsigned int i = 0; i < count; i++)
		fprintf(to, "%s raw 0x%llx", i == 0 ? "" : ",",
			(unsigned long long)m->entry[m->repeat != 0 ? 0 : i]);
	fputc('\n', to);
}

static bool guest_may_write(uint64_t gpa)
{
	return snp_check(&host.snp, host.vmpl, gpa, true, SNP_WRITE).outcome == SNP_ACCESS_OK;
}

static void write_begin(FILE *to, unsigned int cpu, const struct explore_call *m)
{
	uint64_t rcx = m->rcx != 0 ? m->rcx : LIST(cpu);

	now.shut[cpu] = false;
	if (m->rax == CALL_ENTER) {
		fprintf(to, "begin cpu %u enter\n", cpu);
		return;
	}
	if (m->rcx == 0)
		write_list(to, rcx, m);
	if ((m->flags & CALL_BUILDS) != 0 && guest_may_write(rcx))
		fprintf(to, "vmsa 0x%llx\n", (unsigned long long)rcx);
	fprintf(to, "begin cpu %u 0x%llx rcx 0x%llx rdx 0x%llx r8 %u\n", cpu,
		(unsigned long long)m->rax, (unsigned long long)rcx, (unsigned long long)m->rdx,
		menu_cpu(m, now.spare));
}

/* CALL_PENDING, which `begin` has written, is none of its values. */
static void write_format(FILE *to, unsigned int cpu)
{
	fprintf(to, "write u8 0x%llx 2\n",
		(unsigned long long)host.guest_of[cpu].ca + SVSM_CA_PENDING);
}

static void write_refusal(FILE *to, unsigned int cpu, enum explore_how way)
{
	const struct host_op *op = host_part_waits(cpu);

	if (way == HOW_TAKEN) {
		fprintf(to, "take 0x%llx %s\n",
			(unsigned long long)(op->gpa & ~(size_bytes(op->size) - 1)),
			op->size == SIZE_2M ? "2M" : "4K");
		return;
	}
	if (way == HOW_VOID) {
		fprintf(to, "write u8 0x%llx 0x%llx\n", (unsigned long long)op->gpa + 1,
			(unsigned long long)(host_page(op->gpa)[op->gpa % PAGE_4K + 1] |
					     EFER_SVME >> 8));
		return;
	}
	now.shut[cpu] = way == HOW_RUN;
	switch (op->kind) {
	case HOST_PVALIDATE:
		fprintf(to, "fail pvalidate 1 %s\n",
			way == HOW_WRONG ? "UNCHANGED" : "FAIL_SIZEMISMATCH");
		break;
	case HOST_RMPADJUST: /* the guest's loss, which it hears of */
		fputs("loss\nfail rmpadjust 1 FAIL_INUSE\n", to);
		break;
	default: /* by page: by MSR only bring-up and a CPU that comes up ask */
		fputs(way == HOW_WRONG ? "pretend 1\n" : "refuse 1\n", to);
		break;
	}
}

/* What is before the choice, and what it is. */
static void write_before(FILE *to, const struct explore_act *act)
{
	const struct host_op *op;

	if (act->kind == ACT_BEGIN) {
		write_begin(to, act->cpu, menu_call(act->call));
		return;
	}
	op = host_part_waits(act->cpu);
	if (act->kind == ACT_REFUSED)
		write_refusal(to, act->cpu, (enum explore_how)act->call);
	else if (op != NULL && now.shut[act->cpu] && (refuse_ways(op) & 1U << HOW_RUN) != 0)
		fputs("refuse 1\n", to);
}

/* `had_op`: it was before one. Then with that one up to the next, else only to its first. */
static void write_after(FILE *to, const struct explore_act *act, bool had_op, bool had_spare)
{
	if (host.stopped) {
		fprintf(to, "finish cpu %u -> STOPS %s\n", act->cpu, scenario_reason(host.reason));
		return;
	}
	if (act->kind == ACT_BEGIN) {
		if ((menu_call(act->call)->flags & CALL_FORMAT) != 0)
			write_format(to, act->cpu);
		return;
	}
	fprintf(to, "advance cpu %u %u\n", act->cpu, had_op);
	if (!world_busy(act->cpu))
		fprintf(to, "finish cpu %u -> ANY\n", act->cpu);
	if (!had_spare && host.guest_of[now.spare].vmsa != 0)
		fprintf(to, "start cpu %u vmsa 0x%llx ca 0x%llx\n", now.spare,
			(unsigned long long)host.guest_of[now.spare].vmsa,
			(unsigned long long)host.guest_of[now.spare].ca);
}

static bool has_runs(const struct explore_config *c)
{
	unsigned int runs = 0;

	for (unsigned int cpu = 0; cpu < c->cpus; cpu++)
		runs += c->runs[cpu];
	return runs != 0;
}

static bool is_open(void)
{
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		if (world_busy(cpu))
			return true;
	return false;
}

void save_acts(FILE *to, const struct explore_config *c, const struct explore_act *act,
	       unsigned int acts)
{
	const bool choices_alone =
		(c->before & (BEFORE_LAUNCH | BEFORE_DOWN | BEFORE_ALLOCATOR)) != 0 || c->words ||
		has_runs(c);
	char words[ACT_WORDS];
	bool is_endless = false;
	const char *wrong;

	memset(&now, 0, sizeof(now));
	now.cpus = c->cpus;
	now.spare = (c->before & BEFORE_ASLEEP) != 0 ? c->cpus - 1 : c->cpus;
	state_put(NULL);
	if (choices_alone)
		fputs("# Bring-up, a CPU that comes up, runs of a save area, choices at shared "
		      "words, the frame allocator are choices alone, no scenario.\n",
		      to);
	else
		write_machine(to, c);
	for (unsigned int i = 0; i < acts; i++) {
		const bool had_spare = host.guest_of[now.spare].vmsa != 0;
		const bool had_op = host_part_waits(act[i].cpu) != NULL;

		world_words(&act[i], words);
		fprintf(to, "#@ %u %u %u %s\n", act[i].kind, act[i].cpu,
			act[i].kind == ACT_REFUSED ? act[i].call : 0, words);
		if (!choices_alone)
			write_before(to, &act[i]);
		wrong = world_act(&act[i]);
		is_endless = wrong != NULL && (strcmp(wrong, ENDLESS_STEP) == 0 ||
					       strcmp(wrong, ENDLESS_FAULT) == 0);
		if (!choices_alone && !is_endless)
			write_after(to, &act[i], had_op, had_spare);
	}
	if (is_endless)
		fputs("# Who goes on here does not come back: the choices say so.\n", to);
	if (!choices_alone && !host.stopped && is_open())
		fputs("pause\n", to);
}
