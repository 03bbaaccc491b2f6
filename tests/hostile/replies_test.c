/* SPDX-License-Identifier: MIT */
/*
 * Every answer of the hypervisor in turn is forged, at bring-up and while a
 * guest is served, in each of these ways. Either VMPL0 stops and says why, or
 * what it goes on with is as safe as ever.
 */
#include "hostile.h"
#include "unit/boot_rig.h"

#include <stdio.h>
#include <svsm/accept.h>
#include <svsm/frame.h>

#define RAX 0x1f8U
#define CODE 0x390U
#define INFO1 0x398U
#define INFO2 0x3a0U
#define VALID 0x3f0U
#define LIST_AT 0x800U
#define MSR_CODE 0xfffULL
#define PSC 0x80000010ULL

static uint64_t word(const uint8_t *page, unsigned int at)
{
	uint64_t value;

	memcpy(&value, page + at, sizeof(value));
	return value;
}

static void put(uint8_t *page, unsigned int at, uint64_t value)
{
	memcpy(page + at, &value, sizeof(value));
}

static void answer(uint8_t *page, uint64_t info1, uint64_t info2)
{
	put(page, INFO1, info1);
	put(page, INFO2, info2);
}

/* ---- the ways ---- */

static uint8_t older[PAGE_4K]; /* the answer before */

static void refused(uint8_t *page)
{
	answer(page, 2, 5);
}

static void exception(uint8_t *page)
{
	answer(page, 1, 0x80000b0d);
}

static void unknown(uint8_t *page)
{
	answer(page, 3, 0);
}

static void in_high_half(uint8_t *page)
{
	answer(page, 1ULL << 32, 0);
}

static void error_in_info2(uint8_t *page)
{
	answer(page, 0, 1ULL << 32 | 2);
}

static void unchanged(uint8_t *page)
{
	(void)page;
}

static void all_zero(uint8_t *page)
{
	memset(page, 0, PAGE_4K);
}

static void all_ones(uint8_t *page)
{
	memset(page, 0xff, PAGE_4K);
}

static void repeated(uint8_t *page)
{
	memcpy(page, older, PAGE_4K);
}

static void invalid(uint8_t *page)
{
	memset(page + VALID, 0, 16);
}

/* A page state change is said to be done to the end. */
static void not_done(uint8_t *page)
{
	answer(page, 0, 0);
	if (word(page, CODE) == PSC)
		put(page, LIST_AT,
		    word(page, LIST_AT) | ((word(page, LIST_AT) >> 16 & 0xffff) + 1));
}

static uint64_t as_asked(uint64_t request)
{
	return request;
}

static uint64_t zero(uint64_t request)
{
	(void)request;
	return 0;
}

static uint64_t ones(uint64_t request)
{
	(void)request;
	return ~0ULL;
}

static uint64_t code_only(uint64_t request)
{
	return (request & MSR_CODE) + 1;
}

static uint64_t garbage(uint64_t request)
{
	return ~0ULL << 12 | ((request & MSR_CODE) + 1);
}

static uint64_t other_code(uint64_t request)
{
	return request ^ 0x40;
}

struct way {
	const char *name;
	bool served; /* what was asked for is done first */
	void (*page)(uint8_t *page);
	uint64_t (*msr)(uint64_t request);
};

static const struct way ways[] = {
	{ "refused", false, refused, garbage },
	{ "an exception", false, exception, code_only },
	{ "an unknown result", false, unknown, other_code },
	{ "a result in the high half", true, in_high_half, other_code },
	{ "an error behind success", true, error_in_info2, garbage },
	{ "no answer at all", false, unchanged, as_asked },
	{ "all zero", false, all_zero, zero },
	{ "all ones", false, all_ones, ones },
	{ "the answer before, repeated", false, repeated, other_code },
	{ "fields not valid", true, invalid, code_only },
	{ "said to be done and is not", false, not_done, garbage },
	{ "done, and said not to be", true, refused, garbage },
};

/* ---- the one that is forged ---- */

static unsigned int turn, exchanges;
static bool forged;

static void forge(void)
{
	const struct way *way = test_row;
	uint64_t *msr = &host.snp.vcpu[host_cpu].ghcb_msr[0];

	forged = true;
	if ((*msr & MSR_CODE) == 0)
		way->page(host_page(*msr));
	else
		*msr = way->msr(*msr);
}

static uint32_t before(const struct host_op *op)
{
	const struct way *way = test_row;

	if (op->kind != HOST_VMGEXIT || ++exchanges != turn || way->served)
		return 0;
	forge();
	return 1;
}

static void after(void)
{
	const struct way *way = test_row;
	uint64_t msr = host.snp.vcpu[host_cpu].ghcb_msr[0];

	if (exchanges == turn && way->served)
		forge();
	if ((msr & MSR_CODE) == 0)
		memcpy(older, host_page(msr), PAGE_4K);
}

/* What a hypervisor may be told to be the reason. */
static bool is_told(int reason)
{
	static const enum reason told[] = {
		REASON_GHCB_REPLY, REASON_GHCB_VERSION, REASON_GHCB_REGISTER, REASON_HV_FEATURES,
		REASON_PSC,	   REASON_PVALIDATE,	REASON_C_BIT,	      REASON_AP_CREATION,
		REASON_APIC_IDS,   REASON_NO_MEMORY,	REASON_RUN_VMPL,
	};

	for (unsigned int i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if ((int)told[i] == reason)
			return true;
	return false;
}

/* False: there are not so many. */
static bool in_turn(void (*run)(void), void (*then)(void))
{
	int reason;

	host_reset();
	exchanges = 0;
	forged = false;
	host.hook = before;
	host.reply = after;
	reason = host_stops(run);
	if (reason >= 0 && !is_told(reason))
		printf("# answer %u: stopped, %s\n", turn, reason_words((unsigned int)reason));
	check(reason < 0 || is_told(reason));
	host.hook = NULL;
	host.reply = NULL;
	if (reason < 0)
		then();
	return forged;
}

static void all_in_turn(void (*run)(void), void (*then)(void))
{
	host_save();
	turn = 1;
	while (in_turn(run, then))
		turn++;
	check(turn > 4);
}

static void sound(void)
{
	check_sound();
}

declare_rows(at_boot, "hypervisor: bring-up, any answer is ", ways)
{
	bootrig_new(1);
	bootrig_config()->flags = 0; /* RAM as the SVSM's memory: psc_lies_test.c has both */
	host.snp.vcpus = 2;
	host.snp.hv_features |= 0x10;
	all_in_turn(bootrig_run, sound);
}

/* ---- while a guest is served: memory is accepted, a vCPU made, a page's row needed ---- */

static const struct host_registers query = { .rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = 1 };

static void serve(void)
{
	(void)host_create(1, VMSA_1, CA_1);
	(void)pv_one(V4(PAGE_NEW));
	if (host.guest_of[1].vmsa != 0)
		(void)host_call_on(1, &query);
	(void)delete_vcpu(VMSA_1);
	host_enter_on(1);
	(void)host_call(SVSM_CORE_QUERY_PROTOCOL, 1);
}

/* The guest's VMPL was not entered, or it was: it asks again. */
static void alive(void)
{
	check_sound();
	check_alive();
	check_eq(pv_one(V4(REGION_NEW)), SVSM_SUCCESS);
	check_sound();
}

declare_rows(while_served, "hypervisor: a guest is served, any answer is ", ways)
{
	pa_t frame;

	two_ready(1);
	while (frame_alloc(frame_cpu(0), &frame) == OK)
		;
	host.lied = false;
	all_in_turn(serve, alive);
}
