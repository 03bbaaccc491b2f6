/* SPDX-License-Identifier: MIT */
/* The allocator or the guest's half of the record, one CPU stopped everywhere. */
#include "stop.h"

#include <svsm/hw.h>

#include <stdio.h>
#include <string.h>

_Noreturn void hw_stop(enum reason reason, uint64_t detail)
{
	char text[64];

	snprintf(text, sizeof(text), "the firmware stopped: %d, line %llu", (int)reason,
		 (unsigned long long)detail);
	stop_failed("hw_stop", 0, text);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	stop_all = argc > 2 && strcmp(argv[2], "all") == 0;
	if (strcmp(what, "frames") == 0) {
		stop_frames();
	} else if (strcmp(what, "pages") == 0) {
		stop_pages();
	} else {
		fprintf(stderr, "usage: stop frames|pages [all]\n");
		return 2;
	}
	printf("ok - stopped vCPU, %s: operations stopped at: %llu instruction boundaries, "
	       "none blocked, %llu refused with nothing free, most instructions of the other: "
	       "%llu\n",
	       what, (unsigned long long)stop_sum.boundaries, (unsigned long long)stop_sum.refusals,
	       (unsigned long long)stop_sum.most);
	printf("# %llu operations of the other; most: %s\n", (unsigned long long)stop_sum.trials,
	       stop_sum.worst);
	return 0;
}
