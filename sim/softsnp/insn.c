/* SPDX-License-Identifier: MIT */
/*
 * Instructions TCG does not know: it raises #UD for the RMP instructions and
 * takes VMGEXIT for a VMMCALL [snp-arch 2.1].
 */
#include "softsnp.h"
#include <sim/turns.h>

#define FLAGS_CHANGED 0x8d5ULL /* OF SF ZF AF PF CF */
#define RMP_BYTES 4U
#define RETRIES 2U

enum op {
	OP_OTHER,
	OP_PVALIDATE,
	OP_RMPADJUST,
	OP_RMPQUERY,
	OP_HOST_ONLY,
	OP_INVLPGB,
	OP_TLBSYNC,
	OP_VMMCALL,
	OP_VMGEXIT
};

/* The last byte of 0F 01 xx with prefix F2, F3 or none. */
static enum op decode_last(unsigned int prefix, unsigned int last)
{
	if (last == 0xff)
		return prefix == 0xf2 ? OP_PVALIDATE : prefix == 0xf3 ? OP_HOST_ONLY : OP_TLBSYNC;
	if (last == 0xfe)
		return prefix == 0xf3 ? OP_RMPADJUST : prefix == 0xf2 ? OP_HOST_ONLY : OP_INVLPGB;
	if (last == 0xfd && prefix != 0)
		return prefix == 0xf3 ? OP_RMPQUERY : OP_HOST_ONLY;
	if (last == 0xd9)
		return prefix != 0 ? OP_VMGEXIT : OP_VMMCALL;
	return OP_OTHER;
}

static enum op decode(struct cpu *c)
{
	uint8_t b[15];
	unsigned int prefix, at;

	(void)walk_code(c, b);
	prefix = b[0] == 0xf2 || b[0] == 0xf3 ? b[0] : 0;
	at = prefix != 0 ? 1 : 0;
	if (b[at] != 0x0f || b[at + 1] != 0x01)
		return OP_OTHER;
	return decode_last(prefix, b[at + 2]);
}

static struct snp_operand operand(const struct cpu *c)
{
	bool is_long = (c->v->efer & EFER_LMA) != 0 && (c->v->cs.attributes & SEG_LONG) != 0;
	uint64_t va = is_long ? c->gpr[RAX] : (uint32_t)c->gpr[RAX];
	struct walk w = walk_linear(c, va);

	return (struct snp_operand){
		.va = va,
		.gpa = w.gpa,
		.map_bytes = w.bytes,
		.cbit = w.cbit,
		.cpl = c->v->cpl,
		.long_mode = is_long,
		.page_fault = !w.present,
	};
}

static enum turn_kind turn_of(enum op op)
{
	return op == OP_PVALIDATE   ? TURN_PVALIDATE
	       : op == OP_RMPADJUST ? TURN_RMPADJUST
				    : TURN_NONE;
}

static struct snp_result call(struct cpu *c, enum op op, const struct snp_operand *at)
{
	if (op == OP_PVALIDATE)
		return snp_pvalidate(&machine.snp, c->id, at, (uint32_t)c->gpr[RCX],
				     (uint32_t)c->gpr[RDX]);
	if (op == OP_RMPADJUST)
		return snp_rmpadjust(&machine.snp, c->id, at, c->gpr[RCX], c->gpr[RDX]);
	return snp_rmpquery(&machine.snp, c->id, at, c->gpr[RDX]);
}

static void finish(struct cpu *c, enum op op, const struct snp_result *r)
{
	c->gpr[RAX] = r->eax;
	if (op == OP_RMPQUERY) {
		c->gpr[RCX] = r->rcx;
		c->gpr[RDX] = r->rdx;
	}
	c->v->rflags = (c->v->rflags & ~FLAGS_CHANGED) | snp_flags(r);
	exit_skip(c, RMP_BYTES);
}

static void refuse(struct cpu *c, const struct snp_operand *at, const struct snp_result *r)
{
	if (cpu_vmpl(c) == 0)
		report_fatal(c, "VMPL0: RMP instruction on %#lx refused by the RMP (%#lx)", at->gpa,
			     r->error);
	vc_inject_pf(c, at->gpa, 1U << 31 | 1U);
}

static void rmp_instruction(struct cpu *c, enum op op)
{
	struct snp_operand at = operand(c);
	struct snp_result r;

	if (!turns_fail(c, turn_of(op), &r))
		r = call(c, op, &at);
	/* The hypervisor splits a 2M entry, or gives the page: then again. */
	for (unsigned int i = 0; i < RETRIES && r.trap == SNP_TRAP_NPF; i++)
		if (snp_nested_fault(&machine.snp, r.gpa, r.error))
			r = call(c, op, &at);
	turns_done(c, turn_of(op));
	switch (r.trap) {
	case SNP_NO_TRAP:
		finish(c, op, &r);
		break;
	case SNP_TRAP_UD:
		vc_inject(c, VECTOR_UD, false, 0);
		break;
	case SNP_TRAP_GP:
		vc_inject(c, VECTOR_GP, true, 0);
		break;
	case SNP_TRAP_PF:
		vc_inject_pf(c, at.va, 0);
		break;
	case SNP_TRAP_VC:
		c->v->cr2 = at.va;
		vc_deliver(c, r.error);
		break;
	case SNP_TRAP_NPF:
		refuse(c, &at, &r);
		break;
	}
}

static void flush(struct cpu *c, enum op op)
{
	if (c->v->cpl != 0) {
		vc_inject(c, VECTOR_GP, true, 0);
		return;
	}
	if (op == OP_INVLPGB) {
		c->count.invlpgb++;
		snp_invlpgb(&machine.snp, c->id);
	} else {
		c->count.tlbsync++;
		c->count.flushes += machine.snp.vcpu[c->id].invlpgb_pending ? 1 : 0;
		snp_tlbsync(&machine.snp, c->id);
		turns_done(c, TURN_FLUSH);
	}
	exit_skip(c, 3);
}

void insn_undefined(struct cpu *c)
{
	enum op op = decode(c);

	switch (op) {
	case OP_PVALIDATE:
	case OP_RMPADJUST:
	case OP_RMPQUERY:
		rmp_instruction(c, op);
		break;
	case OP_INVLPGB:
	case OP_TLBSYNC:
		flush(c, op);
		break;
	case OP_HOST_ONLY:
		say("VMPL%u executes a host's RMP instruction at %#lx", cpu_vmpl(c), c->v->rip);
		c->gpr[RAX] = SNP_FAIL_PERMISSION;
		exit_skip(c, RMP_BYTES);
		break;
	default:
		c->count.ud_reflected++;
		vc_inject(c, VECTOR_UD, false, 0);
		break;
	}
}

static void vmgexit(struct cpu *c)
{
	struct snp_vcpu *vcpu = &machine.snp.vcpu[c->id];
	unsigned int from = vcpu->vmpl;
	enum snp_exit result;

	if (from == 0)
		events_read(c);
	exit_skip(c, RMP_BYTES);
	c->calls.exits_now++;
	if (turns_answer(c))
		return;
	result = snp_vmgexit(&machine.snp, c->id);
	ap_await(c);
	if (result == SNP_RESUME || result == SNP_WAIT)
		return;
	if (result == SNP_TERMINATED) {
		say("the guest at VMPL%u terminates itself, set %u code %u: %s", from,
		    machine.snp.term_set, machine.snp.term_code,
		    snp_term_words(machine.snp.term_set, machine.snp.term_code));
		report_stop(STATUS_STOPPED);
	}
	ap_store(c);
	exit_switch(c, from);
}

void insn_vmmcall(struct cpu *c)
{
	if (decode(c) == OP_VMGEXIT)
		vmgexit(c);
	else
		vc_deliver(c, EXIT_VMMCALL);
}
