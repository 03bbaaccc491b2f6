/* SPDX-License-Identifier: MIT */
/* Each call once, on a machine made for it: for tests that do something at every operation. */
#pragma once
#include "hostile.h"

struct hostile_call {
	const char *name;
	struct host_registers r;
	void (*prepare)(void);
};

#define HOSTILE_CALLS 11U
extern const struct hostile_call hostile_calls[HOSTILE_CALLS];

/* The machine, kept by host_save(): a vCPU on each CPU, lent memory, a region of the guest's. */
void hostile_ready(const struct hostile_call *call);
/* That machine again, and the call's first `ops` operations by CPU 0; true: it is over. */
bool hostile_up_to(const struct hostile_call *call, unsigned int ops);
/* The rest of it. */
void hostile_finish(void);
/* How many operations it has. */
unsigned int hostile_length(const struct hostile_call *call);

/* All the others that CPU 1 can ask for: none of them waits for CPU 0. */
void hostile_others(void);
