/* SPDX-License-Identifier: MIT */
/* Sentences of sm/vcpu.rl: what each kind of entry makes the machine do. */
#include "path.h"

#include <svsm/vmsa.h>

#include <string.h>

#define SERVED(decoded)                                                                            \
	VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_CALL, VCPU_DECODE, decoded, VCPU_SERVE, EV_DONE,     \
		VCPU_REPLY, EV_DONE

static uint64_t mark;

/* The guest has run once; what follows is recorded from `mark` on. */
static void ready(void)
{
	host_new(1);
	check_eq(host_serve(EV_START), EV_ENTERED);
	mark = ring_count(0);
}

static void pending(uint8_t value, uint64_t exit_code)
{
	host_page(HOST_CA)[SVSM_CA_PENDING] = value;
	host_set(VMSA_EXITCODE, exit_code);
}

declare_test(path_vcpu_start)
{
	host_new(1);
	check_eq(host_serve(EV_START), EV_ENTERED);
	PATH(MACHINE_VCPU, 0, VCPU_NEW, EV_START);
}

declare_test(path_vcpu_query)
{
	ready();
	host_call(SVSM_CORE_QUERY_PROTOCOL, 1);
	PATH(MACHINE_VCPU, mark, SERVED(EV_QUERY));
}

declare_test(path_vcpu_vtom)
{
	ready();
	host_call(SVSM_CORE_CONFIGURE_VTOM, 1);
	PATH(MACHINE_VCPU, mark, SERVED(EV_VTOM));
}

declare_test(path_vcpu_remap)
{
	ready();
	host_call(SVSM_CORE_REMAP_CA, HOST_LIST);
	PATH(MACHINE_VCPU, mark, SERVED(EV_REMAP));
}

declare_test(path_vcpu_refused)
{
	ready();
	host_call(SVSM_CORE_CREATE_VCPU, 0);
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_CALL, VCPU_DECODE,
	     EV_REFUSED, VCPU_REPLY, EV_DONE);
}

declare_test(path_vcpu_list)
{
	const uint64_t entry = 0x200000 | SVSM_ENTRY_VALIDATE;

	ready();
	check_eq(host_pvalidate(&entry, 1, 0), SVSM_SUCCESS);
	/* Once: the call's own machine opens, runs and closes in it. */
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_CALL, VCPU_DECODE,
	     EV_PVALIDATE, VCPU_LIST, EV_AGAIN, VCPU_LIST, EV_DONE, VCPU_REPLY, EV_DONE);
}

declare_test(path_vcpu_nothing_pending)
{
	ready();
	pending(0, EXIT_VMGEXIT);
	check_eq(host_serve(EV_ENTERED), EV_ENTERED);
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_SPURIOUS);
}

declare_test(path_vcpu_not_by_vmgexit)
{
	ready();
	pending(1, 0x60);
	check_eq(host_serve(EV_ENTERED), EV_ENTERED);
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_SPURIOUS);
}

declare_test(path_vcpu_bad_format)
{
	ready();
	pending(2, EXIT_VMGEXIT);
	check_eq(host_serve(EV_ENTERED), EV_ENTERED);
	check_eq(host_get(VMSA_RAX), SVSM_ERR_INVALID_FORMAT);
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_BAD_FORMAT, VCPU_REPLY,
	     EV_DONE);
}

/* The hypervisor refuses twice, then does as asked. */
declare_test(path_vcpu_parked)
{
	ready();
	host.snp.vcpu[0].vmsa_spa[1] = 0;
	pending(0, EXIT_VMGEXIT);
	check_eq(vcpu_advance(host.vcpu, EV_ENTERED), EV_SPURIOUS);
	check_eq(vcpu_advance(host.vcpu, EV_SPURIOUS), EV_HOST_REFUSED);
	check_eq(vcpu_advance(host.vcpu, EV_HOST_REFUSED), EV_AGAIN);
	check_eq(vcpu_advance(host.vcpu, EV_AGAIN), EV_HOST_REFUSED);
	check_eq(vcpu_advance(host.vcpu, EV_HOST_REFUSED), EV_AGAIN);
	check(snp_gpa_to_spa(&host.snp, host.snp.vcpu[0].vmsa_gpa[1],
			     &host.snp.vcpu[0].vmsa_spa[1]));
	check_eq(vcpu_advance(host.vcpu, EV_AGAIN), EV_ENTERED);
	check_eq(vcpu_advance(host.vcpu, EV_ENTERED), EV_SPURIOUS);
	check_eq(host.vcpu->refusals, 0);
	PATH(MACHINE_VCPU, mark, VCPU_GUEST, EV_ENTERED, VCPU_GATE, EV_SPURIOUS, VCPU_GUEST,
	     EV_HOST_REFUSED, VCPU_PARKED, EV_AGAIN, VCPU_GUEST, EV_HOST_REFUSED, VCPU_PARKED,
	     EV_AGAIN, VCPU_GUEST, EV_ENTERED);
}

/* Its save area taken away after it has run: the CPU sleeps, and serves it when it comes again. */
declare_test(path_vcpu_refused_later)
{
	enum event ev = EV_SPURIOUS;

	ready();
	host.snp.vcpu[0].vmsa_spa[1] = 0;
	pending(0, EXIT_VMGEXIT);
	check_eq(vcpu_advance(host.vcpu, EV_ENTERED), EV_SPURIOUS);
	while (host.vcpu->refusals != VCPU_PARK_LIMIT)
		ev = vcpu_advance(host.vcpu, ev);
	check_eq(host.vcpu->at, VCPU_PARKED);
	check_eq(ev, EV_ENTERED);
	check(host.guest_of[0].asleep);
	mark = ring_count(0);
	check(snp_gpa_to_spa(&host.snp, host.snp.vcpu[0].vmsa_gpa[1],
			     &host.snp.vcpu[0].vmsa_spa[1]));
	check_eq(host_serve(ev), EV_ENTERED);
	PATH(MACHINE_VCPU, mark, VCPU_PARKED, EV_ENTERED, VCPU_GATE, EV_SPURIOUS);
	check(!host.guest_of[0].asleep);
}

static void run(void)
{
	vcpu_cpu_run();
}

declare_test(path_vcpu_refused_for_good)
{
	struct ring_entry last;

	host_new(1);
	host.snp.vcpu[0].vmsa_spa[1] = 0;
	check_eq(host_stops(run), REASON_RUN_VMPL);
	check_eq(host.vcpu->at, VCPU_STOPPED);
	check_eq(host.vcpu->refusals, VCPU_PARK_LIMIT);
	check(ring_read(0, ring_count(0) - 1, &last));
	check_eq(last.event, EV_STOP);
}

/* ---- strict: what has no arrow stops the VM, wherever it comes ---- */

static struct vcpu kept;
static enum event given;

static void give(void)
{
	(void)vcpu_advance(host.vcpu, given);
}

/* Gives every event but those in `arrows` to the machine as it is now. */
static void strict(uint32_t arrows)
{
	memcpy(&kept, host.vcpu, sizeof(kept));
	for (given = EV_NONE; strcmp(event_name(given), "?") != 0; given++) {
		if ((arrows >> given & 1) != 0)
			continue;
		check_eq(host_stops(give), REASON_MACHINE);
		check_eq(host.detail, (uint64_t)kept.at << 32 | given);
		memcpy(host.vcpu, &kept, sizeof(kept));
	}
	check(given > EV_STOP);
}

#define ARROW(ev) (1U << (ev))
#define DECODED                                                                                    \
	(ARROW(EV_PVALIDATE) | ARROW(EV_QUERY) | ARROW(EV_REMAP) | ARROW(EV_VTOM) |                \
	 ARROW(EV_CREATE) | ARROW(EV_DELETE) | ARROW(EV_DEPOSIT) | ARROW(EV_WITHDRAW))

/* Steps until `at`, then is strict there; goes on with what the machine wants. */
static enum event strict_at(enum vcpu_at at, enum event ev, uint32_t arrows)
{
	while (host.vcpu->at != at)
		ev = vcpu_advance(host.vcpu, ev);
	strict(arrows);
	return ev;
}

declare_test(path_vcpu_strict)
{
	const uint64_t entry = 0x200000 | SVSM_ENTRY_VALIDATE;
	enum event ev;

	host_new(1);
	strict(ARROW(EV_START) | ARROW(EV_ENTERED));
	host_serve(EV_START);
	strict(ARROW(EV_ENTERED) | ARROW(EV_HOST_REFUSED));
	check_eq(host_pvalidate(&entry, 1, 0), SVSM_SUCCESS);
	pending(1, EXIT_VMGEXIT);
	host_set(VMSA_RAX, SVSM_CORE_PVALIDATE);
	ev = strict_at(VCPU_GATE, EV_ENTERED,
		       ARROW(EV_CALL) | ARROW(EV_BAD_FORMAT) | ARROW(EV_SPURIOUS) | ARROW(EV_GONE));
	ev = strict_at(VCPU_DECODE, ev, DECODED | ARROW(EV_REFUSED));
	ev = strict_at(VCPU_LIST, ev, ARROW(EV_AGAIN) | ARROW(EV_DONE));
	ev = strict_at(VCPU_REPLY, ev, ARROW(EV_DONE));
	host_serve(ev);
	pending(1, EXIT_VMGEXIT);
	host_set(VMSA_RAX, SVSM_CORE_QUERY_PROTOCOL);
	ev = strict_at(VCPU_SERVE, EV_ENTERED, ARROW(EV_DONE));
	host_serve(ev);
	check_eq(ev, EV_DONE);
	ev = strict_at(VCPU_PARKED, EV_HOST_REFUSED,
		       ARROW(EV_AGAIN) | ARROW(EV_ENTERED) | ARROW(EV_STOP));
	check_eq(ev, EV_AGAIN);
	ev = strict_at(VCPU_STOPPED, EV_STOP, 0);
	check_eq(ev, EV_NONE);
}
