/* SPDX-License-Identifier: MIT */
/* What the search has come by: arrows of the machines, results of calls. */
#include "explore.h"

#include <sim/chart.h>

#include <stdio.h>
#include <string.h>

#define STATES 16U
#define EVENTS 32U
#define RESULTS 16U

static bool arrow[MACHINES][STATES][EVENTS];
static struct {
	uint32_t result[RESULTS];
	unsigned int results;
} of_call[EXPLORE_CALLS];
static bool stop[256];

void cover_forget(void)
{
	memset(arrow, 0, sizeof(arrow));
	memset(of_call, 0, sizeof(of_call));
	memset(stop, 0, sizeof(stop));
}

void cover_arrow(unsigned int machine, unsigned int state, unsigned int event)
{
	if (machine < MACHINES && state < STATES && event < EVENTS)
		arrow[machine][state][event] = true;
}

void cover_stop(enum reason reason)
{
	stop[reason] = true;
}

void cover_result(unsigned int call, uint32_t result)
{
	unsigned int i = 0;

	while (i < of_call[call].results && of_call[call].result[i] != result)
		i++;
	if (i == of_call[call].results && i < RESULTS)
		of_call[call].result[of_call[call].results++] = result;
}

static bool is_taken(unsigned int machine, const struct chart_arrow *a)
{
	return a->from < STATES && a->event < EVENTS && arrow[machine][a->from][a->event];
}

static void print_machine(unsigned int machine)
{
	const struct chart *c = &charts[machine];
	unsigned int taken = 0;

	for (unsigned int i = 0; i < c->arrows; i++)
		taken += is_taken(machine, &c->arrow[i]);
	printf("arrows of %s: %u of %u", c->name, taken, c->arrows);
	for (unsigned int i = 0; i < c->arrows; i++)
		if (!is_taken(machine, &c->arrow[i]))
			printf("%s %s.%s", taken == c->arrows ? "" : ", not",
			       c->state[c->arrow[i].from],
			       event_name((enum event)c->arrow[i].event));
	putchar('\n');
}

void cover_print(void)
{
	print_machine(MACHINE_VCPU);
	print_machine(MACHINE_PVALIDATE);
	print_machine(MACHINE_CREATE);
	for (unsigned int call = 0; call < EXPLORE_CALLS; call++) {
		if (of_call[call].results == 0)
			continue;
		printf("results of %s:", world_call_name(call));
		for (unsigned int i = 0; i < of_call[call].results; i++)
			printf(" 0x%x", of_call[call].result[i]);
		putchar('\n');
	}
	for (unsigned int reason = 0; reason < 256; reason++)
		if (stop[reason])
			printf("stops after a refusal: %s\n", reason_words(reason));
}
