/* SPDX-License-Identifier: MIT */
/*
 * The default: several searches, each in a process of its own, since a process
 * has one machine; as many at a time as there are to be. What they say is kept
 * until they have ended.
 */
#define _GNU_SOURCE
#include "explore.h"

#include <sim/command.h>
#include <svsm/err.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SEARCHES 48U

static struct job {
	struct explore_config config;
	pid_t pid; /* 0: not yet, or not any more */
	FILE *said;
	struct explore_result *result; /* shared with it, as the next is */
	struct cover *cover;
} job[SEARCHES];
static unsigned int jobs;
static volatile sig_atomic_t interrupted;

static void *shared(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(at != MAP_FAILED);
	return at;
}

static void end_all(int sig)
{
	for (unsigned int i = 0; i < jobs; i++)
		if (job[i].pid != 0)
			(void)kill(job[i].pid, sig);
}

static void on_interrupt(int sig)
{
	interrupted = 1;
	end_all(sig);
}

static _Noreturn void work(struct job *j, const struct explore_options *o)
{
	cover_use(j->cover);
	world_open(&j->config, false);
	search(&j->config, o->reduce, o->most, j->result);
	_exit(report(&j->config, o, j->result, j->said) && fflush(j->said) == 0 ? 0 : 1);
}

static void start(struct job *j, const struct explore_options *o)
{
	j->said = tmpfile();
	CHECK(j->said != NULL);
	(void)fflush(NULL);
	j->pid = fork();
	CHECK(j->pid >= 0);
	if (j->pid == 0)
		work(j, o);
}

/* False: it is not as it must be. */
static bool finish(struct job *j, int status)
{
	char line[256];

	j->pid = 0;
	rewind(j->said);
	while (fgets(line, sizeof(line), j->said) != NULL)
		fputs(line, stdout);
	(void)fclose(j->said);
	(void)fflush(stdout);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		printf("%s: ended without a result\n", j->config.name);
	return status == 0 && j->result->violation == NULL;
}

static struct job *wait_for_one(int *status)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, 0);
	while (pid < 0);
	for (unsigned int i = 0; i < jobs; i++)
		if (job[i].pid == pid)
			return &job[i];
	abort();
}

/* False: something is wrong, and the others were ended. */
static bool run_all(const struct explore_options *o)
{
	unsigned int next = 0, running = 0;
	bool is_good = true;

	while (running != 0 || (next < jobs && is_good && !interrupted)) {
		struct job *ended;
		int status;

		if (running < o->jobs && next < jobs && is_good && !interrupted) {
			start(&job[next++], o);
			running++;
			continue;
		}
		ended = wait_for_one(&status);
		running--;
		if (finish(ended, status) || !is_good)
			continue;
		is_good = false;
		end_all(SIGINT);
	}
	return is_good;
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* True: exhausted, and with everything reached. */
static bool sum_up(double begun)
{
	struct explore_result sum = { .exhausted = true };
	struct cover *cover = shared(cover_bytes());

	for (unsigned int i = 0; i < jobs; i++) {
		const struct explore_result *r = job[i].result;

		sum.exhausted &= r->exhausted;
		sum.states += r->states;
		sum.transitions += r->transitions;
		sum.steps += r->steps;
		sum.seconds += r->seconds;
		sum.depth = r->depth > sum.depth ? r->depth : sum.depth;
		sum.bytes = r->bytes > sum.bytes ? r->bytes : sum.bytes;
		cover_add(cover, job[i].cover);
	}
	printf("%s: the default, %u searches: %llu states, %llu transitions, %llu steps, depth %u, "
	       "%.1f s, in all %.1f s of search, at most %zu MiB\n",
	       sum.exhausted ? "exhausted" : "bounded", jobs, (unsigned long long)sum.states,
	       (unsigned long long)sum.transitions, (unsigned long long)sum.steps, sum.depth,
	       now() - begun, sum.seconds, sum.bytes >> 20);
	return cover_print(cover, true, stdout) && sum.exhausted;
}

int explore_default(const struct explore_options *o)
{
	double begun = now();
	bool is_good;

	for (; default_name(jobs) != NULL; jobs++) {
		CHECK(jobs < SEARCHES && default_load(&job[jobs].config, default_name(jobs)));
		job[jobs].result = shared(sizeof(*job[jobs].result));
		job[jobs].cover = shared(cover_bytes());
	}
	(void)signal(SIGINT, on_interrupt);
	is_good = run_all(o);
	return sum_up(begun) && is_good ? 0 : STATUS_REFUSED;
}
