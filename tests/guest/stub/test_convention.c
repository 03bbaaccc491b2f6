/* SPDX-License-Identifier: MIT */
/* The calling convention, in both forms of the call [svsm 3]. */
#include "stub.h"

#define RCX_IN 0x1011121314151617ULL /* no list, no page */
#define RDX_IN 0x2021222324252627ULL
#define R8_IN 0x3031323334353637ULL

static const char *const names[] = { "MSR", "GHCB" };

static const struct {
	uint64_t rax, result;
	const char *text;
} numbers[] = {
	{ 0x0000000100000000, UNSUPPORTED_PROTOCOL, "protocol 1 (attestation), call 0" },
	{ 0x0000000100000001, UNSUPPORTED_PROTOCOL, "protocol 1 (attestation), call 1" },
	{ 0x0000000200000000, UNSUPPORTED_PROTOCOL, "protocol 2 (vTPM), call 0" },
	{ 0x0000000300000000, UNSUPPORTED_PROTOCOL, "protocol 3 (APIC), call 0" },
	{ 0x0000000400000001, UNSUPPORTED_PROTOCOL, "protocol 4 (UEFI MM), call 1" },
	{ 0x0000000500000000, UNSUPPORTED_PROTOCOL, "protocol 5" },
	{ 0x8000000000000006, UNSUPPORTED_PROTOCOL, "protocol 0x80000000" },
	{ 0xffffffff00000001, UNSUPPORTED_PROTOCOL, "protocol 0xffffffff" },
	{ 0xffffffffffffffff, UNSUPPORTED_PROTOCOL, "all bits set" },
	{ 0x0000000000000008, UNSUPPORTED_CALL, "core call 8" },
	{ 0x0000000000000100, UNSUPPORTED_CALL, "core call 0x100" },
	{ 0x000000007fffffff, UNSUPPORTED_CALL, "core call 0x7fffffff" },
	{ 0x0000000080000001, UNSUPPORTED_CALL, "core call 0x80000001" },
	{ 0x00000000ffffffff, UNSUPPORTED_CALL, "core call 0xffffffff" },
};

static void refused(enum form form)
{
	struct call c;

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		call_set(&c, numbers[i].rax, RCX_IN, RDX_IN, R8_IN);
		call_run(&c, form);
		check_eq(c.out.rax, numbers[i].result, "[svsm 5] %s: %s", names[form],
			 numbers[i].text);
		check((call_changed(&c) & ~REG_RAX) == 0 && c.left == 0 && c.hv_ok,
		      "[svsm 3.1] %s: and nothing but RAX and CALL_PENDING changed", names[form]);
	}
}

static void pending(enum form form)
{
	static const uint8_t reserved[] = { 2, 3, 0x7f, 0x80, 0x81, 0xff };
	struct call c;

	call_set(&c, CORE_QUERY_PROTOCOL, 1, RDX_IN, R8_IN);
	c.pending = 0;
	call_run(&c, form);
	check(call_changed(&c) == 0 && c.left == 0 && c.hv_ok,
	      "[svsm 3.3] %s: CALL_PENDING 0: comes back and nothing changed", names[form]);
	for (unsigned int i = 0; i < sizeof(reserved); i++) {
		call_set(&c, CORE_QUERY_PROTOCOL, 1, RDX_IN, R8_IN);
		c.pending = reserved[i];
		call_run(&c, form);
		check_eq(c.out.rax, INVALID_FORMAT, "[svsm 2] %s: CALL_PENDING %#x", names[form],
			 reserved[i]);
		check((call_changed(&c) & ~REG_RAX) == 0 && c.left == 0 && c.hv_ok,
		      "[svsm 3.3] %s: and nothing but RAX and CALL_PENDING changed", names[form]);
	}
}

/* The page of the calling area beyond the bytes that have a meaning. */
static void rest_of_page(enum form form)
{
	volatile uint8_t *ca = page_private(boot.caa);
	bool same = true;
	struct call c;

	for (unsigned int i = 8; i < PAGE_4K; i++)
		ca[i] = (uint8_t)(i * 7);
	call_set(&c, CORE_QUERY_PROTOCOL, 1, RDX_IN, R8_IN);
	call_run(&c, form);
	for (unsigned int i = 8; i < PAGE_4K; i++) {
		same &= ca[i] == (uint8_t)(i * 7);
		ca[i] = 0;
	}
	check(same, "[svsm 2] %s: the calling area beyond byte 8 is the guest's", names[form]);
	check_eq(ca[CA_MEM_AVAILABLE], 0, "[svsm 2] %s: SVSM_MEM_AVAILABLE", names[form]);
}

/* Coming back without a call, often: no state piles up. */
static void idle(enum form form)
{
	bool same = true;
	struct call c;

	for (unsigned int i = 0; i < 100; i++) {
		call_set(&c, i, i, i, i);
		c.pending = 0;
		call_run(&c, form);
		same &= call_changed(&c) == 0 && c.hv_ok;
	}
	check(same, "[svsm 3.3] %s: 100 times with CALL_PENDING 0", names[form]);
}

void test_convention(void)
{
	for (enum form form = FORM_MSR; form <= FORM_GHCB; form++) {
		pending(form);
		refused(form);
		rest_of_page(form);
		idle(form);
	}
}
