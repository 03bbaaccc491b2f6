/* SPDX-License-Identifier: MIT */
/* What the hostile tests have in common. */
#pragma once
#include "unit/pv.h"

/* Two CPUs; the guest's runs on the first. */
static inline void two_ready(unsigned int vmpl)
{
	host_new_cpus(vmpl, 2);
	host_serve(EV_START);
}

#define check_sound() test_check_sound(__FILE__, __LINE__)

static inline void test_check_sound(const char *file, int line)
{
	const char *wrong = host_invariants();

	test_check(wrong == NULL, file, line, wrong != NULL ? wrong : "");
}
