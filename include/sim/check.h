/* SPDX-License-Identifier: MIT */
/*
 * Whether a recorded run is one that the machines allow, step by step: each
 * step is an arrow of its chart, and the one that comes next on its CPU is
 * where that arrow leads, with what its verb can return. A call's own machine
 * runs inside the step of the vCPU's that has the verb for it.
 */
#pragma once
#include <sim/trace.h>
#include <stdbool.h>
#include <stddef.h>
#include <svsm/types.h>

/* What the charts leave open about a step's argument. */
enum check_argument { ARGUMENT_ANY, ARGUMENT_SAME, ARGUMENT_LEAST, ARGUMENT_MORE, ARGUMENT_LEFT };

/* A step that may come next. */
struct check_next {
	uint8_t machine, state;
	uint32_t events; /* a bit each */
	enum check_argument rule;
	uint64_t argument; /* of the rule */
};

#define CHECK_NEXT 2U
#define CHECK_LEFT 16U

struct check_cpu {
	bool begun;   /* it has had a step, or lost some */
	bool unknown; /* steps are lost: the next one may be any */
	bool has_vcpu;
	uint32_t vcpu;
	uint64_t time;
	uint64_t page_time; /* of its last change of a page */
	unsigned int pages; /* changes since its last step */
	bool has_page_vcpu;
	uint32_t page_vcpu; /* of its changes */
	struct check_next next[CHECK_NEXT];
	unsigned int count; /* of them; 0: it has come to its end */
	/* inside a request: */
	bool has_rax;
	uint64_t rax;
	struct check_next list; /* of the PVALIDATE call's own machine, when it goes on */
	bool has_list;
	/* of the hypervisor's refusals to run the guest: */
	bool is_uncounted;     /* steps are lost since the last request */
	unsigned int refusals; /* in a row */
	bool entered;	       /* VMPL0 has come back from the guest */
	/* RAX of each vCPU that it left, and may sit again; more of them: any */
	uint64_t left[CHECK_LEFT];
	unsigned int left_count;
};

struct check {
	uint64_t steps; /* accepted */
	bool booted;
	unsigned int lost_cpu, lost_left; /* read together with a step before which some are lost */
	bool lost_guest;		  /* the guest has run since that step */
	struct check_cpu cpu[CPU_MAX];
};

void check_begin(struct check *c, enum trace_begins begins);

/* False: not allowed; `why` says what was expected, and `c` is of no more use. */
#define CHECK_WORDS 400U
bool check_step(struct check *c, const struct trace_step *s, char why[CHECK_WORDS]);

/*
 * Of steps that check_step() allows: whether they may come so after those of other CPUs. Nothing
 * is said after the first step that is lost, and after the 1,024th page that was a save area.
 */
bool check_order(const struct trace_step *step, uint64_t steps, uint64_t *refused,
		 char why[CHECK_WORDS]);

/*
 * Of the same: whether the changes of pages in it, if there are any, follow from each other, and
 * are made when VMPL0 may make them.
 */
bool check_pages(const struct trace_step *step, uint64_t steps, uint64_t *refused,
		 char why[CHECK_WORDS]);
