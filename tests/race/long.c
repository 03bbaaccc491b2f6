/* SPDX-License-Identifier: MIT */
/*
 * Two real threads on the memory manager, for so many milliseconds each:
 * long MILLISECONDS SEED WHICH. The account of who holds what is plain memory on
 * purpose: ThreadSanitizer then sees whether taking and giving back a frame or
 * a page orders what its holders do.
 *
 * The runs without room keep enough free beyond what the other thread can have
 * to itself (one row, one spare 2 MiB frame, what its operation has in hand):
 * in them every refusal is a failure.
 */
#include "long.h"

#include <svsm/hw.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct range_of_frames frames_of;
static atomic_bool over;
static const char *running;

_Noreturn void long_failed(const char *file, int line, const char *text)
{
	printf("not ok - two threads, %s\n# %s:%d: %s\n", running, file, line, text);
	fflush(stdout);
	_Exit(1);
}

_Noreturn void hw_stop(enum reason reason, uint64_t detail)
{
	(void)reason;
	long_failed("the firmware stopped, line", (int)detail, "");
}

uint64_t draw(struct thread *t, uint64_t below)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return (t->random >> 11) % below;
}

unsigned int frame_number(pa_t frame)
{
	expect(is_aligned(frame.raw, PAGE_4K) && frame.raw - START < REGIONS * PAGE_2M);
	return (unsigned int)((frame.raw - START) / PAGE_4K);
}

void hold(const struct thread *t, pa_t frame, unsigned int count)
{
	uint8_t *holder = &frames_of.holder[frame_number(frame)];

	for (unsigned int i = 0; i < count; i++) {
		expect(holder[i] == 0);
		holder[i] = (uint8_t)(t->cpu + 1);
	}
}

void unhold(pa_t frame, unsigned int count)
{
	memset(&frames_of.holder[frame_number(frame)], 0, count);
}

static void grow_all(unsigned int regions)
{
	for (pa_t region; regions > 0; regions--) {
		expect(frame_grow(&region) == OK);
		frame_grown(frame_cpu(0), region, true);
	}
}

void long_frames(unsigned int grown)
{
	memset(&frames_of, 0, sizeof(frames_of));
	frame_init(pa(START), REGIONS * PAGE_2M, frames_of.region, frames_of.owner, frames_of.row,
		   2);
	grow_all(grown);
}

/* Of the regions accepted, every frame that nobody holds is free; no other. */
void check_frames(void)
{
	for (unsigned int i = 0; i < REGIONS * FRAMES_PER_2M; i++) {
		enum page_state state;

		expect(frame_state(pa(START + i * PAGE_4K), &state) == OK);
		expect(state == PAGE_NONE || (state == PAGE_FREE) == (frames_of.holder[i] == 0));
		expect(state != PAGE_NONE || frames_of.holder[i] == 0);
	}
}

static void *loop(void *argument)
{
	struct thread *t = argument;

	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		for (unsigned int i = 0; i < 64; i++)
			t->step(t);
		t->steps += 64;
	}
	return NULL;
}

static void run(const struct long_run *r, long milliseconds, uint64_t seed)
{
	static struct thread thread[2];
	pthread_t id[2];
	struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	running = r->name;
	atomic_store(&over, false);
	memset(thread, 0, sizeof(thread));
	for (unsigned int i = 0; i < 2; i++) {
		thread[i].cpu = i;
		thread[i].me = frame_cpu(i);
		thread[i].random = (seed * 2 + i) * 0x9e3779b97f4a7c15 | 1;
		thread[i].step = r->step;
	}
	r->begin(thread);
	for (unsigned int i = 0; i < 2; i++)
		expect(pthread_create(&id[i], NULL, loop, &thread[i]) == 0);
	nanosleep(&time, NULL);
	atomic_store(&over, true);
	for (unsigned int i = 0; i < 2; i++)
		expect(pthread_join(id[i], NULL) == 0);
	r->end(thread);
	printf("ok - two threads, %s: %llu steps, no frame or page twice, none lost, %s\n", r->name,
	       (unsigned long long)thread[0].steps + thread[1].steps, r->verdict);
}

int main(int argc, char **argv)
{
	long milliseconds = argc > 1 ? strtol(argv[1], NULL, 0) : 1000;
	const char *only = argc > 3 ? argv[3] : "";
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	long_frames(0);
	for (const struct long_run *r = long_runs; r->name != NULL; r++) {
		if (strstr(r->name, only) != NULL)
			run(r, milliseconds, seed);
	}
	return 0;
}
