/* SPDX-License-Identifier: MIT */
/*
 * trace_test FILE SCRATCH LONG: a trace that is allowed, changed in one field of
 * one step, 1,000 times: refused, or shown to say what it said before. And
 * cut off wherever it may be (SCRATCH is a copy of it); and with steps that
 * are lost. LONG becomes one of a million steps. TAP.
 */
#include <fcntl.h>
#include <sim/chart.h>
#include <sim/check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <svsm/create.h>
#include <svsm/pvalidate.h>
#include <svsm/vcpu.h>
#include <unistd.h>

#define MUTATIONS 1000U
#define CUTS 200U
#define NONE UINT64_MAX

static struct trace_step *step; /* a copy */
static uint64_t steps;
static bool has_pages;
static bool failed;

static uint64_t seed = 0x5eed5eed5eed5eedULL;

static uint64_t draw(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1dULL;
}

static uint64_t draw_step(void)
{
	return steps == 0 ? 0 : draw() % steps;
}

static void report(bool ok, const char *name)
{
	printf("%sok - %s\n", ok ? "" : "not ", name);
	failed |= !ok;
}

/* The first step that is refused, or `count`. */
static uint64_t refused_at(const struct trace_step *s, uint64_t count)
{
	static struct check c;
	char why[CHECK_WORDS];
	uint64_t i = 0;

	check_begin(&c, TRACE_BRING_UP);
	while (i < count && check_step(&c, &s[i], why))
		i++;
	if (i == count)
		(void)(check_order(s, count, &i, why) && check_pages(s, count, &i, why));
	return i;
}

/* ---- one field ---------------------------------------------------------------- */

enum field { TIME, ARGUMENT, VCPU, MACHINE, STATE, EVENT, CPU, LOST, RESULT, FIELDS };

static const struct {
	const char *name;
	size_t offset, bytes;
} fields[FIELDS] = {
#define FIELD(field)                                                                               \
	{                                                                                          \
#field, offsetof(struct trace_step, field), sizeof(step->field)                    \
	}
	[TIME] = FIELD(time),	    [ARGUMENT] = FIELD(argument), [VCPU] = FIELD(vcpu),
	[MACHINE] = FIELD(machine), [STATE] = FIELD(state),	  [EVENT] = FIELD(event),
	[CPU] = FIELD(cpu),	    [LOST] = FIELD(lost),	  [RESULT] = FIELD(result),
};

/* The machine's numbers are small: so are half of the changes. */
static void change(struct trace_step *s, enum field field)
{
	uint64_t old = 0, new, mask;
	size_t bytes = fields[field].bytes;

	mask = bytes == 8 ? UINT64_MAX : (1ULL << (8 * bytes)) - 1;
	memcpy(&old, (char *)s + fields[field].offset, bytes);
	do {
		uint64_t random = draw();

		if ((random & 1) != 0)
			new = draw() & mask;
		else if ((random & 2) != 0)
			new = (old + 1 + draw() % 20 - 10) & mask;
		else
			new = draw() % 24;
	} while (new == old);
	memcpy((char *)s + fields[field].offset, &new, bytes);
}

/* The step before or behind it on its CPU. */
static uint64_t neighbour(uint64_t at, bool is_back)
{
	for (uint64_t i = at; is_back ? i-- > 0 : ++i < steps;)
		if (step[i].cpu == step[at].cpu &&
		    trace_is_page(&step[i]) == trace_is_page(&step[at]))
			return i;
	return NONE;
}

/* A time still between its neighbours': the order of a CPU's steps is all that times say. */
static bool is_same_order(uint64_t at)
{
	uint64_t before = neighbour(at, true), behind = neighbour(at, false);

	return (before == NONE || step[before].time <= step[at].time) &&
	       (behind == NONE || step[at].time <= step[behind].time);
}

/*
 * `next` of a list, read from the guest's memory or moved on by as many
 * entries as the guest's list has: still what one run more can make of it.
 */
static bool is_a_next(uint64_t at)
{
	uint64_t before = neighbour(at, true), behind = neighbour(at, false);
	const struct trace_step *s = &step[at];
	bool was_opened = before != NONE && step[before].state == PVALIDATE_NEW;

	if (s->machine != MACHINE_PVALIDATE || before == NONE || behind == NONE ||
	    (s->event != EV_REFUSED && s->argument > SVSM_LIST_MAX) || s->argument > UINT16_MAX)
		return false;
	/* It is only carried on: another one later would differ. */
	if (step[before].machine != MACHINE_PVALIDATE || step[before].state > PVALIDATE_RUN)
		return false;
	if (!was_opened && s->argument < step[before].argument)
		return false;
	return s->state == PVALIDATE_OPEN ? step[behind].machine != MACHINE_PVALIDATE ||
						    s->argument <= step[behind].argument
					  : step[behind].machine != MACHINE_PVALIDATE;
}

static bool is_guest(const struct trace_step *s)
{
	return s->machine == MACHINE_VCPU && s->state == VCPU_GUEST;
}

/* Some may have been lost before it: the ring is full of what its CPU did without a pause. */
static bool is_full_ring(uint64_t at)
{
	for (uint64_t i = at + 1; i < steps && i < at + RING_ENTRIES; i++)
		if (step[i].cpu != step[at].cpu || is_guest(&step[i]))
			return false;
	return true;
}

/* Nothing follows on its CPU that it would have to lead to. */
static bool is_last(uint64_t at)
{
	return neighbour(at, false) == NONE;
}

/*
 * What the gate read in the registers of a guest that did not ask, or of a vCPU
 * that is entered again: the guest's own, and not used.
 */
static bool is_guests(const struct trace_step *s)
{
	return s->machine == MACHINE_VCPU &&
	       ((s->state == VCPU_GATE && (s->event == EV_SPURIOUS || s->event == EV_GONE)) ||
		(s->state == VCPU_NEW && s->event == EV_ENTERED));
}

/* Refused or not at its last step: by another vCPU's call, or by the hypervisor. */
static bool is_outcome(const struct trace_step *s)
{
	return s->machine == MACHINE_CREATE &&
	       (s->state == CREATE_AREA || (s->state == CREATE_OPEN && !has_pages));
}

/*
 * A change of a page is an effect: which pages a call names is not in the trace, and nor is,
 * without these, what became of a DELETE_VCPU. One that is accepted says something else, and is
 * counted apart.
 */
enum verdict { REFUSED, ORDER, NEXT, FULL, LAST, GUESTS, OTHER, WRONG, VERDICTS };

static enum verdict mutate(uint64_t at, enum field field)
{
	struct trace_step kept = step[at];
	enum verdict v = WRONG;

	change(&step[at], field);
	if (refused_at(step, steps) < steps)
		v = REFUSED;
	else if (field == TIME && is_same_order(at))
		v = ORDER;
	else if (field == ARGUMENT && is_a_next(at))
		v = NEXT;
	else if (field == LOST && is_full_ring(at))
		v = FULL;
	else if ((field == EVENT || field == ARGUMENT) && is_last(at))
		v = LAST;
	else if (field == ARGUMENT && is_guests(&step[at]))
		v = GUESTS;
	else if ((trace_is_page(&kept) && trace_is_page(&step[at])) ||
		 (field == EVENT && is_outcome(&kept)))
		v = OTHER;
	if (v == WRONG)
		printf("# step %llu, %s: CPU %u vCPU %u %s state %u event %u argument %#llx "
		       "lost %u is accepted\n",
		       (unsigned long long)at, fields[field].name, step[at].cpu, step[at].vcpu,
		       trace_is_page(&step[at]) ? "page" : charts[step[at].machine].name,
		       step[at].state, step[at].event, (unsigned long long)step[at].argument,
		       step[at].lost);
	step[at] = kept;
	return v;
}

static void test_mutations(void)
{
	unsigned int count[FIELDS][VERDICTS] = { 0 }, wrong = 0, kept = 0, others = 0;

	for (unsigned int i = 0; i < MUTATIONS; i++) {
		enum field field = (enum field)(draw() % FIELDS);

		count[field][mutate(draw_step(), field)]++;
	}
	printf("# field     refused  same order  a list's next  full ring  last  unused  "
	       "another effect  neither\n");
	for (unsigned int f = 0; f < FIELDS; f++) {
		const unsigned int *n = count[f];

		printf("# %-9s %7u %11u %14u %10u %5u %7u %15u %8u\n", fields[f].name, n[REFUSED],
		       n[ORDER], n[NEXT], n[FULL], n[LAST], n[GUESTS], n[OTHER], n[WRONG]);
		wrong += n[WRONG];
		kept += n[ORDER] + n[NEXT] + n[FULL] + n[LAST] + n[GUESTS];
		others += n[OTHER];
	}
	printf("# %u mutations: %u refused, %u equivalent, %u another effect\n", MUTATIONS,
	       MUTATIONS - wrong - kept - others, kept, others);
	report(wrong == 0, others == 0
				   ? "each of 1,000 mutations is refused or equivalent"
				   : "each is refused, equivalent, or another effect that may be");
	report(others < MUTATIONS / 10, "fewer than a tenth are that");
	report(kept < MUTATIONS / 10, "nine tenths of them are refused");
}

/* ---- cut off ------------------------------------------------------------------- */

/* The file cut off there is a trace of the whole steps before. */
static bool is_loaded(const char *path, uint64_t bytes)
{
	uint64_t body =
		bytes < sizeof(struct trace_header) ? 0 : bytes - sizeof(struct trace_header);
	struct trace t;
	bool ok;

	if (truncate(path, (off_t)bytes) != 0 || !trace_open(&t, path))
		return false;
	ok = t.steps == body / sizeof(*step) && refused_at(t.step, t.steps) == t.steps;
	trace_close(&t);
	return ok;
}

/* From the longest to the shortest: all of the last two steps, some, all up to the first two. */
static void test_cuts(const char *path)
{
	uint64_t all = trace_offset(steps), few = trace_offset(2), at = all;
	bool ok = true;

	while (ok && at > all - 2 * sizeof(*step))
		ok = is_loaded(path, --at);
	for (unsigned int i = 0; i < CUTS && ok && at > few; i++) {
		uint64_t by = draw() % (2 * (at - few) / (CUTS - i) + 1);

		at -= by < at - few ? by : at - few;
		ok = is_loaded(path, at);
	}
	for (at = at < few ? at : few; ok && at > 0;)
		ok = is_loaded(path, --at);
	if (!ok)
		printf("# cut off after %llu bytes\n", (unsigned long long)at);
	report(ok, "cut off anywhere, it loads");
}

/* ---- lost steps ------------------------------------------------------------------ */

/* A boot, and a request so long that no list has it: a run of entries, again and again. */
static uint64_t make_long(struct trace_step *to, uint64_t list_steps)
{
	uint64_t n = 0, runs = list_steps / 2;

#define STEP(m, s, e, a)                                                                           \
	to[n] = (struct trace_step){                                                               \
		.time = n, .argument = (a), .machine = (m), .state = (s), .event = (e)             \
	};                                                                                         \
	n++
	for (unsigned int at = 0; at + 2 < charts[MACHINE_BOOT].states; at++) {
		STEP(MACHINE_BOOT, (uint8_t)at, at == 0 ? EV_START : EV_DONE, 0);
	}
	STEP(MACHINE_VCPU, VCPU_NEW, EV_START, 0);
	STEP(MACHINE_VCPU, VCPU_GUEST, EV_ENTERED, 0);
	STEP(MACHINE_VCPU, VCPU_GATE, EV_CALL, SVSM_CORE_PVALIDATE);
	STEP(MACHINE_VCPU, VCPU_DECODE, EV_PVALIDATE, SVSM_CORE_PVALIDATE);
	STEP(MACHINE_VCPU, VCPU_LIST, EV_AGAIN, SVSM_CORE_PVALIDATE);
	STEP(MACHINE_PVALIDATE, PVALIDATE_NEW, EV_START, 0);
	STEP(MACHINE_PVALIDATE, PVALIDATE_OPEN, EV_DONE, 0);
	for (unsigned int i = 0; i < runs; i++) {
		STEP(MACHINE_VCPU, VCPU_LIST, EV_AGAIN, SVSM_CORE_PVALIDATE);
		STEP(MACHINE_PVALIDATE, PVALIDATE_RUN, EV_AGAIN, 1 + i);
	}
#undef STEP
	return n;
}

static void test_lost(void)
{
	static struct trace_step s[1000];
	uint64_t n = make_long(s, 400), from = n - RING_ENTRIES, begin = 31;

	report(refused_at(s, n) == n, "a long request is allowed");
	memmove(&s[begin], &s[from], RING_ENTRIES * sizeof(*s));
	n = begin + RING_ENTRIES;
	report(refused_at(s, n) < n, "not with steps missing");
	s[begin].lost = (uint16_t)(from - begin);
	report(refused_at(s, n) == n, "but when it says so");
	s[begin + 5].lost = 1;
	report(refused_at(s, n) == begin + 5, "and not when more are said to be within the same");
	s[begin + 5].lost = 0;
	s[begin + 5].cpu = 1;
	report(refused_at(s, n) == begin + 5, "nor when another CPU comes between");
}

/* ---- a million ---------------------------------------------------------------------- */

/* A boot of one CPU, and one of its first requests over and over behind it. */
static bool write_million(const char *from, const char *to)
{
	const uint64_t million = 1000000;
	struct trace_header header;
	uint64_t first = 0, end, i;
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	bool ok = in != NULL && out != NULL && fread(&header, sizeof(header), 1, in) == 1 &&
		  fwrite(&header, sizeof(header), 1, out) == 1;

	/* One that asks for what the request before it did: no register changes. */
	for (end = 0; end < steps; end++) {
		if (!is_guest(&step[end]))
			continue;
		if (first != 0 && step[first].argument == step[end].argument)
			break;
		first = end;
	}
	for (i = 0; ok && first < end && i < million; i++) {
		struct trace_step s = step[i < first ? i : first + (i - first) % (end - first)];

		s.time = i;
		ok = fwrite(&s, sizeof(s), 1, out) == 1;
	}
	ok = i == million && fclose(out) == 0;
	return in != NULL && fclose(in) == 0 && ok;
}

int main(int argc, char **argv)
{
	struct trace t;

	if (argc != 4 || !trace_open(&t, argv[1]) || t.steps == 0)
		return 2;
	steps = t.steps;
	step = malloc(steps * sizeof(*step));
	if (step == NULL)
		abort();
	memcpy(step, t.step, steps * sizeof(*step));
	for (uint64_t i = 0; i < steps; i++)
		has_pages |= trace_is_page(&step[i]);
	trace_close(&t);
	printf("# %s: %llu steps\n", argv[1], (unsigned long long)steps);
	report(refused_at(step, steps) == steps, "every step is allowed");
	if (!failed) {
		test_mutations();
		test_cuts(argv[2]);
		test_lost();
		report(write_million(argv[1], argv[3]), "a million steps are written");
	}
	free(step);
	return failed ? 1 : 0;
}
