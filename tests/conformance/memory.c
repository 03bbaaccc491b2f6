/* SPDX-License-Identifier: MIT */
/*
 * Pages in a known state. What the firmware below the suite has done to
 * memory is not known: it may all have been validated.
 */
#include "conf.h"

#define LISTS 4U
#define RET_OPCODE 0xc3U

/* Rescinding what may or may not be validated; the host may have it in pieces. */
static void forget(uint64_t gpa, uint64_t size)
{
	uint64_t result = list_one(gpa | size | PV_IGNORE_CF);

	if (result == SIZE_MISMATCH)
		for (unsigned int i = 0; i < PAGES_2M; i++)
			forget(gpa + i * PAGE_4K, PV_4K);
	else
		need(result == OK, "memory cannot be rescinded");
}

void mem_make_private(uint64_t gpa)
{
	forget(gpa, PV_4K);
	need(ghcb_psc_msr(gpa, PSC_PRIVATE), "page state change: private");
}

void mem_make_shared(uint64_t gpa)
{
	forget(gpa, PV_4K);
	need(ghcb_psc_msr(gpa, PSC_SHARED), "page state change: shared");
}

/* Not at the 2 MiB boundary: it may become a save area. */
static uint64_t take(void)
{
	uint64_t gpa = page_take_4k();

	return gpa % PAGE_2M == 0 ? page_take_4k() : gpa;
}

uint64_t mem_private(void)
{
	uint64_t gpa = take();

	mem_make_private(gpa);
	return gpa;
}

uint64_t mem_valid(void)
{
	uint64_t gpa = mem_private();

	need(list_validate(gpa) == OK, "validating a page");
	return gpa;
}

uint64_t mem_shared(void)
{
	uint64_t gpa = take();

	mem_make_shared(gpa);
	return gpa;
}

uint64_t mem_private_2m(void)
{
	uint64_t gpa = page_take_2m();

	forget(gpa, PV_2M);
	need(ghcb_psc(gpa / PAGE_2M, 1, PSC_PRIVATE, true), "page state change: 2 MiB private");
	return gpa;
}

uint64_t mem_small_2m(void)
{
	uint64_t gpa = page_take_2m();

	forget(gpa, PV_2M);
	need(ghcb_psc(gpa / PAGE_4K, PAGES_2M, PSC_PRIVATE, false),
	     "page state change: 512 pages private");
	return gpa;
}

struct list mem_list(unsigned int i, unsigned int offset)
{
	static uint8_t pages[LISTS][PAGE_4K] __attribute__((aligned(4096)));

	return list_at((uintptr_t)pages[i % LISTS] + offset);
}

void mem_take(uint64_t gpa)
{
	need(ghcb_psc_msr(gpa, PSC_SHARED) && ghcb_psc_msr(gpa, PSC_PRIVATE), "page state changes");
	need(trap_not_validated(gpa), "the page is still validated");
}

uint64_t mem_taken(void)
{
	uint64_t gpa = mem_valid();

	mem_take(gpa);
	return gpa;
}

static bool executes(uint64_t gpa)
{
	uint64_t *at = page_private(gpa);

	probe_write(at, RET_OPCODE);
	if (trap.vector == TRAP_NONE)
		probe_fetch(at);
	return trap.vector == TRAP_NONE;
}

void mem_is_closed(uint64_t gpa, const char *what)
{
	uint64_t *at = page_private(gpa);

	if (!options.reflect)
		return;
	probe_read(at);
	check(trap.vector != TRAP_NONE, "%s can be read", what);
	probe_write(at, RET_OPCODE);
	check(trap.vector != TRAP_NONE, "%s can be written", what);
	probe_fetch(at);
	check(trap.vector != TRAP_NONE, "%s can be executed", what);
}

void mem_is_ordinary(uint64_t gpa, const char *what)
{
	check(trap_works(gpa), "%s: it can be read and written", what);
	check(executes(gpa), "%s: it can be executed", what);
	check_eq(list_rescind(gpa), OK, "%s: it can be rescinded", what);
	check(trap_not_validated(gpa), "%s: and faults then", what);
	check_eq(list_validate(gpa), OK, "%s: it can be validated", what);
	check(page_zero(page_private(gpa)), "%s: and is zero then", what);
}
