/* SPDX-License-Identifier: MIT */
/* What has been reached: arrows of the machines, results of calls, reasons of stops. */
#pragma once
#include "explore.h"

#include <sim/chart.h>

#define STATES 32U
#define EVENTS 32U
#define RESULT_ROWS 10U /* each call of the core protocol, and what is none */
#define RESULTS 16U

struct cover {
	bool arrow[MACHINES][STATES][EVENTS];
	bool result[RESULT_ROWS][RESULTS];
	bool stop[256];
};

extern struct cover *cover; /* of this process */

bool cover_print_results(const struct cover *c, bool whole, FILE *to);
