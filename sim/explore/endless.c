/* SPDX-License-Identifier: MIT */
/*
 * Steps that do not come back. One that faults; one that does not end: the firmware runs on and
 * reaches neither an operation of the seam nor, with `points words`, a shared word. A timer of CPU
 * time notices, and the stack that it runs on is left for good. Counted in signals, since a machine
 * that stood still meanwhile may make up for it at once.
 */
#include "explore.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

#define LONGEST 5U /* seconds of this process's CPU time, for what takes milliseconds */

enum why { ENDLESS = 1, FAULT };
static sigjmp_buf back;

void endless(void)
{
	siglongjmp(back, ENDLESS);
}

void endless_fault(void)
{
	if (host_part_turn() != 0)
		siglongjmp(back, FAULT);
}

static void on_second(int sig)
{
	static uint64_t turn;
	static unsigned int seconds;
	uint64_t now = host_part_turn();

	(void)sig;
	seconds = now != 0 && now == turn ? seconds + 1 : 0;
	turn = now;
	if (seconds < LONGEST)
		return;
	seconds = 0;
	endless();
}

/* Not on the firmware's stack, which is part of a state; it may not come back from the handler. */
void endless_open(void)
{
	const struct itimerval each_second = { { 1, 0 }, { 1, 0 } };
	struct sigaction action = { .sa_handler = on_second,
				    .sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART };

	if (sigaction(SIGPROF, &action, NULL) != 0 ||
	    setitimer(ITIMER_PROF, &each_second, NULL) != 0)
		abort();
}

/* SIGSEGV is blocked while it is handled. */
static const char *abandoned(const char *wrong)
{
	sigset_t fault;

	(void)sigemptyset(&fault);
	(void)sigaddset(&fault, SIGSEGV);
	(void)sigprocmask(SIG_UNBLOCK, &fault, NULL);
	host_part_abandon();
	words_end();
	return wrong;
}

const char *endless_or(const char *(*what)(const struct explore_act *act),
		       const struct explore_act *act)
{
	switch (sigsetjmp(back, 0)) {
	case 0:
		return what(act);
	case FAULT:
		return abandoned(ENDLESS_FAULT);
	default:
		return abandoned(ENDLESS_STEP);
	}
}
