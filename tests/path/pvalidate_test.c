/* SPDX-License-Identifier: MIT */
/* Sentences of sm/pvalidate.rl: the ways through one PVALIDATE call. */
#include "path.h"

#include <string.h>

#define VALIDATE(gpa) ((gpa) | SVSM_ENTRY_VALIDATE)

static uint64_t mark;

static void ready(void)
{
	host_new(1);
	host_serve(EV_START);
	mark = ring_count(0);
}

declare_test(path_pvalidate_validate)
{
	const uint64_t entry = VALIDATE(0x200000);

	ready();
	check_eq(host_pvalidate(&entry, 1, 0), SVSM_SUCCESS);
	PATH(MACHINE_PVALIDATE, mark, PVALIDATE_NEW, EV_START, PVALIDATE_OPEN, EV_DONE,
	     PVALIDATE_RUN, EV_DONE);
}

declare_test(path_pvalidate_rescind)
{
	const uint64_t entry = HOST_LIST + PAGE_4K;

	ready();
	check_eq(host_pvalidate(&entry, 1, 0), SVSM_SUCCESS);
	PATH(MACHINE_PVALIDATE, mark, PVALIDATE_NEW, EV_START, PVALIDATE_OPEN, EV_DONE,
	     PVALIDATE_RUN, EV_REVOKED, PVALIDATE_FLUSH, EV_DONE, PVALIDATE_SETTLE, EV_DONE);
}

declare_test(path_pvalidate_bad_list)
{
	const uint64_t entry = VALIDATE(0x200000);

	ready();
	check_eq(host_pvalidate(&entry, 0, 0), SVSM_ERR_INVALID_PARAMETER);
	PATH(MACHINE_PVALIDATE, mark, PVALIDATE_NEW, EV_START, PVALIDATE_OPEN, EV_REFUSED);
}

/* 130 entries are three runs: 64, 64 and 2. */
declare_test(path_pvalidate_runs)
{
	uint64_t entries[PVALIDATE_RUN_ENTRIES + 2];

	for (unsigned int i = 0; i < PVALIDATE_RUN_ENTRIES + 2; i++)
		entries[i] = VALIDATE(0x200000 + i * PAGE_4K);
	ready();
	check_eq(host_pvalidate(entries, PVALIDATE_RUN_ENTRIES + 2, 0), SVSM_SUCCESS);
	PATH(MACHINE_PVALIDATE, mark, PVALIDATE_NEW, EV_START, PVALIDATE_OPEN, EV_DONE,
	     PVALIDATE_RUN, EV_AGAIN, PVALIDATE_RUN, EV_DONE);
}

/* A failing entry ends the run, and what was rescinded before is still flushed. */
declare_test(path_pvalidate_failed_after_rescind)
{
	const uint64_t entries[] = { HOST_LIST + PAGE_4K, VALIDATE(HOST_HOLE) };

	ready();
	check_eq(host_pvalidate(entries, 2, 0), SVSM_ERR_INVALID_ADDRESS);
	PATH(MACHINE_PVALIDATE, mark, PVALIDATE_NEW, EV_START, PVALIDATE_OPEN, EV_DONE,
	     PVALIDATE_RUN, EV_REVOKED, PVALIDATE_FLUSH, EV_DONE, PVALIDATE_SETTLE, EV_DONE);
	check_eq(host_next(), 1);
}

/* ---- strict ---- */

static struct pvalidate call, kept;
static enum event given;

static void give(void)
{
	(void)pvalidate_step(&call, given);
}

static void strict(uint32_t arrows)
{
	kept = call;
	for (given = EV_NONE; strcmp(event_name(given), "?") != 0; given++) {
		if ((arrows >> given & 1) != 0)
			continue;
		check_eq(host_stops(give), REASON_MACHINE);
		check_eq(host.detail, (uint64_t)kept.at << 32 | given);
		call = kept;
	}
	check(given > EV_STOP);
}

#define ARROW(ev) (1U << (ev))

declare_test(path_pvalidate_strict)
{
	static const uint32_t arrows[] = {
		[PVALIDATE_NEW] = ARROW(EV_START),
		[PVALIDATE_OPEN] = ARROW(EV_DONE) | ARROW(EV_REFUSED),
		[PVALIDATE_RUN] = ARROW(EV_AGAIN) | ARROW(EV_REVOKED) | ARROW(EV_DONE),
		[PVALIDATE_FLUSH] = ARROW(EV_DONE),
		[PVALIDATE_SETTLE] = ARROW(EV_DONE),
		[PVALIDATE_CLOSED] = 0,
	};
	const uint64_t list[] = { 1, HOST_LIST + PAGE_4K };
	unsigned int visited = 0;

	ready();
	memcpy(host_page(HOST_LIST), list, sizeof(list));
	pvalidate_begin(&call, pa(HOST_LIST), pa(HOST_CA), 1);
	for (enum event ev = EV_START; ev != EV_NONE; ev = pvalidate_step(&call, ev)) {
		strict(arrows[call.at]);
		visited |= 1U << call.at;
	}
	strict(arrows[call.at]);
	visited |= 1U << call.at;
	check_eq(visited, (1U << (PVALIDATE_CLOSED + 1)) - 1);
	check_eq(call.result, SVSM_SUCCESS);
}
