/* SPDX-License-Identifier: MIT */
/* A trace made by hand: request by request, on the CPU that is chosen. */
#pragma once
#include <sim/trace.h>
#include <svsm/abi.h>
#include <svsm/event.h>
#include <svsm/vcpu.h>

struct made {
	struct trace_step step[2000];
	uint64_t steps;
	uint64_t rax[CPU_MAX];
	unsigned int cpu; /* that makes the steps */
	bool failed;
};
extern struct made made;

void put(unsigned int machine, unsigned int state, enum event ev, uint64_t argument);
void vcpu(enum vcpu_at state, enum event ev);

/* From nothing to where the first vCPU runs. */
void boot(void);

/* Up to the call's event, from where VMPL0 is entered. */
void call(enum vcpu_at from, uint64_t what);
void query(enum vcpu_at from);

/* Each of CREATE_VCPU and DELETE_VCPU up to where the save area is the call's, and the rest. */
void begin_create(uint64_t page);
void end_create(uint64_t page);
void fail_create(uint64_t page);
void create_vcpu(uint64_t page);
void begin_delete(uint64_t page);
void end_delete(uint64_t page, enum event ev);
void delete_vcpu(uint64_t page);

void refused_to_run(unsigned int times);

/* A change of a page, by that CPU. */
void page(enum trace_page what, uint64_t address, uint32_t result);

/* What is said of it: nothing; or it is refused at that step, in such words. */
void allowed(const char *name);
void expect(const char *name, uint64_t at, const char *reason);
/* At the step that was made last, or so many before it. */
void refused(const char *name, unsigned int before, const char *reason);

/* The tests of trace_changes.c. */
void test_changes(void);
