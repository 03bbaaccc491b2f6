/* SPDX-License-Identifier: MIT */
/* What the runs with threads share: see long.c. */
#pragma once
#include <svsm/frame.h>
#include <svsm/page.h>

#define START 0x8000000000ULL
#define REGIONS 16U
#define HELD_MOST 4096U

struct thread {
	unsigned int cpu;
	struct frame_cpu *me;
	uint64_t random, steps;
	void (*step)(struct thread *t);
	pa_t held[HELD_MOST], held_2m[REGIONS];
	unsigned int count, count_2m;
};

struct long_run {
	const char *name, *verdict;
	void (*begin)(struct thread *both);
	void (*step)(struct thread *t);
	void (*end)(struct thread *both);
};
extern const struct long_run long_runs[]; /* ends with no name */

/* The SVSM's range, and who holds its frames: 0 nobody, else CPU + 1. */
struct range_of_frames {
	shared8 region[REGIONS];
	shared8 owner[REGIONS * ROWS_PER_2M];
	struct frame_row row[REGIONS * ROWS_PER_2M];
	uint8_t holder[REGIONS * FRAMES_PER_2M];
};
extern struct range_of_frames frames_of;

void long_frames(unsigned int grown);
void check_frames(void);
uint64_t draw(struct thread *t, uint64_t below);
unsigned int frame_number(pa_t frame);
void hold(const struct thread *t, pa_t frame, unsigned int count);
void unhold(pa_t frame, unsigned int count);

_Noreturn void long_failed(const char *file, int line, const char *text);
#define expect(cond)                                                                               \
	do {                                                                                       \
		if (!(cond))                                                                       \
			long_failed(__FILE__, __LINE__, #cond);                                    \
	} while (0)
