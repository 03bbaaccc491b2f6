/* SPDX-License-Identifier: MIT */
/*
 * agree table SCENARIO TABLE: the scenario for tests/guest/scenario, and in
 * words VMPL, CPUs, and the reason if the VM is to be stopped with one. Status
 * 1, and why: the image cannot run it.
 * agree compare SCENARIO MODEL IMAGE: the two traces of it, step by step.
 */
#include "agree.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct scenario s;
	int status = 2;

	if (argc == 4 && strcmp(argv[1], "table") == 0) {
		if (scenario_load(&s, argv[2]))
			status = agree_table(&s, argv[3]);
	} else if (argc == 5 && strcmp(argv[1], "compare") == 0) {
		if (scenario_load(&s, argv[2]))
			status = agree_compare(&s, argv[3], argv[4]);
	} else {
		fputs("usage: agree table SCENARIO TABLE | agree compare SCENARIO MODEL IMAGE\n",
		      stderr);
		return 2;
	}
	scenario_free(&s);
	return status;
}
