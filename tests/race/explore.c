/* SPDX-License-Identifier: MIT */
/*
 * The search: depth first over every choice of the next CPU and of the next
 * drain, a state that was seen before is not searched again. Which words are
 * shared is learnt on the way; when it was not known, the search begins anew.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * States seen, by hash. `paths` lead from there to an end; `used`: preemptions,
 * the fewest. `solo`: accesses that a CPU makes until it is done when all the
 * others are stopped there for ever, with what is in their buffers.
 */
struct seen {
	uint64_t hash;
	double paths;
	uint16_t used, solo[CPUS];
};
#define WANDERINGS 60U
static struct seen *table;
static uint64_t room, states;
static unsigned int bound, longest;

static struct seen search(unsigned int depth, unsigned int last, unsigned int used);

static struct seen *look_up(uint64_t hash)
{
	uint64_t i = hash & (room - 1);

	while (table[i].hash != 0 && table[i].hash != hash)
		i = (i + 1) & (room - 1);
	return &table[i];
}

static void grow(void)
{
	struct seen *old = table;
	uint64_t had = room;

	room *= 2;
	table = calloc(room, sizeof(*table));
	for (uint64_t i = 0; i < had; i++) {
		if (old[i].hash != 0)
			*look_up(old[i].hash) = old[i];
	}
	free(old);
}

static void forget(void)
{
	free(table);
	room = 4096;
	states = 0;
	table = calloc(room, sizeof(*table));
}

/* Choices: 0 to CPUS - 1 a CPU's step, the rest a drain. */
static unsigned int choices(unsigned int choice[2 * CPUS])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < cpus; i++) {
		if (machine_alone(i)) {
			choice[0] = i;
			return 1;
		}
	}
	for (unsigned int i = 0; i < cpus; i++) {
		if (machine_can_step(i))
			choice[n++] = i;
		if (cpu[i].stores > 0)
			choice[n++] = CPUS + i;
	}
	return n;
}

static void take(unsigned int choice)
{
	if (choice < CPUS)
		machine_step(choice);
	else
		machine_drain(choice - CPUS);
}

static bool is_preempted(unsigned int last, unsigned int choice)
{
	return choice < CPUS && last < cpus && choice != last && !cpu[last].finished;
}

/* One choice more: what follows is added to what is known of the state before it. */
static void follow(struct seen *here, unsigned int choice, unsigned int depth, unsigned int last)
{
	unsigned int i = choice % CPUS, made = cpu[i].made;
	bool preempted = bound != NO_BOUND && is_preempted(last, choice);
	bool must_drain = choice >= CPUS && !machine_can_step(i);
	struct seen next;

	take(choice);
	made = cpu[i].made - made;
	next = search(depth + 1, choice < CPUS ? i : last, here->used + preempted);
	here->paths += next.paths;
	if (choice < CPUS || must_drain)
		here->solo[i] = (uint16_t)(next.solo[i] + made);
}

/* A CPU's step that is its own business needs no other choice beside it. */
static struct seen follow_alone(struct seen *here, unsigned int i, unsigned int depth,
				unsigned int last)
{
	unsigned int made = cpu[i].made;
	struct seen next;

	machine_step(i);
	made = cpu[i].made - made;
	next = search(depth + 1, last, here->used);
	next.solo[i] = (uint16_t)(next.solo[i] + made);
	next.hash = here->hash;
	next.used = here->used;
	return next;
}

static void note(const struct seen *here)
{
	struct seen *seen = look_up(here->hash);

	if (seen->hash == 0 && ++states * 2 > room) {
		grow();
		seen = look_up(here->hash);
	}
	*seen = *here;
	for (unsigned int i = 0; i < cpus; i++)
		longest = here->solo[i] > longest ? here->solo[i] : longest;
}

static struct seen search(unsigned int depth, unsigned int last, unsigned int used)
{
	unsigned int choice[2 * CPUS], n = choices(choice);
	uint64_t hash =
		machine_hash() + (bound == NO_BOUND ? 0 : (last + 1) * 0x9e3779b97f4a7c15ULL);
	struct seen here = { .hash = hash | 1, .used = (uint16_t)used }, *seen = look_up(hash | 1);
	struct snapshot *snapshot = snapshot_at(depth);

	if (wrong != NULL || (seen->hash != 0 && seen->used <= used))
		return *seen;
	if (n == 0) {
		world_end();
		here.paths = 1;
	} else if (n == 1 && choice[0] < CPUS && machine_alone(choice[0])) {
		here = follow_alone(&here, choice[0], depth, last);
	} else {
		snapshot_take(snapshot);
		for (unsigned int i = 0; i < n && wrong == NULL; i++) {
			if (used == bound && is_preempted(last, choice[i]))
				continue;
			if (i > 0)
				snapshot_restore(snapshot);
			follow(&here, choice[i], depth, last);
		}
	}
	if (wrong == NULL)
		note(&here);
	return here;
}

static void begin(const struct scenario *s)
{
	memset(cpu, 0, sizeof(cpu));
	cpus = s->cpus;
	trace_length = 0;
	wrong = NULL;
	for (unsigned int i = 0; i < cpus; i++)
		memcpy(cpu[i].op, s->op[i], sizeof(cpu[i].op));
	world_begin(s->setup);
	machine_start(world_run);
}

/* Any order will do to learn which words are shared. */
static void wander(const struct scenario *s, uint64_t seed)
{
	unsigned int choice[2 * CPUS], n;

	begin(s);
	while ((n = choices(choice)) != 0 && wrong == NULL) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		take(choice[(seed >> 33) % n]);
	}
}

static void search_all(const struct scenario *s, unsigned int preemptions, struct result *result)
{
	bound = preemptions;
	do {
		forget();
		begin(s);
		longest = 0;
		result->interleavings = search(0, CPUS, 0).paths;
		result->states = states;
		result->solo = longest;
		/* What was found wrong counts only when the words were known. */
	} while (machine_learnt());
}

void explore(const struct scenario *s, unsigned int preemptions, struct result *result)
{
	machine_learn(true);
	for (uint64_t i = 0; i < WANDERINGS; i++)
		wander(s, i);
	machine_learnt();
	machine_learn_more();
	search_all(s, preemptions < 1 ? preemptions : 1, result); /* short, to learn more */
	search_all(s, preemptions, result);
}

/* The choices as printed: a digit is a load or a locked access of a CPU, a letter a drain. */
void explore_replay(const struct scenario *s, const char *text)
{
	machine_learn(true);
	verbose = true;
	begin(s);
	for (; *text != '\0' && wrong == NULL; text++) {
		unsigned int i = (unsigned int)(*text >= 'a' ? *text - 'a' : *text - '0');

		if (i >= cpus || (*text >= 'a' ? cpu[i].stores == 0 : !machine_can_step(i)))
			fail("no such choice here");
		else
			take(*text >= 'a' ? CPUS + i : i);
	}
	if (wrong == NULL && choices((unsigned int[2 *CPUS]){ 0 }) == 0)
		world_end();
}
