/* SPDX-License-Identifier: MIT */
/*
 * What trap_handle() makes of an exception at VMPL0, each of which a
 * hypervisor may inject where restricted injection is not enforced: all
 * vectors, error codes, and places where it may come.
 */
#define _GNU_SOURCE
#include "hostile.h"

#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>

#define VECTORS 256U
#define HV 28U
#define VC 29U
#define NOT_VALIDATED 0x404ULL
#define GOES_ON (-1)

/* As cpu/entry.S pushes it. */
struct trap_frame {
	uint64_t general[15];
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

void trap_handle(struct trap_frame *frame);

/* Two instructions that may fault, as the linker would place them. */
struct fixup {
	uint64_t from, to;
};
#define FAULTS_1 0xffffffff80001000ULL
#define FAULTS_2 0xffffffff80002000ULL
#define FIXED 0x100ULL
extern const struct fixup extable_start[], extable_end[];
const struct fixup extable_start[2] = { { FAULTS_1, FAULTS_1 + FIXED },
					{ FAULTS_2, FAULTS_2 + FIXED } };
__asm__(".globl extable_end\n.set extable_end, extable_start + 32");

/* A read of CR2, which only VMPL0 may: 0F 20 /r, a prefix before it perhaps. */
static void skip_cr2(int number, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	const uint8_t *at = (const uint8_t *)regs[REG_RIP];
	unsigned int prefix = (at[0] & 0xf0) == 0x40;

	(void)number;
	(void)info;
	if (at[prefix] != 0x0f || at[prefix + 1] != 0x20)
		abort();
	regs[REG_RIP] += prefix + 3;
}

static struct trap_frame frame;

static void handle(void)
{
	trap_handle(&frame);
}

static int injected(unsigned int vector, uint64_t error, uint64_t rip)
{
	struct trap_frame before;
	int reason;

	memset(&frame, 0x5a, sizeof(frame));
	frame.vector = vector;
	frame.error = error;
	frame.rip = rip;
	before = frame;
	reason = host_stops(handle);
	/* Nothing of what was interrupted is changed but where it goes on. */
	before.rip = frame.rip;
	check_eq(memcmp(&before, &frame, sizeof(before)), 0);
	check(reason >= 0 || vector == HV || frame.rip == rip + FIXED);
	check(reason < 0 || frame.rip == rip);
	return reason;
}

static void ready(void)
{
	struct sigaction action = { .sa_sigaction = skip_cr2, .sa_flags = SA_SIGINFO | SA_NODEFER };

	check_eq(sigaction(SIGSEGV, &action, NULL), 0);
}

static const uint64_t errors[] = {
	0,
	0x40,
	0x41,
	0x4d,
	0x60,
	0x61,
	0x6e,
	0x72,
	0x7b,
	0x7c,
	0x81,
	0x87,
	0x89,
	0x8a,
	0x8b,
	0x8d,
	0x400,
	0x401,
	0x402,
	0x403,
	0x405,
	0x4040,
	0x1404,
	0x0404ULL << 32,
	1ULL << 32 | 0x404,
	~0ULL,
};
static const uint64_t places[] = { FAULTS_1, FAULTS_2,	       FAULTS_1 + 1, FAULTS_1 - 1,
				   0,	     FAULTS_1 + FIXED, ~0ULL };
#define PLACES (sizeof(places) / sizeof(places[0]))
#define MAY_FAULT 2U /* the first of them */

declare_named(wesee, "hypervisor: WeSee, #VC with any error code -> stops, VC")
{
	ready();
	for (unsigned int i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		for (unsigned int k = 0; k < PLACES; k++)
			check_eq(injected(VC, errors[i], places[k]), REASON_VC);
	for (uint64_t error = 0; error < 0x10000; error++)
		if (error != NOT_VALIDATED)
			check_eq(injected(VC, error, FAULTS_1), REASON_VC);
}

declare_named(wesee_404,
	      "hypervisor: WeSee, #VC 0x404 where nothing may fault -> stops, UNVALIDATED")
{
	ready();
	for (unsigned int k = 0; k < PLACES; k++)
		check_eq(injected(VC, NOT_VALIDATED, places[k]),
			 k < MAY_FAULT ? GOES_ON : REASON_UNVALIDATED);
}

declare_named(heckler, "hypervisor: Heckler, int 0x80 -> stops, TRAP")
{
	ready();
	for (unsigned int k = 0; k < PLACES; k++)
		check_eq(injected(0x80, 0, places[k]), REASON_TRAP);
}

static int expected(unsigned int vector, bool may_fault)
{
	switch (vector) {
	case 8:
		return REASON_DF;
	case 13:
		return may_fault ? GOES_ON : REASON_GP;
	case 14:
		return may_fault ? GOES_ON : REASON_PF;
	case HV:
		return GOES_ON;
	case VC:
		return REASON_VC;
	default:
		return REASON_TRAP;
	}
}

declare_named(all_vectors, "hypervisor: any vector, any error code, anywhere -> stops, or a fix-up")
{
	ready();
	for (unsigned int vector = 0; vector < VECTORS; vector++)
		for (unsigned int i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
			for (unsigned int k = 0; k < PLACES; k++)
				check_eq(vector << 16 | (unsigned int)(uint16_t)injected(
								vector, errors[i], places[k]),
					 vector << 16 | (unsigned int)(uint16_t)expected(
								vector, k < MAY_FAULT));
}
