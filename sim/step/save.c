/* SPDX-License-Identifier: MIT */
/* The session as a file: commands, a trace, or a scenario. */
#include "program.h"
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <launch/whole.h>
#include <sim/record.h>
#include <string.h>

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
		fprintf(file, "set %s 0x%" PRIx64 "\n", change_register(m->a), m->b);
		break;
	case ENGINE_EVENT:
		fprintf(file, "inject %s\n", report_event((unsigned int)m->a));
		break;
	case ENGINE_HAND: {
		const struct scenario_line *l = &((const struct scenario *)m->what)->line[1];

		fprintf(file, "do %.*s\n", (int)l->length, l->words);
		break;
	}
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

/* From the beginning again: what each step takes and does is not kept. */
static bool save_trace(FILE *file)
{
	uint64_t end = engine_position();

	(void)engine_goto(0);
	record_head(file);
	record_begin(file);
	(void)engine_goto(end);
	record_end();
	return ferror(file) == 0;
}

static bool has_ending(const char *name, const char *ending)
{
	size_t bytes = strlen(name), of_it = strlen(ending);

	return bytes > of_it && strcmp(name + bytes - of_it, ending) == 0;
}

bool save_command(const struct line *line)
{
	const char *name = line->word[1], *wrong = "it could not be written";
	struct whole w;
	bool good;

	if (session_choices && (has_ending(name, ".svsm") || has_ending(name, ".trace")))
		return line_wrong(line, 1,
				  "a search's choices are neither: without the lines that "
				  "begin with #@ they are, if they are a scenario too");
	if (!whole_begin(&w, name))
		return line_wrong(line, 1, strerror(errno));
	if (has_ending(name, ".svsm"))
		good = save_scenario(w.to, &wrong);
	else
		good = has_ending(name, ".trace") ? save_trace(w.to) : save_commands(w.to);
	if (!whole_end(&w, good))
		return line_wrong(line, 1, wrong);
	if (!session_json)
		printf("  %s: %" PRIu64 " steps\n", name, engine_position());
	return true;
}
