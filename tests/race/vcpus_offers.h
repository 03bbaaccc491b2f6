/* SPDX-License-Identifier: MIT */
/* What a setup offers and a program needs. */
#pragma once

enum {
	VCPUS = 1,  /* entries and requests */
	LIVE_1 = 2, /* vCPU 1 is registered */
	LIVE_2 = 4,
	LENDS = 8,  /* contexts are made of lent pages */
	TABLE = 16, /* the table of lent pages by itself */
	ALIKE = 32, /* for all CPUs: pairs in one order */
	SOAK = 64,  /* three CPUs take long */
};
