/* SPDX-License-Identifier: MIT */
/*
 * Traces made by hand that are allowed, and what breaks one rule in each:
 * refused at that step, and for that reason. For replay --check: the order of
 * several CPUs, RAX, and how often the hypervisor may refuse to run the guest.
 * TAP.
 */
#include "trace_made.h"

#include <svsm/create.h>
#include <svsm/pvalidate.h>
#include <svsm/vcpu.h>

#define PAGE 0x1385000ULL
#define OTHER 0x1387000ULL

static void test_refusals(void)
{
	boot();
	refused_to_run(VCPU_PARK_LIMIT - 1);
	query(VCPU_GUEST);
	allowed("63 refusals, then the guest runs");

	boot();
	refused_to_run(VCPU_PARK_LIMIT);
	refused("64, and the first vCPU is tried again though it never ran", 0, "Parked EV_STOP");

	boot();
	refused_to_run(VCPU_PARK_LIMIT - 1);
	vcpu(VCPU_GUEST, EV_HOST_REFUSED);
	vcpu(VCPU_PARKED, EV_STOP);
	allowed("64, and it stops the VM");

	boot();
	refused_to_run(VCPU_PARK_LIMIT - 2);
	vcpu(VCPU_GUEST, EV_HOST_REFUSED);
	vcpu(VCPU_PARKED, EV_STOP);
	refused("not after 63", 0, "Parked EV_AGAIN");

	boot();
	query(VCPU_GUEST);
	refused_to_run(VCPU_PARK_LIMIT - 1);
	vcpu(VCPU_GUEST, EV_HOST_REFUSED);
	vcpu(VCPU_PARKED, EV_STOP);
	refused("nor once it has run", 0, "Parked EV_ENTERED|EV_AGAIN");

	boot();
	query(VCPU_GUEST);
	refused_to_run(VCPU_PARK_LIMIT - 1);
	vcpu(VCPU_GUEST, EV_HOST_REFUSED);
	query(VCPU_PARKED);
	allowed("64, and its CPU sleeps until VMPL0 is entered");

	boot();
	query(VCPU_GUEST);
	refused_to_run(VCPU_PARK_LIMIT);
	refused_to_run(VCPU_PARK_LIMIT - 1);
	vcpu(VCPU_GUEST, EV_HOST_REFUSED);
	query(VCPU_PARKED);
	allowed("or it cannot sleep, and does after 128");

	boot();
	query(VCPU_GUEST);
	refused_to_run(VCPU_PARK_LIMIT - 2);
	vcpu(VCPU_GUEST, EV_HOST_REFUSED);
	vcpu(VCPU_PARKED, EV_ENTERED);
	refused("it does not sleep after 63", 0, "Parked EV_AGAIN");

	boot();
	query(VCPU_GUEST);
	refused_to_run(40);
	query(VCPU_GUEST);
	refused_to_run(23);
	vcpu(VCPU_GUEST, EV_HOST_REFUSED);
	vcpu(VCPU_PARKED, EV_ENTERED);
	refused("a request between, and they are counted anew", 0, "Parked EV_AGAIN");
}

static void begin_list(uint64_t what)
{
	boot();
	call(VCPU_GUEST, what);
	vcpu(VCPU_DECODE, EV_PVALIDATE);
}

static void test_rax(void)
{
	begin_list(SVSM_CORE_PVALIDATE);
	vcpu(VCPU_LIST, EV_AGAIN);
	put(MACHINE_PVALIDATE, PVALIDATE_NEW, EV_START, 0);
	allowed("RAX is PVALIDATE's");
	begin_list(SVSM_CORE_QUERY_PROTOCOL);
	refused("decoded as PVALIDATE, and RAX is a query's", 0, "Decode EV_QUERY");
	begin_list(99);
	refused("or no call's", 0, "Decode EV_REFUSED");
	begin_list(1ULL << 32 | SVSM_CORE_PVALIDATE);
	refused("or another protocol's", 0, "Decode EV_REFUSED");

	begin_list(SVSM_CORE_PVALIDATE);
	made.rax[0]++;
	vcpu(VCPU_LIST, EV_AGAIN);
	refused("RAX changes within a request", 0, "argument 0x1");

	boot();
	query(VCPU_GUEST);
	made.rax[0]++;
	vcpu(VCPU_GUEST, EV_ENTERED);
	refused("or before the gate has read it", 0, "argument 0x6");

	boot();
	call(VCPU_GUEST, SVSM_CORE_QUERY_PROTOCOL);
	vcpu(VCPU_DECODE, EV_REFUSED);
	refused("a query is refused", 0, "Decode EV_QUERY");
	made.step[made.steps - 1].event = EV_QUERY;
	made.step[made.steps - 1].result = 1;
	refused("a result that is not 0", 0, "the result is always 0");
}

/* The first CPU goes on, so that everything before is known to be in the file. */
static void go_on(void)
{
	made.cpu = 0;
	query(VCPU_GUEST);
}

static void sit(unsigned int which)
{
	made.cpu = which;
	vcpu(VCPU_NEW, EV_ENTERED);
}

static void test_sat(void)
{
	boot();
	create_vcpu(PAGE);
	sit(1);
	go_on();
	allowed("a vCPU made, and then sat");

	boot();
	sit(1);
	go_on();
	create_vcpu(PAGE);
	expect("a vCPU sat that nobody made before", made.steps - 18, "no CREATE_VCPU made a vCPU");

	boot();
	sit(1);
	allowed("unless the other CPU's steps may not be in the file");

	boot();
	create_vcpu(PAGE);
	sit(1);
	made.step[made.steps - 1].time = 1000;
	go_on();
	expect("its time is before that of the call", made.steps - 6, "no CREATE_VCPU made a vCPU");

	boot();
	begin_create(PAGE);
	fail_create(PAGE);
	sit(1);
	go_on();
	expect("a vCPU whose making failed", made.steps - 6, "no CREATE_VCPU made a vCPU");

	boot();
	begin_create(PAGE);
	sit(1);
	made.cpu = 0;
	end_create(PAGE);
	expect("or is not at its end", made.steps - 8, "no CREATE_VCPU made a vCPU");

	boot();
	create_vcpu(PAGE);
	delete_vcpu(PAGE);
	sit(1);
	vcpu(VCPU_GATE, EV_GONE);
	go_on();
	allowed("a vCPU sat, and deleted before its first step");
	sit(1);
	go_on();
	expect("but not sat once more", made.steps - 6, "no CREATE_VCPU made a vCPU");

	boot();
	create_vcpu(PAGE);
	sit(1);
	made.step[made.steps - 1].argument = 6;
	refused("a vCPU that begins with another one's RAX", 0, "argument 0, or of a vCPU");

	boot();
	create_vcpu(PAGE);
	create_vcpu(OTHER);
	made.cpu = 1;
	query(VCPU_NEW);
	vcpu(VCPU_GUEST, EV_ENTERED);
	vcpu(VCPU_GATE, EV_GONE);
	query(VCPU_NEW);
	allowed("or with its own, sat again");
}

static void test_deleted(void)
{
	boot();
	create_vcpu(PAGE);
	made.cpu = 1;
	query(VCPU_NEW);
	made.cpu = 0;
	delete_vcpu(PAGE);
	made.cpu = 1;
	vcpu(VCPU_GUEST, EV_ENTERED);
	vcpu(VCPU_GATE, EV_GONE);
	go_on();
	allowed("a vCPU that was deleted leaves");
	made.step[made.steps - 6].event = EV_CALL;
	made.rax[0] = 0;
	expect("it asks for something", made.steps - 6, "each vCPU that CPU 1 may have is deleted");

	boot();
	create_vcpu(PAGE);
	made.cpu = 1;
	query(VCPU_NEW);
	made.cpu = 0;
	create_vcpu(OTHER);
	made.cpu = 2;
	query(VCPU_NEW);
	made.cpu = 0;
	delete_vcpu(PAGE);
	made.cpu = 2;
	query(VCPU_GUEST);
	go_on();
	allowed("another one goes on");
	made.cpu = 1;
	query(VCPU_GUEST);
	go_on();
	made.cpu = 2;
	query(VCPU_GUEST);
	expect("but not that which was deleted", made.steps - 14, "CPU 1 may have is deleted");
}

static void test_pages(void)
{
	boot();
	create_vcpu(PAGE);
	delete_vcpu(PAGE);
	create_vcpu(PAGE);
	allowed("a page that is a save area twice");

	boot();
	begin_create(PAGE);
	fail_create(PAGE);
	create_vcpu(PAGE);
	allowed("or that could not be one before");

	boot();
	create_vcpu(PAGE);
	begin_create(PAGE);
	refused("without being deleted", 0, "was not deleted");

	boot();
	begin_delete(PAGE);
	refused("deleted, and never made", 0, "no CREATE_VCPU made that page");

	boot();
	create_vcpu(PAGE);
	delete_vcpu(PAGE);
	begin_delete(PAGE);
	refused("deleted twice", 0, "no CREATE_VCPU made that page");

	boot();
	create_vcpu(PAGE);
	begin_delete(PAGE);
	end_delete(PAGE, EV_FAILED);
	delete_vcpu(PAGE);
	allowed("the first time it failed");

	boot();
	create_vcpu(PAGE);
	made.cpu = 1;
	query(VCPU_NEW);
	begin_create(OTHER);
	made.cpu = 0;
	begin_create(OTHER);
	made.cpu = 1;
	fail_create(OTHER);
	expect("in two CPUs' calls at once", made.steps - 5, "in another CPU's call meanwhile");
}

int main(void)
{
	test_refusals();
	test_rax();
	test_sat();
	test_deleted();
	test_pages();
	test_changes();
	return made.failed ? 1 : 0;
}
