/* SPDX-License-Identifier: MIT */
/* What the user does to the machine, and the session as a file. */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <sim/trace.h>
#include <stdlib.h>
#include <string.h>
#include <svsm/vmsa.h>

static const struct {
	const char *name;
	unsigned int offset;
} registers[] = {
	{ "rax", VMSA_RAX }, { "rcx", VMSA_RCX }, { "rdx", VMSA_RDX },
	{ "r8", VMSA_R8 },   { "r9", VMSA_R9 },	  { "exit", VMSA_EXITCODE },
};

#define REGISTERS (sizeof(registers) / sizeof(*registers))

static bool made(const struct line *line, const struct engine_move *move, const char *refused)
{
	enum engine_outcome outcome = engine_move(move);

	if (outcome == ENGINE_REFUSED || outcome == ENGINE_ENDED)
		return line_wrong(line, 0, refused);
	report_where();
	return true;
}

bool inject_command(const struct line *line)
{
	struct engine_move move = { .kind = ENGINE_EVENT, .cpu = engine_cpu() };

	return line_event(line, 1, &move.a) && made(line, &move, "no machine waits for an event");
}

bool fail_command(const struct line *line)
{
	struct engine_move move = { .kind = ENGINE_FAIL };
	enum host_kind kind;

	if (!report_kind(line->word[1], &kind))
		return line_wrong(line, 1, "no such operation; they are those that `micro` names");
	move.cpu = kind;
	if (!line_number(line, 2, &move.b) || !line_number(line, 3, &move.a))
		return false;
	if (move.b == 0 || move.b > UINT32_MAX)
		return line_wrong(line, 2, "1 is the next one");
	return made(line, &move, "the VM is stopped");
}

bool set_command(const struct line *line)
{
	struct engine_move move = { .kind = ENGINE_SET, .cpu = engine_cpu() };
	unsigned int i = 0;

	while (i < REGISTERS && strcasecmp(line->word[1], registers[i].name) != 0)
		i++;
	if (i == REGISTERS)
		return line_wrong(line, 1, "no such register: rax, rcx, rdx, r8, r9 or exit");
	move.a = registers[i].offset;
	return line_number(line, 2, &move.b) && made(line, &move, "that CPU has no save area");
}

bool call_command(const struct line *line)
{
	const struct engine_move move = { .kind = ENGINE_BEGIN, .cpu = engine_cpu() };

	return made(line, &move, "that CPU is in the middle of a call, or has no guest");
}

/* ---- save ---- */

static void write_steps(FILE *file, enum engine_kind kind, uint64_t count)
{
	if (count != 0)
		fprintf(file, "%s %" PRIu64 "\n", kind == ENGINE_STEP ? "step" : "micro", count);
}

static void write_change(FILE *file, const struct engine_move *m)
{
	switch (m->kind) {
	case ENGINE_STEP:
	case ENGINE_MICRO:
		break;
	case ENGINE_CPU:
		fprintf(file, "cpu %u\n", m->cpu);
		break;
	case ENGINE_BEGIN:
		fprintf(file, "call\n");
		break;
	case ENGINE_FAIL:
		fprintf(file, "fail %s %" PRIu64 " 0x%" PRIx64 "\n",
			report_op((enum host_kind)m->cpu), m->b, m->a);
		break;
	case ENGINE_SET:
		for (unsigned int i = 0; i < REGISTERS; i++)
			if (registers[i].offset == m->a)
				fprintf(file, "set %s 0x%" PRIx64 "\n", registers[i].name, m->b);
		break;
	case ENGINE_EVENT:
		fprintf(file, "inject %s\n", report_event((unsigned int)m->a));
		break;
	}
}

static bool save_commands(FILE *file)
{
	const struct engine_move *move = engine_moves();
	uint64_t count = 0;

	for (uint64_t i = 0; i < engine_position(); i++) {
		const struct engine_move *m = &move[i];

		if (i != 0 && m->kind != move[i - 1].kind) {
			write_steps(file, move[i - 1].kind, count);
			count = 0;
		}
		if (m->kind == ENGINE_STEP || m->kind == ENGINE_MICRO)
			count++;
		else
			write_change(file, m);
	}
	if (count != 0)
		write_steps(file, move[engine_position() - 1].kind, count);
	return ferror(file) == 0;
}

/* From the beginning again: what each step takes is not kept. */
static bool save_trace(FILE *file)
{
	struct trace_header header = { .version = TRACE_VERSION,
				       .record_bytes = sizeof(struct trace_step),
				       .machines = chart_hash() };
	uint64_t end = engine_position();

	memcpy(header.magic, TRACE_MAGIC, sizeof(header.magic));
	fwrite(&header, sizeof(header), 1, file);
	for (uint64_t i = 0; i <= end; i++) {
		const struct engine_event *e = engine_taken();
		struct trace_step step;

		(void)engine_goto(i);
		if (!e->there)
			continue;
		step = (struct trace_step){ .time = i,
					    .argument = e->argument,
					    .vcpu = e->vcpu,
					    .machine = e->machine,
					    .state = e->state,
					    .event = e->event,
					    .cpu = (uint16_t)engine_cpu() };
		fwrite(&step, sizeof(step), 1, file);
	}
	return ferror(file) == 0;
}

/* Beside it first, so that nothing half-written is left. */
bool save_command(const struct line *line)
{
	const char *name = line->word[1], *dot = strrchr(name, '.');
	char beside[512 + 8];
	bool good;
	FILE *file;

	snprintf(beside, sizeof(beside), "%s.new", name);
	file = fopen(beside, "wb");
	if (file == NULL)
		return line_wrong(line, 1, strerror(errno));
	good = dot != NULL && strcmp(dot, ".trace") == 0 ? save_trace(file) : save_commands(file);
	good &= fclose(file) == 0;
	if (!good || rename(beside, name) != 0) {
		(void)remove(beside);
		return line_wrong(line, 1, "it could not be written");
	}
	if (!session_json)
		printf("  %s: %" PRIu64 " steps\n", name, engine_position());
	return true;
}
