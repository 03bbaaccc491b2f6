/* SPDX-License-Identifier: MIT */
/*
 * The searches of the default configuration, one after the other: every arrow
 * of every machine and every result of every call is in one of them.
 */
#define _GNU_SOURCE
#include "explore.h"

#include <svsm/err.h>

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *text;
} searches[] = {
	{ "calls", "calls 1 1\n"
		   "lies 1 1\n"
		   "menu query validate-0 validate-1 validate-2 validate-3 validate-2-3\n"
		   "menu rescind-0 rescind-1 rescind-2 rescind-3 rescind-0-1\n"
		   "menu validate-2m rescind-2m validate-in-2m rescind-in-2m\n"
		   "menu remap-0 remap-1 create-0-1 delete-0 delete-cpu1 deposit-0 withdraw\n"
		   "menu validate-2-rescind-0 list-in-3 create-1-0 vtom unaligned format enter\n" },
	{ "bring-up", "before launch\n"
		      "calls 1\n"
		      "lies 1\n"
		      "how code taken run wrong\n"
		      "menu launch launch-ids launch-asks bad-config bad-cpuid bad-secrets\n"
		      "menu bad-map own-map no-tables\n" },
	/* A choice at every access to a shared word: what is in one hand at a time. */
	{ "hands", "calls 1 1\n"
		   "points words\n"
		   "menu delete-cpu1 query enter remap-0 create-0-1 inherit-cpu1\n" },
	{ "pages", "calls 1 1\n"
		   "points words\n"
		   "menu validate-2m rescind-in-2m validate-2 rescind-0 deposit-0 withdraw\n" },
	{ "makes", "calls 1 1\n"
		   "points words\n"
		   "menu create-0-1 create-a-b enter\n" },
	/* Requests that are wrong by themselves, while a page is on its way. */
	{ "wrong", "calls 1 1\n"
		   "menu no-call no-protocol remap-2 list-unaligned entry-reserved create-0-0\n"
		   "menu create-unaligned delete-unaligned deposit-2 deposit-reserved\n"
		   "menu withdraw-2 withdraw-unaligned vtom-set vtom-reserved rescind-0\n"
		   "menu delete-startup create-0-ca1\n" },
	/* Lists that are not done in one step, or name a page twice, or one that is on its way. */
	{ "lists", "calls 1 1\n"
		   "before pending\n"
		   "menu rescind-validate-0 long-list deposit-0-0 withdraw-0 rescind-0 remap-0\n" },
	/* PVALIDATE changes nothing, as where the hypervisor has mapped another page. */
	{ "unchanged",
	  "calls 1 1\n"
	  "lies 1 0\n"
	  "how wrong\n"
	  "menu validate-2 rescind-0 rescind-0-1 validate-2m rescind-in-2m deposit-0\n" },
	/* One call after the other; a guest whose rights take two RMPADJUST, one of which fails. */
	{ "vmpl2",
	  "vmpl 2\n"
	  "calls 3 0\n"
	  "lies 1 0\n"
	  "menu create-0-1 delete-0 deposit-0 withdraw validate-2 rescind-0 validate-0 remap-0\n"
	  "menu delete-cpu1\n" },
	/* RMPADJUST fails between two pages, or the undoing of a validation does. */
	{ "partly", "vmpl 2\n"
		    "calls 3 0\n"
		    "lies 1 0\n"
		    "menu validate-2-3 rescind-2 validate-2m rescind-in-2m\n" },
	{ "undone", "calls 1 1\n"
		    "lies 2 0\n"
		    "menu validate-2 query\n" },
	/* Lists of two kinds of entries, pages that follow each other or do not. */
	{ "entries", "calls 2 0\n"
		     "menu validate-2-3 rescind-2-3 rescind-0-validate-1 validate-2-4 rescind-2\n"
		     "menu validate-in-2m deposit-2m rescind-0\n" },
	{ "regions", "calls 2 0\n"
		     "menu validate-4m rescind-validate-4m validate-2m\n" },
	/* 2 MiB whose pages are recorded one by one, as a whole again. */
	{ "joined", "calls 3 0\n"
		    "menu validate-2m rescind-in-2m validate-in-2m rescind-2m\n" },
	/* Lent pages that have held a context go back. */
	{ "contents", "before memory page\n"
		      "calls 5 0\n"
		      "menu lend-a lend-b-c create-0-1 delete-0 withdraw\n" },
	{ "memory", "before memory\n"
		    "calls 3 1\n"
		    "menu lend-a lend-b-c create-0-1 withdraw\n" },
	{ "registrations", "before slots lent\n"
			   "calls 1 1\n"
			   "menu create-0-1 deposit-0 delete-cpu1\n" },
	/* The guest runs although VMPL0 is at its request. */
	{ "runs", "calls 1 1\n"
		  "runs 2 1\n"
		  "menu query efer remap-0 enter\n" },
	{ "runs-deleted", "calls 1 1\n"
			  "runs 1 1\n"
			  "menu query efer delete-cpu1\n" },
	/* A vCPU is made for a CPU that is woken meanwhile. */
	{ "asleep", "before asleep\n"
		    "calls 2 0 2\n"
		    "menu create-0-1 delete-0 query enter\n" },
	/* The calling area of a vCPU that may be busy, go, or move it. */
	{ "inherit", "calls 1 1\n"
		     "lies 1 0\n"
		     "menu inherit-cpu1 query delete-cpu1 remap-1 enter\n" },
	/* Not run any more, but entered. */
	{ "parked", "calls 1 2\n"
		    "lies 1 1\n"
		    "how run\n"
		    "menu query delete-cpu1 enter\n" },
	{ "taken",
	  "calls 1 1\n"
	  "lies 1 0\n"
	  "how taken\n"
	  "menu validate-2 rescind-0 create-0-1 delete-cpu1 deposit-0 remap-0 withdraw\n" },
	/* A CPU is given several vCPUs, which go again before it has looked. */
	{ "several", "before asleep\n"
		     "calls 3 0\n"
		     "menu create-0-1 create-a-b create-0-1-cpu0 delete-0 delete-a\n" },
	/* A newer vCPU waits while the older one, or itself, is deleted. */
	{ "newer", "before newer\n"
		   "points words\n"
		   "calls 1 1\n"
		   "menu delete-cpu1 delete-0 enter\n" },
	{ "moved", "points words\n"
		   "calls 1 1\n"
		   "menu inherit-cpu1 remap-1\n" },
	/* The table of lent pages. */
	{ "lends", "before page\n"
		   "points words\n"
		   "calls 1 1\n"
		   "menu deposit-0 lend-a withdraw\n" },
	{ "full", "before lent\n"
		  "points words\n"
		  "calls 1 1\n"
		  "menu deposit-0 withdraw-one\n" },
	/* Memory of its own is accepted. */
	{ "accept", "before frames\n"
		    "calls 2 0\n"
		    "lies 1 0\n"
		    "how code wrong\n"
		    "menu create-0-1 create-a-b\n" },
	/* What a vCPU owns is in the 2 MiB that are named. */
	{ "area", "before area\n"
		  "calls 1 1\n"
		  "menu rescind-area remap-0 query\n" },
	/* Pages that are claimed at once. */
	{ "run", "points words\n"
		 "calls 1 1\n"
		 "menu validate-2-3 rescind-0\n" },
	/* The frame allocator: frames of 4 KiB that are few, that are given back into another's
	   row, */
	{ "few", "before few\n"
		 "points words\n"
		 "calls 2 2\n"
		 "menu take take-vmsa give look\n" },
	{ "again", "before few\n"
		   "points words\n"
		   "calls 3 1\n"
		   "menu give take give-newest give-again\n" },
	{ "owned", "before owned\n"
		   "points words\n"
		   "calls 2 2\n"
		   "menu take give give-newest look\n" },
	{ "boundary", "before boundary\n"
		      "points words\n"
		      "calls 2 1\n"
		      "menu take take-vmsa give\n" },
	/* and 2 MiB that are split, taken whole, joined. */
	{ "split", "before whole\n"
		   "points words\n"
		   "calls 1 1\n"
		   "menu take\n" },
	{ "spares", "before whole\n"
		    "points words\n"
		    "calls 3 3\n"
		    "menu take-2m give-2m\n" },
	{ "joinable", "before joinable\n"
		      "points words\n"
		      "calls 2 1\n"
		      "menu take take-2m\n" },
};
#define SEARCHES (sizeof(searches) / sizeof(*searches))

const char *default_name(unsigned int i)
{
	return i < SEARCHES ? searches[i].name : NULL;
}

bool default_load(struct explore_config *c, const char *name)
{
	for (unsigned int i = 0; i < SEARCHES; i++) {
		FILE *file;

		if (strcmp(searches[i].name, name) != 0)
			continue;
		file = fmemopen((void *)(uintptr_t)searches[i].text, strlen(searches[i].text), "r");
		CHECK(file != NULL && config_read(c, file, searches[i].name));
		(void)fclose(file);
		return true;
	}
	return false;
}
