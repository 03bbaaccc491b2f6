/* SPDX-License-Identifier: MIT */
/* What the SVSM offers, and calls with everything looked at. */
#include "conf.h"

#define FLASH_START 0xfff80000UL
#define FLASH_END 0x100000000UL
#define QUERY_CORE 1ULL
#define REGS_MAY (REG_RAX | outputs)

/* flash/reset.S: its memory map is what was launched, not what there is. */
static bool in_flash(const uint8_t *params)
{
	return (uintptr_t)params >= FLASH_START && (uintptr_t)params < FLASH_END;
}

static bool supported(uint32_t number)
{
	/* Misaligned for each of them: an answer, and nothing done. */
	return call_core(number, 1, 1, 0, 0) != UNSUPPORTED_CALL;
}

void platform_ask(void)
{
	missing_needs = 0;
	if (in_flash(boot.params))
		missing_needs |= NEED_E820;
	if (!supported(CORE_CREATE_VCPU) || !supported(CORE_DELETE_VCPU))
		missing_needs |= NEED_CREATE;
	if (!supported(CORE_DEPOSIT_MEM) || !supported(CORE_WITHDRAW_MEM))
		missing_needs |= NEED_DEPOSIT;
	if (!ap_find())
		missing_needs |= NEED_AP;
}

uint64_t call_remap(uint64_t gpa)
{
	return call_core(CORE_REMAP_CA, gpa, 0, 0, 0);
}

uint64_t call_deposit(uint64_t entry)
{
	struct list l = mem_list(0, 0);

	list_begin(&l);
	list_add(&l, entry);
	return call_core(CORE_DEPOSIT_MEM, l.gpa, 0, 0, 0);
}

uint64_t call_withdraw(uint64_t buffer)
{
	return call_core(CORE_WITHDRAW_MEM, buffer, 0, 0, 0);
}

void call_take_back(void)
{
	struct list l = mem_list(1, 0);

	for (unsigned int i = 0; i < 64; i++) {
		need(call_withdraw(l.gpa) == OK, "WITHDRAW_MEM");
		if (*l.count == 0)
			return;
	}
	give_up("WITHDRAW_MEM does not come to an end");
}

bool call_works(void)
{
	return call_core(CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0, REG_RCX) == OK &&
	       call_last.out.rcx != 0;
}

bool call_clean(struct call *c, uint32_t outputs)
{
	call_run(c, call_form);
	check_eq(call_changed(c) & ~REGS_MAY, 0,
		 "registers that are no output (bits: RAX RBX RCX "
		 "RDX RSI RDI RBP R8 to R15 RFLAGS)");
	check_eq(c->left, 0, "CALL_PENDING after the call");
	check(c->hv_ok, "the hypervisor reports a failure");
	check_eq(c->out.rax >> 32, 0, "RAX bits 63:32 after the call");
	return !((call_changed(c) & ~REGS_MAY) != 0 || c->left != 0 || !c->hv_ok);
}
