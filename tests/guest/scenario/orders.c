/* SPDX-License-Identifier: MIT */
/* What this guest has soft-SNP do. */
#include "scenario.h"

#define IOIO_32 0x40U

static uint64_t port(unsigned int number, uint64_t flags, uint64_t value)
{
	if (!ghcb_event(NAE_IOIO, (uint64_t)number << 16 | IOIO_32 | IOIO_ADDRESS_64 | flags, 0,
			&value))
		scenario_bail("the hypervisor refuses its port");
	return value;
}

uint32_t order_ask(unsigned int number)
{
	return (uint32_t)port(number, IOIO_IN, 0);
}

void order(uint32_t what)
{
	port(TURN_PORT, 0, what);
	if (order_ask(TURN_CODE) != 1)
		scenario_bail("the hypervisor does not do what it is told");
}

void order_fail(enum turn_kind kind, uint64_t nth, uint32_t code)
{
	port(TURN_CODE, 0, code);
	order(TURN(TURN_FAIL, 0, kind, nth));
}

void order_assign(uint64_t gpa, uint64_t to)
{
	port(TURN_PAGE, 0, gpa / PAGE_4K);
	port(TURN_OTHER, 0, to / PAGE_4K);
	order(TURN(TURN_ASSIGN, 0, 0, 0));
}
