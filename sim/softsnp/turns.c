/* SPDX-License-Identifier: MIT */
/*
 * A guest that says what its hypervisor is to do, for tests that run a
 * scenario on the image (TURNS=1): which vCPUs are held and which may run, so
 * that one at a time does and is left in the middle of a call, and what it
 * lies about to VMPL0. The ports: include/sim/turns.h.
 */
#include "softsnp.h"
#include <sim/turns.h>
#include <snp/lie.h>

#define CPU_BITS 0xffU
#define KIND_BITS 0xfU

static uint32_t code, page, other; /* of the next order */
static bool carried_out;
static uint32_t refuse, pretend; /* counted down; 0: off */
static struct {
	uint32_t left, code;
} fails[TURN_KINDS];

static bool is_due(uint32_t *nth)
{
	return *nth != 0 && --*nth == 0;
}

static void hold(struct cpu *c)
{
	c->turn.hold = true;
	smp_wake(c);
}

static void go(struct cpu *c, unsigned int kind, uint32_t nth)
{
	c->turn.kind = kind;
	c->turn.left = nth;
	c->turn.hold = c->turn.held = false;
	smp_wake(c);
}

static bool assign(void)
{
	uint64_t spa;

	return machine.snp.overrides < SNP_OVERRIDES &&
	       snp_gpa_to_spa(&machine.snp, other * SNP_PAGE, &spa) &&
	       snp_lie_assign(&machine.snp, page * SNP_PAGE, spa);
}

static bool order(enum turn_command command, unsigned int cpu, unsigned int kind, uint32_t nth)
{
	if (cpu >= machine.cpus || kind >= TURN_KINDS)
		return false;
	switch (command) {
	case TURN_HOLD:
		hold(&machine.cpu[cpu]);
		return true;
	case TURN_GO:
		go(&machine.cpu[cpu], kind, nth);
		return true;
	case TURN_FAIL:
		fails[kind].left = nth;
		fails[kind].code = code;
		return true;
	case TURN_REFUSE:
		refuse = nth;
		return true;
	case TURN_PRETEND:
		pretend = nth;
		return true;
	case TURN_ASSIGN:
		return assign();
	case TURN_RESTORE:
		snp_lie_restore(&machine.snp);
		return true;
	}
	return false;
}

bool turns_out(uint16_t port, uint32_t value)
{
	if (!machine.options.turns)
		return false;
	switch (port) {
	case TURN_PORT:
		carried_out = order((enum turn_command)(value & KIND_BITS), value >> 4 & CPU_BITS,
				    value >> 12 & KIND_BITS, value >> 16);
		return true;
	case TURN_CODE:
		code = value;
		return true;
	case TURN_PAGE:
		page = value;
		return true;
	case TURN_OTHER:
		other = value;
		return true;
	default:
		return false;
	}
}

static bool is_asleep(const struct snp_vcpu *v)
{
	return v->vmpl == 0 && v->vmsa_spa[0] != 0 && !v->started && !v->created;
}

static uint32_t bits(uint16_t port)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < machine.cpus; i++) {
		bool is_so = port == TURN_PORT ? machine.cpu[i].turn.held
					       : is_asleep(&machine.snp.vcpu[i]);

		value |= (uint32_t)is_so << i;
	}
	return value;
}

bool turns_in(uint16_t port, uint32_t *value)
{
	if (!machine.options.turns ||
	    (port != TURN_PORT && port != TURN_ASLEEP && port != TURN_CODE))
		return false;
	*value = port == TURN_CODE ? carried_out : bits(port);
	return true;
}

/* At VMPL0 it is between two instructions of the seam: its ring is whole. */
void turns_wait(struct cpu *c)
{
	while (c->turn.hold) {
		if (!c->turn.held && cpu_vmpl(c) == 0)
			events_read(c);
		c->turn.held = true;
		smp_unlock();
		while (!__atomic_load_n(&c->wake, __ATOMIC_ACQUIRE))
			svm_sleep(&c->wake);
		smp_lock();
		c->wake = false;
	}
}

void turns_done(struct cpu *c, unsigned int kind)
{
	if (cpu_vmpl(c) == 0 && c->turn.kind == kind && c->turn.left != 0 && --c->turn.left == 0)
		c->turn.hold = true;
}

bool turns_fail(const struct cpu *c, unsigned int kind, struct snp_result *r)
{
	if (cpu_vmpl(c) != 0 || !is_due(&fails[kind].left))
		return false;
	*r = (struct snp_result){ .eax = fails[kind].code };
	if (r->eax == TURN_FAULT)
		r->trap = SNP_TRAP_GP;
	if (r->eax == TURN_UNCHANGED)
		*r = (struct snp_result){ .carry = true };
	return true;
}

bool turns_answer(const struct cpu *c)
{
	const uint64_t ghcb = machine.snp.vcpu[c->id].ghcb_msr[0];
	uint8_t *at = snp_gpa_memory(&machine.snp, ghcb);
	bool is_refused, is_pretended;

	if (cpu_vmpl(c) != 0 || (ghcb & PAGE_MASK) != 0)
		return false;
	is_refused = is_due(&refuse);
	is_pretended = is_due(&pretend);
	if (at == NULL || (!is_refused && !is_pretended))
		return false;
	snp_lie_answer(at, is_refused);
	return true;
}
