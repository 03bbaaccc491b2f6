/* SPDX-License-Identifier: MIT */
/* What the files of the explorer share. See README.md. */
#pragma once
#include <snp/host.h>

#define EXPLORE_CPUS 3U
#define EXPLORE_CALLS 32U

/* ---- what may happen (config.c) ---- */

struct explore_config {
	unsigned int cpus;
	unsigned int calls[EXPLORE_CPUS]; /* that each makes */
	unsigned int lies[EXPLORE_CPUS];  /* operations of each that the hypervisor refuses */
	unsigned int menu[EXPLORE_CALLS]; /* calls, for world_begin() */
	unsigned int menus;
};

/* NULL: the default. False: it makes no sense, and standard error has a line about it. */
bool config_load(struct explore_config *c, const char *path);

/* ---- the machine (world.c) ---- */

enum explore_kind { ACT_BEGIN, ACT_STEP, ACT_REFUSED };
struct explore_act {
	uint8_t kind, cpu, call;
};

const char *world_call_name(unsigned int call); /* NULL: there are no more */
void world_open(const struct explore_config *c);
bool world_busy(unsigned int cpu);
/* Calls left that it could still make. */
bool world_may_begin(unsigned int cpu, unsigned int call);
/* The next operation can be refused, and refusals are left. */
bool world_may_refuse(unsigned int cpu);
bool world_finished(unsigned int cpu);
/* NULL, or what is not as it must be. */
const char *world_act(const struct explore_act *act);
bool world_stopped(void);
/* An act in words, before it happens. */
#define ACT_WORDS 96U
void world_words(const struct explore_act *act, char words[ACT_WORDS]);

/* ---- what of it counts (mask.c) ---- */

#define FRAMES_4K 4U
#define FRAME_2M 0x200000ULL
extern const uint64_t frame_4k[FRAMES_4K];
/* Masked state is put to zero, what may be in any order is sorted. */
void mask_all(void);
void mask_stack(unsigned int cpu); /* after its step */

/* ---- coverage (cover.c) ---- */

void cover_arrow(unsigned int machine, unsigned int state, unsigned int event);
void cover_result(unsigned int call, uint32_t result);
void cover_stop(enum reason reason);
void cover_forget(void);
void cover_print(void);

/* ---- states (state.c) ---- */

struct state; /* how a machine differs from the first one */

/* From now on, whatever is written in these and in the host's areas is part of the state. */
void state_open(const struct host_area *own, unsigned int count);
struct state *state_take(uint64_t *hash);
void state_put(const struct state *state); /* NULL: the first */
size_t state_bytes(const struct state *state);
unsigned int state_pages(void); /* that anything was ever written to */

/* ---- who touches what (words.c) ---- */

void words_open(void);
void words_begin(unsigned int cpu);
void words_end(void);
/* A shared word, rights or translations have been written: else every invariant is as it was. */
bool words_changed(void);
void words_page(uint64_t gpa, bool write);
/* `others`: CPUs, a bit each. None of them touches what this one has since words_begin(). */
bool words_alone(uint8_t others);
void words_rely(uint8_t others); /* on that, for good */
/* True: what was relied on was not so. */
bool words_learnt(void);

/* ---- the search (search.c) ---- */

struct explore_result {
	uint64_t states, transitions, steps, ends, restarts;
	uint64_t end_hash; /* of the set of states where all has ended */
	unsigned int depth, solo;
	size_t bytes;
	double seconds;
	bool exhausted;
	const char *violation;
	struct explore_act *trace; /* of the violation */
	unsigned int trace_length;
};

void search(const struct explore_config *c, bool reduce, uint64_t most,
	    struct explore_result *result);
