/* SPDX-License-Identifier: MIT */
/* Two vCPUs, whose requests the input interleaves at every operation of the seam. */
#include "fuzz.h"

#define VMSA_1 (HOST_GUEST_PAGES + 3 * PAGE_4K)
#define CA_1 (HOST_GUEST_PAGES + 4 * PAGE_4K)

#define TURNS 200U /* a thousand operations each: more than any call has */

static struct input in;
static bool pending[2];
static unsigned int stopped; /* for ever, as far as the other one can tell */

/* Whose save area was deleted has no guest that could ask. */
static bool runs(unsigned int cpu)
{
	return host.guest_of[cpu].vmsa != 0 && !host.guest_of[cpu].asleep;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	host_new_cpus(1, 2);
	host_serve(EV_START);
	demand(host_create(1, VMSA_1, CA_1) == 0);
	host_enter_on(1);
	demand(runs(0) && runs(1));
	host_save();
	return 0;
}

static void begin(unsigned int cpu)
{
	struct host_registers r;
	uint64_t what = take(&in, 1);

	if (pending[cpu] || !runs(cpu))
		return;
	host_on(cpu);
	if (what % 3 == 0) {
		r = (struct host_registers){ what & 0x40 ? 4 : 1, take_address(&in), 0, 0, 0 };
		take_list(&in, r.rcx);
	} else {
		r = take_registers(&in);
	}
	host_on(0);
	host_part_begin(cpu, &r);
	pending[cpu] = true;
}

static void go(unsigned int cpu, unsigned int ops)
{
	if (pending[cpu])
		pending[cpu] = !host_part(cpu, ops);
}

/* In a bounded time, wherever the other one is. */
static void finish(unsigned int cpu)
{
	for (unsigned int turn = 0; pending[cpu] && turn < TURNS; turn++)
		go(cpu, 1000);
	demand(!pending[cpu]);
}

static void all(void)
{
	pending[0] = pending[1] = false;
	for (unsigned int n = 0; n < 60 && in.left > 0; n++) {
		uint64_t what = take(&in, 1);
		unsigned int cpu = what & 1;

		if ((what & 2) != 0 && !pending[cpu])
			begin(cpu);
		go(cpu, 1 + (unsigned int)(what >> 2 & 0x1f));
	}
	finish(1 - stopped);
	demand_sound();
	finish(stopped);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	in = (struct input){ bytes, count };
	stopped = count == 0 ? 0 : bytes[count - 1] & 1;
	host_reset();
	demand(host_stops(all) == -1);
	demand_sound();
	return 0;
}
