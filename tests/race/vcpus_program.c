/* SPDX-License-Identifier: MIT */
/* What the CPUs do: VMPL0 is entered, and a guest's vCPU has one request or none. */
#include "vcpus.h"

#include <svsm/hw.h>
#include <svsm/page.h>

#define MOST_STEPS 60U /* from entry to exit */

static const struct op *current[CPUS]; /* with no CPU running */

static const struct op *op_of(unsigned int i)
{
	return machine_running() == CPUS ? current[i] : &cpu[i].op[cpu[i].now];
}

/* Request after request: what the vCPU's registers would say. */
enum event core_decode(const struct call *call, struct request *request)
{
	const struct op *op = op_of(hw_cpu());

	(void)call;
	world.cpu[hw_cpu()].asking = 0;
	request->vmsa = page_at(VMSA(op->where));
	request->ca = page_at(CA(op->state));
	request->apic_id = op->size;
	switch (op->kind) {
	case OP_CREATE:
		return EV_CREATE;
	case OP_DELETE:
		return EV_DELETE;
	case OP_REMAP:
		request->ca = page_at(op->where);
		return EV_REMAP;
	case OP_LEND:
		return EV_DEPOSIT;
	case OP_WITHDRAW:
		request->list = page_at(BUFFER_PAGE(hw_cpu()));
		return EV_WITHDRAW;
	default:
		return EV_QUERY;
	}
}

/* To the end, as sm/core.c does. */
static enum event change(struct vcpu *v, enum event what)
{
	create_begin(&v->create, v, what);
	while (v->create.event != EV_NONE)
		v->create.event = create_step(&v->create, v->create.event);
	v->answer.result = v->create.result;
	return (shared64_load(&v->slot->state) & SLOT_PHASE) == SLOT_LIVE ? EV_DONE : EV_GONE;
}

enum event core_create(struct vcpu *v)
{
	return change(v, EV_CREATE);
}

enum event core_delete(struct vcpu *v)
{
	return change(v, EV_DELETE);
}

enum event core_query(struct vcpu *v)
{
	(void)v;
	return EV_DONE;
}

enum event core_vtom(struct vcpu *v)
{
	(void)v;
	return EV_DONE;
}

enum event core_open(struct vcpu *v)
{
	(void)v;
	return EV_AGAIN;
}

/* In the order of sm/deposit_entry.c. */
static uint32_t lend(unsigned int where, unsigned int pages)
{
	if (!deposit_reserve(pages))
		return SVSM_ERR_INVALID_REQUEST;
	for (unsigned int i = 0; i < pages; i++) {
		if (page_claim(page_at(where + i), SIZE_4K, PAGE_GUEST) == OK)
			continue;
		while (i-- > 0)
			page_settle(page_at(where + i), SIZE_4K, PAGE_GUEST);
		deposit_release(pages);
		return SVSM_ERR_BUSY;
	}
	deposit_add(page_at(where), pages);
	return SVSM_SUCCESS;
}

enum event core_deposit(struct vcpu *v)
{
	v->answer.result = lend(op_of(hw_cpu())->where, 1);
	return EV_AGAIN;
}

enum event core_work(struct vcpu *v)
{
	(void)v;
	return EV_DONE;
}

void ring_append(enum machine machine, uint32_t vcpu, unsigned int state, enum event ev,
		 uint64_t argument)
{
	(void)machine;
	(void)vcpu;
	(void)state;
	(void)ev;
	(void)argument;
}

/* From the entry into VMPL0 until it is left. */
void enter_once(unsigned int i)
{
	enum event ev = EV_ENTERED;
	unsigned int steps = 0;

	world.cpu[i].left = false;
	while (!world.cpu[i].left && wrong == NULL) {
		if (steps++ == MOST_STEPS)
			fail("VMPL0 is not left any more");
		ev = vcpu_cpu_go(ev, 1);
	}
}

static uint32_t request(unsigned int i)
{
	const struct vcpu *v = seat_vcpu();
	uint32_t result;

	world.cpu[i].asked = true;
	check_asks(i);
	enter_once(i);
	if (!world.cpu[i].asked || !world.cpu[i].asleep)
		world.cpu[i].asking = 0;
	/* Who deletes itself is not there any more; who had no vCPU has asked nothing. */
	result =
		world.cpu[i].asked || v == NULL || v != seat_vcpu() ? UINT32_MAX : v->answer.result;
	world.cpu[i].asked = false;
	return result;
}

static uint32_t deposit_op(unsigned int i, const struct op *op)
{
	pa_t *kept = &world.cpu[i].kept;

	switch (op->kind) {
	case OP_TAKE:
		if (deposit_take(kept))
			return SVSM_SUCCESS;
		*kept = pa(0);
		return SVSM_ERR_INVALID_REQUEST;
	case OP_PUT:
		if (kept->raw != 0)
			deposit_put(*kept);
		break;
	case OP_DROP:
		if (kept->raw != 0) {
			deposit_drop(*kept);
			page_settle(*kept, SIZE_4K, PAGE_GUEST);
		}
		break;
	case OP_ADD:
		return lend(op->where, op->size);
	case OP_AVAILABLE:
		return deposit_available();
	default:
		return vcpu_owns(page_at(op->where), SIZE_4K);
	}
	*kept = pa(0);
	return SVSM_SUCCESS;
}

static uint32_t perform(unsigned int i, const struct op *op)
{
	if (op->kind >= OP_TAKE)
		return deposit_op(i, op);
	if (op->kind != OP_ENTER)
		return request(i);
	enter_once(i);
	return SVSM_SUCCESS;
}

void do_now(unsigned int i, const struct op *op)
{
	acting = i;
	current[i] = op;
	(void)perform(i, op);
}

void world_run(unsigned int i)
{
	struct cpu *c = &cpu[i];

	for (c->now = 0; c->op[c->now].kind != OP_END; c->now++) {
		uint32_t result;

		c->accesses = 0;
		check_starts(i);
		result = perform(i, &c->op[c->now]);
		machine_operation_starts(c);
		c->out[c->now].returned = true;
		check_over(i, result);
	}
}
