/* SPDX-License-Identifier: MIT */
/* The GHCB MSR protocol's numbers, from spec/ghcb.md section 4. */
#include "test.h"

#include <svsm/msrproto.h>

declare_test(msrproto_requests)
{
	check_eq(msrproto_psc(pa(0x12345000), true), 0x0010000012345014);
	check_eq(msrproto_psc(pa(0x8000001000), false), 0x0020008000001014);
	check_eq(msrproto_register(pa(0x8000001000)), 0x8000001012);
	check_eq(msrproto_terminate(14, 3), 0x3e100);
	check_eq(msrproto_terminate(0x1f, 0x1ff), 0xfff100);
}

declare_test(msrproto_sev_info_fields)
{
	struct msrproto_info info;

	check(msrproto_sev_info(0x0002000133000001, &info));
	check_eq(info.max, 2);
	check_eq(info.min, 1);
	check_eq(info.c_bit, 51);
}

/* An unknown request comes back unchanged from some hosts. */
declare_test(msrproto_sev_info_needs_its_code)
{
	struct msrproto_info info;

	check(!msrproto_sev_info(0x0002000133000002, &info));
	check(!msrproto_sev_info(0x0002000133000081, &info));
	check(!msrproto_is(0x80, 0x81));
	check(msrproto_is(0x21081, 0x81));
}

declare_test(msrproto_psc_answer)
{
	uint32_t error;

	check(msrproto_psc_done(0x15, &error));
	check_eq(error, 0);
	check(msrproto_psc_done(0x8000000000000015, &error));
	check(error != 0);
	check(msrproto_psc_done(0x100000015, &error));
	check(error != 0);
}

/* Reserved bits 31:12, or the request come back. */
declare_test(msrproto_psc_answer_nonsense)
{
	uint32_t error;

	check(!msrproto_psc_done(0x1015, &error));
	check(!msrproto_psc_done(0x0010000012345014, &error));
	check(!msrproto_psc_done(0, &error));
}
