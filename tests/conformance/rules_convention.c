/* SPDX-License-Identifier: MIT */
/* Section 3: registers, both ways of calling, entries without a call; 3.4: where structures lie. */
#include "conf.h"

#define QUERY_CORE 1ULL
#define NO_GPA 0x1011121314151617ULL
#define IDLES 100U

/* Calls whose registers are compared one by one, RAX apart. */
static void registers(const struct rule *r)
{
	struct call c;

	call_set(&c, r->a, r->b, 0x2021222324252627, 0x3031323334353637);
	call_clean(&c, (uint32_t)r->c);
	expect_rule(c.out.rax, r, "the call");
}

static void registers_list(const struct rule *r)
{
	uint64_t page = r->a == 0 ? mem_private() : mem_valid();
	struct list l = mem_list(0, 0);
	struct call c;

	list_begin(&l);
	list_add(&l, page | PV_VALIDATE);
	call_set(&c, CORE_PVALIDATE, l.gpa, 0x2021222324252627, 0x3031323334353637);
	call_clean(&c, 0);
	expect_rule(c.out.rax, r, "the call");
}

static void registers_remap(const struct rule *r)
{
	struct call c;

	call_set(&c, CORE_REMAP_CA, mem_valid(), 0x2021222324252627, 0x3031323334353637);
	call_clean(&c, 0);
	expect_rule(c.out.rax, r, "the call");
	if (c.out.rax == OK)
		call_ca = c.in.rcx;
}

static void high_half(const struct rule *r)
{
	struct call c;

	call_set(&c, r->a, 1, 0, 0);
	call_run(&c, call_form);
	check_eq(c.out.rax >> 32, 0, "RAX bits 63:32");
}

static void status_flags(const struct rule *r)
{
	struct call c;

	(void)r;
	for (unsigned int i = 0; i < 8; i++) {
		call_set(&c, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0);
		call_run(&c, call_form);
		check_eq(c.out.rflags, c.in.rflags, "RFLAGS");
	}
}

static void no_call(const struct rule *r)
{
	struct call c;

	call_set(&c, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0);
	c.pending = 0;
	call_run(&c, call_form);
	check_eq(call_changed(&c), 0, "registers that changed");
	check_eq(c.left, 0, "CALL_PENDING");
	check(c.hv_ok, "the hypervisor reports a failure");
	check(r->a == 0 || call_works(), "calls work behind it");
}

static void no_call_list(const struct rule *r)
{
	uint64_t page = mem_private();
	struct list l = mem_list(0, 0);
	struct call c;

	(void)r;
	list_begin(&l);
	list_add(&l, page | PV_VALIDATE);
	call_set(&c, CORE_PVALIDATE, l.gpa, 0, 0);
	c.pending = 0;
	call_run(&c, call_form);
	check(call_changed(&c) == 0 && *l.next == 0, "something was answered");
	check(trap_not_validated(page), "the list was worked through");
}

static void no_calls(const struct rule *r)
{
	bool same = true;
	struct call c;

	(void)r;
	for (unsigned int i = 0; i < IDLES; i++) {
		call_set(&c, i, i, i, i);
		c.pending = 0;
		call_run(&c, call_form);
		same &= call_changed(&c) == 0 && c.hv_ok;
	}
	check(same, "one of them came back changed");
	check(call_works(), "no call works behind them");
}

static void hypervisor_answer(const struct rule *r)
{
	struct call c;

	(void)r;
	call_set(&c, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0);
	call_run(&c, call_form);
	check(c.hv_ok,
	      call_form == FORM_MSR ? "the MSR is not 0x017 alone" : "SW_EXITINFO1 is not 0");
	check_eq(c.out.rax, OK, "the call");
}

static void forms_in_turn(const struct rule *r)
{
	(void)r;
	for (unsigned int i = 0; i < 20; i++) {
		call_form = i % 3 == 0 ? FORM_MSR : FORM_GHCB;
		check(call_works(), "call %u", i);
	}
	call_form = FORM_GHCB;
}

/* Behind a call the GHCB MSR form leaves the page form as it was. */
static void same_answers(const struct rule *r)
{
	struct call a, b;

	call_set(&a, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0);
	b = a;
	call_run(&a, FORM_MSR);
	call_run(&b, FORM_GHCB);
	check(a.out.rax == b.out.rax && a.out.rcx == b.out.rcx, "the answers differ");
	(void)r;
}

static const struct rule rules[] = {
	{ "3.1", "registers of QUERY_PROTOCOL: RAX and RCX alone", registers, R_OK,
	  .a = CORE_QUERY_PROTOCOL, .b = QUERY_CORE, .c = REG_RCX, .each = EACH_FORM },
	{ "3.1", "registers of a vTOM query: RAX, RCX, RDX, R8", registers, R_OK,
	  .a = CORE_CONFIGURE_VTOM, .b = 1, .c = REG_RCX | REG_RDX | REG_R8, .each = EACH_FORM },
	{ "3.1", "registers of a refused vTOM configuration: RAX alone", registers,
	  R_PARAMETER | R_REQUEST, .a = CORE_CONFIGURE_VTOM, .b = 0x20, .each = EACH_FORM },
	{ "3.1", "registers of PVALIDATE: RAX alone", registers_list, R_OK, .each = EACH_FORM },
	{ "3.1", "registers of a PVALIDATE that fails: RAX alone", registers_list, R_UNCHANGED,
	  .a = 1, .each = EACH_FORM },
	{ "3.1", "registers of a PVALIDATE that is refused: RAX alone", registers, R_PARAMETER,
	  .a = CORE_PVALIDATE, .b = NO_GPA, .each = EACH_FORM },
	{ "3.1", "registers of REMAP_CA: RAX alone", registers_remap, R_OK, .each = EACH_FORM },
	{ "3.1", "registers of a refused REMAP_CA: RAX alone", registers, R_PARAMETER,
	  .a = CORE_REMAP_CA, .b = NO_GPA, .each = EACH_FORM },
	{ "3.1", "registers of an unknown call: RAX alone", registers, R_CALL, .a = 0x7fff,
	  .b = NO_GPA, .each = EACH_FORM },
	{ "3.1", "registers of an unknown protocol: RAX alone", registers, R_PROTOCOL,
	  .a = 0x7fffULL << 32, .b = NO_GPA, .each = EACH_FORM },
	{ "3.1", "registers of CREATE_VCPU that is refused: RAX alone", registers, R_PARAMETER,
	  .needs = NEED_CREATE, .a = CORE_CREATE_VCPU, .b = NO_GPA, .each = EACH_FORM },
	{ "3.1", "registers of DELETE_VCPU that is refused: RAX alone", registers, R_PARAMETER,
	  .needs = NEED_CREATE, .a = CORE_DELETE_VCPU, .b = NO_GPA, .each = EACH_FORM },
	{ "3.1", "registers of DEPOSIT_MEM that is refused: RAX alone", registers, R_PARAMETER,
	  .needs = NEED_DEPOSIT, .a = CORE_DEPOSIT_MEM, .b = NO_GPA, .each = EACH_FORM },
	{ "3.1", "registers of WITHDRAW_MEM that is refused: RAX alone", registers, R_PARAMETER,
	  .needs = NEED_DEPOSIT, .a = CORE_WITHDRAW_MEM, .b = NO_GPA, .each = EACH_FORM },
	{ "3.1", "RAX bits 63:32 are 0 after a success", high_half, .a = CORE_QUERY_PROTOCOL,
	  .each = EACH_FORM },
	{ "3.1", "RAX bits 63:32 are 0 after an unknown protocol", high_half,
	  .a = 0xfffffffe00000000, .each = EACH_FORM },
	{ "3.1", "RFLAGS are as they were", status_flags, .each = EACH_FORM },
	{ "3.2", "the hypervisor's answer is success", hypervisor_answer, .each = EACH_FORM },
	{ "3.2", "the forms can take turns", forms_in_turn },
	{ "3.2", "both forms get the same answer", same_answers },
	{ "3.3", "CALL_PENDING 0: comes back, nothing changes", no_call, .each = EACH_FORM },
	{ "3.3", "CALL_PENDING 0: a call works behind it", no_call, .a = 1, .each = EACH_FORM },
	{ "3.3", "CALL_PENDING 0: a list is not worked through", no_call_list, .each = EACH_FORM },
	{ "3.3", "CALL_PENDING 0, a hundred times", no_calls, .each = EACH_FORM },
};

GROUP(convention);
