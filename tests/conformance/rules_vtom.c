/* SPDX-License-Identifier: MIT */
/*
 * Section 6.7: CONFIGURE_VTOM. Nothing here may succeed in moving vTOM: with
 * an SVSM that supports it, the cases that would are skipped.
 */
#include "conf.h"

#define QUERY 0x1ULL
#define SUPPORTED 0x2ULL
#define OUTPUTS (REG_RCX | REG_RDX | REG_R8)

static uint64_t query(void)
{
	expect(call_core(CORE_CONFIGURE_VTOM, QUERY, 0, 0, OUTPUTS), R_OK, "the query");
	return call_last.out.rcx;
}

static void query_form(const struct rule *r)
{
	uint64_t rcx = query();

	(void)r;
	check((rcx & ~0xff002ULL) == 0, "RCX %#lx has other bits than 1 and 19:12", rcx);
}

static void query_absent(const struct rule *r)
{
	(void)r;
	check_eq(query(), 0, "RCX");
}

static void refused(const struct rule *r)
{
	struct call c;

	if (r->b != 0 && (query() & SUPPORTED) != 0)
		skip("the SVSM supports vTOM");
	/* RDX, R8 and R9 are no CR3, RIP and RSP: if they were loaded, this would be the end. */
	call_set(&c, CORE_CONFIGURE_VTOM, r->a, 0x1111111111111111, 0x2222222222222222);
	call_clean(&c, 0);
	expect_rule(c.out.rax, r, "the call");
	check(call_works(), "the SVSM does not answer any more");
}

/* AMD's text says INVALID_PARAMETER; SVSMs without vTOM may say first that there is none. */
#define RESERVED(text, rcx)                                                                        \
	{                                                                                          \
		"6.7", text, refused, R_PARAMETER | R_REQUEST, .strict = R_PARAMETER, .a = rcx     \
	}
#define CANNOT(text, rcx)                                                                          \
	{                                                                                          \
		"6.7", text, refused, R_REQUEST | R_ADDRESS, .strict = R_REQUEST, .a = rcx, .b = 1 \
	}

static const struct rule rules[] = {
	{ "6.7", "query succeeds, reserved bits are 0", query_form, .each = EACH_FORM },
	{ "6.7", "query: not supported", query_absent, .needs = NEED_STRICT },
	RESERVED("query with bit 1", 0x3),
	RESERVED("query with bit 12", 0x1001),
	RESERVED("query with bit 63", 0x8000000000000001),
	RESERVED("configure: reserved bit 5", 0x20),
	RESERVED("configure: reserved bit 6", 0x40),
	RESERVED("configure: reserved bit 7", 0x80),
	RESERVED("configure: reserved bit 8", 0x100),
	RESERVED("configure: reserved bit 9", 0x200),
	RESERVED("configure: reserved bit 10", 0x400),
	RESERVED("configure: reserved bit 11", 0x800),
	RESERVED("configure: enable with bits 11:5", 0x100000fe2),
	RESERVED("configure: disable with a vTOM", 0x1000),
	CANNOT("configure: disable", 0),
	CANNOT("configure: enable at 4 GiB", 0x100000002),
	CANNOT("configure: enable, load CR3, RIP, RSP: nothing is loaded", 0x10000001e),
	CANNOT("configure: disable, load CR3, RIP, RSP: nothing is loaded", 0x1c),
};

GROUP(vtom);
