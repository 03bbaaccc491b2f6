/* SPDX-License-Identifier: MIT */
#include "trace_made.h"

#include <sim/chart.h>
#include <sim/check.h>
#include <stdio.h>
#include <string.h>
#include <svsm/create.h>

#define ALLOWED UINT64_MAX

struct made made;

void put(unsigned int machine, unsigned int state, enum event ev, uint64_t argument)
{
	made.step[made.steps] = (struct trace_step){
		.time = 1000 + made.steps,
		.argument = argument,
		.vcpu = made.cpu,
		.machine = (uint8_t)machine,
		.state = (uint8_t)state,
		.event = (uint16_t)ev,
		.cpu = (uint16_t)made.cpu,
	};
	made.steps++;
}

void vcpu(enum vcpu_at state, enum event ev)
{
	put(MACHINE_VCPU, state, ev, made.rax[made.cpu]);
}

void boot(void)
{
	made.steps = 0;
	memset(made.rax, 0, sizeof(made.rax));
	made.cpu = 0;
	for (unsigned int at = 0; at + 2 < charts[MACHINE_BOOT].states; at++)
		put(MACHINE_BOOT, at, at == 0 ? EV_START : EV_DONE, 0);
	vcpu(VCPU_NEW, EV_START);
}

void call(enum vcpu_at from, uint64_t what)
{
	vcpu(from, EV_ENTERED);
	made.rax[made.cpu] = what;
	vcpu(VCPU_GATE, EV_CALL);
}

void query(enum vcpu_at from)
{
	call(from, SVSM_CORE_QUERY_PROTOCOL);
	vcpu(VCPU_DECODE, EV_QUERY);
	vcpu(VCPU_SERVE, EV_DONE);
	vcpu(VCPU_REPLY, EV_DONE);
}

/* Up to where the save area is the call's. */
void begin_create(uint64_t page)
{
	call(VCPU_GUEST, SVSM_CORE_CREATE_VCPU);
	vcpu(VCPU_DECODE, EV_CREATE);
	put(MACHINE_CREATE, CREATE_NEW, EV_CREATE, page);
	put(MACHINE_CREATE, CREATE_CLAIM, EV_DONE, page);
}

void end_create(uint64_t page)
{
	put(MACHINE_CREATE, CREATE_REVOKE, EV_DONE, page);
	put(MACHINE_CREATE, CREATE_CHECK, EV_DONE, page);
	put(MACHINE_CREATE, CREATE_ROOM, EV_DONE, page);
	put(MACHINE_CREATE, CREATE_SEAL, EV_DONE, page);
	put(MACHINE_CREATE, CREATE_AREA, EV_DONE, page);
	vcpu(VCPU_CHANGE, EV_DONE);
	vcpu(VCPU_REPLY, EV_DONE);
}

void fail_create(uint64_t page)
{
	put(MACHINE_CREATE, CREATE_REVOKE, EV_DONE, page);
	put(MACHINE_CREATE, CREATE_CHECK, EV_REFUSED, page);
	vcpu(VCPU_CHANGE, EV_DONE);
	vcpu(VCPU_REPLY, EV_DONE);
}

void create_vcpu(uint64_t page)
{
	begin_create(page);
	end_create(page);
}

void begin_delete(uint64_t page)
{
	call(VCPU_GUEST, SVSM_CORE_DELETE_VCPU);
	vcpu(VCPU_DECODE, EV_DELETE);
	put(MACHINE_CREATE, CREATE_NEW, EV_DELETE, page);
	put(MACHINE_CREATE, CREATE_HOLD, EV_DONE, page);
}

void end_delete(uint64_t page, enum event ev)
{
	put(MACHINE_CREATE, CREATE_OPEN, ev, page);
	vcpu(VCPU_CHANGE, EV_DONE);
	vcpu(VCPU_REPLY, EV_DONE);
}

void delete_vcpu(uint64_t page)
{
	begin_delete(page);
	end_delete(page, EV_DONE);
}

void refused_to_run(unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		vcpu(VCPU_GUEST, EV_HOST_REFUSED);
		vcpu(VCPU_PARKED, EV_AGAIN);
	}
}

void page(enum trace_page what, uint64_t address, uint32_t result)
{
	put(TRACE_PAGE, what, EV_NONE, address);
	made.step[made.steps - 1].result = result;
}

static uint64_t refused_at(char why[CHECK_WORDS])
{
	static struct check c;
	uint64_t i = 0;

	check_begin(&c, TRACE_BRING_UP);
	while (i < made.steps && check_step(&c, &made.step[i], why))
		i++;
	if (i < made.steps || !check_order(made.step, made.steps, &i, why) ||
	    !check_pages(made.step, made.steps, &i, why))
		return i;
	return ALLOWED;
}

void expect(const char *name, uint64_t at, const char *reason)
{
	char why[CHECK_WORDS] = "";
	uint64_t refused = refused_at(why);
	bool ok = refused == at && (at == ALLOWED || strstr(why, reason) != NULL);

	printf("%sok - replay: %s\n", ok ? "" : "not ", name);
	if (!ok)
		printf("# refused at step %lld, not %lld: %s\n", (long long)refused, (long long)at,
		       why);
	made.failed |= !ok;
}

void allowed(const char *name)
{
	expect(name, ALLOWED, "");
}

void refused(const char *name, unsigned int before, const char *reason)
{
	expect(name, made.steps - 1 - before, reason);
}
