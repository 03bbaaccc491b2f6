/* SPDX-License-Identifier: MIT */
/* Sections 5 and 6.6: numbers of protocols and calls, QUERY_PROTOCOL. */
#include "conf.h"

#define NO_GPA 0x1011121314151617ULL

static uint64_t query(uint64_t rcx)
{
	expect(call_core(CORE_QUERY_PROTOCOL, rcx, 0x11, 0x22, REG_RCX), R_OK, "QUERY_PROTOCOL");
	return call_last.out.rcx;
}

/* Other versions than 1 may be there: then by the secrets page's word. */
static bool has(uint64_t protocol)
{
	return query(protocol << 32 | 1) != 0;
}

static void unknown(const struct rule *r)
{
	struct call c;

	if (r->b != 0 && has(r->a >> 32))
		skip("the SVSM has this protocol");
	call_set(&c, r->a, NO_GPA, 0x22, 0x33);
	call_clean(&c, 0);
	expect_rule(c.out.rax, r, "the call");
}

static void core(const struct rule *r)
{
	uint64_t rcx = query(1), max = rcx >> 32, min = rcx & 0xffffffff;

	(void)r;
	check(min == 1 && max >= min, "RCX %#lx", rcx);
}

static void core_one(const struct rule *r)
{
	check_eq(query(r->a), r->b, "RCX");
}

static void above(const struct rule *r)
{
	uint64_t max = query(1) >> 32;

	check_eq(query(max + r->a), 0, "RCX");
}

static void absent(const struct rule *r)
{
	check_eq(query(r->a), 0, "RCX");
}

/* Present or not: RCX is 0, or a range that has the version asked for. */
static void formed(const struct rule *r)
{
	uint64_t rcx = query(r->a << 32 | 1), max = rcx >> 32, min = rcx & 0xffffffff;

	check(rcx == 0 || (min <= 1 && min >= 1 && max >= 1), "RCX %#lx", rcx);
}

static void absent_here(const struct rule *r)
{
	check_eq(query(r->a << 32 | 1), 0, "RCX");
}

#define UNKNOWN_PROTOCOL(text, rax)                                                                \
	{                                                                                          \
		"5", text, unknown, R_PROTOCOL, .a = rax, .each = EACH_FORM                        \
	}
#define OPTIONAL_PROTOCOL(text, rax)                                                               \
	{                                                                                          \
		"5", text, unknown, R_PROTOCOL, .a = rax, .b = 1                                   \
	}
#define UNKNOWN_CALL(text, rax)                                                                    \
	{                                                                                          \
		"5", text, unknown, R_CALL, .a = rax, .each = EACH_FORM                            \
	}

static const struct rule rules[] = {
	OPTIONAL_PROTOCOL("protocol 1 (attestation) is unsupported, or there", 1ULL << 32),
	OPTIONAL_PROTOCOL("protocol 2 (vTPM) is unsupported, or there", 2ULL << 32),
	OPTIONAL_PROTOCOL("protocol 3 (APIC) is unsupported, or there", 3ULL << 32),
	OPTIONAL_PROTOCOL("protocol 4 (UEFI MM) is unsupported, or there", 4ULL << 32 | 1),
	UNKNOWN_PROTOCOL("protocol 0x7fff is unsupported", 0x00007fff00000000),
	UNKNOWN_PROTOCOL("protocol 0x7fff, call 6, is unsupported", 0x00007fff00000006),
	UNKNOWN_PROTOCOL("protocol 0x7fffffff is unsupported", 0x7fffffff00000001),
	UNKNOWN_PROTOCOL("protocol 0x80010000 is unsupported", 0x8001000000000006),
	UNKNOWN_PROTOCOL("protocol 0xffffffff is unsupported", 0xffffffff00000001),
	UNKNOWN_PROTOCOL("all bits of RAX set: unsupported protocol", 0xffffffffffffffff),
	UNKNOWN_CALL("core call 0x100 is unsupported", 0x100),
	UNKNOWN_CALL("core call 0x10001 is unsupported", 0x10001),
	UNKNOWN_CALL("core call 0x7fffffff is unsupported", 0x7fffffff),
	UNKNOWN_CALL("core call 0x80000001 is unsupported", 0x80000001),
	UNKNOWN_CALL("core call 0xffffffff is unsupported", 0xffffffff),
	{ "5", "core call 8 is unsupported", unknown, R_CALL, .a = 8, .needs = NEED_STRICT },
	{ "6.6", "core, version 1: a range from 1 on", core, .each = EACH_FORM },
	{ "6.6", "core, version 1: 1 to 1", core_one, .a = 1, .b = 0x0000000100000001,
	  .needs = NEED_STRICT },
	{ "6.6", "core, version 0: RCX 0", absent, .a = 0 },
	{ "6.6", "core, one above the highest version: RCX 0", above, .a = 1 },
	{ "6.6", "core, 0x100 above the highest version: RCX 0", above, .a = 0x100 },
	{ "6.6", "core, version 0xffffffff: RCX 0", absent, .a = 0xffffffff },
	{ "6.6", "core, version 0x80000001: RCX 0", absent, .a = 0x80000001 },
	{ "6.6", "attestation, version 1: RCX 0 or a range", formed, .a = 1 },
	{ "6.6", "vTPM, version 1: RCX 0 or a range", formed, .a = 2 },
	{ "6.6", "APIC, version 1: RCX 0 or a range", formed, .a = 3 },
	{ "6.6", "UEFI MM, version 1: RCX 0 or a range", formed, .a = 4 },
	{ "6.6", "attestation, version 0xffffffff: RCX 0", absent, .a = 0x00000001ffffffff },
	{ "6.6", "attestation is not there", absent_here, .a = 1, .needs = NEED_STRICT },
	{ "6.6", "vTPM is not there", absent_here, .a = 2, .needs = NEED_STRICT },
	{ "6.6", "protocol 0x7fff: RCX 0", absent, .a = 0x00007fff00000001 },
	{ "6.6", "protocol 0x7fffffff: RCX 0", absent, .a = 0x7fffffff00000001 },
	{ "6.6", "protocol 0x80010000: RCX 0", absent, .a = 0x8001000000000001 },
	{ "6.6", "all bits of RCX set: RCX 0", absent, .a = 0xffffffffffffffff },
};

GROUP(protocol);
