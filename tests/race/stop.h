/* SPDX-License-Identifier: MIT */
/*
 * One CPU stopped at every instruction boundary of an operation of the
 * firmware, single-stepped by the trap flag. The firmware's objects are one
 * object here, whose code and data have sections of their own: a boundary
 * counts when it is in that code.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stop {
	void (*go)(void); /* the operation that is stopped */
	/*
	 * At every boundary, for every trial: `other` is what the other CPU
	 * does meanwhile (false: nothing to try); then the stopped operation
	 * goes on to its end, then `after`; then all is put back.
	 */
	unsigned int trials;
	bool (*other)(unsigned int trial);
	void (*after)(unsigned int trial);
	/* What is put back, besides the firmware's data. */
	void *memory;
	size_t bytes;
};

/* Returns at how many boundaries it was stopped. */
uint64_t stop_everywhere(const struct stop *s);

/*
 * Whether memory is not what it was at the boundary before; always with
 * `stop_all`. What the other CPU does depends on memory alone.
 */
bool stop_changed(void);
extern bool stop_all;

/*
 * The firmware's instructions that `f` takes, for use in `other`. More than
 * `most` means that it is blocked: that fails. They are counted (else 0) only
 * where memory has changed.
 */
uint64_t stop_count(void (*f)(void), uint64_t most);

/* Ends the program with the failed expectation, and with what was being tried. */
_Noreturn void stop_failed(const char *file, int line, const char *text);
extern char stop_trying[256];

#define expect(cond)                                                                               \
	do {                                                                                       \
		if (!(cond))                                                                       \
			stop_failed(__FILE__, __LINE__, #cond);                                    \
	} while (0)

/* What there is to print in the end. */
struct stop_sum {
	uint64_t boundaries, trials, refusals, most;
	char worst[256];
};
extern struct stop_sum stop_sum;

/* The other's operation took so many instructions. */
void stop_note(uint64_t instructions);

void stop_frames(void);
void stop_pages(void);
