/* SPDX-License-Identifier: MIT */
/*
 * The session as a scenario: lines that went as the text has them stay, the
 * others become single steps, with what was done by hand between them.
 */
#include "program.h"
#include "session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <svsm/vmsa.h>

#define LONGEST (1U << 20) /* that a scenario can be */
#define MOST_STEPS 1000000U

enum note_kind { NOTE_LINE, NOTE_PARTS, NOTE_OVER, NOTE_STOPPED, NOTE_CHANGE };

/* What a move was, in the order in which it happened. */
static struct note {
	enum note_kind kind;
	unsigned int cpu;
	bool micro;
	uint64_t count; /* which line, so many parts, the result */
	const struct engine_move *move;
	uint64_t given[SCENARIO_REGISTERS]; /* of ENGINE_BEGIN */
} * notes;
static size_t count, room;

/* On each CPU, as far as it is written. */
static struct {
	bool open, uncalled;
} at[HOST_CPUS];

static struct note *add(enum note_kind kind, unsigned int cpu)
{
	if (count == room) {
		room = room * 2 + 256;
		notes = realloc(notes, room * sizeof(*notes));
	}
	CHECK(notes != NULL);
	notes[count] = (struct note){ .kind = kind, .cpu = cpu };
	return &notes[count++];
}

/* As far as a step begins where the one before ended, they are one line. */
static void add_parts(const struct engine_parts *parts)
{
	struct note *last = count != 0 ? &notes[count - 1] : NULL;

	if (last == NULL || last->kind != NOTE_PARTS || last->cpu != parts->cpu ||
	    last->micro != parts->micro)
		last = add(NOTE_PARTS, parts->cpu);
	last->micro = parts->micro;
	last->count += parts->count;
}

static void add_change(const struct engine_move *move)
{
	static const uint16_t offset[] = { VMSA_RAX, VMSA_RCX, VMSA_RDX, VMSA_R8, VMSA_R9 };
	struct note *n = add(NOTE_CHANGE, move->cpu);

	n->move = move;
	if (move->kind != ENGINE_BEGIN)
		return;
	host_on(move->cpu);
	for (unsigned int i = 0; i < SCENARIO_REGISTERS; i++)
		n->given[i] = host_get(offset[i]);
	host_on(0);
}

static void take_down(const struct engine_move *move, uint64_t line)
{
	const struct engine_parts *parts = engine_parts();

	for (; line < program_at(); line++)
		add(NOTE_LINE, program_line(line)->cpu)->count = line;
	if (move->kind != ENGINE_STEP && move->kind != ENGINE_MICRO)
		add_change(move);
	if (parts->count == 0)
		return;
	add_parts(parts);
	if (host.stopped)
		(void)add(NOTE_STOPPED, parts->cpu);
	else if (!engine_at(parts->cpu)->busy)
		add(NOTE_OVER, parts->cpu)->count = engine_at(parts->cpu)->result;
}

/* From the beginning again: what each move did is not kept. Lines that came before. */
static uint64_t collect(void)
{
	uint64_t end = engine_position(), line, first;

	count = 0;
	(void)engine_goto(0);
	first = program_at();
	for (uint64_t i = 0; i < end; i++) {
		line = program_at();
		(void)engine_goto(i + 1);
		take_down(&engine_moves()[i], line);
	}
	return first;
}

static bool is(size_t i, enum note_kind kind)
{
	return i < count && notes[i].kind == kind;
}

static bool is_end(size_t i)
{
	return is(i, NOTE_OVER) || is(i, NOTE_STOPPED);
}

/* Nobody has stepped in: it is written as it was. */
static bool is_whole(size_t i)
{
	const struct scenario_line *l = program_line(notes[i].count);

	if (l->word == SCENARIO_CALL || l->word == SCENARIO_FINISH)
		return is(i + 1, NOTE_PARTS) && !notes[i + 1].micro && notes[i + 1].cpu == l->cpu &&
		       is_end(i + 2);
	return is(i + 1, NOTE_LINE) ||
	       (is(i + 1, NOTE_PARTS) && notes[i + 1].cpu == l->cpu && is(i + 2, NOTE_LINE));
}

static bool goes_on(size_t i, unsigned int cpu)
{
	for (; i < count; i++)
		if (notes[i].kind == NOTE_PARTS && notes[i].cpu == cpu)
			return true;
	return false;
}

static void write_text(FILE *to, const struct scenario_line *l)
{
	fprintf(to, "%.*s\n", (int)l->length, l->words);
}

static void write_result(FILE *to, const struct note *n)
{
	char words[SCENARIO_RESULT];

	if (n->kind == NOTE_STOPPED)
		fprintf(to, " -> STOPS %s\n", scenario_reason(host.reason));
	else
		fprintf(to, " -> %s\n",
			at[n->cpu].uncalled ? "ANY" : scenario_result(n->count, words));
	at[n->cpu].open = at[n->cpu].uncalled = false;
}

/* The line up to its result, another word first. */
static void write_start(FILE *to, const struct scenario_line *l, const char *word)
{
	const char *from = l->words + strcspn(l->words, " \t"), *end = strstr(from, "->");

	while (end[-1] == ' ' || end[-1] == '\t')
		end--;
	fprintf(to, "%s%.*s", word, (int)(end - from), from);
}

/* As far as the result goes: if anything else was not, that was said. */
static bool is_as_expected(const struct scenario_line *l, const struct note *end)
{
	if (program_complaint() != NULL || l->expect.stops != (end->kind == NOTE_STOPPED))
		return false;
	if (end->kind == NOTE_STOPPED)
		return l->expect.value == host.reason;
	return l->expect.any || l->expect.value == end->count;
}

/* Notes that are behind it. */
static size_t write_whole(FILE *to, size_t i)
{
	const struct scenario_line *l = program_line(notes[i].count);
	const struct note *end = &notes[i + 2];

	if (l->word != SCENARIO_CALL && l->word != SCENARIO_FINISH) {
		write_text(to, l);
		return is(i + 1, NOTE_PARTS) ? 2 : 1;
	}
	if (is_as_expected(l, end)) {
		write_text(to, l);
		at[l->cpu].open = at[l->cpu].uncalled = false;
	} else {
		write_start(to, l, l->word == SCENARIO_CALL ? "call" : "finish");
		write_result(to, end);
	}
	return 3;
}

static size_t write_line(FILE *to, size_t i)
{
	const struct scenario_line *l = program_line(notes[i].count);

	switch (l->word) {
	case SCENARIO_PAUSE:
		return 1;
	case SCENARIO_STOP:
		if (at[l->cpu].open && !goes_on(i, l->cpu))
			write_text(to, l);
		return 1;
	case SCENARIO_BEGIN:
		write_text(to, l);
		at[l->cpu].open = true;
		at[l->cpu].uncalled = l->uncalled;
		return 1;
	case SCENARIO_CALL:
		if (is_whole(i))
			return write_whole(to, i);
		write_start(to, l, "begin");
		fputc('\n', to);
		at[l->cpu].open = true;
		return 1;
	case SCENARIO_ADVANCE:
	case SCENARIO_STEP:
	case SCENARIO_MICRO:
	case SCENARIO_FINISH:
		return at[l->cpu].open && is_whole(i) ? write_whole(to, i) : 1;
	default:
		write_text(to, l);
		return 1;
	}
}

static void write_steps(FILE *to, const struct note *n, uint64_t left)
{
	while (left != 0) {
		uint64_t now = left < MOST_STEPS ? left : MOST_STEPS;

		fprintf(to, "%s cpu %u %" PRIu64 "\n", n->micro ? "micro" : "step", n->cpu, now);
		left -= now;
	}
}

static void write_change(FILE *to, const struct note *n)
{
	const struct engine_move *m = n->move;

	switch (m->kind) {
	case ENGINE_BEGIN:
		fprintf(to, "begin cpu %u 0x%" PRIx64, m->cpu, n->given[SCENARIO_RAX]);
		fprintf(to, " rcx 0x%" PRIx64 " rdx 0x%" PRIx64, n->given[SCENARIO_RCX],
			n->given[SCENARIO_RDX]);
		fprintf(to, " r8 0x%" PRIx64 " r9 0x%" PRIx64 "\n", n->given[SCENARIO_R8],
			n->given[SCENARIO_R9]);
		at[m->cpu].open = true;
		break;
	case ENGINE_FAIL:
		fprintf(to, "fail %s %" PRIu64 " 0x%" PRIx64 "\n",
			scenario_kind((enum host_kind)m->cpu), m->b, m->a);
		break;
	case ENGINE_SET:
		fprintf(to, "set cpu %u %s 0x%" PRIx64 "\n", m->cpu, change_register(m->a), m->b);
		break;
	case ENGINE_EVENT:
		fprintf(to, "inject cpu %u %s\n", m->cpu, report_event((unsigned int)m->a));
		break;
	case ENGINE_HAND:
		write_text(to, &((const struct scenario *)m->what)->line[1]);
		break;
	default: /* whose steps they are, the steps say */
		break;
	}
}

/* How many notes are behind it. */
static size_t write_note(FILE *to, size_t i)
{
	const struct note *n = &notes[i];

	switch (n->kind) {
	case NOTE_LINE:
		return write_line(to, i);
	case NOTE_PARTS: /* `finish` makes the last one */
		write_steps(to, n, n->count - is_end(i + 1));
		break;
	case NOTE_CHANGE:
		write_change(to, n);
		break;
	default:
		fprintf(to, "finish cpu %u", n->cpu);
		write_result(to, n);
		break;
	}
	return 1;
}

bool save_scenario(FILE *to, const char **wrong)
{
	uint64_t first = collect();

	memset(at, 0, sizeof(at));
	fprintf(to, "# %s, as it was after %" PRIu64 " steps.\n", program_path(),
		engine_position());
	for (uint64_t line = 0; line < first; line++)
		write_text(to, program_line(line));
	for (size_t i = 0; i < count;)
		i += write_note(to, i);
	if (scenario_is_open())
		fputs("pause\n", to);
	if (ftell(to) <= (long)LONGEST)
		return ferror(to) == 0;
	*wrong = "it is longer than a scenario can be, 1 MiB";
	return false;
}
