/* SPDX-License-Identifier: MIT */
/*
 * States as differences from the first one. All that a machine is lies at one
 * place for good and cannot be written at first; a page that somebody writes
 * to is live from then on, and only live pages are looked at or put back.
 */
#include "explore.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define AREAS (HOST_AREAS + 4U)
#define LIVE 4096U
#define BLOCK 32U

struct live {
	uint8_t *at, *first; /* as it was in the first state */
	size_t bytes;
};

/* `where` of a block: its live page and the block in it. */
struct state {
	uint32_t blocks;
	uint32_t where[];
};

static struct host_area areas[AREAS];
static unsigned int area_count;
static struct live live[LIVE];
static volatile unsigned int lives;
static uint8_t *firsts; /* LIVE pages */

static void add_live(uint8_t *at, size_t bytes)
{
	struct live *l = &live[lives];

	if (lives == LIVE)
		abort();
	l->at = at;
	l->bytes = bytes;
	l->first = firsts + lives * PAGE_4K;
	host_move(l->first, at, bytes);
	lives = lives + 1;
}

static void on_write(int sig, siginfo_t *info, void *context)
{
	uint8_t *at = (uint8_t *)info->si_addr, *page;

	(void)context;
	page = at - (uintptr_t)at % PAGE_4K;
	for (unsigned int i = 0; i < area_count; i++) {
		if (at < areas[i].at || at >= areas[i].at + areas[i].bytes)
			continue;
		add_live(page, PAGE_4K);
		if (mprotect(page, PAGE_4K, PROT_READ | PROT_WRITE) != 0)
			abort();
		return;
	}
	endless_fault();
	(void)signal(sig, SIG_DFL);
}

/* Pages that are not wholly of the area are live from the start. */
static void protect(const struct host_area *area)
{
	uint8_t *end = area->at + area->bytes;
	uint8_t *from = area->at + (-(uintptr_t)area->at & (PAGE_4K - 1));
	uint8_t *to = end - (uintptr_t)end % PAGE_4K;

	if (from >= to) {
		for (uint8_t *at = area->at; at < end; at += PAGE_4K)
			add_live(at, (size_t)(end - at) < PAGE_4K ? (size_t)(end - at) : PAGE_4K);
		return;
	}
	if (from > area->at)
		add_live(area->at, (size_t)(from - area->at));
	if (end > to)
		add_live(to, (size_t)(end - to));
	if (mprotect(from, (size_t)(to - from), PROT_READ) != 0)
		abort();
}

static void catch_writes(void)
{
	const size_t bytes = 65536;
	stack_t stack = { .ss_sp = malloc(bytes), .ss_size = bytes };
	struct sigaction action = { .sa_sigaction = on_write, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	if (stack.ss_sp == NULL || sigaltstack(&stack, NULL) != 0 ||
	    sigaction(SIGSEGV, &action, NULL) != 0)
		abort();
}

void state_open(const struct host_area *own, unsigned int count)
{
	host_areas(areas);
	area_count = HOST_AREAS;
	for (unsigned int i = 0; i < count; i++)
		areas[area_count++] = own[i];
	firsts = mmap(NULL, LIVE * PAGE_4K, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (firsts == MAP_FAILED)
		abort();
	catch_writes();
	for (unsigned int i = 0; i < area_count; i++)
		protect(&areas[i]);
}

static uint64_t mixed(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0xff51afd7ed558ccdULL;
	return h ^ h >> 32;
}

static uint64_t hash_of(const uint8_t *at, size_t bytes)
{
	uint64_t h = mixed(1, (uintptr_t)at), word;

	for (size_t i = 0; i < bytes; i += sizeof(word)) {
		memcpy(&word, at + i, sizeof(word));
		h = mixed(h, word);
	}
	return mixed(h, h >> 29);
}

static size_t block_bytes(const struct live *l, size_t offset)
{
	return l->bytes - offset < BLOCK ? l->bytes - offset : BLOCK;
}

/* Blocks that differ, into `where` and `words`. The sum is the same in any order of pages. */
static uint32_t differing(uint32_t *where, uint8_t *data, uint64_t *hash)
{
	uint32_t blocks = 0;

	for (unsigned int i = 0; i < lives; i++) {
		const struct live *l = &live[i];

		if (memcmp(l->at, l->first, l->bytes) == 0)
			continue;
		for (size_t offset = 0; offset < l->bytes; offset += BLOCK) {
			size_t bytes = block_bytes(l, offset);

			if (memcmp(l->at + offset, l->first + offset, bytes) == 0)
				continue;
			where[blocks] = i << 8 | (uint32_t)(offset / BLOCK);
			memcpy(data + blocks * BLOCK, l->at + offset, bytes);
			*hash += hash_of(l->at + offset, bytes);
			blocks++;
		}
	}
	return blocks;
}

size_t state_bytes(const struct state *state)
{
	return sizeof(*state) + state->blocks * (sizeof(uint32_t) + BLOCK);
}

struct state *state_take(uint64_t *hash)
{
	static uint32_t where[LIVE * PAGE_4K / BLOCK];
	static uint8_t data[LIVE * PAGE_4K];
	uint32_t blocks;
	struct state *s;

	*hash = 1;
	blocks = differing(where, data, hash);
	s = malloc(sizeof(*s) + blocks * (sizeof(uint32_t) + BLOCK));
	if (s == NULL)
		abort();
	s->blocks = blocks;
	memcpy(s->where, where, blocks * sizeof(uint32_t));
	memcpy(s->where + blocks, data, (size_t)blocks * BLOCK);
	return s;
}

void state_put(const struct state *state)
{
	const uint8_t *data;

	for (unsigned int i = 0; i < lives; i++)
		memcpy(live[i].at, live[i].first, live[i].bytes);
	if (state != NULL) {
		data = (const uint8_t *)(state->where + state->blocks);
		for (uint32_t k = 0; k < state->blocks; k++) {
			const struct live *l = &live[state->where[k] >> 8];
			size_t offset = (state->where[k] & 0xff) * BLOCK;

			memcpy(l->at + offset, data + k * BLOCK, block_bytes(l, offset));
		}
	}
	host_moved();
}

const char *state_aside(const char *(*look)(void))
{
	uint64_t hash;
	struct state *now = state_take(&hash);
	const char *wrong = look();

	state_put(now);
	free(now);
	return wrong;
}

unsigned int state_pages(void)
{
	return lives;
}
