/* SPDX-License-Identifier: MIT */
/* What the files of the benchmarks show each other. */
#pragma once
#include <svsm/types.h>

#define BENCH_CPUS 2U

/*
 * An allocator under test. `cpu` is 0 or 1, a thread each. A get returns 0 when
 * there is nothing. They are called through these pointers, all alike, so that
 * an empty one (allocator_none) tells what the harness itself costs.
 */
struct allocator {
	const char *name;
	bool (*setup)(uint64_t frames); /* false: it is not there, or has not the memory */
	uint64_t (*get)(unsigned int cpu);
	void (*put)(unsigned int cpu, uint64_t frame);
	uint64_t (*get_2m)(unsigned int cpu);
	void (*put_2m)(unsigned int cpu, uint64_t frame);
	void (*end)(void);
};

extern const struct allocator allocator_none, allocator_ours, allocator_bitmap;
extern const struct allocator allocator_jemalloc, allocator_mimalloc;

/* How many CPUs ours is set up for: two use it, but what it looks at may be of all. */
extern unsigned int ours_cpus;

/* Zeroed memory that is not touched until it is used. */
void *memory_get(uint64_t bytes);
void memory_put(void *memory, uint64_t bytes);
_Noreturn void fail(const char *what);

/* ---- workloads: what is held, and what is done with it ----------------- */

struct held {
	const struct allocator *a;
	uint64_t (*get)(unsigned int cpu);
	void (*put)(unsigned int cpu, uint64_t frame);
	uint64_t *frame; /* `count` of them, in no order that matters */
	uint64_t count, places;
};

enum order {
	ORDER_PAIR,   /* get, put the same */
	ORDER_RANDOM, /* put one of those held, any of them; get */
	ORDER_BATCH,  /* put 1 to 64 of those held, get as many */
	ORDERS,
};
extern const char *const order_name[ORDERS];

/* Sets the allocator up and takes everything it has; false as `setup`. */
bool held_take_all(struct held *h, const struct allocator *a, uint64_t bytes, enum page_size size);
/* Gives back frames, chosen by chance, until `percent` are held. */
void held_shrink(struct held *h, unsigned int percent);
void held_end(struct held *h);

/* About `pairs` gets and puts, by that CPU of so many, which have a part of what is held each. */
void churn(const struct held *h, enum order order, uint64_t pairs, unsigned int cpu,
	   unsigned int cpus);

/* ---- names ------------------------------------------------------------- */

#define MIB (1UL << 20)
#define GIB (1UL << 30)

/* "16MiB", in a buffer that the next call uses again. */
const char *size_name(uint64_t bytes);
