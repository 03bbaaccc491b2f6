/* SPDX-License-Identifier: MIT */
/* Changes of pages in a trace that are allowed, and what breaks one rule in each. */
#include "trace_made.h"

#include <svsm/create.h>

#define PAGE 0x1385000ULL
#define OTHER 0x1387000ULL

/* On a CPU that comes up. */
static void page_of_1(enum trace_page what, uint64_t address, uint32_t result)
{
	made.cpu = 1;
	page(what, address, result);
}

/* A validated page, and one more change of it. */
static void changed(enum trace_page what, uint32_t result, const char *name, const char *reason)
{
	boot();
	page_of_1(TRACE_PRIVATE, PAGE, 0);
	page_of_1(TRACE_VALIDATE, PAGE, 0);
	page_of_1(what, PAGE, result);
	if (reason == NULL)
		allowed(name);
	else
		refused(name, 0, reason);
}

static void test_each(void)
{
	changed(TRACE_RESCIND, 0, "a page validated, and rescinded", NULL);
	changed(TRACE_SHARED, 0, "or shared", NULL);
	changed(TRACE_VMSA, 0, "or made a save area", NULL);
	changed(TRACE_RMPADJUST, 0x10f, "or given to VMPL1", NULL);
	changed(TRACE_RMPADJUST, 0x100, "with rights that it has", "these rights already");
	changed(TRACE_RMPADJUST, 0x40f, "or of no VMPL", "no such rights");
	changed(TRACE_VALIDATE, 0, "validated twice", "is so already");
	changed(TRACE_PRIVATE, 0, "private twice", "is so already");
	changed(TRACE_NO_VMSA, 0, "a save area no longer, and never one", "is so already");
	changed(0x20, 0, "a change that is none", "no such change");

	boot();
	page(TRACE_SHARED, PAGE, 0);
	page(TRACE_VALIDATE, PAGE, 0);
	refused("validated while it is shared", 0, "not private");
	boot();
	page(TRACE_PRIVATE, PAGE | 1, 0);
	refused("2M from where there is no 2M page", 0, "no 2M page");
	boot();
	page(TRACE_PRIVATE, 0x200001, 0);
	page(TRACE_VMSA, 0x3ff000, 0);
	refused("a save area that is not validated", 0, "not validated");

	boot();
	page_of_1(TRACE_PRIVATE, PAGE, 0);
	made.step[made.steps - 1].vcpu = 0;
	refused("the first vCPU on another CPU", 0, "vCPU 0 is CPU 0's");
	boot();
	page_of_1(TRACE_PRIVATE, PAGE, 0);
	made.cpu = 2;
	page(TRACE_SHARED, PAGE, 0);
	made.step[made.steps - 1].vcpu = 1;
	refused("another vCPU's", 0, "vCPU 1 is CPU 1's");
	made.step[made.steps - 1].cpu = 1;
	made.step[made.steps - 1].vcpu = 2;
	refused("two of one CPU", 0, "by vCPU 1 was expected");
}

/* So many wait for a CPU's steps. */
static void changes_at_once(unsigned int count)
{
	boot();
	page(TRACE_PRIVATE, PAGE, 0);
	vcpu(VCPU_GUEST, EV_ENTERED);
	vcpu(VCPU_GATE, EV_SPURIOUS);
	for (unsigned int i = 0; i < count - 1; i++)
		page(TRACE_RMPADJUST, PAGE, 0x200 | i % 2 << 1 | 1);
	page(TRACE_VALIDATE, PAGE, 0);
	vcpu(VCPU_GUEST, EV_ENTERED);
	made.step[made.steps - 1].time -= 2;
}

/* Of the two pages, while the one is. */
static void sealed(uint64_t address)
{
	boot();
	vcpu(VCPU_GUEST, EV_ENTERED);
	page(TRACE_PRIVATE, PAGE, 0);
	page(TRACE_VALIDATE, PAGE, 0);
	page(TRACE_PRIVATE, OTHER, 0);
	page(TRACE_VALIDATE, OTHER, 0);
	vcpu(VCPU_GATE, EV_SPURIOUS);
	begin_create(PAGE);
	put(MACHINE_CREATE, CREATE_REVOKE, EV_DONE, PAGE);
	put(MACHINE_CREATE, CREATE_CHECK, EV_DONE, PAGE);
	put(MACHINE_CREATE, CREATE_ROOM, EV_DONE, PAGE);
	page(TRACE_VMSA, address, 0);
	put(MACHINE_CREATE, CREATE_SEAL, EV_DONE, PAGE);
	put(MACHINE_CREATE, CREATE_AREA, EV_DONE, PAGE);
	vcpu(VCPU_CHANGE, EV_DONE);
}

static void test_places(void)
{
	boot();
	page(TRACE_PRIVATE, PAGE, 0);
	vcpu(VCPU_GUEST, EV_ENTERED);
	page(TRACE_VALIDATE, PAGE, 0);
	vcpu(VCPU_GATE, EV_SPURIOUS);
	allowed("validated at VMPL0");
	page(TRACE_RESCIND, PAGE, 0);
	page(TRACE_VALIDATE, PAGE, 0);
	allowed("nothing is said before the next step");
	vcpu(VCPU_GUEST, EV_ENTERED);
	refused("validated while its CPU is in the guest", 1, "no time for it on CPU 0");
	made.step[made.steps - 1].lost = 1;
	allowed("or steps before it are lost");

	boot();
	page(TRACE_PRIVATE, PAGE, 0);
	page(TRACE_RMPADJUST, PAGE, 0x20f);
	page(TRACE_RMPADJUST, PAGE, 0x200);
	vcpu(VCPU_GUEST, EV_ENTERED);
	allowed("the guest's own RMPADJUST");
	made.step[made.steps - 1].time -= 2;
	refused("a step before the change before it", 0, "time goes back");
	made.step[made.steps - 1].time += 2;
	made.step[made.steps - 2].time -= 2;
	refused("a change before the one before it", 1, "time goes back");

	changes_at_once(TRACE_WAITING);
	allowed("more changes than can wait come before the steps");
	changes_at_once(TRACE_WAITING - 1);
	refused("but not fewer", 0, "time goes back");

	sealed(PAGE);
	allowed("CREATE_VCPU's save area");
	sealed(OTHER);
	expect("another page than CREATE_VCPU's", made.steps - 4, "no time for it on CPU 0");
}

/* A save area, and a DELETE_VCPU of it that ends with `ev`. */
static void removed(bool is_page_cleared, enum event ev)
{
	sealed(PAGE);
	vcpu(VCPU_REPLY, EV_DONE);
	begin_delete(PAGE);
	if (is_page_cleared)
		page(TRACE_NO_VMSA, PAGE, 0);
	end_delete(PAGE, ev);
}

static void test_removed(void)
{
	removed(true, EV_DONE);
	allowed("DELETE_VCPU's save area is none any more");
	removed(false, EV_FAILED);
	allowed("or DELETE_VCPU failed");
	removed(false, EV_DONE);
	refused("removed, and still a save area", 2, "still a save area");
	made.step[made.steps - 3].lost = 1;
	allowed("unless steps before it are lost");
	removed(true, EV_FAILED);
	refused("not removed, and a save area no longer", 2, "no longer a save area");
}

void test_changes(void)
{
	test_each();
	test_places();
	test_removed();
}
