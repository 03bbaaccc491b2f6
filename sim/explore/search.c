/* SPDX-License-Identifier: MIT */
/*
 * The search: breadth first, so that the first violation has a shortest
 * trace. A state is known by its hash; only those that are still to be
 * followed are kept whole.
 */
#include "explore.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOBODY UINT32_MAX
#define TRACE 4096U
#define ROW 300U /* choices of one CPU one after the other: its call ends before */

struct node {
	uint64_t hash;
	uint32_t parent;
	uint32_t after[EXPLORE_CPUS]; /* where the CPU's next step leads */
	struct explore_act act;
	uint16_t depth, row;
	uint64_t alone; /* the CPUs of the steps made after the act: in `alones` */
	uint16_t alone_steps;
};

static struct node *nodes;
static struct state **waiting; /* by node; NULL: done with */
static uint32_t *table;
static uint32_t count, room;
static size_t kept, most_kept;
static uint8_t *alones;
static uint64_t alone_count, alone_room;

static const struct explore_config *config;
static bool reduce;
static struct explore_result *found;
static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void *grown(void *old, size_t bytes)
{
	void *at = realloc(old, bytes);

	if (at == NULL)
		abort();
	return at;
}

static struct explore_act trace[TRACE];
static unsigned int trace_length;

static uint32_t *place_of(uint64_t hash)
{
	uint64_t i = hash & (2 * (uint64_t)room - 1);

	while (table[i] != NOBODY && nodes[table[i]].hash != hash)
		i = (i + 1) & (2 * (uint64_t)room - 1);
	return &table[i];
}

static void make_room(void)
{
	room = room == 0 ? 4096 : 2 * room;
	nodes = grown(nodes, room * sizeof(*nodes));
	waiting = grown(waiting, room * sizeof(struct state *));
	free(table);
	table = grown(NULL, 2 * (size_t)room * sizeof(*table));
	memset(table, 0xff, 2 * (size_t)room * sizeof(*table));
	for (uint32_t i = 0; i < count; i++)
		*place_of(nodes[i].hash) = i;
}

static void forget(void)
{
	for (uint32_t i = 0; i < count; i++)
		free(waiting[i]);
	free(nodes);
	free(waiting);
	nodes = NULL;
	waiting = NULL;
	count = room = 0;
	alone_count = 0;
	kept = most_kept = 0;
	make_room();
}

/* Which steps alone there were is not to be had again: more is known later. */
static void keep_alones(struct node *n)
{
	n->alone = alone_count;
	n->alone_steps = (uint16_t)(trace_length == 0 ? 0 : trace_length - 1);
	if (alone_count + TRACE > alone_room) {
		alone_room = 2 * (alone_room + TRACE);
		alones = grown(alones, alone_room);
	}
	for (unsigned int i = 0; i < n->alone_steps; i++)
		alones[alone_count++] = trace[i + 1].cpu;
}

/* The state as it is now; a new one waits to be followed. */
static uint32_t note(uint32_t parent, const struct explore_act *act)
{
	struct node n = { .parent = parent, .act = *act };
	struct state *s = state_take(&n.hash);
	uint32_t *place = place_of(n.hash);

	if (*place != NOBODY) {
		free(s);
		return *place;
	}
	if (count == room) {
		make_room();
		place = place_of(n.hash);
	}
	n.depth = (uint16_t)(parent == NOBODY ? 0 : nodes[parent].depth + 1);
	for (unsigned int cpu = 0; cpu < EXPLORE_CPUS; cpu++)
		n.after[cpu] = NOBODY;
	if (act->kind == ACT_STEP && parent != NOBODY && nodes[parent].act.cpu == act->cpu)
		n.row = (uint16_t)(nodes[parent].row + 1);
	keep_alones(&n);
	nodes[count] = n;
	waiting[count] = s;
	kept += state_bytes(s);
	most_kept = kept > most_kept ? kept : most_kept;
	*place = count;
	return count++;
}

/* Other CPUs that have something left to do. */
static uint8_t others_of(unsigned int cpu)
{
	unsigned int others = 0;

	for (unsigned int i = 0; i < config->cpus; i++)
		if (i != cpu && !world_finished(i))
			others |= 1U << i;
	return (uint8_t)others;
}

static const char *make(const struct explore_act *act)
{
	found->steps++;
	if (trace_length == TRACE)
		return SEARCH_ENDLESS;
	trace[trace_length++] = *act;
	return world_act(act);
}

/* One CPU's step that is nobody else's business. False: there is none to try. */
static bool step_alone(const char **wrong, bool *mistaken)
{
	for (unsigned int cpu = 0; cpu < config->cpus; cpu++) {
		const struct explore_act act = { ACT_STEP, (uint8_t)cpu, 0 };
		uint8_t others = others_of(cpu);
		const uint64_t where = alone_where(cpu, others);

		if (!world_busy(cpu) || world_stopped() || world_may_refuse(cpu) != 0 ||
		    world_may_run(cpu) || alone_is_not(where))
			continue;
		*wrong = make(&act);
		*mistaken = !words_alone(others);
		if (*mistaken)
			alone_keep_not(where);
		else
			words_rely(others);
		return true;
	}
	return false;
}

/* The act from that state, then whatever needs no choice. */
static const char *take(const struct state *from, const struct explore_act *act)
{
	const char *wrong;
	bool mistaken;

	do {
		mistaken = false;
		state_put(from);
		trace_length = 0;
		wrong = make(act);
		while (reduce && wrong == NULL && !mistaken && step_alone(&wrong, &mistaken))
			;
	} while (mistaken);
	return wrong;
}

/* Acts from the first state to a node and to what was just found after it. False. */
static bool keep_trace(uint32_t node, const char *wrong)
{
	unsigned int length = trace_length, at = 0;
	struct explore_act *acts;

	for (uint32_t n = node; n != NOBODY && nodes[n].parent != NOBODY; n = nodes[n].parent)
		length += 1U + nodes[n].alone_steps;
	acts = grown(NULL, length * sizeof(*acts));
	at = length - trace_length;
	memcpy(acts + at, trace, trace_length * sizeof(*acts));
	for (uint32_t n = node; nodes[n].parent != NOBODY; n = nodes[n].parent) {
		at -= 1U + nodes[n].alone_steps;
		acts[at] = nodes[n].act;
		for (unsigned int i = 0; i < nodes[n].alone_steps; i++)
			acts[at + 1 + i] =
				(struct explore_act){ ACT_STEP, alones[nodes[n].alone + i], 0 };
	}
	found->violation = wrong;
	found->trace = acts;
	found->trace_length = length;
	return false;
}

static bool follow(uint32_t node, const struct state *from, const struct explore_act *act)
{
	const char *wrong = take(from, act);
	uint32_t next;

	found->transitions++;
	if (wrong != NULL)
		return keep_trace(node, wrong);
	next = note(node, act);
	trace_length = 0;
	if (nodes[next].row > ROW)
		return keep_trace(next, SEARCH_ENDLESS);
	if (act->kind == ACT_STEP)
		nodes[node].after[act->cpu] = next;
	return true;
}

/* An end: nobody has anything left to do. */
static void note_end(uint32_t node)
{
	for (unsigned int cpu = 0; cpu < config->cpus; cpu++)
		if (!world_finished(cpu))
			return;
	found->ends++;
	found->end_hash += nodes[node].hash * 0x9e3779b97f4a7c15ULL;
}

static bool expand_cpu(uint32_t node, const struct state *from, unsigned int cpu)
{
	struct explore_act act = { ACT_STEP, (uint8_t)cpu, 0 };
	bool may[EXPLORE_CALLS] = { false }, is_busy;
	unsigned int ways;

	state_put(from);
	if (world_stopped())
		return true;
	ways = world_may_refuse(cpu);
	for (unsigned int i = 0; i < config->menus; i++)
		may[i] = world_may_begin(cpu, config->menu[i]) || world_may_run(cpu);
	is_busy = world_busy(cpu);
	if (is_busy && !follow(node, from, &act))
		return false;
	act.kind = ACT_REFUSED;
	for (act.call = 0; act.call < HOWS; act.call++)
		if ((ways >> act.call & 1) != 0 && !follow(node, from, &act))
			return false;
	act.kind = is_busy ? ACT_RUN : ACT_BEGIN;
	for (unsigned int i = 0; i < config->menus; i++) {
		act.call = (uint8_t)config->menu[i];
		if (may[i] && !follow(node, from, &act))
			return false;
	}
	return true;
}

static bool expand(uint32_t node)
{
	struct state *from = waiting[node];
	bool is_good = true;

	state_put(from);
	note_end(node);
	for (unsigned int cpu = 0; cpu < config->cpus && is_good; cpu++)
		is_good = expand_cpu(node, from, cpu);
	kept -= state_bytes(from);
	if (is_good) {
		waiting[node] = NULL;
		free(from);
	}
	return is_good;
}

/* How far each CPU is from the end of its call when the others are stopped for ever. */
static void look_at_solo(unsigned int cpu)
{
	uint32_t *steps = grown(NULL, (size_t)count * sizeof(*steps));

	memset(steps, 0xff, (size_t)count * sizeof(*steps));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = i, length = 0;

		/* Once to where it is known, once to write it down. */
		while (at != NOBODY && steps[at] == NOBODY && length <= count) {
			at = nodes[at].after[cpu];
			length++;
		}
		if (length > count) {
			(void)keep_trace(i, SEARCH_ENDLESS);
			break;
		}
		length += at == NOBODY ? 0 : steps[at];
		for (at = i; at != NOBODY && steps[at] == NOBODY; at = nodes[at].after[cpu])
			steps[at] = length--;
		found->solo = steps[i] - 1 > found->solo ? steps[i] - 1 : found->solo;
	}
	free(steps);
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void progress(double *said, double begun, uint32_t node)
{
	double at = now();

	if (at - *said < 1)
		return;
	*said = at;
	fprintf(stderr, "explore: %s: %.0f s, %u states, %u to follow, depth %u, %zu MiB\n",
		config->name, at - begun, count, count - node, nodes[node].depth, most_kept >> 20);
}

/* Anew when a step was taken alone that should not have been. */
static bool search_once(uint64_t most, double *said, double begun)
{
	const struct explore_act none = { 0 };

	forget();
	found->transitions = found->steps = found->ends = found->end_hash = 0;
	state_put(NULL);
	trace_length = 0;
	(void)note(NOBODY, &none);
	for (uint32_t node = 0; node < count; node++) {
		found->depth = nodes[node].depth;
		if (interrupted || count > most)
			return false;
		if (!expand(node))
			return false;
		if (words_learnt()) {
			found->restarts++;
			return true;
		}
		progress(said, begun, node);
	}
	found->exhausted = true;
	return false;
}

void search(const struct explore_config *c, bool with_reduction, uint64_t most,
	    struct explore_result *result)
{
	double begun = now(), said = begun;

	*result = (struct explore_result){ 0 };
	found = result;
	config = c;
	reduce = with_reduction;
	(void)signal(SIGINT, on_interrupt);
	while (search_once(most, &said, begun))
		cover_forget();
	for (unsigned int cpu = 0; cpu < c->cpus && result->violation == NULL; cpu++)
		look_at_solo(cpu);
	result->states = count;
	result->bytes = most_kept + (size_t)room * (sizeof(*nodes) + 2 * sizeof(*table) + 8);
	result->seconds = now() - begun;
}
