/* SPDX-License-Identifier: MIT */
/* `show`: the machine's parts, as they are now. */
#include "session.h"

#include <inttypes.h>
#include <sim/choices.h>
#include <string.h>
#include <svsm/abi.h>
#include <svsm/frame.h>
#include <svsm/page.h>
#include <svsm/vmsa.h>

static const char *const states[] = { "none", "used", "guest", "free" };

static const char *recorded(uint64_t gpa)
{
	enum page_state state;

	if (gpa - HOST_SVSM_GPA < HOST_SVSM_BYTES)
		return frame_state(pa(gpa), &state) == OK ? states[state] : "-";
	return page_state(pa(gpa), &state) == OK ? states[state] : "-";
}

static void rmp_line(uint64_t gpa)
{
	const struct snp_rmp_entry *e;
	uint64_t spa;

	if (!snp_gpa_to_spa(&host.snp, gpa, &spa)) {
		printf("  0x%" PRIx64 " not mapped\n", gpa);
		return;
	}
	e = snp_rmp_head(&host.snp, spa);
	printf("  0x%" PRIx64 " %s %s%s%s%s%s perm %x %x %x %x, record %s\n", gpa,
	       e->assigned ? "assigned" : "shared", e->validated ? "validated" : "not validated",
	       e->size_2m ? " 2M" : "", e->vmsa ? " vmsa" : "", e->immutable ? " immutable" : "",
	       e->in_use ? " in use" : "", e->perm[0], e->perm[1], e->perm[2], e->perm[3],
	       recorded(gpa));
}

static bool rmp(const struct line *line)
{
	uint64_t gpa, count = 1;

	if (!line_address(line, 2, &gpa) || (line->words > 3 && !line_number(line, 3, &count)))
		return false;
	for (uint64_t i = 0; i < count && i < HOST_RAM / PAGE_4K; i++)
		rmp_line((gpa & ~(PAGE_4K - 1)) + i * PAGE_4K);
	return true;
}

/* Runs of pages that the record has in the same state. */
static void runs(uint64_t from, uint64_t to)
{
	uint64_t first = from;
	const char *state = recorded(from);

	for (uint64_t at = from + PAGE_4K; at <= to; at += PAGE_4K) {
		const char *here = at < to ? recorded(at) : NULL;

		if (here == state)
			continue;
		printf("  0x%" PRIx64 " to 0x%" PRIx64 " %s, %" PRIu64 " pages\n", first, at, state,
		       (uint64_t)((at - first) / PAGE_4K));
		first = at;
		state = here;
	}
}

static bool frames(const struct line *line)
{
	(void)line;
	runs(0, HOST_HOLE);
	runs(HOST_HOLE_END, HOST_RAM);
	runs(HOST_SVSM_GPA, HOST_SVSM_GPA + HOST_SVSM_BYTES);
	return true;
}

/* The CPU of word 2, or the one whose turn it is. */
static bool cpu_of(const struct line *line, unsigned int *cpu)
{
	*cpu = engine_cpu();
	return line->words <= 2 || line_cpu(line, 2, cpu);
}

static bool ca(const struct line *line)
{
	const uint8_t *page;
	unsigned int cpu;

	if (!cpu_of(line, &cpu))
		return false;
	if (host.guest_of[cpu].ca == 0)
		return line_wrong(line, 2, "that CPU has no calling area");
	page = host_page(host.guest_of[cpu].ca);
	printf("  cpu %u: 0x%" PRIx64 " pending %u, memory available %u\n", cpu,
	       host.guest_of[cpu].ca, page[SVSM_CA_PENDING], page[SVSM_CA_AVAILABLE]);
	return true;
}

static uint64_t word_at(const uint8_t *page, unsigned int offset)
{
	uint64_t value;

	memcpy(&value, page + offset, sizeof(value));
	return value;
}

struct field {
	const char *name;
	unsigned int offset;
};

static void show_fields(const uint8_t *page, const struct field *field, size_t count)
{
	for (size_t i = 0; page != NULL && i < count; i++)
		printf("%s%s 0x%" PRIx64, i % 5 == 0 ? "\n    " : ", ", field[i].name,
		       word_at(page, field[i].offset));
	printf("\n");
}

static bool vmsa(const struct line *line)
{
	static const struct field fields[] = {
		{ "rax", VMSA_RAX },   { "rcx", VMSA_RCX },
		{ "rdx", VMSA_RDX },   { "r8", VMSA_R8 },
		{ "r9", VMSA_R9 },     { "rip", VMSA_RIP },
		{ "rsp", VMSA_RSP },   { "exit code", VMSA_EXITCODE },
		{ "efer", VMSA_EFER },
	};
	const uint8_t *page;
	unsigned int cpu;

	if (!cpu_of(line, &cpu))
		return false;
	if (host.guest_of[cpu].vmsa == 0)
		return line_wrong(line, 2, "that CPU has no save area of the guest's");
	page = host_page(host.guest_of[cpu].vmsa);
	printf("  cpu %u: 0x%" PRIx64 " VMPL %u", cpu, host.guest_of[cpu].vmsa, page[VMSA_VMPL]);
	show_fields(page, fields, sizeof(fields) / sizeof(*fields));
	return true;
}

/* The fields of VMPL0's exchange page [ghcb 2]. */
static bool ghcb(const struct line *line)
{
	static const struct field fields[] = {
		{ "rax", 0x1f8 },	  { "exit code", 0x390 }, { "info 1", 0x398 },
		{ "info 2", 0x3a0 },	  { "scratch", 0x3a8 },	  { "valid", 0x3f0 },
		{ "valid, high", 0x3f8 },
	};
	const struct snp_vcpu *v;
	const uint8_t *page;
	unsigned int cpu;

	if (!cpu_of(line, &cpu))
		return false;
	v = &host.snp.vcpu[cpu];
	page = host_page(v->ghcb_gpa[0]);
	printf("  cpu %u: 0x%" PRIx64 ", MSR 0x%" PRIx64, cpu, v->ghcb_gpa[0], v->ghcb_msr[0]);
	show_fields(page, fields, sizeof(fields) / sizeof(*fields));
	return true;
}

static bool ring(const struct line *line)
{
	uint64_t count, shown = 16;
	struct ring_entry e;
	unsigned int cpu;

	if (!cpu_of(line, &cpu) || (line->words > 3 && !line_number(line, 3, &shown)))
		return false;
	count = ring_count(cpu);
	for (uint64_t i = count > shown ? count - shown : 0; i < count; i++)
		if (ring_read(cpu, i, &e))
			printf("  %" PRIu64 " vcpu %u %s %s %s 0x%" PRIx64 "\n", i, e.vcpu,
			       charts[e.machine].name, report_state(e.machine, e.state),
			       report_event(e.event), e.argument);
	return true;
}

static void where_cpu(unsigned int cpu)
{
	const struct engine_cpu *c = engine_at(cpu);
	const struct host_op *op = c->busy ? host_part_waits(cpu) : NULL;

	printf("%c cpu %u: ", cpu == engine_cpu() ? '*' : ' ', cpu);
	if (c->pending.there)
		printf("vcpu %u, %s in %s, pending %s\n", c->pending.vcpu,
		       charts[c->pending.machine].name,
		       report_state(c->pending.machine, c->pending.state),
		       report_event(c->pending.event));
	else if (op != NULL)
		printf("before %s 0x%" PRIx64 "\n", report_op(op->kind), op->gpa);
	else
		printf("%s\n", host.guest_of[cpu].asleep ? "asleep" : "the guest runs");
}

static bool where(const struct line *line)
{
	const char *broken = session_choices ? choices_broken() : host_invariants();
	const bool is_good = !session_choices || choices_are_looked_at();

	(void)line;
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		where_cpu(cpu);
	printf("  invariants: %s\n", broken != NULL ? broken
				     : is_good	    ? "all hold"
						    : "not looked at here");
	return true;
}

bool show_command(const struct line *line)
{
	static const struct {
		const char *name;
		command_function *show;
	} parts[] = {
		{ "rmp", rmp },	  { "frames", frames }, { "ca", ca },	    { "vmsa", vmsa },
		{ "ghcb", ghcb }, { "ring", ring },	{ "where", where },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcmp(line->word[1], parts[i].name) == 0)
			return parts[i].show(line);
	return line_wrong(line, 1, "show what? rmp, frames, ca, vmsa, ghcb, ring or where");
}
