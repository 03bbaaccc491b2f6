/* SPDX-License-Identifier: MIT */
/*
 * race: all pairs, then all threes with at most 3 preemptions; TAP, and a
 * comment for each scenario. race soak: more of both.
 * race SCENARIO: only that one; race RECORD: (with the colon): all that begin
 * there. race SCENARIO CHOICES: that interleaving, in words.
 */
#include "machine.h"

#include <stdio.h>
#include <string.h>

#define PREEMPTIONS 3U
#define PREEMPTIONS_SOAK 5U
#define FIRST_SHOWN 6U /* preemptions with which a failure is shown, if it can be */

static const char *only, *choices;
static unsigned int bound;
static bool any_failed;

/* Of one record to begin with. */
static struct {
	const struct setup *setup;
	struct result sum;
	unsigned int scenarios, failed;
} group;

static const char *extent(unsigned int cpu_count)
{
	static char text[60];

	if (bound == NO_BOUND)
		snprintf(text, sizeof(text), "%u CPUs, every interleaving", cpu_count);
	else
		snprintf(text, sizeof(text), "%u CPUs, bounded: at most %u preemptions", cpu_count,
			 bound);
	return text;
}

/* Interleavings are counted where all are searched; else states alone. */
static void end_group(void)
{
	if (group.scenarios == 0)
		return;
	printf("%s - race: %s, %s: %u scenarios, %llu states", group.failed == 0 ? "ok" : "not ok",
	       group.setup->name, extent(cpus), group.scenarios,
	       (unsigned long long)group.sum.states);
	if (bound == NO_BOUND)
		printf(", %.3g interleavings; stopped anywhere, the other ends in %u accesses",
		       group.sum.interleavings, group.sum.solo);
	printf("\n");
	fflush(stdout);
	any_failed |= group.failed != 0;
	memset(&group, 0, sizeof(group));
}

/* With as few preemptions as show it: that is easier to read. */
static void show(const struct scenario *s)
{
	const char *what = wrong;
	struct result r;

	for (unsigned int i = 0; i <= FIRST_SHOWN; i++) {
		explore(s, i, &r);
		if (wrong != NULL)
			break;
	}
	if (wrong == NULL)
		explore(s, bound, &r);
	trace[trace_length] = '\0';
	printf("# %s: %s\n# replay: %s %s %s\n", s->name, what, world_program, s->name, trace);
}

static bool is_wanted(const struct scenario *s)
{
	size_t length = only == NULL ? 0 : strlen(only);

	if (only == NULL || strcmp(only, s->name) == 0)
		return true;
	return only[length - 1] == ':' && strncmp(only, s->name, length) == 0;
}

static bool run(const struct scenario *s)
{
	struct result r = { 0 };

	if (!is_wanted(s))
		return true;
	if (choices != NULL) {
		explore_replay(s, choices);
		printf("# %s\n", wrong == NULL ? "nothing wrong" : wrong);
		return false;
	}
	if (group.setup != s->setup)
		end_group();
	group.setup = s->setup;
	group.scenarios++;
	explore(s, bound, &r);
	if (wrong != NULL) {
		group.failed++;
		show(s);
		return true;
	}
	printf("# %s: %llu states, %.3g interleavings\n", s->name, (unsigned long long)r.states,
	       r.interleavings);
	group.sum.states += r.states;
	group.sum.interleavings += r.interleavings;
	group.sum.solo = r.solo > group.sum.solo ? r.solo : group.sum.solo;
	return true;
}

int main(int argc, char **argv)
{
	bool soak = argc > 1 && strcmp(argv[1], "soak") == 0, all;

	only = argc > 1 && !soak ? argv[1] : NULL;
	choices = argc > 2 ? argv[2] : NULL;
	bound = NO_BOUND;
	all = soak || (only != NULL && only[strlen(only) - 1] != ':');
	scenario_all(false, all, run);
	end_group();
	bound = soak ? PREEMPTIONS_SOAK : PREEMPTIONS;
	scenario_all(true, all, run);
	end_group();
	return any_failed;
}
