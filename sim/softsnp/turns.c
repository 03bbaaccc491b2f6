/* SPDX-License-Identifier: MIT */
/*
 * A guest that says what its hypervisor is to do, for tests that run a
 * scenario on the image (TURNS=1): which vCPUs are held and which may run, so
 * that one at a time does and is left in the middle of a call, and
 * instructions of VMPL0 that fail. The ports: include/sim/turns.h.
 */
#include "softsnp.h"
#include <sim/turns.h>

#define CPU_BITS 0xffU
#define KIND_BITS 0xfU

static uint32_t code; /* of what fails next */
static struct {
	uint32_t left, code;
} fails[TURN_KINDS];

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

static void order(uint32_t value)
{
	unsigned int cpu = value >> 4 & CPU_BITS, kind = value >> 12 & KIND_BITS;

	if (cpu >= machine.cpus || kind >= TURN_KINDS)
		return;
	switch ((enum turn_command)(value & KIND_BITS)) {
	case TURN_HOLD:
		hold(&machine.cpu[cpu]);
		break;
	case TURN_GO:
		go(&machine.cpu[cpu], kind, value >> 16);
		break;
	case TURN_FAIL:
		fails[kind].left = value >> 16;
		fails[kind].code = code;
		break;
	}
}

bool turns_out(uint16_t port, uint32_t value)
{
	if (!machine.options.turns || (port != TURN_PORT && port != TURN_CODE))
		return false;
	if (port == TURN_CODE)
		code = value;
	else
		order(value);
	return true;
}

static bool is_asleep(const struct snp_vcpu *v)
{
	return v->vmpl == 0 && v->vmsa_spa[0] != 0 && !v->started && !v->created;
}

bool turns_in(uint16_t port, uint32_t *value)
{
	if (!machine.options.turns || (port != TURN_PORT && port != TURN_ASLEEP))
		return false;
	*value = 0;
	for (unsigned int i = 0; i < machine.cpus; i++) {
		bool is_so = port == TURN_PORT ? machine.cpu[i].turn.held
					       : is_asleep(&machine.snp.vcpu[i]);

		*value |= (uint32_t)is_so << i;
	}
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
	if (cpu_vmpl(c) != 0 || fails[kind].left == 0 || --fails[kind].left != 0)
		return false;
	*r = (struct snp_result){ .eax = fails[kind].code };
	if (fails[kind].code == TURN_FAULT)
		r->trap = SNP_TRAP_GP;
	return true;
}
