/* SPDX-License-Identifier: MIT */
/*
 * What another vCPU does while one is served, at every operation of every
 * call: rewrites all that the call reads, asks for the same, asks for
 * something else while the first is stopped for ever.
 */
#include "calls.h"

#include <svsm/vmsa.h>

#define HERE ((const struct hostile_call *)test_row)

/* Calls `act` with the call stopped after each number of operations. */
static void at_every_operation(void (*act)(unsigned int at, unsigned int length))
{
	unsigned int length;

	hostile_ready(HERE);
	length = hostile_length(HERE);
	check(length > 5);
	check_sound();
	for (unsigned int at = 0; at < length; at++) {
		check(!hostile_up_to(HERE, at));
		act(at, length);
	}
}

/* ---- the list, the calling area ---- */

static void put(uint64_t page, unsigned int at, uint64_t value)
{
	memcpy(host_page(page) + at, &value, sizeof(value));
}

static void mutate(unsigned int how)
{
	uint8_t *list = host_page(HOST_LIST);

	switch (how) {
	case 0: /* garbage */
		memset(list, 0xff, PAGE_4K);
		break;
	case 1: /* everything done, or nothing */
		memset(list, 0, PAGE_4K);
		break;
	case 2: /* the SVSM's memory */
		for (unsigned int i = 0; i < 511; i++)
			put(HOST_LIST, 8 + i * 8, V4(HOST_SVSM_GPA + i * PAGE_4K));
		break;
	case 3: /* save areas, calling areas, lent pages, the list */
		for (unsigned int i = 0; i < 511; i++)
			put(HOST_LIST, 8 + i * 8,
			    i % 2 == 0 ? PAGE(i / 2 % 16) : V4(PAGE(i / 2 % 16)));
		break;
	case 4: /* longer, and begun elsewhere */
		put(HOST_LIST, 0, 511 | 3ULL << 16);
		break;
	case 5: /* the request is withdrawn */
		host_page(HOST_CA)[SVSM_CA_PENDING] = 0;
		break;
	default:
		host_page(HOST_CA)[SVSM_CA_PENDING] = 0xff;
		break;
	}
}
#define MUTATIONS 7U

static void rewrite(unsigned int at, unsigned int length)
{
	(void)length;
	for (unsigned int how = 0; how < MUTATIONS; how++) {
		if (how > 0)
			(void)hostile_up_to(HERE, at);
		mutate(how);
		hostile_finish();
		check_eq(host_part_result(0) >> 32, 0);
		check_sound();
		host_page(HOST_CA)[SVSM_CA_PENDING] = 0;
		if (pv_state(HOST_CA) == PAGE_USED)
			check_alive();
	}
}

static void rewritten(void)
{
	at_every_operation(rewrite);
}

/* ---- the same request by another vCPU ---- */

static void ask_too(unsigned int at, unsigned int length)
{
	uint64_t second;

	(void)at;
	(void)length;
	second = host_call_on(1, &HERE->r);
	check_eq(second >> 32, 0);
	check_sound();
	hostile_finish();
	check_sound();
	check_alive();
}

static void replayed(void)
{
	at_every_operation(ask_too);
}

/* Both advance by turns, from every offset, with steps of 1 to 5. */
static void by_turns(unsigned int at, unsigned int length)
{
	(void)length;
	host_part_begin(1, &HERE->r);
	while (host.guest_of[0].busy || host.guest_of[1].busy) {
		if (host.guest_of[1].busy)
			(void)host_part(1, 1 + at % 5);
		if (host.guest_of[0].busy)
			(void)host_part(0, 1 + at % 3);
	}
	check_sound();
	check_alive();
}

static void interleaved(void)
{
	at_every_operation(by_turns);
}

/* ---- the vCPU is stopped for ever ---- */

static void go_on(unsigned int at, unsigned int length)
{
	(void)at;
	(void)length;
	check_sound();
	/* The other vCPU may be the one that is deleted, or succeeded. */
	if (HERE->r.rax != SVSM_CORE_DELETE_VCPU && HERE->r.rdx != CA_1)
		hostile_others();
	host_enter_on(1);
	check_sound();
}

static void stopped(void)
{
	at_every_operation(go_on);
}

/* ---- what the hypervisor may start meanwhile ---- */

static bool runs(uint64_t vmsa)
{
	uint64_t spa;

	check(snp_gpa_to_spa(&host.snp, vmsa, &spa));
	return snp_vmrun_check(&host.snp, spa, vmsa) == 0;
}

/* From the second operation to the one before the last, its save area cannot be entered. */
static void start_guest(unsigned int at, unsigned int length)
{
	check_eq(runs(host.guest_of[0].vmsa), at < 2 || at + 1 >= length);
}

static void started_twice(void)
{
	at_every_operation(start_guest);
}

static void enter_other(unsigned int at, unsigned int length)
{
	(void)at;
	(void)length;
	for (unsigned int i = 0; i < 3; i++)
		host_enter_on(1);
	check_sound();
	hostile_finish();
	host_enter_on(1);
	check_sound();
	check_alive();
}

static void entered(void)
{
	at_every_operation(enter_other);
}

__attribute__((constructor)) static void register_all(void)
{
	static const struct {
		const char *prefix;
		void (*run)(void);
	} all[] = {
		{ "another vCPU: rewrites list and calling area during ", rewritten },
		{ "another vCPU: asks for the same during ", replayed },
		{ "another vCPU: the same by turns, ", interleaved },
		{ "hypervisor: a vCPU is stopped for ever in ", stopped },
		{ "hypervisor: runs the guest's save area during ", started_twice },
		{ "hypervisor: enters VMPL0 of another CPU during ", entered },
	};

	for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		test_register_rows(all[i].prefix, hostile_calls, HOSTILE_CALLS,
				   sizeof(hostile_calls[0]), all[i].run);
}
