/* SPDX-License-Identifier: MIT */
/* An SVSM call, in either of its two forms [svsm 3]. */
#include "stub.h"

#define RFLAGS_BASE 0x2ULL
#define RFLAGS_STATUS 0x8d5ULL /* CF PF AF ZF SF OF */
#define BUSY_LIMIT 1000U

void call_exit(const struct regs *in, struct regs *out);

uint64_t call_ca;
enum form call_form;
struct call call_last;

struct call_count call_count;
static uint64_t pattern = 0x243f6a8885a308d3ULL;

static uint64_t next_pattern(void)
{
	pattern = pattern * 6364136223846793005ULL + 1442695040888963407ULL;
	return pattern;
}

static uint64_t *words(struct regs *r)
{
	return (uint64_t *)r;
}

void call_set(struct call *c, uint64_t rax, uint64_t rcx, uint64_t rdx, uint64_t r8)
{
	for (unsigned int i = 0; i < REGS; i++)
		words(&c->in)[i] = next_pattern();
	c->in.rflags = RFLAGS_BASE | (c->in.rflags & RFLAGS_STATUS);
	c->in.rax = rax;
	c->in.rcx = rcx;
	c->in.rdx = rdx;
	c->in.r8 = r8;
	c->pending = 1;
}

static uint8_t exchange(volatile uint8_t *at, uint8_t value)
{
	__asm__ volatile("xchgb %0, %1" : "+q"(value), "+m"(*at) : : "memory");
	return value;
}

void call_run(struct call *c, enum form form)
{
	call_run_at(c, form, call_ca);
}

void call_run_at(struct call *c, enum form form, uint64_t ca)
{
	volatile uint8_t *pending = (volatile uint8_t *)page_private(ca) + CA_PENDING;
	uint64_t old = 0;

	if (form == FORM_MSR) {
		old = rdmsr(MSR_GHCB);
		wrmsr(MSR_GHCB, GHCB_RUN_VMPL);
	} else {
		ghcb_prepare_run_vmpl();
	}
	*pending = c->pending;
	call_exit(&c->in, &c->out);
	c->left = exchange(pending, 0);
	if (form == FORM_MSR) {
		c->hv_ok = rdmsr(MSR_GHCB) == GHCB_RUN_VMPL_RESP;
		wrmsr(MSR_GHCB, old);
	} else {
		c->hv_ok = (uint32_t)ghcb_run_vmpl_result() == 0;
	}
}

uint32_t call_changed(const struct call *c)
{
	const uint64_t *in = (const uint64_t *)&c->in, *out = (const uint64_t *)&c->out;
	uint32_t changed = 0;

	for (unsigned int i = 0; i < REGS; i++)
		if (in[i] != out[i])
			changed |= 1U << i;
	return changed;
}

uint64_t call_core(uint32_t number, uint64_t rcx, uint64_t rdx, uint64_t r8, uint32_t outputs)
{
	struct call *c = &call_last;

	for (unsigned int tries = 0; tries < BUSY_LIMIT; tries++) {
		call_set(c, CORE << 32 | number, rcx, rdx, r8);
		call_run(c, call_form);
		call_count.calls++;
		call_count.damaged += (call_changed(c) & ~(REG_RAX | outputs)) != 0;
		call_count.left_pending += c->left != 0;
		call_count.hv_failed += !c->hv_ok;
		call_count.high_rax += c->out.rax >> 32 != 0;
		if (c->out.rax != BUSY)
			break;
		call_count.busy++;
	}
	return c->out.rax;
}

void call_checks(void)
{
	say("# %u calls", call_count.calls);
	check_eq(call_count.damaged, 0,
		 "[svsm 3.1] every call: registers that are no output unchanged");
	check_eq(call_count.left_pending, 0, "[svsm 3.2] every call: CALL_PENDING cleared");
	check_eq(call_count.hv_failed, 0, "[ghcb 5.7] every call: the hypervisor reports success");
	check_eq(call_count.high_rax, 0, "[svsm 3.1] every call: RAX bits 63:32 zero");
	check_eq(call_count.busy, 0, "[svsm 4] every call: never BUSY, there is one vCPU");
}
